use super::sources::matrix;
use super::*;
use crate::covariance::{Arma, Autocovariance, StandardUncertainty};
use crate::verify::{Check, Verification};
use nalgebra::{DMatrix, DVector};
use std::f64::consts::TAU;

const POINTS: usize = 40;

fn signal() -> Vec<f64> {
    (0..POINTS).map(|n| (0.3 * n as f64).sin() + 0.2 * (n as f64).cos()).collect()
}

fn random(rows: usize, columns: usize, stream: u64) -> DMatrix<f64> {
    DMatrix::from_iterator(rows, columns, Gaussian::new(9, stream).take(rows * columns))
}

/// Any covariance of `size` numbers.
fn some_covariance(size: usize, stream: u64) -> DMatrix<f64> {
    let factor = random(size, size, stream);
    0.01 * &factor * factor.transpose()
}

fn uncertain_fir() -> Fir {
    Fir::new(vec![0.4, 0.3, -0.2, 0.1], Covariance::Dense(some_covariance(4, 1))).unwrap()
}

fn uncertain_iir() -> Iir {
    Iir::new(vec![0.2, 0.1, 0.05], vec![1.0, -1.1, 0.5], 0.01 * some_covariance(5, 2)).unwrap()
}

/// Errors of every form.
fn forms() -> Vec<Covariance> {
    let variances = (0..POINTS).map(|n| Variance(0.1 + 0.01 * n as f64)).collect();
    let diagonals =
        (0..3).map(|lag| (lag..POINTS).map(|n| (1.0 + 0.01 * n as f64) / f64::powi(4.0, lag as i32)).collect());
    vec![
        Covariance::White { variance: Variance(0.3), length: POINTS },
        Covariance::Independent(variances),
        Covariance::Stationary { autocovariance: Autocovariance(vec![1.0, 0.6, 0.3, 0.1, 0.05, 0.02]), length: POINTS },
        Covariance::Banded { diagonals: diagonals.collect() },
        Covariance::LowRank { sources: random(POINTS, 2, 3) },
        Covariance::Dense(some_covariance(POINTS, 4)),
    ]
}

/// y = F x from rest, as a matrix.
fn as_matrix<F: Filter>(filter: &F) -> DMatrix<f64> {
    let impulse: Vec<f64> = (0..POINTS).map(|n| f64::from(u8::from(n == 0))).collect();
    let response = filter.values(&impulse, Start::Rest);
    DMatrix::from_fn(POINTS, POINTS, |n, m| if n >= m { response[n - m] } else { 0.0 })
}

/// X with rows (x(n), x(n − 1), …), from rest: y = X h.
fn past(signal: &[f64], taps: usize) -> DMatrix<f64> {
    DMatrix::from_fn(signal.len(), taps, |n, k| if n >= k { signal[n - k] } else { 0.0 })
}

#[test]
fn fir_variance_is_the_closed_form_for_every_form_of_errors() {
    let (fir, x) = (uncertain_fir(), signal());
    let (taps, u) = (DVector::from_column_slice(fir.taps()), matrix(fir.covariance()));
    for errors in forms() {
        let filtered = fir.apply(&x, &errors, Start::Rest).unwrap();
        for n in 0..POINTS {
            let inside = |i: usize, j: usize| if i <= n && j <= n { errors.entry(n - i, n - j) } else { 0.0 };
            let r = DMatrix::from_fn(4, 4, inside);
            let past = past(&x, 4).row(n).transpose();
            let closed = taps.dot(&(&r * &taps)) + past.dot(&(&u * &past)) + (&r * &u).trace();
            let found = filtered.variances[n].0;
            assert!((found - closed).abs() < 1e-13 * closed.max(1.0), "{errors:?} at {n}: {found} and {closed}");
        }
    }
}

#[test]
fn certain_taps_make_one_number_of_stationary_noise() {
    let fir = Fir::certain(vec![0.5, -0.3, 0.2]).unwrap();
    let errors = Covariance::Stationary { autocovariance: Autocovariance(vec![1.0, 0.5, 0.1]), length: 5 };
    let filtered = fir.apply(&[3.0; 5], &errors, Start::Settled(3.0)).unwrap();
    // h'Rh = Σh² + 2·0.5·(h0 h1 + h1 h2) + 2·0.1·h0 h2
    let closed = 0.38 + (-0.15 - 0.06) + 0.2 * 0.1;
    assert!(filtered.variances.iter().all(|variance| (variance.0 - closed).abs() < 1e-15));
    assert!(filtered.values.iter().all(|y| (y - 1.2).abs() < 1e-15));
}

