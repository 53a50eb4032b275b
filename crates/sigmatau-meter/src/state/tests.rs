use super::*;
use crate::solver::{Estimate, Plight, Solution};
use crate::verdict::{Circumstances, Settings};
use nalgebra::{DMatrix, DVector};

fn scheme() -> Scheme {
    let element = |name: &str, from, to, points| Element { name: name.into(), from, to, points };
    let state = |name: &str, least| State { name: name.into(), least };
    Scheme {
        full: 100.0,
        elements: vec![
            element("p_nonconforming", 0.05, 0.95, 60.0),
            element("age_years", 8.0, 16.0, 20.0),
            element("information", 0.5, 0.0, 10.0),
        ],
        states: vec![state("正常", 90.0), state("注意", 75.0), state("异常", 60.0), state("严重", 0.0)],
        meter_route: "失准更换".into(),
        lot_route: "状态更换".into(),
    }
}

fn estimate(error: f64, u: f64) -> Estimate {
    let plight = Plight::Sound;
    Estimate { error, u, information: 0.8, plight, onset: None, late: 0.0, energy: 300.0, readings: 2880 }
}

fn judged(error: f64, u: f64) -> Judgement {
    let around = Circumstances { limit: 0.01, step: 900, master: 0.0, unexplained: 0.0 };
    Settings::default().judge(&estimate(error, u), &around)
}

fn state_of(known: &[(&str, f64)]) -> (f64, String) {
    let scheme = scheme();
    let value = |name: &str| known.iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| *value);
    let score = scheme.score(value);
    (score.points, score.state.name.clone())
}

#[test]
fn points_are_taken_in_proportion_and_end_in_a_state() {
    assert_eq!(
        state_of(&[("p_nonconforming", 0.01), ("age_years", 5.0), ("information", 0.9)]),
        (100.0, "正常".into())
    );
    assert_eq!(
        state_of(&[("p_nonconforming", 0.0), ("age_years", 12.0), ("information", 0.25)]),
        (85.0, "注意".into())
    );
    assert_eq!(state_of(&[("p_nonconforming", 1.0), ("age_years", 20.0), ("information", 0.5)]), (20.0, "严重".into()));
}

#[test]
fn what_is_not_known_takes_nothing_and_is_named() {
    let scheme = scheme();
    let score = scheme.score(|name| if name == "age_years" { 16.0 } else { f64::NAN });
    assert_eq!((score.points, score.unknown), (80.0, vec!["p_nonconforming", "information"]));
}

#[test]
fn schemes_that_leave_a_score_without_a_state_are_refused() {
    let mut open = scheme();
    open.states.pop();
    assert_eq!(open.checked().unwrap_err(), SchemeError::Open);
    let mut rising = scheme();
    rising.states.swap(1, 2);
    assert!(matches!(rising.checked().unwrap_err(), SchemeError::States { name } if name == "注意"));
    let mut flat = scheme();
    flat.elements[1].to = 8.0;
    assert!(flat.checked().unwrap_err().to_string().contains("`age_years`"));
    assert!(scheme().checked().is_ok());
}

#[test]
fn meters_are_replaced_alone_for_their_error_or_with_their_lot() {
    let (scheme, good, bad) = (scheme(), judged(0.0, 0.002), judged(0.03, 0.002));
    assert_eq!(scheme.route(&good, false), None);
    assert_eq!(scheme.route(&bad, false), Some("失准更换"));
    assert_eq!([&good, &bad].map(|judgement| scheme.route(judgement, true)), [Some("状态更换"); 2]);
}

#[test]
fn judgements_tell_their_elements() {
    let judgement = judged(0.02, 0.004);
    assert!((judgement.element("p_nonconforming") - 0.993_790_334_674_223_8).abs() < 1e-12);
    assert_eq!((judgement.element("error_of_limit"), judgement.element("fault")), (2.0, 0.0));
    assert!(judgement.element("age_years").is_nan());
}

#[test]
fn visits_go_to_the_most_probable_hits_and_say_how_many_to_expect() {
    let checks = field_checks(&[judged(0.0, 0.002), judged(0.012, 0.004), judged(0.03, 0.004), judged(0.01, 0.004)]);
    assert_eq!(checks.iter().map(|check| check.meter).collect::<Vec<_>>(), [2, 1, 3]);
    assert!((checks[1].hit_rate - 0.5 * (checks[0].hit + checks[1].hit)).abs() < 1e-15);
    assert!((checks[2].hit - 0.5).abs() < 1e-3, "{}", checks[2].hit);
}

/// Three errors that share 0.2 %.
fn solution() -> Solution {
    let own = [0.003_f64, 0.004, 0.006];
    let covariance = DMatrix::from_fn(3, 3, |i, j| 4e-6 + if i == j { own[i].powi(2) } else { 0.0 });
    let errors = [0.001, -0.002, 0.008];
    let estimates = (0..3).map(|i| estimate(errors[i], covariance[(i, i)].sqrt())).collect();
    Solution {
        estimates,
        covariance,
        findings: Vec::new(),
        loss: 0.0,
        unexplained: 0.0,
        evidence: None,
        remainder: None,
    }
}

/// The slow way: informations add, (C⁻¹ + Σ a a'/u²)⁻¹.
#[test]
fn checks_on_site_teach_as_added_information_does() {
    let checks = [Check { meter: 2, error: 0.012, u: 0.001 }, Check { meter: 0, error: 0.004, u: 0.002 }];
    let before = solution();
    let mut information = before.covariance.clone().try_inverse().unwrap();
    let mut vector = &information * DVector::from_iterator(3, before.estimates.iter().map(|estimate| estimate.error));
    for check in &checks {
        information[(check.meter, check.meter)] += check.u.powi(-2);
        vector[check.meter] += check.error * check.u.powi(-2);
    }
    let covariance = information.try_inverse().unwrap();
    let errors = &covariance * vector;
    let after = before.informed(&checks);
    assert!((&after.covariance - &covariance).amax() < 1e-18);
    for (place, estimate) in after.estimates.iter().enumerate() {
        assert!((estimate.error - errors[place]).abs() < 1e-15);
        assert!((estimate.u - covariance[(place, place)].sqrt()).abs() < 1e-15);
    }
}

#[test]
fn a_check_of_one_meter_tells_of_its_neighbours_through_the_master_meter() {
    let (before, after) = (solution(), solution().informed(&[Check { meter: 0, error: 0.006, u: 1e-4 }]));
    assert!(after.estimates[1].error > before.estimates[1].error && after.estimates[1].u < before.estimates[1].u);
    assert!(after.estimates[0].information > 0.99);
}

#[test]
fn a_check_of_a_meter_without_an_error_is_all_that_is_known_of_it() {
    let mut unsaid = solution();
    unsaid.estimates[1].error = f64::NAN;
    unsaid.covariance.column_mut(1).fill(0.0);
    unsaid.covariance.row_mut(1).fill(0.0);
    let after = unsaid.informed(&[Check { meter: 1, error: 0.02, u: 0.001 }]);
    assert_eq!((after.estimates[1].error, after.estimates[1].u, after.estimates[0].error), (0.02, 0.001, 0.001));
}
