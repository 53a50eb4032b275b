//! The time total deviation.

use super::{Bias, Estimator, Gather, mtotdev};
use crate::edf::Model;
use crate::kernel::modified_total;
use crate::tau::Grid;
use sigmatau_core::Unit;

/// σ_x,tot(τ) = τ Mod σ_tot(τ) / √3.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "ttotdev",
    title: "time total deviation",
    symbol: "σ_x,tot(τ)",
    unit: Unit::SECOND,
    reference: "NIST SP 1065, 5.2.13",
    grid: Grid { stop_ratio: 3, reach: |m| 3 * m - 1, ..Grid::EVERY },
    model: Model::ModifiedTotal,
    gather: Gather::MeanSquare,
    terms: modified_total::windows_of_phases,
    scale: |m, _| 1.0 / (6.0 * m * m),
    bias: Bias::Noise(mtotdev::bias),
    expected: |noise, m, tau0| noise.theoretical_mdev(m, tau0) * m as f64 * tau0 / 3f64.sqrt(),
    definition: mtotdev::definition,
};
