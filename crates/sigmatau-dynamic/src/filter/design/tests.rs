use super::*;
use crate::covariance::{Covariance, StandardUncertainty, Variance};
use crate::filter::{Iir, Start};
use crate::response::Line;
use sigmatau_spectrum::Window;

const RATE: f64 = 100.0;

/// The response of a filter at 30 lines from 0 Hz to `highest`, with small errors.
fn response_of<F: Filter>(filter: &F, highest: f64) -> Response {
    let uncertain = |k: usize| {
        let covariance = Bivariate { real: 1e-6 * (1.0 + k as f64), imaginary: 2e-6, cross: 0.5e-6 };
        Line { covariance, ..filter.line(highest * k as f64 / 29.0, RATE) }
    };
    Response { lines: (0..30).map(uncertain).collect(), ..Response::default() }
}

fn goal(response: &Response, aim: Aim) -> Goal<'_> {
    Goal { response, covariance: None, rate: RATE, aim, delay: Lag::Points(0.0), weights: None }
}

/// A sensor with a resonance near 30 Hz.
fn sensor() -> Iir {
    Iir::certain(vec![0.9, 0.4, 0.1], vec![1.0, 0.5, 0.45]).unwrap()
}

/// The covariance of lines as a matrix of all real parts, then all imaginary ones.
fn full(response: &Response) -> DMatrix<f64> {
    let lines = response.lines.len();
    let mut full = DMatrix::zeros(2 * lines, 2 * lines);
    for (k, Line { covariance, .. }) in response.lines.iter().enumerate() {
        full[(k, k)] = covariance.real;
        full[(k + lines, k + lines)] = covariance.imaginary;
        full[(k, k + lines)] = covariance.cross;
        full[(k + lines, k)] = covariance.cross;
    }
    full
}

#[test]
fn a_common_delay_goes_to_the_coefficients_as_the_whole_matrix_does() {
    let response = response_of(&sensor(), 45.0);
    let late = response.clone().late(StandardUncertainty(1e-4));
    let shift: Vec<Complex64> =
        response.lines.iter().map(|line| line.value * Complex64::new(0.0, -TAU * line.frequency * 1e-4)).collect();
    let stacked = DVector::from_iterator(60, shift.iter().map(|z| z.re).chain(shift.iter().map(|z| z.im)));
    let whole = full(&response) + &stacked * stacked.transpose();
    let of = |goal: Goal<'_>| goal.fir(8).unwrap().filter.covariance().to_dense();
    let expected = of(Goal { covariance: Some(&whole), ..goal(&response, Aim::Inverse) });
    assert_near(&of(goal(&late, Aim::Inverse)), &expected, 1e-9);
    let apart = Response { common_delay: StandardUncertainty(0.0), ..late };
    assert!((of(goal(&apart, Aim::Inverse)) - &expected).amax() > 0.1 * expected.amax());
}

/// The response with part `part` of (Re H_1 …, Im H_1 …) moved.
fn moved(response: &Response, part: usize, step: f64) -> Response {
    let mut moved = response.clone();
    let lines = moved.lines.len();
    let error = if part < lines { Complex64::new(step, 0.0) } else { Complex64::new(0.0, step) };
    moved.lines[part % lines].value += error;
    moved
}

/// The covariance of coefficients by differences of whole designs.
fn by_differences(response: &Response, step: f64, coefficients: impl Fn(&Response) -> Vec<f64>) -> DMatrix<f64> {
    let derivative = |part: usize| {
        let (up, down) = (coefficients(&moved(response, part, step)), coefficients(&moved(response, part, -step)));
        DVector::from_iterator(up.len(), up.iter().zip(&down).map(|(up, down)| (up - down) / (2.0 * step)))
    };
    let jacobian = DMatrix::from_columns(&(0..2 * response.lines.len()).map(derivative).collect::<Vec<_>>());
    &jacobian * full(response) * jacobian.transpose()
}

fn assert_near(found: &DMatrix<f64>, expected: &DMatrix<f64>, tolerance: f64) {
    let off = (found - expected).amax() / expected.amax();
    assert!(off < tolerance, "off by {off}");
}

/// The peer multiplies the matrix by the weights and not the target, and gives back [1.007, 0.736, 0.527, 0.169] or
/// worse.
#[test]
fn an_exact_filter_comes_back_exactly_under_any_weights() {
    let taps = [1.0, 0.5, 0.25, 0.1];
    let response = response_of(&Fir::certain(taps.to_vec()).unwrap(), 45.0);
    for stream in 0..20 {
        let weights: Vec<f64> = Gaussian::new(1, stream).take(30).map(|x| (3.0 * x).exp()).collect();
        let found = Goal { weights: Some(&weights), ..goal(&response, Aim::Forward) }.fir(4).unwrap();
        assert!(found.filter.taps().iter().zip(taps).all(|(found, tap)| (found - tap).abs() < 1e-11), "{found:?}");
        assert!(found.worst(0.0, 50.0).unwrap().1 < 1e-11);
    }
}

