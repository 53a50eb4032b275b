//! The solvers on small generated areas, one for each way in which areas behave.

mod common;

use common::{Case, small};
use nalgebra::DMatrix;
use sigmatau_meter::daily::{Frame, State};
use sigmatau_meter::home::home;
use sigmatau_meter::prior::{Prior, pooled};
use sigmatau_meter::solver::{Plight, SOLVERS, Solution, Solver};

const DAYS: usize = 10;

fn gls(case: &Case) -> Solution {
    (Solver::named("gls").unwrap().solve)(&case.area, &Prior::default())
}

/// The root of the mean square of error over uncertainty, and that of the error, of meters that are judged.
fn figures(case: &Case, solution: &Solution) -> (f64, f64) {
    let judged = (0..case.errors.len())
        .filter(|place| case.energies[*place] > DAYS as f64 && case.plights[*place] != "stranger");
    let (mut ratios, mut squares, mut count) = (0.0, 0.0, 0.0);
    for place in judged {
        let (estimate, truth) = (&solution.estimates[place], case.errors[place]);
        ratios += ((estimate.error - truth) / estimate.u).powi(2);
        squares += (estimate.error - truth).powi(2);
        count += 1.0;
    }
    ((ratios / count).sqrt(), (squares / count).sqrt())
}

#[test]
fn intervals_hold_in_ordinary_areas_and_errors_are_smaller_than_by_least_squares() {
    for kind in ["strong", "clean", "typical", "coarse", "voltage", "pv"] {
        let case = small(kind, 5, DAYS, 14);
        let (ratio, error) = figures(&case, &gls(&case));
        let (_, plain) = figures(&case, &(Solver::named("ols").unwrap().solve)(&case.area, &Prior::default()));
        assert!(ratio < 1.8 && error < 0.012, "{kind}: {ratio} {error}");
        assert!(error < plain, "{kind}: {error} {plain}");
    }
}

#[test]
fn dead_and_tampered_meters_are_named_and_dated() {
    let case = small("tamper", 3, 15, 14);
    let solution = gls(&case);
    for (place, word) in [(0, "dead"), (1, "tampered")] {
        let estimate = &solution.estimates[place];
        assert_eq!(estimate.plight.word(), word);
        let late = estimate.onset.unwrap() - case.onsets[place].unwrap();
        assert!(late.abs() < 2 * 86_400, "{word}: {late} s");
        assert!((estimate.error - case.errors[place]).abs() < 0.2, "{word}: {} {}", estimate.error, case.errors[place]);
    }
}

#[test]
fn strangers_are_named_and_nothing_is_said_of_their_error() {
    let case = small("topology", 3, DAYS, 14);
    let solution = gls(&case);
    for (place, estimate) in solution.estimates.iter().enumerate() {
        let is_stranger = matches!(estimate.plight, Plight::Stranger { .. });
        assert_eq!(
            is_stranger,
            case.plights[place] == "stranger",
            "{place}: {estimate:?}, {} kWh",
            case.energies[place]
        );
        assert!(!is_stranger || estimate.error.is_nan());
    }
    assert!(solution.findings.iter().any(|finding| finding.code == "unmetered"));
    assert!(solution.unexplained > 0.0);
}

#[test]
fn a_stranger_is_missed_at_home_and_nowhere_else() {
    let mut home_area = small("clean", 3, DAYS, 14);
    home_area.area.id = "home".to_owned();
    let other = small("clean", 9, DAYS, 14);
    let lost = home_area.area.meters.iter().enumerate().max_by(|(_, one), (_, other)| {
        let energy = |meter: &sigmatau_meter::Meter| meter.consumed.iter().sum::<f64>();
        energy(one).total_cmp(&energy(other))
    });
    let lost = lost.unwrap().0;
    let meter = home_area.area.meters.remove(lost);
    let mut filed = other.area.clone();
    filed.id = "filed".to_owned();
    filed.meters.push(meter);
    let remainders = [(&home_area.area, "home"), (&other.area, "other")].map(|(area, _)| {
        let solution = (Solver::named("gls").unwrap().solve)(area, &Prior::default());
        solution.remainder.unwrap()
    });
    assert_eq!(home(&filed, filed.meters.len() - 1, &remainders).map(|found| found.area.as_str()), Some("home"));
    assert!(home(&filed, 0, &remainders[..1]).is_none());
}

