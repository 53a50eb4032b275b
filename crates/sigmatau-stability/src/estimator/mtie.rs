//! The maximum time interval error.

use super::{Bias, Estimator, Gather};
use crate::edf::Model;
use crate::kernel::{Terms, extremes};
use crate::tau::Grid;
use sigmatau_core::Unit;

/// MTIE(τ) = max over i of (max x(k) − min x(k)), k = i … i+m: the widest range of m + 1 neighbours.
///
/// A frequency offset is part of it and stays in. Where points are missing, the windows that touch them
/// are left out, since the extremes of what remains would understate the range; n says how many are left.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "mtie",
    title: "maximum time interval error",
    symbol: "MTIE(τ)",
    unit: Unit::SECOND,
    reference: "ITU-T G.810; NIST SP 1065",
    grid: Grid { stop_ratio: 2, ..Grid::EVERY },
    model: Model::Order(1),
    gather: Gather::Largest,
    terms: extremes::largest_ranges,
    scale: |_, _| 1.0,
    bias: Bias::None,
    expected: |_, _, _| f64::NAN,
    definition,
};

fn definition(x: &[f64], m: usize) -> Terms {
    let whole = x.windows(m + 1).filter(|window| !window.iter().any(|x| x.is_nan()));
    let range = |window: &[f64]| {
        let high = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        high - window.iter().copied().fold(f64::INFINITY, f64::min)
    };
    whole.map(range).fold(Terms::default(), |all, range| Terms { sum: all.sum.max(range * range), n: all.n + 1 })
}