#[test]
fn white_noise_comes_out_banded_and_common_sources_stay_common() {
    let (certain, x) = (Fir::certain(vec![0.4, 0.3, -0.2]).unwrap(), signal());
    let widths = [Some(3), Some(3), Some(8), Some(5), None, None];
    for (errors, width) in forms().into_iter().zip(widths) {
        let output = certain.output_covariance(&x, &errors).unwrap();
        match (&output, width) {
            (Covariance::Banded { diagonals }, Some(width)) => assert_eq!(diagonals.len(), width),
            (Covariance::LowRank { sources }, None) => assert_eq!(sources.ncols(), 2),
            (Covariance::Dense(_), None) => {}
            other => panic!("{errors:?} became {other:?}"),
        }
        let through = as_matrix(&certain);
        let expected = &through * matrix(&errors) * through.transpose();
        assert!((matrix(&output) - expected).amax() < 1e-13, "{errors:?}");
    }
}

#[test]
fn uncertain_taps_tie_all_points_together() {
    let (fir, x) = (uncertain_fir(), signal());
    let (u, past) = (matrix(fir.covariance()), past(&x, 4));
    for errors in forms() {
        let output = matrix(&fir.output_covariance(&x, &errors).unwrap());
        let shift = |k: usize| DMatrix::from_fn(POINTS, POINTS, |n, m| f64::from(u8::from(n == m + k)));
        let r = matrix(&errors);
        let second_order = (0..16).map(|ij| shift(ij / 4) * &r * shift(ij % 4).transpose() * u[(ij / 4, ij % 4)]);
        let through = as_matrix(&fir);
        let expected =
            &through * &r * through.transpose() + &past * &u * past.transpose() + second_order.sum::<DMatrix<f64>>();
        assert!((&output - expected).amax() < 1e-13, "{errors:?}");
        let variances = fir.apply(&x, &errors, Start::Rest).unwrap().variances;
        assert!((0..POINTS).all(|n| (output[(n, n)] - variances[n].0).abs() < 1e-13));
    }
}

#[test]
fn taps_of_low_rank_and_the_same_taps_dense_tell_the_same() {
    let sources = random(4, 1, 5);
    let dense = Covariance::Dense(&sources * sources.transpose());
    let (x, errors) = (signal(), &forms()[0]);
    let u2 = |covariance| {
        let fir = Fir::new(vec![0.4, 0.3, -0.2, 0.1], covariance).unwrap();
        fir.apply(&x, errors, Start::Rest).unwrap().variances
    };
    for (one, other) in u2(Covariance::LowRank { sources }).into_iter().zip(u2(dense)) {
        assert!((one.0 - other.0).abs() < 1e-14);
    }
}

/// The peer takes a single number for the taps as a variance and a vector as standard uncertainties: 0.5477 and
/// 0.1732 for the same 0.1.
#[test]
fn variance_and_standard_uncertainty_of_taps_cannot_be_mixed_up() {
    let u = |variance: Variance| {
        let fir = Fir::new(vec![1.0; 3], Covariance::White { variance, length: 3 }).unwrap();
        let certain = Covariance::White { variance: Variance(0.0), length: 6 };
        fir.apply(&[1.0; 6], &certain, Start::Settled(1.0)).unwrap().variances[5].0.sqrt()
    };
    assert!((u(StandardUncertainty(0.1).into()) - 0.1 * 3.0_f64.sqrt()).abs() < 1e-15);
    assert!((u(Variance(0.1)) - 0.3_f64.sqrt()).abs() < 1e-15);
}

