//! Degrees of freedom of every estimator under every noise type.

use super::repeat;
use sigmatau_stability::{ESTIMATORS, edf};
use std::hint::black_box;

pub(super) fn greenhall_riley() {
    repeat(20, || {
        for estimator in ESTIMATORS {
            for alpha in -4..=2 {
                for m in (0..14).map(|octave| 1 << octave) {
                    black_box(edf::greenhall_riley(alpha, estimator.differences, m, 100_000 - 3 * m as u64));
                }
            }
        }
    });
}
