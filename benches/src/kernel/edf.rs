//! Degrees of freedom of every estimator, by either method.

use super::repeat;
use sigmatau_stability::ESTIMATORS;
use sigmatau_stability::edf::{Case, EdfMethod, Model};
use std::hint::black_box;

/// Difference statistics under every noise type at octaves of m.
pub(super) fn greenhall_riley() {
    repeat(20, || {
        for alpha in -4..=2 {
            (0..14).for_each(|octave| degrees_of_freedom(alpha, 1 << octave, is_difference));
        }
    });
}

/// The other statistics at one m: what a form costs when it is met for the first time.
pub(super) fn exact() {
    degrees_of_freedom(-1, 64, |model| !is_difference(model));
}

fn degrees_of_freedom(alpha: i8, m: usize, chosen: fn(Model) -> bool) {
    let case = Case { alpha, m, n: 100_000 - 3 * m as u64, points: 100_000 };
    for estimator in ESTIMATORS.iter().filter(|estimator| chosen(estimator.model)) {
        black_box(EdfMethod::GreenhallRiley.degrees_of_freedom(estimator.model, &case));
    }
}

fn is_difference(model: Model) -> bool {
    matches!(model, Model::Differences(_))
}
