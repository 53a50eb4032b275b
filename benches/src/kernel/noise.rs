//! Exact synthesis of power-law noise.

use super::repeat;
use sigmatau_spectrum::PowerLaw;
use std::hint::black_box;

pub(super) fn white() {
    run(0, 15);
}

pub(super) fn flicker() {
    run(-1, 3);
}

fn run(alpha: i8, times: usize) {
    let noise = PowerLaw::new(alpha, 1e-24).expect("the exponent is a power law's");
    repeat(times, || noise.phase(black_box(65_536), 1.0, 1, 0));
}