/// The peer turns the record round: its first points appear at the end.
#[test]
fn an_advanced_signal_never_shows_its_beginning_at_the_end() {
    let late = Fir::certain(vec![0.0, 0.0, 1.0]).unwrap();
    let errors = Covariance::White { variance: Variance(1.0), length: 5 };
    let advanced = late.apply(&[1.0, 2.0, 3.0, 4.0, 5.0], &errors, Start::Rest).unwrap().advanced(2);
    assert_eq!(advanced.values[..3], [1.0, 2.0, 3.0]);
    assert!(advanced.values[3..].iter().all(|y| y.is_nan()));
    assert!(advanced.variances[..3].iter().all(|variance| variance.0 == 1.0));
    assert!(advanced.variances[3..].iter().all(|variance| variance.0.is_nan()));
}

#[test]
fn iir_noise_is_that_of_its_matrix_for_every_form_of_errors() {
    let certain = Iir::certain(vec![0.2, 0.1, 0.05, 0.3], vec![1.0, -1.1, 0.5]).unwrap();
    let through = as_matrix(&certain);
    for errors in forms() {
        let filtered = certain.apply(&signal(), &errors, Start::Rest).unwrap();
        let expected = &through * matrix(&errors) * through.transpose();
        for n in 0..POINTS {
            let (found, expected) = (filtered.variances[n].0, expected[(n, n)]);
            assert!((found - expected).abs() < 1e-13 * expected.max(1.0), "{errors:?} at {n}: {found} and {expected}");
        }
    }
}

#[test]
fn iir_sensitivities_are_the_derivatives_by_the_coefficients() {
    let (iir, x) = (uncertain_iir(), signal());
    let moved = |place: usize, step: f64| {
        let (mut b, mut a) = (iir.numerator().to_vec(), iir.denominator().to_vec());
        if place < 2 {
            a[place + 1] += step;
        } else {
            b[place - 2] += step;
        }
        Iir::certain(b, a).unwrap().values(&x, Start::Settled(0.7))
    };
    let derivative = |place: usize| {
        let pairs = moved(place, 1e-5).into_iter().zip(moved(place, -1e-5));
        DVector::from_iterator(POINTS, pairs.map(|(up, down)| (up - down) / 2e-5))
    };
    let jacobian = DMatrix::from_columns(&(0..5).map(derivative).collect::<Vec<_>>());
    let expected = &jacobian * iir.covariance() * jacobian.transpose();
    let certain = Covariance::White { variance: Variance(0.0), length: POINTS };
    let filtered = iir.apply(&x, &certain, Start::Settled(0.7)).unwrap();
    for n in 0..POINTS {
        let found = filtered.variances[n].0;
        assert!((found / expected[(n, n)] - 1.0).abs() < 1e-7, "{n}: {found} and {}", expected[(n, n)]);
    }
}

#[test]
fn pieces_of_a_stream_are_the_whole() {
    let (iir, x) = (uncertain_iir(), signal());
    let noise = Autocovariance(vec![1.0, 0.5, 0.2]);
    let variances: Vec<Variance> = (0..POINTS).map(|n| Variance(0.01 * n as f64)).collect();
    let whole = iir.stream(&noise, Start::Settled(1.0)).unwrap().push_with(&x, &variances);
    let mut stream = iir.stream(&noise, Start::Settled(1.0)).unwrap();
    let mut pieces = Filtered::default();
    for (x, variances) in x.chunks(7).zip(variances.chunks(7)) {
        let piece = stream.push_with(x, variances);
        pieces.values.extend(piece.values);
        pieces.variances.extend(piece.variances);
    }
    assert_eq!(whole, pieces);
}

