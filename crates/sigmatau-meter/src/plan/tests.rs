use super::*;
use proptest::prelude::*;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{found:e} instead of {expected:e}");
}

fn proving(confidence: f64) -> [u64; 6] {
    [0, 1, 2, 3, 4, 5].map(|accept| Attribute::proving(0.05, confidence, accept, Lot::Endless).unwrap().size)
}

#[test]
fn samples_that_prove_95_percent_conforming_are_the_known_ones() {
    assert_eq!(proving(0.95), [59, 93, 124, 153, 181, 208]);
    assert_eq!(proving(0.90), [45, 77, 105, 132, 158, 184]);
}

/// The plans of the arrêté of 1 August 2013 for 5, 10 and 15 % of non-conforming meters.
#[test]
fn french_plans_accept_as_they_are_known_to() {
    let chances = |size, accept, digits: usize| {
        [0.05, 0.10, 0.15]
            .map(|share| format!("{:.digits$}", Attribute { size, accept }.acceptance(share, Lot::Endless)))
    };
    assert_eq!(chances(56, 5, 2), ["0.94", "0.51", "0.14"]);
    assert_eq!(chances(306, 30, 2)[..2], ["1.00", "0.50"]);
    assert_eq!(chances(306, 30, 3)[2], "0.005");
}

/// Plans by limiting quality; `scipy.stats.binom.cdf`, SciPy 1.17.1.
#[test]
fn plans_by_limiting_quality_have_the_consumer_risk_of_scipy() {
    let five = [(80, 1, 0.08605379284822864), (125, 3, 0.12378469778322654), (500, 18, 0.08645665870339278)];
    let eight = [(50, 1, 0.08271202292681526), (80, 3, 0.10886261271416467), (315, 18, 0.07718036499503148)];
    for (quality, plans) in [(0.05, five), (0.08, eight)] {
        for (size, accept, beta) in plans {
            near(Attribute { size, accept }.acceptance(quality, Lot::Endless), beta, 1e-12);
            assert!(beta < 0.13, "the bound of ISO 2859-2");
        }
    }
}

/// `scipy.stats.hypergeom.cdf`, SciPy 1.17.1.
#[test]
fn finite_lots_follow_the_hypergeometric_distribution_of_scipy() {
    let known = [
        (400, 20, 90, 2, 0.13286902230702485),
        (50, 40, 20, 12, 0.005842959566193291),
        (1000, 50, 56, 5, 0.9452158037667889),
        (30, 10, 25, 6, 0.031240789861479518),
    ];
    for (lot, bad, size, accept, expected) in known {
        near(count::hypergeometric(accept, size, bad, lot), expected, 1e-12);
    }
}

/// Counted one by one: every sample of 4 from a lot of 9 with 3 bad ones.
#[test]
fn a_small_lot_is_as_its_samples_counted_one_by_one() {
    let samples = (0_u32..512).filter(|sample| sample.count_ones() == 4);
    let bad: Vec<u32> = samples.map(|sample| (sample & 7).count_ones()).collect();
    for accept in 0..=4 {
        let counted = bad.iter().filter(|bad| **bad <= accept).count() as f64 / bad.len() as f64;
        near(count::hypergeometric(u64::from(accept), 4, 3, 9), counted, 1e-14);
    }
}

/// The slow search over all plans, SciPy 1.17.1.
#[test]
fn plans_are_the_smallest_that_do_what_is_required() {
    let usual = Requirement { good: 0.01, alpha: 0.05, bad: 0.05, beta: 0.1 };
    let strict = Requirement { good: 0.005, alpha: 0.1, bad: 0.03, beta: 0.05 };
    let found = |requirement, lot| Attribute::meeting(requirement, lot).map(|plan| (plan.size, plan.accept));
    assert_eq!(found(usual, Lot::Endless), Ok((132, 3)));
    assert_eq!(found(usual, Lot::Of(400)), Ok((97, 2)));
    assert_eq!(found(usual, Lot::Of(100)), Ok((58, 1)));
    assert_eq!(found(strict, Lot::Endless), Ok((208, 2)));
}

#[test]
fn what_cannot_be_required_is_refused_with_the_reason() {
    let usual = Requirement { good: 0.01, alpha: 0.05, bad: 0.05, beta: 0.1 };
    let refused = |requirement, lot| Attribute::meeting(requirement, lot).unwrap_err();
    assert!(matches!(refused(Requirement { bad: 0.01, ..usual }, Lot::Endless), PlanError::Shares { .. }));
    assert!(matches!(refused(Requirement { beta: 0.0, ..usual }, Lot::Endless), PlanError::Risks { .. }));
    let same = Requirement { good: 0.0999, bad: 0.1, ..usual };
    assert!(Attribute::meeting(same, Lot::Of(20)).is_ok(), "1 of 20 is accepted, 2 are refused");
    assert!(matches!(refused(same, Lot::Endless), PlanError::TooLarge { .. }));
}

/// `scipy.stats.nct.sf`, SciPy 1.17.1.
#[test]
fn variables_plans_accept_as_the_noncentral_t_of_scipy() {
    let known = [
        (20, 1.8, 0.02, 0.777097356941617),
        (5, 1.5, 0.05, 0.6445117387955488),
        (2, 1.0, 0.1, 0.7120152402104124),
        (100, 2.0, 0.01, 0.9707454691890273),
        (50, 1.2, 0.2, 0.028341066912723516),
        (35, -0.3, 0.7, 0.09498958382515683),
    ];
    for (size, factor, share, expected) in known {
        near(Variables { size, factor }.acceptance(share), expected, 1e-9);
    }
}

