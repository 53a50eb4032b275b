//! Screening of a record with gaps.

use super::repeat;
use sigmatau_core::PhaseSeries;
use sigmatau_stability::screen;
use std::hint::black_box;

pub(super) fn screen() {
    let phases = crate::clock_with_gaps(65_536);
    let phase = PhaseSeries::new(&phases, 1.0).expect("the record is finite");
    repeat(50, || screen::screen(black_box(&phase)));
}
