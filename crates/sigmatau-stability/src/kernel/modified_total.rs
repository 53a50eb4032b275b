//! Sums over reflected windows: the modified, the time and the Hadamard total statistics, each in O(N).
//!
//! **The definition.** Every window u of 3m neighbouring points has its slope taken off, is continued
//! evenly at both ends, and the 6m second differences of its averages over m points are squared and
//! averaged. The points are phases for the modified and the time, frequencies for the Hadamard statistic.
//!
//! **As a third difference.** Let A(c) be the sum of the points before the c-th. For frequencies this is
//! the phase itself. A sum over m points is a difference of A, so that the 6m terms are
//! E(t) = A(t+3m) − 3A(t+2m) + 3A(t+m) − A(t) for t = −3m … 3m−1, with A beyond the window [0, 3m]
//! continued oddly: A(−c) = 2o − A(c) and A(6m−c) = 2e − A(c), where o = A(0) and e = A(3m). A constant and
//! a line in A cancel; a parabola in A is a slope in u, which is taken off. So A may be had less any
//! parabola, and the one of least squares leaves the smallest numbers to lose digits with.
//!
//! [`direct`] adds the squares up window by window, in O(N m). [`folded`] needs O(N) for any m.
//!
//! **Folded.** Take o = e = 0 for a moment: A is then odd and of period 6m, and the sum of E² over the
//! period is 20ρ(0) − 30ρ(m) + 12ρ(2m) − 2ρ(3m), where ρ(l) = Σ A(c) A(c+l) over a period. Unfolded into
//! the window, with all sums over c weighing their first and last term by one half,
//!
//! ρ(l) = 2 Σ_{c=0}^{3m−l} A(c) A(c+l) − Σ_{c=0}^{l} A(c) A(l−c) − Σ_{c=3m−l}^{3m} A(c) A(6m−l−c).
//!
//! The last two are *mirror sums*: pairs of a fixed middle. In general o and e add
//! 24m (o² + e²) − 8e (10Σ₃ − 5Σ₂ + Σ₁) − 8o (10Σ₁ − 5Σ₂ + Σ₃), where Σ₁, Σ₂ and Σ₃ are the sums of A over
//! the three thirds of the window.
//!
//! *Over all windows.* A forward product A(p) A(p+l) is counted once for every window that holds it. A mirror
//! sum over the pairs (i+c, i+w−c), summed over starts i, is over all pairs no more than w apart, at
//! distances of the parity of w: for each p, a difference of two values of Q(p) = A(p) + A(p−2) + A(p−4) + …
//! So neither a transform nor a sum over t remains.
//!
//! *The slope.* The slope of a window is s = (A(3m) − A(h₂) − A(h₁) + A(0)) / (h₁ h₂) with h₁ = ⌊3m/2⌋ and
//! h₂ = 3m − h₁: the difference of the means of its halves over their distance. A slope of 1 has the
//! terms −t², 2t'² − 2mt' − m² and −(3m−t)² for t in the three thirds of [0, 3m], t' = t − m, and their
//! negatives for t < 0. The sum of their squares is κ = (22m⁵ − 2m)/5. The sum C of their products with E is
//! Σ γ(c) A(c) + (4m³ − 2m)(o + e), where γ has the second differences 44, −40 and 44 in the three thirds,
//! vanishes at both ends and rises there by −24m: two summations by parts give it from the repeated
//! sums of A. What is summed is then Σ E² − 2sC + κs².
//!
//! *Digits.* Numbers grow with the length over which A is summed, terms with m alone. So windows are taken
//! in blocks of 6m starts, each with its own line and parabola taken off.

mod direct;
mod folded;

use super::line::Line;
use super::{LANES, Terms, overlapping};
use folded::Folded;
use sigmatau_core::PhaseSeries;
use sigmatau_core::series::NeumaierSum;

/// Sums over every window of 3m phases what its 6m squared terms are on average; windows that hold a missing
/// point are left out. Time O(N) per factor; memory five arrays of 9m points, or of the size of the data.
pub(crate) fn windows_of_phases(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    factors.iter().map(|m| sum(Points::Phases, phase, *m)).collect()
}

/// The same for windows of 3m frequencies times τ₀; at m = 1, by convention, the third differences of the
/// phase. Time and memory as for phases.
pub(crate) fn windows_of_frequencies(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    let terms = |m: &usize| match m {
        1 => overlapping::third_differences(phase, &[1])[0],
        _ => sum(Points::Frequencies, phase, *m),
    };
    factors.iter().map(terms).collect()
}

/// What a window is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Points {
    Phases,
    Frequencies,
}

impl Points {
    /// The number of phases that a window of 3m points needs, less one.
    fn reach(self, m: usize) -> usize {
        match self {
            Self::Phases => 3 * m - 1,
            Self::Frequencies => 3 * m,
        }
    }
}

/// Averaging factors from here on are folded. Both forms agree to 1e-13 at any factor and cost the same at
/// about this one; below it blocks of 6m starts are too short to be worth their sums.
const FOLDED_FROM: usize = 8;
/// Starts per block of the direct form.
const DIRECT_STARTS: usize = 512;

fn sum(points: Points, phase: &PhaseSeries<'_>, m: usize) -> Terms {
    let width = if m < FOLDED_FROM { DIRECT_STARTS } else { 6 * m };
    let (mut folded, mut sum, mut n) = (Folded::default(), NeumaierSum::default(), 0);
    for arc in phase.values().split(|x| x.is_nan()) {
        let starts = arc.len().saturating_sub(points.reach(m));
        for start in (0..starts).step_by(width) {
            let x = &arc[start..starts.min(start + width) + points.reach(m)];
            sum.add(if m < FOLDED_FROM { direct::sum(points, x, m) } else { folded.sum(points, x, m) });
        }
        n += starts as u64;
    }
    Terms { sum: sum.total() / (6 * m) as f64, n }
}

/// The phases less the exact line through their ends.
fn less_line(x: &[f64]) -> impl Iterator<Item = f64> {
    let line = Line::through_ends(0, x);
    x.iter().enumerate().map(move |(i, x)| line.off(i as f64, *x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::PowerLaw;

    #[test]
    fn folded_windows_agree_with_those_one_by_one() {
        for (alpha, m) in (-4..=2).flat_map(|alpha| [1, 2, 3, 4, 7, 8, 9, 33, 100, 333].map(|m| (alpha, m))) {
            let x = PowerLaw::from_deviation(alpha, 1.0, 1.0).unwrap().phase(3000, 1.0, 3, 0);
            for points in [Points::Phases, Points::Frequencies] {
                let block = &x[..(9 * m).min(x.len())];
                let (folded, direct) = (Folded::default().sum(points, block, m), direct::sum(points, block, m));
                assert!((folded / direct - 1.0).abs() < 1e-12, "{points:?}, α = {alpha}, m = {m}: {folded}, {direct}");
            }
        }
    }
}
