//! The modified total deviation.

use super::{Bias, Estimator, Gather};
use crate::edf::Model;
use crate::kernel::{Terms, modified_total};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// Mod σ_tot²(τ) = 1/(2 τ² n) Σ over every window of 3m phases, n = N − 3m + 1, of the mean of the 6m squares
/// (x̄(j+2m) − 2x̄(j+m) + x̄(j))², where the window is less its slope and continued evenly at both ends, and
/// x̄(j) is the mean of m phases from j on.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "mtotdev",
    title: "modified total deviation",
    symbol: "Mod σ_tot(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.12",
    grid: Grid { stop_ratio: 3, reach: |m| 3 * m - 1, ..Grid::EVERY },
    model: Model::ModifiedTotal,
    gather: Gather::MeanSquare,
    terms: modified_total::windows_of_phases,
    scale: |m, tau0| 0.5 / (m * m * tau0).powi(2),
    bias: Bias::Noise(bias),
    expected: PowerLaw::theoretical_mdev,
    definition,
};

/// 0.94, 0.83, 0.73, 0.70 and 0.69 for white PM to random walk FM (NIST SP 1065, 5.2.12).
///
/// They are kept because other programs use them. Simulated records of long windows have 0.995, 0.855, 0.772,
/// 0.720 and 0.680: those of the Hadamard total variance two exponents lower, as they must be since phases
/// are here what frequencies are there. So the corrected variance is 6 %, 3 %, 6 % and 3 % too large and
/// 1.5 % too small. At m = 1 the mean square is one half for every noise type.
pub(super) fn bias(alpha: i8, _: usize, _: usize) -> f64 {
    match alpha {
        2 => 0.94,
        1 => 0.83,
        0 => 0.73,
        -1 => 0.70,
        -2 => 0.69,
        _ => 1.0,
    }
}

pub(super) fn definition(x: &[f64], m: usize) -> Terms {
    super::sum_reflected_windows(x, m)
}