/// The slow search with `scipy.stats.nct` and `scipy.optimize.brentq`, SciPy 1.17.1.
#[test]
fn variables_plans_need_fewer_meters_than_attribute_plans() {
    let usual = Requirement { good: 0.01, alpha: 0.05, bad: 0.05, beta: 0.1 };
    let plan = Variables::meeting(usual).unwrap();
    assert_eq!(plan.size, 55);
    near(plan.factor, 1.9480709613833203, 1e-8);
    assert_eq!(Variables::meeting(Requirement { bad: 0.08, ..usual }).unwrap().size, 28);
}

/// Draws of lots and samples: the share of accepted ones is the operating characteristic.
#[test]
fn the_operating_characteristics_are_those_of_simulated_inspections() {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};
    let mut draws = ChaCha8Rng::seed_from_u64(59);
    let (attribute, variables) = (Attribute { size: 56, accept: 2 }, Variables { size: 20, factor: 1.6 });
    // Errors of standard deviation 1 below the limit 1.644 853 6: 5 % lie beyond.
    let limit = 1.644_853_626_951_473;
    let mut sample = |size: u64| -> Vec<f64> {
        (0..size).map(|_| Distribution::<f64>::sample(&StandardNormal, &mut draws)).collect()
    };
    let (mut counted, mut weighed, mut inspected) = (0, 0, 0);
    for _ in 0..4000 {
        let bad: Vec<bool> = sample(56).iter().map(|error| *error > limit).collect();
        counted += i32::from(bad.iter().filter(|bad| **bad).count() <= 2);
        let third = bad.iter().enumerate().filter(|(_, bad)| **bad).nth(2);
        inspected += third.map_or(56, |(place, _)| place + 1);
        let errors = sample(20);
        let mean = errors.iter().sum::<f64>() / 20.0;
        let variance = errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>() / 19.0;
        weighed += i32::from((limit - mean) / variance.sqrt() >= 1.6);
    }
    let holds =
        |count: i32, expected: f64| assert!((f64::from(count) / 4000.0 - expected).abs() < 0.02, "{count} {expected}");
    holds(counted, attribute.acceptance(0.05, Lot::Endless));
    holds(weighed, variables.acceptance(0.05));
    let mean = inspected as f64 / 4000.0;
    assert!((mean - attribute.expected_inspections(0.05, Lot::Endless)).abs() < 0.5, "{mean}");
}

/// A lot that passes today with just the share that is asked for, aged by the survival, has the share that was asked.
#[test]
fn plans_until_the_next_inspection_ask_for_what_is_left_then() {
    let usual = Requirement { good: 0.005, alpha: 0.1, bad: 0.05, beta: 0.05 };
    let today = usual.until_next(0.97).unwrap();
    assert!((1.0 - (1.0 - today.bad) * 0.97 - 0.05).abs() < 1e-15);
    assert!(
        Attribute::meeting(today, Lot::Endless).unwrap().size > Attribute::meeting(usual, Lot::Endless).unwrap().size
    );
    assert!(matches!(usual.until_next(0.95), Err(PlanError::NotUntilThen { .. })));
    assert!(matches!(usual.until_next(0.954), Err(PlanError::Shares { .. })));
}

proptest! {
    #[test]
    fn large_lots_are_endless(size in 1_u64..200, accept in 0_u64..10, bad in 1_u64..30) {
        let share = bad as f64 / 100.0;
        let endless = Attribute { size, accept }.acceptance(share, Lot::Endless);
        let large = Attribute { size, accept }.acceptance(share, Lot::Of(10_000_000));
        prop_assert!((endless - large).abs() < 1e-4);
    }

    #[test]
    fn sample_and_bad_meters_change_places(lot in 1_u64..60, one in 0_u64..60, other in 0_u64..60, accept in 0_u64..60) {
        let (one, other) = (one.min(lot), other.min(lot));
        let [here, there] = [(one, other), (other, one)].map(|(n, bad)| count::hypergeometric(accept, n, bad, lot));
        prop_assert!((here - there).abs() < 1e-12);
    }

    #[test]
    fn worse_lots_are_accepted_less_often(size in 2_u64..200, accept in 0_u64..10, share in 0.01..0.5_f64) {
        let plan = Attribute { size, accept };
        prop_assert!(plan.acceptance(share, Lot::Endless) >= plan.acceptance(share + 0.01, Lot::Endless));
        prop_assert!((0.0..=1.0).contains(&plan.acceptance(share, Lot::Endless)));
    }

    /// The bound of a share is where the operating characteristic has used up the confidence.
    #[test]
    fn bounds_of_shares_turn_the_characteristic_round(size in 2_u64..200, found in 0_u64..10) {
        let found = found.min(size - 1);
        let bound = Attribute::largest_share(size, found, 0.95);
        let chance = Attribute { size, accept: found }.acceptance(bound, Lot::Endless);
        prop_assert!((chance - 0.05).abs() < 1e-9);
    }
}
