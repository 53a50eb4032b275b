//! The time deviation.

use super::{Bias, Estimator, Gather, mdev};
use crate::edf::{Differences, Model};
use crate::kernel::modified;
use crate::tau::Grid;
use sigmatau_core::Unit;

/// σ_x(τ) = τ Mod σ_y(τ) / √3.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "tdev",
    title: "time deviation",
    symbol: "σ_x(τ)",
    unit: Unit::SECOND,
    reference: "NIST SP 1065, 5.2.6; ITU-T G.810",
    grid: Grid { stop_ratio: 4, reach: |m| 3 * m - 1, ..Grid::EVERY },
    model: Model::Differences(Differences { order: 2, averaged: true, overlapping: true }),
    gather: Gather::MeanSquare,
    terms: modified::second_differences_of_averages,
    scale: |m, _| 1.0 / (6.0 * m * m),
    bias: Bias::None,
    expected: |noise, m, tau0| noise.theoretical_mdev(m, tau0) * m as f64 * tau0 / 3f64.sqrt(),
    definition: mdev::definition,
};
