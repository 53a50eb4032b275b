//! The parabolic deviation.

use super::{Bias, Estimator, Gather, sum_squares};
use crate::edf::Model;
use crate::kernel::{Terms, parabolic};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// Pσ_y²(τ) = 72/(m⁴ τ² n) Σ D(i)², D(i) = Σ_{k<m} ((m−1)/2 − k) (x(i+k) − x(i+m+k)), n = N − 2m: half the
/// mean square of the difference between neighbouring frequencies, each the slope of a line fitted to m
/// phases. At m = 1, where one phase has no slope, it is the Allan deviation.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "pdev",
    title: "parabolic deviation",
    symbol: "Pσ_y(τ)",
    unit: Unit::ONE,
    reference: "Vernotte, Lenczner, Bourgeois, Rubiola, IEEE Trans. UFFC 63(4), 2016",
    grid: Grid { stop_ratio: 4, reach: |m| 2 * m, ..Grid::EVERY },
    model: Model::Parabolic,
    gather: Gather::MeanSquare,
    terms: parabolic::slope_differences,
    scale,
    bias: Bias::None,
    expected,
    definition,
};

fn scale(m: f64, tau0: f64) -> f64 {
    let of_slopes = if m > 1.0 { 72.0 / m.powi(4) } else { 0.5 };
    of_slopes / (m * tau0).powi(2)
}

/// The coefficient of x(i+k) in D(i) for k = 0, 1, ….
fn coefficients(m: usize) -> Vec<f64> {
    if m == 1 {
        return vec![1.0, -2.0, 1.0];
    }
    let slope = (0..m).map(|k| (m - 1) as f64 / 2.0 - k as f64);
    slope.clone().chain(slope.map(|c| -c)).collect()
}

fn expected(noise: &PowerLaw, m: u64, tau0: f64) -> f64 {
    let coefficients: Vec<(u64, f64)> = (0..).zip(coefficients(m as usize)).collect();
    (noise.theoretical_variance(&coefficients, tau0) * scale(m as f64, tau0)).sqrt()
}

/// The window holds the 2m + 1 points of the Allan deviation at every m.
fn definition(x: &[f64], m: usize) -> Terms {
    let coefficients = coefficients(m);
    let term = |i: usize| {
        let whole = !x[i..=i + 2 * m].iter().any(|x| x.is_nan());
        let sum = x[i..].iter().zip(&coefficients).map(|(x, c)| c * x).sum();
        if whole { sum } else { f64::NAN }
    };
    sum_squares(0..x.len().saturating_sub(2 * m), term)
}
