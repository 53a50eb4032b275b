//! The rms time interval error.

use super::{Bias, Estimator, Gather, sum_squares};
use crate::edf::Model;
use crate::kernel::{Terms, overlapping};
use crate::tau::Grid;
use sigmatau_core::Unit;

/// TIErms²(τ) = (1/n) Σ (x(i+m) − x(i))² over every i, n = N − m.
///
/// A frequency offset is part of it and stays in. For noise of α < 0 its expected value grows with the record.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "tierms",
    title: "rms time interval error",
    symbol: "TIErms(τ)",
    unit: Unit::SECOND,
    reference: "ITU-T G.810; NIST SP 1065",
    grid: Grid { stop_ratio: 4, ..Grid::EVERY },
    model: Model::Order(1),
    gather: Gather::MeanSquare,
    terms: overlapping::first_differences,
    scale: |_, _| 1.0,
    bias: Bias::None,
    expected: |noise, m, tau0| noise.theoretical_variance(&[(0, -1.0), (m, 1.0)], tau0).sqrt(),
    definition,
};

fn definition(x: &[f64], m: usize) -> Terms {
    sum_squares(0..x.len().saturating_sub(m), |i| x[i + m] - x[i])
}
