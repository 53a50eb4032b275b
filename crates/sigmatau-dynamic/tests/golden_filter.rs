//! Filters against figures of PyDynamic, in `golden/filter.csv`. Where it is wrong, the test says so and checks what
//! is right.

use nalgebra::DMatrix;
use sigmatau_dynamic::filter::design::{Aim, Criterion, Goal, Lag, Orders};
use sigmatau_dynamic::filter::{Filter, Filtered, Fir, Iir, Start};
use sigmatau_dynamic::{
    Autocovariance, Bivariate, Complex64, Covariance, Line, Response, StandardUncertainty, Variance,
};
use std::f64::consts::TAU;

/// The figures of a quantity in a case, in their order.
fn golden(case: &str, quantity: &str) -> Vec<f64> {
    let rows = include_str!("golden/filter.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let cells = rows.map(|row| row.split(',').collect::<Vec<_>>()).filter(|cells| cells[..2] == [case, quantity]);
    let figures: Vec<f64> = cells.map(|cells| cells[3].parse().unwrap()).collect();
    assert!(!figures.is_empty(), "there is no {quantity} of {case}");
    figures
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (n, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs().max(1e-3),
            "{what} {n}: {found}, not {expected}"
        );
    }
}

fn signal() -> Vec<f64> {
    (0..60).map(|n| (0.1 * f64::from(n)).sin() + 0.3 * (0.37 * f64::from(n)).cos()).collect()
}

const TAPS: [f64; 5] = [0.4, 0.3, -0.2, 0.1, 0.05];

/// The covariance of five coefficients.
fn dense() -> DMatrix<f64> {
    let scale = |i: usize| 1.0 + 0.3 * i as f64;
    DMatrix::from_fn(5, 5, |i, j| 1e-4 * 0.6_f64.powi(i.abs_diff(j) as i32) * scale(i) * scale(j))
}

fn white() -> Covariance {
    Covariance::White { variance: StandardUncertainty(0.1).into(), length: 60 }
}

fn independent() -> Covariance {
    let u = |n: u32| StandardUncertainty(0.05 + 0.02 * (0.21 * f64::from(n)).sin().powi(2));
    Covariance::Independent((0..60).map(|n| u(n).into()).collect())
}

fn stationary() -> Covariance {
    let r = (0..8).map(|d| 0.01 * 0.7_f64.powi(d) * (1.0 - f64::from(d) / 8.0)).collect();
    Covariance::Stationary { autocovariance: Autocovariance(r), length: 60 }
}

fn assert_filtered(found: &Filtered, case: &str, tolerance: f64) {
    let u: Vec<f64> = found.variances.iter().map(|variance| variance.0.sqrt()).collect();
    assert_near(&found.values, &golden(case, "y"), 1e-12, case);
    assert_near(&u, &golden(case, "u"), tolerance, case);
}

fn settled() -> Start {
    Start::Settled(signal()[0])
}

#[test]
fn fir_propagation_agrees() {
    let (x, independent_taps) = (signal(), |k: u32| StandardUncertainty(0.01 * f64::from(1 + k)).into());
    let dense_fir = Fir::new(TAPS.to_vec(), Covariance::Dense(dense())).unwrap();
    let other_fir = Fir::new(TAPS.to_vec(), Covariance::Independent((0..5).map(independent_taps).collect())).unwrap();
    assert_filtered(&dense_fir.apply(&x, &white(), settled()).unwrap(), "fir-white", 1e-12);
    assert_filtered(&other_fir.apply(&x, &independent(), settled()).unwrap(), "fir-independent", 1e-12);
    assert_filtered(&dense_fir.apply(&x, &stationary(), settled()).unwrap(), "fir-stationary", 1e-12);
}

/// Row 30, far from the beginning of the record.
#[test]
fn fir_output_covariance_agrees() {
    let output = Fir::certain(TAPS.to_vec()).unwrap().output_covariance(&signal(), &white()).unwrap();
    let row: Vec<f64> = (0..60).map(|n| output.entry(30, n)).collect();
    assert_near(&row, &golden("fir-white", "covariance"), 1e-12, "covariance");
}

/// PyDynamic takes the number 0.1 for the taps as their variance and a vector of 0.1 as standard uncertainties.
#[test]
fn a_number_and_a_vector_of_it_mean_the_same() {
    let u = |variance: Variance| {
        let fir = Fir::new(vec![1.0; 3], Covariance::White { variance, length: 3 }).unwrap();
        let certain = Covariance::White { variance: Variance(0.0), length: 6 };
        fir.apply(&[1.0; 6], &certain, Start::Settled(1.0)).unwrap().variances[0].0.sqrt()
    };
    let (number, vector) = (golden("fir-scalar", "u")[0], golden("fir-vector", "u")[0]);
    assert!((u(StandardUncertainty(0.1).into()) - vector).abs() < 1e-15);
    assert!((u(Variance(0.1)) - number).abs() < 1e-15 && (number / vector - 10.0_f64.sqrt()).abs() < 1e-12);
}

/// PyDynamic puts the first two points of the record at its end.
#[test]
fn a_shift_agrees_but_for_the_end_of_the_record() {
    let advanced = Fir::certain(TAPS.to_vec()).unwrap().apply(&signal(), &white(), settled()).unwrap().advanced(2);
    let theirs = golden("fir-shift", "y");
    assert_near(&advanced.values[..58], &theirs[..58], 1e-12, "shift");
    assert!(advanced.values[58..].iter().all(|y| y.is_nan()));
    assert_eq!(theirs[58], golden("fir-white", "y")[0]);
}

