//! The total deviation.

use super::{Bias, Estimator, Gather, sum_squares};
use crate::edf::Model;
use crate::kernel::{Terms, total};
use crate::tau::Grid;
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;

/// σ_tot²(τ) = 1/(2 τ² n) Σ (x*(i−m) − 2x*(i) + x*(i+m))² over every i but the first and the last point of
/// the record, n = N − 2, where x* is the record reflected at both ends: x*(−j) = 2x(0) − x(j).
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "totdev",
    title: "total deviation",
    symbol: "σ_tot(τ)",
    unit: Unit::ONE,
    reference: "NIST SP 1065, 5.2.11",
    grid: Grid { stop_ratio: 2, reach: |m| m.max(2), ..Grid::EVERY },
    model: Model::Total,
    gather: Gather::MeanSquare,
    terms: total::second_differences,
    scale: |m, tau0| 0.5 / (m * tau0).powi(2),
    bias: Bias::Noise(bias),
    expected: PowerLaw::theoretical_adev,
    definition,
};

/// 1 − a τ/T with T = N τ₀ and a = 0, 1/(3 ln 2) and 3/4 for white, flicker and random walk FM (NIST SP
/// 1065, 5.2.11). T counts the phase points, as the results of Stable32 do.
///
/// In simulated records this is right to 1 % under frequency noise. Phase noise has no published factor, but
/// raises the mean square to about 1 + 4/3 τ/T (white) and 1 + τ/T (flicker PM).
fn bias(alpha: i8, m: usize, points: usize) -> f64 {
    let a = match alpha {
        ..-1 => 0.75,
        -1 => 1.0 / (3.0 * std::f64::consts::LN_2),
        _ => 0.0,
    };
    1.0 - a * m as f64 / points as f64
}

/// Stores the reflected record, 3N − 4 points.
fn definition(x: &[f64], m: usize) -> Terms {
    let [first, inner @ .., last] = total::between_ends(x) else { return Terms::default() };
    let before = inner.iter().rev().map(|x| 2.0 * first - x);
    let behind = inner.iter().rev().map(|x| 2.0 * last - x);
    let record = std::iter::once(first).chain(inner).chain([last]).copied();
    let reflected: Vec<f64> = before.chain(record).chain(behind).collect();
    let term = |i: usize| reflected[i + m] - 2.0 * reflected[i] + reflected[i - m];
    let centres = inner.len() + 1..2 * inner.len() + 1;
    sum_squares(centres.filter(|_| m <= inner.len() + 1), term)
}
