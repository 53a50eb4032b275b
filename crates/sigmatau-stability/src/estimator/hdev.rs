//! The Hadamard deviation without overlap.

use super::{Bias, Estimator, Gather, sum_squares};
use crate::edf::{Differences, Model};
use crate::kernel::{Terms, consecutive};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// Hσ_y²(τ) = 1/(6 τ² n) Σ (x(i+3m) − 3x(i+2m) + 3x(i+m) − x(i))² over i = 0, m, 2m, …
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "hdev",
    title: "Hadamard deviation",
    symbol: "Hσ_y(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.8",
    grid: Grid { stop_ratio: 5, reach: |m| 3 * m, ..Grid::EVERY },
    model: Model::Differences(Differences { order: 3, averaged: false, overlapping: false }),
    gather: Gather::MeanSquare,
    terms: consecutive::third_differences,
    scale: |m, tau0| 1.0 / (6.0 * (m * tau0).powi(2)),
    bias: Bias::None,
    expected: PowerLaw::theoretical_hdev,
    definition,
};

fn definition(x: &[f64], m: usize) -> Terms {
    let term = |i: usize| x[i + 3 * m] - 3.0 * x[i + 2 * m] + 3.0 * x[i + m] - x[i];
    sum_squares((0..x.len().saturating_sub(3 * m)).step_by(m), term)
}