#[test]
fn meters_in_step_are_judged_together_and_idle_ones_not_at_all() {
    let mut case = small("clean", 5, DAYS, 12);
    let lamp: Vec<f64> = (0..case.area.intervals()).map(|t| if t % 96 < 40 { 0.25 } else { 0.0 }).collect();
    for (place, energies) in [(0, lamp.clone()), (1, lamp), (2, vec![0.0; case.area.intervals()])] {
        let before = std::mem::replace(&mut case.area.meters[place].consumed, energies);
        for (t, energy) in before.iter().enumerate() {
            case.area.master.supplied[t] += case.area.meters[place].consumed[t] - energy;
        }
    }
    let solution = gls(&case);
    assert_eq!(solution.estimates[0].plight, Plight::Collinear { with: vec![1] });
    assert_eq!(solution.estimates[0].error, solution.estimates[1].error);
    assert_eq!(solution.estimates[2].plight, Plight::Idle);
    assert!(solution.estimates[2].error.is_nan() && solution.estimates[2].information == 0.0);
}

/// The area with the readings of a meter from the middle on replaced by `energy`; its customer draws on, or not.
fn silenced(energy: f64, draws_on: bool) -> Solution {
    let mut case = small("clean", 5, DAYS, 12);
    let large = (0..12).max_by(|one, other| case.energies[*one].total_cmp(&case.energies[*other])).unwrap();
    for t in case.area.intervals() / 2..case.area.intervals() {
        let before = std::mem::replace(&mut case.area.meters[large].consumed[t], energy);
        case.area.master.supplied[t] -= if draws_on { 0.0 } else { before };
    }
    let mut solution = gls(&case);
    solution.estimates.swap(0, large);
    solution
}

#[test]
fn a_silent_meter_is_dead_or_stuck_only_if_its_customer_draws_on() {
    assert_eq!(silenced(0.0, true).estimates[0].plight, Plight::Dead);
    assert_eq!(silenced(0.05, true).estimates[0].plight, Plight::Stuck);
    assert_eq!(silenced(0.0, false).estimates[0].plight, Plight::Sound);
}

#[test]
fn areas_without_a_balance_are_said_to_have_none() {
    let whole = small("clean", 5, 2, 5).area;
    let mut empty = whole.clone();
    empty.meters.clear();
    let mut blind = whole;
    blind.master.supplied.fill(f64::NAN);
    for area in [empty, blind] {
        let solution = (Solver::named("gls").unwrap().solve)(&area, &Prior::default());
        assert_eq!(solution.findings[0].code, "no-balance");
        assert!(solution.estimates.iter().all(|estimate| estimate.error.is_nan()));
    }
}

#[test]
fn no_solver_judges_a_meter_by_its_place() {
    let case = small("strong", 5, DAYS, 10);
    let mut turned = case.area.clone();
    turned.meters.reverse();
    for solver in SOLVERS {
        let (straight, turned) =
            ((solver.solve)(&case.area, &Prior::default()), (solver.solve)(&turned, &Prior::default()));
        for (one, other) in straight.estimates.iter().zip(turned.estimates.iter().rev()) {
            assert!(
                (one.error - other.error).abs() < 1e-5 || one.error.is_nan(),
                "{}: {} {}",
                solver.name,
                one.error,
                other.error
            );
        }
    }
}

