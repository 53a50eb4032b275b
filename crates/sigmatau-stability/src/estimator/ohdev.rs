//! The overlapping Hadamard deviation.

use super::{Bias, Estimator, Gather, sum_squares};
use crate::edf::{Differences, Model};
use crate::kernel::{Terms, overlapping};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// Hσ_y²(τ) = 1/(6 τ² n) Σ (x(i+3m) − 3x(i+2m) + 3x(i+m) − x(i))² over every i, n = N − 3m.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "ohdev",
    title: "overlapping Hadamard deviation",
    symbol: "Hσ_y(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.9",
    grid: Grid { stop_ratio: 4, reach: |m| 3 * m, ..Grid::EVERY },
    model: Model::Differences(Differences { order: 3, averaged: false, overlapping: true }),
    gather: Gather::MeanSquare,
    terms: overlapping::third_differences,
    scale: |m, tau0| 1.0 / (6.0 * (m * tau0).powi(2)),
    bias: Bias::None,
    expected: PowerLaw::theoretical_hdev,
    definition,
};

pub(super) fn definition(x: &[f64], m: usize) -> Terms {
    let term = |i: usize| x[i + 3 * m] - 3.0 * x[i + 2 * m] + 3.0 * x[i + m] - x[i];
    sum_squares(0..x.len().saturating_sub(3 * m), term)
}
