//! The terms of an estimator at octave averaging factors.

use super::{Kernel, repeat};
use sigmatau_core::PhaseSeries;
use sigmatau_stability::Estimator;
use std::hint::black_box;

/// Points of the record: as much as an L2 cache holds.
const POINTS: usize = 65_536;
/// Terms to add up, over all repetitions.
const TERMS: u64 = 10_000_000;
/// The same for statistics whose terms are whole windows, which cost twenty times as much.
const WINDOWS: u64 = 1_000_000;

pub(super) fn kernel(estimator: &'static Estimator, gaps: bool) -> Kernel {
    let name = format!("{}{}", estimator.name, if gaps { "-gaps" } else { "" });
    Kernel { name, run: Box::new(move || run(estimator, &crate::clock_where(gaps, POINTS))) }
}

fn run(estimator: &Estimator, phases: &[f64]) {
    let phase = PhaseSeries::new(phases, 1.0).expect("the record is finite");
    let factors = crate::octaves(estimator, &phase);
    let terms = || (estimator.terms)(black_box(&phase), black_box(&factors));
    let each: u64 = terms().iter().map(|terms| terms.n).sum();
    let windowed = matches!(estimator.name, "mtotdev" | "ttotdev" | "htotdev");
    repeat((if windowed { WINDOWS } else { TERMS } / each) as usize, terms);
}
