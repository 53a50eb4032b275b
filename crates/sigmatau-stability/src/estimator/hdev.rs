//! The Hadamard deviation without overlap.

use super::{Estimator, sum_squares};
use crate::edf::Differences;
use crate::kernel::{Terms, consecutive};
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// Hσ_y²(τ) = 1/(6 τ² n) Σ (x(i+3m) − 3x(i+2m) + 3x(i+m) − x(i))² over i = 0, m, 2m, …
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "hdev",
    title: "Hadamard deviation",
    symbol: "Hσ_y(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.8",
    stop_ratio: 5,
    reach: |m| 3 * m,
    differences: Differences { order: 3, averaged: false, overlapping: false },
    terms: consecutive::third_differences,
    scale: |m, tau0| 1.0 / (6.0 * (m * tau0).powi(2)),
    expected: PowerLaw::theoretical_hdev,
    definition,
};

fn definition(x: &[f64], m: usize) -> Terms {
    let term = |i: usize| x[i + 3 * m] - 3.0 * x[i + 2 * m] + 3.0 * x[i + m] - x[i];
    sum_squares((0..x.len().saturating_sub(3 * m)).step_by(m), term)
}
