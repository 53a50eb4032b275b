//! How often the intervals of a fit hold the true value.

mod coverage;

use coverage::models::{CASES, coverage};

#[test]
fn intervals_of_parameters_and_response_hold_the_truth_as_often_as_they_say() {
    for case in CASES {
        let trials = 400;
        let found = coverage(case, trials);
        for (what, share) in found {
            // The standard error of 95 % in 400 trials is 1.1 %.
            assert!((0.915..=0.985).contains(&share), "{}: {what} {share}", case.name);
        }
    }
}
