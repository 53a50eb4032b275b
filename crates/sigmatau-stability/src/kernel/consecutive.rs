//! Differences at starts 0, m, 2m, …: the statistics without overlap. Time O(N/m) per factor.

use super::Terms;
use sigmatau_core::PhaseSeries;
use sigmatau_core::series::NeumaierSum;

/// Sums (x(i+2m) − 2x(i+m) + x(i))² over i = 0, m, 2m, …
pub(crate) fn second_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    every(phase, factors, |m| 2 * m, |x, i, m| (x[i + 2 * m] - x[i + m]) - (x[i + m] - x[i]))
}

/// Sums (x(i+3m) − 3x(i+2m) + 3x(i+m) − x(i))² over i = 0, m, 2m, …
pub(crate) fn third_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    every(phase, factors, |m| 3 * m, |x, i, m| (x[i + 3 * m] - x[i]) - 3.0 * (x[i + 2 * m] - x[i + m]))
}

fn every(
    phase: &PhaseSeries<'_>,
    factors: &[usize],
    reach: impl Fn(usize) -> usize,
    term: impl Fn(&[f64], usize, usize) -> f64,
) -> Vec<Terms> {
    let x = phase.values();
    let terms = |m: usize| (0..x.len().saturating_sub(reach(m))).step_by(m).map(move |i| (i, m));
    factors.iter().map(|&m| sum(terms(m).map(|(i, m)| term(x, i, m)))).collect()
}

fn sum(terms: impl Iterator<Item = f64>) -> Terms {
    let mut sum = NeumaierSum::default();
    let mut n = 0;
    for term in terms.filter(|term| !term.is_nan()) {
        sum.add(term * term);
        n += 1;
    }
    Terms { sum: sum.total(), n }
}
