//! The overlapping Allan deviation.

use super::{Bias, Estimator, Gather, sum_squares};
use crate::edf::{Differences, Model};
use crate::kernel::{Terms, overlapping};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// σ_y²(τ) = 1/(2 τ² n) Σ (x(i+2m) − 2x(i+m) + x(i))² over every i, n = N − 2m.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "oadev",
    title: "overlapping Allan deviation",
    symbol: "σ_y(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.4",
    grid: Grid { stop_ratio: 4, reach: |m| 2 * m, ..Grid::EVERY },
    model: Model::Differences(Differences { order: 2, averaged: false, overlapping: true }),
    gather: Gather::MeanSquare,
    terms: overlapping::second_differences,
    scale: |m, tau0| 0.5 / (m * tau0).powi(2),
    bias: Bias::None,
    expected: PowerLaw::theoretical_adev,
    definition,
};

fn definition(x: &[f64], m: usize) -> Terms {
    sum_squares(0..x.len().saturating_sub(2 * m), |i| x[i + 2 * m] - 2.0 * x[i + m] + x[i])
}
