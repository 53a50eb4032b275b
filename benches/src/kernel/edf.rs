//! Degrees of freedom of every estimator under every noise type.

use super::repeat;
use sigmatau_stability::ESTIMATORS;
use sigmatau_stability::edf::{Case, EdfMethod};
use std::hint::black_box;

pub(super) fn greenhall_riley() {
    repeat(20, || {
        for estimator in ESTIMATORS {
            for alpha in -4..=2 {
                for m in (0..14).map(|octave| 1 << octave) {
                    let case = Case { alpha, m, n: 100_000 - 3 * m as u64, points: 100_000 };
                    black_box(EdfMethod::GreenhallRiley.degrees_of_freedom(estimator.model, &case));
                }
            }
        }
    });
}