#[test]
fn weights_pull_the_filter_to_their_lines() {
    let response = response_of(&sensor(), 45.0);
    let weights: Vec<f64> = (0..30).map(|k| if k < 10 { 100.0 } else { 1.0 }).collect();
    let worst = |weights| Goal { weights, ..goal(&response, Aim::Forward) }.fir(4).unwrap().worst(0.0, 13.0).unwrap().1;
    assert!(worst(Some(&weights)) < 0.5 * worst(None));
}

#[test]
fn tap_covariance_is_that_of_the_whole_design() {
    let response = response_of(&sensor(), 45.0);
    let weights: Vec<f64> = (0..30).map(|k| 1.0 + 0.1 * f64::from(k)).collect();
    for (aim, tolerance) in [(Aim::Forward, 1e-9), (Aim::Inverse, 1e-6)] {
        let design = |response: &Response| {
            Goal { weights: Some(&weights), delay: Lag::Points(2.0), ..goal(response, aim) }.fir(6).unwrap().filter
        };
        let Covariance::Dense(found) = design(&response).covariance().clone() else { panic!("it is dense") };
        let expected = by_differences(&response, 1e-4, |response| design(response).taps().to_vec());
        assert_near(&found, &expected, tolerance);
    }
}

#[test]
fn covariance_in_full_and_line_by_line_tell_the_same() {
    let response = response_of(&sensor(), 45.0);
    let full = full(&response);
    let covariance = |covariance| {
        let goal = Goal { covariance, ..goal(&response, Aim::Inverse) };
        let Covariance::Dense(of_taps) = goal.fir(6).unwrap().filter.covariance().clone() else {
            panic!("it is dense")
        };
        (of_taps, goal.iir(&EQUATION).unwrap().filter.covariance().clone())
    };
    let (lines, in_full) = (covariance(None), covariance(Some(&full)));
    assert_near(&in_full.0, &lines.0, 1e-12);
    assert_near(&in_full.1, &lines.1, 1e-12);
}

#[test]
fn a_searched_delay_is_that_of_the_filter() {
    let late = Fir::certain(vec![0.0, 0.0, 0.0, 1.0, 0.5]).unwrap();
    let early = Fir::certain(vec![1.0, 0.5]).unwrap();
    let response = response_of(&early, 45.0);
    let found = Goal { delay: Lag::UpTo(3), ..goal(&response, Aim::Inverse) }.fir(8).unwrap();
    assert_eq!(found.delay, 0.0); // 1/(1 + 0.5 z⁻¹) is causal
    let advanced = Response {
        lines: response_of(&late, 45.0)
            .lines
            .into_iter()
            .map(|line| Line { value: line.value.inv(), ..line })
            .collect(),
        ..Response::default()
    };
    let found = Goal { delay: Lag::UpTo(9), ..goal(&advanced, Aim::Forward) }.fir(4).unwrap();
    assert_eq!(found.delay, 3.0);
}

const EQUATION: Orders = Orders { poles: 2, zeros: 2, criterion: Criterion::Equation };
const RESPONSE: Orders = Orders { poles: 2, zeros: 2, criterion: Criterion::Response };

fn coefficients(filter: &Iir) -> Vec<f64> {
    [&filter.denominator()[1..], filter.numerator()].concat()
}

#[test]
fn an_exact_filter_with_poles_comes_back_by_either_criterion() {
    let response = response_of(&sensor(), 45.0);
    for orders in [EQUATION, RESPONSE] {
        let found = goal(&response, Aim::Forward).iir(&orders).unwrap();
        let pairs = coefficients(&found.filter).into_iter().zip(coefficients(&sensor()));
        assert!(pairs.into_iter().all(|(found, exact)| (found - exact).abs() < 1e-11));
        assert!(found.findings.is_empty() && found.delay == 0.0);
    }
}

#[test]
fn coefficient_covariance_is_that_of_the_whole_design() {
    let response = response_of(&sensor(), 45.0);
    for aim in [Aim::Forward, Aim::Inverse] {
        for orders in [EQUATION, RESPONSE] {
            let design = |response: &Response| goal(response, aim).iir(&orders).unwrap().filter;
            let expected = by_differences(&response, 1e-5, |response| coefficients(&design(response)));
            assert_near(design(&response).covariance(), &expected, 1e-5);
        }
    }
}

/// Off the exact model too, where what the fit misses enters its derivative.
#[test]
fn coefficient_covariance_of_a_linear_fit_holds_for_a_model_too_small() {
    let response = response_of(&sensor(), 45.0);
    let orders = Orders { poles: 1, zeros: 1, criterion: Criterion::Equation };
    let design = |response: &Response| goal(response, Aim::Forward).iir(&orders).unwrap().filter;
    let expected = by_differences(&response, 1e-5, |response| coefficients(&design(response)));
    assert_near(design(&response).covariance(), &expected, 1e-6);
}

