//! Identification of the noise type at octave averaging factors.

use super::repeat;
use sigmatau_core::PhaseSeries;
use sigmatau_stability::{ESTIMATORS, noise};
use std::hint::black_box;

pub(super) fn whole() {
    run(false, 10);
}

pub(super) fn gaps() {
    run(true, 5);
}

fn run(gaps: bool, times: usize) {
    let phases = crate::clock_where(gaps, 65_536);
    let phase = PhaseSeries::new(&phases, 1.0).expect("the record is finite");
    let factors = crate::octaves(ESTIMATORS[0], &phase);
    repeat(times, || noise::identify(black_box(&phase), &factors));
}