#[test]
fn iir_propagation_agrees() {
    let (x, iir) = (signal(), Iir::new(vec![0.2, 0.1, 0.05], vec![1.0, -1.1, 0.5], dense()).unwrap());
    assert_filtered(&iir.apply(&x, &white(), settled()).unwrap(), "iir-white", 1e-10);
    assert_filtered(&iir.apply(&x, &independent(), settled()).unwrap(), "iir-independent", 1e-10);
    assert_filtered(&iir.apply(&x, &stationary(), settled()).unwrap(), "iir-stationary", 1e-10);
}

/// PyDynamic cuts the impulse response to the number of lags that are given: eight lags, beyond which the
/// autocovariance is zero, make less noise than the same eight with zeros behind them.
#[test]
fn zeros_behind_an_autocovariance_change_nothing() {
    assert!(golden("iir-few-lags", "u")[0] < 0.999 * golden("iir-stationary", "u")[0]);
    let (x, iir) = (signal(), Iir::certain(vec![0.2, 0.1, 0.05], vec![1.0, -1.1, 0.5]).unwrap());
    let Covariance::Stationary { autocovariance, length } = stationary() else { panic!("it is stationary") };
    let padded = Autocovariance([autocovariance.0, vec![0.0; 392]].concat());
    let with_zeros = iir.apply(&x, &Covariance::Stationary { autocovariance: padded, length }, settled()).unwrap();
    assert_eq!(with_zeros, iir.apply(&x, &stationary(), settled()).unwrap());
}

/// A second-order sensor with its resonance at 30 kHz.
fn sensor() -> Response {
    let line = |k: u32| {
        let (frequency, resonance) = (20e3 * f64::from(k) / 49.0, 30e3 * TAU);
        let omega = TAU * frequency;
        let denominator = Complex64::new(resonance * resonance - omega * omega, 2.0 * 0.1 * resonance * omega);
        let covariance = Bivariate { real: 1e-6, imaginary: 4e-6, cross: 0.0 };
        Line { frequency, value: resonance * resonance / denominator, covariance, coherence: 1.0, dof: f64::INFINITY }
    };
    Response { lines: (0..50).map(line).collect(), ..Response::default() }
}

fn goal(response: &Response, aim: Aim, delay: f64) -> Goal<'_> {
    Goal { response, covariance: None, rate: 100e3, aim, delay: Lag::Points(delay), weights: None }
}

/// Its uncertainties are those of 20 000 trials.
#[test]
fn inverse_fir_design_agrees() {
    let response = sensor();
    let filter = goal(&response, Aim::Inverse, 6.0).fir(9).unwrap().filter;
    let u: Vec<f64> = filter.covariance().variances().iter().map(|variance| variance.0.sqrt()).collect();
    assert_near(filter.taps(), &golden("lsfir-inverse", "taps"), 1e-8, "taps");
    assert_near(&u, &golden("lsfir-inverse", "u"), 0.03, "u");
}

/// PyDynamic advances the target of a forward FIR filter by the delay, against its own IIR design, which delays it.
/// Delayed by −3 ours is the same; delayed by 3 it follows the sensor and theirs has taps of some hundreds.
#[test]
fn forward_fir_design_agrees_with_the_delay_turned_round() {
    let response = sensor();
    let (early, late) =
        (goal(&response, Aim::Forward, -3.0).fir(9).unwrap(), goal(&response, Aim::Forward, 3.0).fir(9).unwrap());
    assert_near(early.filter.taps(), &golden("lsfir-forward", "taps"), 1e-7, "taps");
    assert!(late.worst(0.0, 20e3).unwrap().1 < 0.01 * early.worst(0.0, 20e3).unwrap().1);
}

/// PyDynamic weighs one side of the equations only.
#[test]
fn weights_leave_an_exact_filter_alone() {
    let exact = Fir::certain(vec![1.0, 0.5, 0.25, 0.1]).unwrap();
    let lines = (0..21).map(|k| exact.line(0.025 * f64::from(k), 1.0)).collect();
    let response = Response { lines, ..Response::default() };
    let weights: Vec<f64> = (0..21).map(|k| 1.0 / f64::from(1 + k)).collect();
    let found = Goal { rate: 1.0, weights: Some(&weights), ..goal(&response, Aim::Forward, 0.0) }.fir(4).unwrap();
    assert_near(found.filter.taps(), exact.taps(), 1e-13, "taps");
    assert!((golden("lsfir-weights", "taps")[0] - 1.0).abs() > 1.0);
}

#[test]
fn iir_design_agrees_in_coefficients_and_delay() {
    let response = sensor();
    for (case, aim, order) in [("lsiir-forward", Aim::Forward, 2), ("lsiir-inverse", Aim::Inverse, 4)] {
        let orders = Orders { poles: order, zeros: order, criterion: Criterion::Equation };
        let found = goal(&response, aim, 0.0).iir(&orders).unwrap();
        assert_near(found.filter.numerator(), &golden(case, "b"), 1e-6, case);
        assert_near(found.filter.denominator(), &golden(case, "a"), 1e-6, case);
        assert_eq!(found.delay, golden(case, "delay")[0]);
    }
}
