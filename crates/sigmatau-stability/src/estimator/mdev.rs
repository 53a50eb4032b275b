//! The modified Allan deviation.

use super::{Bias, Estimator, Gather, sum_squares};
use crate::edf::{Differences, Model};
use crate::kernel::{Terms, modified};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// Mod σ_y²(τ) = 1/(2 m² τ² n) Σ D(i)² over every i, n = N − 3m + 1, where
/// D(i) = Σ_{j=i}^{i+m−1} (x(j+2m) − 2x(j+m) + x(j)).
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "mdev",
    title: "modified Allan deviation",
    symbol: "Mod σ_y(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.5",
    grid: Grid { stop_ratio: 4, reach: |m| 3 * m - 1, ..Grid::EVERY },
    model: Model::Differences(Differences { order: 2, averaged: true, overlapping: true }),
    gather: Gather::MeanSquare,
    terms: modified::second_differences_of_averages,
    scale: |m, tau0| 0.5 / (m * m * tau0).powi(2),
    bias: Bias::None,
    expected: PowerLaw::theoretical_mdev,
    definition,
};

pub(super) fn definition(x: &[f64], m: usize) -> Terms {
    let term = |i: usize| (i..i + m).map(|j| x[j + 2 * m] - 2.0 * x[j + m] + x[j]).sum();
    sum_squares(0..(x.len() + 1).saturating_sub(3 * m), term)
}
