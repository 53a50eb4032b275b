//! Sine waves of known and of unknown frequency.

use super::repeat;
use sigmatau_spectrum::SineFit;
use std::hint::black_box;

const RATE: f64 = 1e4;

pub(super) fn three() {
    let series = record();
    repeat(40, || SineFit::at(black_box(&series), RATE, &[731.0]));
}

pub(super) fn four() {
    let series = record();
    repeat(10, || SineFit::strongest(black_box(&series), RATE));
}

fn record() -> Vec<f64> {
    (0..262_144).map(|n| 5.0 + (std::f64::consts::TAU * 731.0 / RATE * f64::from(n)).cos()).collect()
}