#[test]
fn covariances_hold_the_doubt_about_the_master_meter() {
    let mut case = small("strong", 5, DAYS, 10);
    let mean = |matrix: &DMatrix<f64>| matrix.mean();
    let known = mean(&gls(&case).covariance);
    case.area.master.uncertainty = 0.02;
    let unknown = mean(&gls(&case).covariance);
    assert!(unknown > known, "{unknown} {known}");
}

#[test]
fn many_areas_teach_the_spread_of_errors() {
    let evidence: Vec<_> = (0..4).map(|seed| gls(&small("strong", seed, DAYS, 14)).evidence.unwrap()).collect();
    let start = Prior { spread: 0.008, ..Prior::default() };
    let taught = pooled(&evidence, &start);
    assert!((taught.spread - 0.003).abs() < (start.spread - 0.003).abs(), "{taught:?}");
}

#[test]
fn days_add_up_to_the_batch_and_come_off_again() {
    let case = small("clean", 5, DAYS, 10);
    let frame = Frame::of(&case.area, &Prior::default()).unwrap();
    let read = |intervals| frame.read(&case.area, intervals).unwrap();
    let day = |day: usize| read(96 * day..96 * (day + 1));
    let batch = read(0..96 * DAYS);
    let sum = (1..DAYS).fold(day(0), |sum, number| sum.plus(&day(number)));
    assert!(differ(&frame, &batch, &sum) < 1e-9);
    let shorter = read(0..96 * (DAYS - 1));
    assert!(differ(&frame, &shorter, &batch.without(&day(DAYS - 1))) < 1e-9);
    assert_eq!(State::from_column(&sum.column()), Some(sum.clone()));
    assert_eq!(Frame::from_column(&frame.column()), Some(frame.clone()));
    assert!((1..40).all(|cut| State::from_column(&sum.column()[cut..]).is_none()));
    assert_eq!(sum.forgetting(0.5).intervals(), 48.0 * DAYS as f64);
}

#[test]
fn a_day_needs_only_the_day_before() {
    let case = small("clean", 5, DAYS, 10);
    let frame = Frame::of(&case.area, &Prior::default()).unwrap();
    let mut two = case.area.clone();
    let last = 96 * (DAYS - 2)..96 * DAYS;
    two.master.supplied = two.master.supplied[last.clone()].to_vec();
    for meter in &mut two.meters {
        meter.consumed = meter.consumed[last.clone()].to_vec();
    }
    let history = frame.read(&case.area, 0..96 * (DAYS - 1)).unwrap();
    let batch = frame.read(&case.area, 0..96 * DAYS).unwrap();
    assert!(differ(&frame, &batch, &history.plus(&frame.read(&two, 96..192).unwrap())) < 1e-6);
    two.meters.pop();
    assert!(frame.read(&two, 0..96).is_none(), "another area");
}

/// The weights of outliers are those of the history as a whole, which is all that the batch does more.
#[test]
fn a_state_says_what_the_batch_says() {
    let case = small("clean", 5, DAYS, 10);
    let frame = Frame::of(&case.area, &Prior::default()).unwrap();
    let state = frame.solution(&frame.read(&case.area, 0..96 * DAYS).unwrap());
    let batch = gls(&case);
    for (one, other) in state.estimates.iter().zip(&batch.estimates).filter(|(_, batch)| batch.error.is_finite()) {
        assert!((one.error - other.error).abs() < 0.5 * other.u, "{one:?} {other:?}");
        assert!((one.u / other.u - 1.0).abs() < 0.2 && (one.energy - other.energy).abs() < 1e-6);
    }
}

/// The largest difference between the errors that two states say.
fn differ(frame: &Frame, one: &State, other: &State) -> f64 {
    let [one, other] = [one, other].map(|state| frame.solution(state).estimates);
    let pairs = one.iter().zip(&other).filter(|(one, _)| one.error.is_finite());
    pairs.map(|(one, other)| (one.error - other.error).abs()).fold(0.0, f64::max)
}