#[test]
fn a_settled_start_is_a_long_past() {
    let white = Covariance::White { variance: Variance(0.3), length: 900 };
    let independent = Covariance::Independent(vec![Variance(0.3); 900]);
    let stationary = Covariance::Stationary { autocovariance: Autocovariance(vec![0.3, 0.1]), length: 900 };
    for errors in [white, independent, stationary] {
        let (fir, iir) = (uncertain_fir(), uncertain_iir());
        let last = |start| {
            let from_fir = fir.apply(&[2.0; 900], &errors, start).unwrap();
            let from_iir = iir.apply(&[2.0; 900], &errors, start).unwrap();
            [from_fir, from_iir].map(|filtered| (filtered.values, filtered.variances))
        };
        for ((long, u_long), (settled, u_settled)) in last(Start::Rest).into_iter().zip(last(Start::Settled(2.0))) {
            assert!((long[899] - settled[0]).abs() < 1e-13);
            assert!((u_long[899].0 / u_settled[0].0 - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_filter_without_feedback_is_the_fir_filter_but_for_the_second_order() {
    let (fir, x) = (uncertain_fir(), signal());
    let iir = Iir::new(fir.taps().to_vec(), vec![1.0], matrix(fir.covariance())).unwrap();
    let errors = &forms()[0];
    let second_order = 0.3 * matrix(fir.covariance()).trace();
    let (one, other) = (fir.apply(&x, errors, Start::Rest).unwrap(), iir.apply(&x, errors, Start::Rest).unwrap());
    for n in 4..POINTS {
        assert!((one.values[n] - other.values[n]).abs() < 1e-14);
        assert!((one.variances[n].0 - other.variances[n].0 - second_order).abs() < 1e-13);
    }
}

#[test]
fn a_line_has_the_moments_of_drawn_filters() {
    fn assert_moments<F: Filter>(filter: &F) {
        let line = filter.line(13.0, 100.0);
        let draw = |stream| filter.drawn(&mut Gaussian::new(2, stream)).unwrap().line(13.0, 100.0).value - line.value;
        let errors: Vec<_> = (0..4000).map(draw).collect();
        let power = errors.iter().map(|error| error.norm_sqr()).sum::<f64>() / 4000.0;
        let pseudo = errors.iter().map(|error| error * error).sum::<crate::Complex64>() / 4000.0;
        assert!((power / line.covariance.power() - 1.0).abs() < 0.1, "{power} {:?}", line.covariance);
        assert!((pseudo - line.covariance.pseudo()).norm() < 0.1 * power, "{pseudo} {:?}", line.covariance);
    }
    assert_moments(&uncertain_fir());
    assert_moments(&uncertain_iir());
}

#[test]
fn group_delay_is_the_slope_of_the_phase() {
    fn assert_slope<F: Filter>(filter: &F) {
        for frequency in [3.0, 11.0, 37.0] {
            let phase = |frequency: f64| filter.line(frequency, 100.0).value.arg();
            let slope = (phase(frequency + 1e-4) - phase(frequency - 1e-4)) / (TAU * 2e-4);
            assert!((filter.group_delay(frequency, 100.0) + slope).abs() < 1e-8);
        }
    }
    assert_slope(&uncertain_fir());
    assert_slope(&uncertain_iir());
}

#[test]
fn filters_in_a_row_have_the_product_of_responses_with_its_covariance() {
    fn assert_product<F: Filter>(filter: &F) {
        let tail = Fir::certain(vec![0.2, 0.5, 0.3]).unwrap();
        let (both, one) = (filter.then(tail.taps()).line(17.0, 100.0), filter.line(17.0, 100.0));
        let factor = tail.line(17.0, 100.0).value;
        assert!((both.value - one.value * factor).norm() < 1e-15);
        let expected = one.covariance.times(factor);
        assert!((both.covariance.power() - expected.power()).abs() < 1e-15);
        assert!((both.covariance.pseudo() - expected.pseudo()).norm() < 1e-15);
    }
    assert_product(&uncertain_fir());
    assert_product(&uncertain_iir());
}

#[test]
fn reflected_poles_keep_the_magnitude() {
    let outside = Iir::certain(vec![1.0, 0.3], vec![1.0, -2.5, 1.0]).unwrap();
    let inside = outside.reflected();
    assert!(!outside.is_stable() && inside.is_stable());
    for frequency in [0.0, 10.0, 50.0] {
        let magnitude = |iir: &Iir| iir.line(frequency, 100.0).value.norm();
        assert!((magnitude(&outside) / magnitude(&inside) - 1.0).abs() < 1e-12);
    }
}

#[test]
fn low_pass_has_gain_one_below_and_little_above_its_cut_off() {
    let window = sigmatau_spectrum::Window::named("hann").unwrap();
    let low_pass = Fir::low_pass(10.0, 100.0, 81, window).unwrap();
    let gain = |frequency: f64| low_pass.line(frequency, 100.0).value.norm();
    assert!((gain(0.0) - 1.0).abs() < 1e-14 && (gain(7.0) - 1.0).abs() < 0.01);
    assert!((gain(10.0) - 0.5).abs() < 0.01 && gain(13.0) < 0.01);
    assert!((low_pass.group_delay(5.0, 100.0) - 0.4).abs() < 1e-12);
}

/// Whether means and standard deviations are as propagated. Where errors of the coefficients meet those of the signal,
/// the shape is not that of a Gaussian, and the check says so.
fn moments_hold(verified: &Verification) -> bool {
    verified.verdicts.iter().all(|verdict| !verdict.failed.bias && !verdict.failed.spread)
}

/// The peer's `SMC` raises an error for this kind of noise.
#[test]
fn propagation_holds_in_coloured_noise_by_simulation() {
    let noise = Arma { autoregressive: vec![0.5, -0.8], moving_average: vec![], innovation: Variance(0.01) };
    let autocovariance = noise.autocovariance(200).unwrap();
    let errors = Covariance::Stationary { autocovariance, length: POINTS };
    for start in [Start::Rest, Start::Settled(0.5)] {
        let fir = verify(&uncertain_fir(), &signal(), &errors, start, Check::default()).unwrap();
        let iir = verify(&uncertain_iir(), &signal(), &errors, start, Check::default()).unwrap();
        assert!(moments_hold(&fir) && moments_hold(&iir), "{:?} {:?}", fir.findings(), iir.findings());
    }
}

#[test]
fn every_form_of_errors_is_simulated_as_propagated() {
    for errors in forms() {
        let verified = verify(&uncertain_fir(), &signal(), &errors, Start::Rest, Check::default()).unwrap();
        assert!(moments_hold(&verified), "{errors:?}: {:?}", verified.findings());
    }
}

#[test]
fn simulation_names_the_points_where_first_order_fails_and_counts_unstable_filters() {
    let resonant = Iir::new(vec![1.0], vec![1.0, -1.8, 0.97], DMatrix::from_diagonal_element(3, 3, 4e-4)).unwrap();
    let errors = Covariance::White { variance: Variance(1e-6), length: POINTS };
    let verified = verify(&resonant, &signal(), &errors, Start::Rest, Check::default()).unwrap();
    assert!(verified.unstable > 40, "{}", verified.unstable);
    assert!(!verified.failed().is_empty() && verified.failed().len() < POINTS);
    let findings = verified.findings();
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_ref()).collect();
    assert!(codes.contains(&"linear-spread") && codes.last() == Some(&"unstable"), "{codes:?}");
}

#[test]
fn nothing_holds_where_no_trial_tells() {
    let wild = Iir::new(vec![1.0], vec![1.0, -0.5], DMatrix::from_diagonal_element(2, 2, 1e12)).unwrap();
    let verified =
        verify(&wild, &signal(), &forms()[0], Start::Rest, Check { trials: 100, ..Check::default() }).unwrap();
    assert_eq!((verified.unstable, verified.failed().len()), (100, POINTS));
}

#[test]
fn simulation_is_the_same_on_any_number_of_threads() {
    let errors = &forms()[0];
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let check = Check { trials: 100, ..Check::default() };
        pool.install(|| verify(&uncertain_iir(), &signal(), errors, Start::Rest, check).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let fir = uncertain_fir();
    let errors = Covariance::White { variance: Variance(1.0), length: 3 };
    let refused = |signal: &[f64]| fir.apply(signal, &errors, Start::Rest).unwrap_err().to_string();
    assert_eq!(refused(&[1.0; 4]), "filter a signal: it has 4 points, its covariance 3");
    assert!(refused(&[1.0, f64::NAN, 1.0]).starts_with("filter a signal: point 1 is NaN"));
    let leading = Iir::certain(vec![1.0], vec![2.0, 1.0]).unwrap_err().to_string();
    assert!(leading.contains("begins with 2"), "{leading}");
    let unstable = Iir::certain(vec![1.0], vec![1.0, -2.0]).unwrap();
    assert_eq!(unstable.stream(&Autocovariance(vec![]), Start::Rest).unwrap_err(), FilterError::Unstable(2.0));
    let size = Fir::new(vec![1.0], Covariance::White { variance: Variance(0.0), length: 2 }).unwrap_err();
    assert_eq!(size, FilterError::Size { given: 2, expected: 1 });
    assert_eq!(Fir::certain(vec![]).unwrap_err(), FilterError::Empty);
}