#[test]
fn trials_have_the_covariance_of_first_order_and_count_what_is_unstable() {
    let response = response_of(&sensor(), 45.0);
    for orders in [EQUATION, RESPONSE] {
        let (goal, found) = (goal(&response, Aim::Forward), goal(&response, Aim::Forward).iir(&orders).unwrap());
        let trials = goal.iir_trials(&orders, found.delay, 3000, 1).unwrap();
        assert_eq!((trials.stable, trials.unstable), (3000, 0));
        assert_near(&trials.covariance, found.filter.covariance(), 0.1);
    }
    let mut noisy = response_of(&Iir::certain(vec![1.0], vec![1.0, -0.97]).unwrap(), 45.0);
    noisy.lines.iter_mut().for_each(|line| line.covariance = Bivariate::circular(50.0));
    let orders = Orders { poles: 1, zeros: 0, criterion: Criterion::Response };
    let trials = goal(&noisy, Aim::Forward).iir_trials(&orders, 0.0, 500, 1).unwrap();
    assert!(trials.unstable > 5 && trials.stable + trials.unstable == 500, "{} unstable", trials.unstable);
}

#[test]
fn an_inverse_that_would_be_unstable_gets_delay() {
    // The zero at −2.5 makes a pole of the inverse, which looks into the future with weights of 0.4ⁿ.
    let sensor = Fir::certain(vec![0.4, 1.0]).unwrap();
    let response = response_of(&sensor, 45.0);
    let orders = Orders { poles: 1, zeros: 8, criterion: Criterion::Equation };
    let found = goal(&response, Aim::Inverse).iir(&orders).unwrap();
    assert!(found.filter.is_stable() && found.delay >= 1.0, "delay {}", found.delay);
    assert!(found.worst(0.0, 50.0).unwrap().1 < 2.0 * 0.4_f64.powf(found.delay), "{:?}", found.worst(0.0, 50.0));
}

#[test]
fn a_low_pass_behind_the_inverse_shows_in_the_deviations() {
    let response = response_of(&sensor(), 45.0);
    let plain = Goal { delay: Lag::Points(3.0), ..goal(&response, Aim::Inverse) }.fir(9).unwrap();
    let low_pass = Fir::low_pass(30.0, RATE, 41, Window::named("hann").unwrap()).unwrap();
    let smoothed = plain.clone().smoothed(&low_pass, RATE);
    assert_eq!(smoothed.delay, 23.0);
    assert!((smoothed.worst(0.0, 20.0).unwrap().1 - plain.worst(0.0, 20.0).unwrap().1).abs() < 0.02);
    assert!(smoothed.worst(35.0, 45.0).unwrap().1 > 0.95);
    for ((frequency, deviation), line) in smoothed.deviations.iter().zip(&response.lines) {
        let chain = smoothed.filter.line(*frequency, RATE).value * line.value;
        let aligned = chain * Complex64::cis(TAU * frequency / RATE * smoothed.delay);
        assert!((aligned - 1.0 - deviation).norm() < 1e-12);
    }
}

#[test]
fn the_bias_bound_holds_and_is_not_idle() {
    let (sensor, delay) = (sensor(), 3);
    let response = response_of(&sensor, 50.0);
    let inverse = Goal { delay: Lag::Points(delay as f64), ..goal(&response, Aim::Inverse) }.fir(6).unwrap();
    let truth: Vec<f64> = (0..400).map(|n| (-((f64::from(n) - 150.0) / 6.0).powi(2)).exp()).collect();
    let corrected = inverse.filter.values(&sensor.values(&truth, Start::Rest), Start::Rest);
    let bound = inverse.bias_bound(&corrected, RATE);
    let error = |n: usize| (corrected[n + delay] - truth[n]).abs();
    let worst = (0..400 - delay).map(error).fold(0.0, f64::max);
    assert!(worst < bound && bound < 10.0 * worst, "{worst} and {bound}");
}

#[test]
fn what_cannot_be_designed_is_refused() {
    let response = response_of(&sensor(), 45.0);
    let refused = |goal: Goal<'_>| goal.fir(4).unwrap_err().to_string();
    let plain = goal(&response, Aim::Inverse);
    assert!(refused(Goal { rate: 60.0, ..plain }).contains("is not between 0 and 30 Hz"));
    assert!(refused(Goal { rate: 0.0, ..plain }).contains("sampling rate 0 Hz"));
    assert!(refused(Goal { weights: Some(&[1.0]), ..plain }).contains("1 weights are given for 30 lines"));
    assert!(refused(Goal { weights: Some(&[-1.0; 30]), ..plain }).contains("the weight of line 0 is -1"));
    let mut zero = response.clone();
    zero.lines[3].value = Complex64::ZERO;
    assert!(refused(goal(&zero, Aim::Inverse)).contains("its inverse does not exist"));
    assert!(matches!(plain.fir(61), Err(FilterError::Undetermined { lines: 30, coefficients: 61 })));
    let wrong = DMatrix::zeros(3, 3);
    assert_eq!(
        Goal { covariance: Some(&wrong), ..plain }.fir(4).unwrap_err(),
        FilterError::Size { given: 3, expected: 60 }
    );
    let errors = Covariance::White { variance: Variance(1.0), length: 1 };
    assert!(plain.fir(4).unwrap().filter.apply(&[1.0], &errors, Start::Rest).is_ok());
}
