//! The Hadamard total deviation.

use super::{Bias, Estimator, Gather, ohdev};
use crate::edf::Model;
use crate::kernel::{Terms, modified_total};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// Hσ_tot²(τ) = 1/(6 n) Σ over every window of 3m frequencies, n = N − 3m for N phases, of the mean of the 6m
/// squares (ȳ(j+2m) − 2ȳ(j+m) + ȳ(j))², where the window is less its slope and continued evenly at both ends,
/// and ȳ(j) is the mean of m frequencies from j on. At m = 1 it is the overlapping Hadamard deviation.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "htotdev",
    title: "Hadamard total deviation",
    symbol: "Hσ_tot(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.14",
    grid: Grid { stop_ratio: 3, reach: |m| 3 * m, ..Grid::EVERY },
    model: Model::HadamardTotal,
    gather: Gather::MeanSquare,
    terms: modified_total::windows_of_frequencies,
    scale: |m, tau0| 1.0 / (6.0 * (m * tau0).powi(2)),
    bias: Bias::Noise(bias),
    expected: PowerLaw::theoretical_hdev,
    definition,
};

/// 0.995, 0.851, 0.771, 0.717 and 0.679 for white FM to random run FM (NIST SP 1065, 5.2.14); none for
/// phase noise, nor at m = 1.
///
/// In simulated records they are right to 1 % from m = 8 on; at m = 2 the mean square is up to 6 % larger.
/// Phase noise has no published factor, but raises the mean square to 1.38 (white) and 1.26 (flicker PM).
fn bias(alpha: i8, m: usize, _: usize) -> f64 {
    match alpha {
        0 if m > 1 => 0.995,
        -1 if m > 1 => 0.851,
        -2 if m > 1 => 0.771,
        -3 if m > 1 => 0.717,
        -4 if m > 1 => 0.679,
        _ => 1.0,
    }
}

fn definition(x: &[f64], m: usize) -> Terms {
    if m == 1 {
        return ohdev::definition(x, m);
    }
    let y: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
    super::sum_reflected_windows(&y, m)
}
