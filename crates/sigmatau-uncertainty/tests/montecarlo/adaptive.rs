//! Whether adaptive runs are as near to the truth as they say.

use crate::models::{GAUGE, Pointwise, gauge_inputs, normal, settings};
use sigmatau_core::Cancel;
use sigmatau_uncertainty::montecarlo::adaptive::{Adapted, Rule, adapt};
use sigmatau_uncertainty::montecarlo::{Draws, MonteCarloError, Settings, Shape};

const IDENTITY: Pointwise<1, 1> = Pointwise(|[x]| [x]);

fn adapted(seed: u64, shape: Shape, rule: Rule, digits: u32, most: u64) -> Adapted {
    let settings = Settings { seed, trials: most, shapes: vec![shape], ..settings(most, 0.95) };
    adapt(&IDENTITY, &Draws::independent(&[normal("x", 0.0, 1.0)]), &settings, digits, rule, &Cancel::new()).unwrap()
}

/// Whether the estimate, the uncertainty and the ends are within the tolerance of 0, 1 and ±1.96.
fn is_right(found: &Adapted) -> bool {
    let (output, tolerance) = (&found.outcome.outputs[0], found.tolerances[0]);
    let interval = output.intervals[0];
    let results = [output.estimate, output.standard_uncertainty, interval.low, interval.high];
    results.iter().zip([0.0, 1.0, -1.959_964, 1.959_964]).all(|(found, truth)| (found.value - truth).abs() <= tolerance)
}

#[test]
fn two_stages_reach_the_tolerance_as_often_as_they_promise() {
    for shape in [Shape::Symmetric, Shape::Smoothed] {
        let found: Vec<Adapted> = (1..=60).map(|seed| adapted(seed, shape, Rule::default(), 2, 1 << 24)).collect();
        assert!(found.iter().all(|found| found.converged && found.achieved[0] <= found.tolerances[0]));
        let right = found.iter().filter(|found| is_right(found)).count();
        assert!(right >= 52, "{shape}: {right} of 60");
    }
}

#[test]
fn the_sequential_rule_takes_ten_batches_at_least() {
    let found = adapted(1, Shape::Symmetric, Rule::Sequential, 1, 1 << 24);
    assert!(found.converged && found.outcome.trials >= 100_000, "{}", found.outcome.trials);
    assert_eq!(found.tolerances, [0.5]);
}

#[test]
fn too_few_trials_are_said_to_be_too_few() {
    for rule in [Rule::Sequential, Rule::default()] {
        let found = adapted(1, Shape::Shortest, rule, 4, 200_000);
        assert!(!found.converged && found.achieved[0] > found.tolerances[0]);
        assert_eq!(found.outcome.findings[0].code, "not-converged");
    }
    let draws = Draws::independent(&[normal("x", 0.0, 1.0)]);
    let error = adapt(&IDENTITY, &draws, &Settings::default(), 7, Rule::default(), &Cancel::new()).unwrap_err();
    assert_eq!(error, MonteCarloError::Digits(7));
}

#[test]
fn gauge_block_to_two_digits_is_within_half_a_nanometre() {
    let settings =
        Settings { probability: 0.99, trials: 1 << 24, shapes: vec![Shape::Symmetric], ..Settings::default() };
    let draws = Draws::independent(&gauge_inputs());
    let found = adapt(&GAUGE, &draws, &settings, 2, Rule::default(), &Cancel::new()).unwrap();
    assert!(found.converged && found.tolerances == [0.5]);
    assert!((found.outcome.outputs[0].estimate.value - 837.95).abs() < 0.5);
    assert!((found.outcome.outputs[0].standard_uncertainty.value - 35.8).abs() < 0.5);
}
