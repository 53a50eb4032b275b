//! Theo1, the theoretical variance #1, which reaches to three quarters of the record.

use super::{Bias, Estimator, Gather};
use crate::edf::Model;
use crate::kernel::{Terms, theo1};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// σ²(m) = 1/(0.75 (N−m) (mτ₀)²) Σ_i Σ_{δ<h} 1/(h−δ) ((x(i) − x(i−δ+h)) + (x(i+m) − x(i+δ+h)))²
/// with h = m/2 over i = 0 … N−m−1, for even m from 10 on; it stands for τ = 0.75 m τ₀.
///
/// Its mean misses the Allan variance by a factor that depends on the noise, see [`Bias::Noise`]; n is the
/// number (N − m) m/2 of squares. Windows that touch a missing point are left out whole.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "theo1",
    title: "Thêo1 deviation",
    symbol: "σ_Theo1(τ)",
    unit: Unit::ONE,
    reference: "Howe, Metrologia 43, S322 (2006); NIST SP 1065, 5.2.15",
    grid: GRID,
    model: Model::Theo1,
    gather: Gather::MeanSquare,
    terms: theo1::weighted_squares,
    scale,
    bias: Bias::Noise(bias),
    expected,
    definition,
};

pub(super) const GRID: Grid = Grid { least: 10, step: 2, stop_ratio: 1, tau: |m, _| 0.75 * m as f64, ..Grid::EVERY };

/// m/2 squares make one window.
pub(super) fn scale(m: f64, tau0: f64) -> f64 {
    0.5 * m / (0.75 * (m * tau0).powi(2))
}

/// Theo1 over the Allan variance: the inverse of a + b/(0.75 m)^c.
///
/// The constants are those of D. A. Howe and T. N. Tasset, "Theo1: characterization of very long-term
/// frequency stability", EFTF 2004, for white and flicker PM, white, flicker and random-walk FM. For m from 12
/// to 400 they meet the exact mean of the statistic to 3 % under white PM, 1.1 % under flicker noise, 0.3 %
/// under random-walk FM; under white FM there is no bias.
fn bias(alpha: i8, m: usize, _: usize) -> f64 {
    let (a, b, c) = match alpha {
        2 => (0.09, 0.74, 0.40),
        1 => (0.14, 0.82, 0.30),
        0 => (1.0, 0.0, 1.0),
        -1 => (1.87, -1.05, 0.79),
        _ => (2.70, -1.53, 0.85),
    };
    1.0 / (a + b / (0.75 * m as f64).powf(c))
}

/// The Allan deviation at 0.75 m τ₀, between the neighbours where that is no multiple of τ₀.
pub(super) fn expected(noise: &PowerLaw, m: u64, tau0: f64) -> f64 {
    let at = |m: u64| noise.theoretical_adev(m, tau0);
    (at(3 * m / 4) * at((3 * m).div_ceil(4))).sqrt()
}

pub(super) fn definition(x: &[f64], m: usize) -> Terms {
    let h = m / 2;
    let square = |i: usize, d: usize| ((x[i] - x[i + h - d]) + (x[i + m] - x[i + h + d])).powi(2) / (h - d) as f64;
    let whole = (0..x.len().saturating_sub(m)).filter(|i| !x[*i..=i + m].iter().any(|x| x.is_nan()));
    let windows = whole.map(|i| Terms { sum: (0..h).map(|d| square(i, d)).sum(), n: h as u64 });
    windows.fold(Terms::default(), |all, window| Terms { sum: all.sum + window.sum, n: all.n + window.n })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean of raw Theo1 under a power law, from the variance of each of its terms.
    fn mean_of_raw(noise: &PowerLaw, m: u64) -> f64 {
        let h = m / 2;
        let term = |d: u64| [(0, 1.0), (h - d, -1.0), (m, 1.0), (h + d, -1.0)];
        let sum: f64 = (0..h).map(|d| noise.theoretical_variance(&term(d), 1.0) / (h - d) as f64).sum();
        (sum / h as f64 * scale(m as f64, 1.0)).sqrt()
    }

    /// The published constants are fits; this is how far they are off the exact mean.
    #[test]
    fn published_constants_are_the_ratio_of_theo1_to_the_allan_variance() {
        for (alpha, tolerance) in [(2, 0.03), (1, 0.011), (0, 1e-12), (-1, 0.011), (-2, 0.003)] {
            let noise = PowerLaw::from_deviation(alpha, 1.0, 1.0).unwrap();
            for m in [12, 32, 100, 400] {
                let ratio = (mean_of_raw(&noise, m) / expected(&noise, m, 1.0)).powi(2);
                let off = bias(alpha, m as usize, 0) / ratio - 1.0;
                assert!(off.abs() < tolerance, "α = {alpha}, m = {m}: {off:.3} off {ratio:.4}");
            }
        }
    }
}
