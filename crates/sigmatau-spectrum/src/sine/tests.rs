use super::*;
use crate::Gaussian;
use nalgebra::DMatrix;
use proptest::prelude::*;

fn record(points: usize, noise: f64, stream: u64, wave: impl Fn(f64) -> f64) -> Vec<f64> {
    let noise = Gaussian::new(41, stream).take(points).map(|e| noise * e);
    noise.enumerate().map(|(n, e)| wave(n as f64) + e).collect()
}

/// The fit by a dense matrix of all columns, solved by its singular values.
fn dense(series: &[f64], frequencies: &[f64]) -> (DVector<f64>, DMatrix<f64>) {
    let there: Vec<(f64, f64)> =
        (0..).map(f64::from).zip(series.iter().copied()).filter(|(_, y)| y.is_finite()).collect();
    let entry = |n: f64, column: usize| match (column, column % 2) {
        (0, _) => 1.0,
        (_, 1) => (TAU * frequencies[(column - 1) / 2] * n).cos(),
        _ => -(TAU * frequencies[(column - 1) / 2] * n).sin(),
    };
    let matrix = DMatrix::from_fn(there.len(), 2 * frequencies.len() + 1, |row, column| entry(there[row].0, column));
    let values = DVector::from_iterator(there.len(), there.iter().map(|(_, y)| *y));
    let solved = matrix.clone().svd(true, true).solve(&values, 0.0).unwrap();
    let dof = there.len() - matrix.ncols();
    let variance = (values - &matrix * &solved).norm_squared() / dof as f64;
    (solved, (matrix.transpose() * matrix).try_inverse().unwrap() * variance)
}

#[test]
fn fit_agrees_with_dense_least_squares() {
    let frequencies = [0.013, 0.029, 0.11, 0.4991];
    let wave = |n: f64| 3.0 + frequencies.iter().map(|f| (TAU * f * n + 20.0 * f).cos()).sum::<f64>();
    let mut series = record(700, 0.3, 1, wave);
    (100..180).chain([0, 333]).for_each(|index| series[index] = f64::NAN);
    let found = SineFit::at(&series, 1.0, &frequencies).unwrap();
    let (solved, covariance) = dense(&series, &frequencies);
    let parameters = std::iter::once(found.offset).chain(found.tones.iter().flat_map(|t| [t.phasor.re, t.phasor.im]));
    for (found, known) in parameters.zip(&solved) {
        assert!((found - known).abs() < 1e-12, "{found} instead of {known}");
    }
    assert!((&found.covariance - &covariance).amax() < 1e-10 * covariance.amax());
}

#[test]
fn frequency_uncertainty_is_that_of_the_closed_form() {
    let wave = |n: f64| (0.5 + 0.731 * n).cos();
    let trials: Vec<SineFit> =
        (0..300).map(|trial| SineFit::strongest(&record(1000, 0.01, trial, wave), 1.0).unwrap()).collect();
    let known = f64::sqrt(24.0 * 1e-4 / (1000.0 * (1e6 - 1.0))) / TAU;
    let squares: f64 = trials.iter().map(|fit| (fit.tones[0].frequency - 0.731 / TAU).powi(2)).sum();
    let stated = trials.iter().map(|fit| fit.frequency_u(0)).sum::<f64>() / 300.0;
    assert!((stated / known - 1.0).abs() < 0.01, "stated {stated}, by the formula {known}");
    assert!(((squares / 300.0).sqrt() / known - 1.0).abs() < 0.13, "found {}", (squares / 300.0).sqrt());
}

#[test]
fn intervals_cover_the_truth() {
    let truth = [0.5, 0.9, -0.7, 0.083];
    let wave = |n: f64| truth[0] + truth[1] * (TAU * truth[3] * n + truth[2]).cos();
    let mut covered = [0; 4];
    for trial in 0..1000 {
        let fit = SineFit::strongest(&record(120, 0.2, trial, wave), 1.0).unwrap();
        let found = [fit.offset, fit.tones[0].amplitude(), fit.tones[0].phase(), fit.tones[0].frequency];
        let u = [fit.covariance[(0, 0)].sqrt(), fit.amplitude_u(0), fit.phase_u(0), fit.frequency_u(0)];
        (0..4).for_each(|place| covered[place] += i32::from((found[place] - truth[place]).abs() < 1.98 * u[place]));
    }
    // 95 % of 1000 with a standard deviation of 6.9.
    assert!(covered.iter().all(|count| (929..=971).contains(count)), "{covered:?}");
}

#[test]
fn strongest_tone_is_found_at_any_frequency_and_phase() {
    for (place, points) in (0..120).zip([40, 61, 128, 1000].into_iter().cycle()) {
        let turn = f64::from(place);
        let periods = 1.2 + (points as f64 / 2.0 - 2.4) * (turn * 0.618_034).fract();
        let (frequency, phase) = (periods / points as f64, turn * 2.4);
        let series = record(points, 1e-3, place as u64, |n| 7.0 + 2.0 * (TAU * frequency * n + phase).cos());
        let fit = SineFit::strongest(&series, 1.0).unwrap();
        let apart = (fit.tones[0].frequency - frequency).abs();
        assert!(fit.settled && apart < 5.0 * fit.frequency_u(0), "{periods} periods in {points}: {fit:?}");
        assert!(fit.passes <= 7, "{periods} periods in {points} took {} passes", fit.passes);
    }
}

#[test]
fn many_periods_take_five_passes() {
    for (place, points) in (0..20).zip([70_000, 100_003].into_iter().cycle()) {
        let frequency = 0.01 + 0.48 * (f64::from(place) * 0.618_034).fract();
        let series = record(points, 0.5, place as u64, |n| (TAU * frequency * n).sin());
        let fit = SineFit::strongest(&series, 1.0).unwrap();
        assert!((fit.tones[0].frequency - frequency).abs() < 5.0 * fit.frequency_u(0));
        assert!(fit.passes <= 5, "{} passes", fit.passes);
    }
}

#[test]
fn large_offset_costs_no_more_than_its_own_rounding() {
    let wave = |n: f64| (0.02 * n + 0.3).cos();
    let series: Vec<f64> = record(5000, 1e-3, 3, wave);
    let raised: Vec<f64> = series.iter().map(|y| y + 1e6).collect();
    let (fit, high) = [&series, &raised].map(|series| SineFit::strongest(series, 1.0).unwrap()).into();
    assert!((high.offset - fit.offset - 1e6).abs() < 1e-9);
    assert!((high.tones[0].phasor - fit.tones[0].phasor).norm() < 1e-10); // a point is rounded by 6e-11
    assert!((high.tones[0].frequency - fit.tones[0].frequency).abs() < 1e-14);
}

#[test]
fn harmonics_are_found_with_their_fundamental() {
    let wave = |n: f64| (0.1 * n).cos() + 0.05 * (0.2 * n + 1.0).cos() + 0.02 * (0.3 * n - 2.0).cos();
    let fit = SineFit::harmonics(&record(4000, 1e-6, 2, wave), TAU, 3).unwrap();
    let known = [(1.0, 0.0), (0.05, 1.0), (0.02, -2.0)];
    for (tone, (amplitude, phase)) in fit.tones.iter().zip(known) {
        assert!((tone.phasor - Complex64::from_polar(amplitude, phase)).norm() < 3e-7, "{tone:?}");
    }
    assert!((fit.tones[2].frequency - 0.3).abs() < 4.0 * fit.frequency_u(2));
}

#[test]
fn harmonics_beyond_nyquist_are_left_out() {
    let series = record(500, 1e-3, 2, |n| n.cos());
    assert_eq!(SineFit::harmonics(&series, TAU, 9).unwrap().tones.len(), 3);
}

#[test]
fn repeated_rounding_moves_the_amplitude_as_predicted() {
    let step = 0.05;
    let trial = |trial: u32| {
        let share = |factor: f64| (f64::from(trial) * factor).fract();
        let (amplitude, offset) = (1.0 + step * share(0.618_034), step * share(0.414_214));
        let wave = |n: f64| ((offset + amplitude * (0.831_7 * n).cos()) / step).round() * step;
        let fit = SineFit::at(&record(20_000, 0.0, 0, wave), TAU, &[0.831_7]).unwrap().with_quantisation(step);
        (fit.tones[0].amplitude() - amplitude, fit.amplitude_u(0))
    };
    let trials: Vec<(f64, f64)> = (0..400).map(trial).collect();
    let found = (trials.iter().map(|(error, _)| error * error).sum::<f64>() / 400.0).sqrt();
    let stated = trials.iter().map(|(_, u)| u).sum::<f64>() / 400.0;
    assert!((found / stated - 1.0).abs() < 0.12, "found {found}, stated {stated}");
}

#[test]
fn residuals_are_no_less_than_even_rounding() {
    let fit = SineFit::at(&record(100, 0.0, 0, |n| n.cos()), TAU, &[1.0]).unwrap().with_quantisation(1e-3);
    assert!((fit.residual - 1e-3 / 12_f64.sqrt()).abs() < 1e-12);
    let closed = 1e-3 / 12_f64.sqrt() * (2.0_f64 / 100.0).sqrt();
    assert!((fit.phase_u(0) / closed - 1.0).abs() < 0.02, "{} beside {closed}", fit.phase_u(0));
}

#[test]
fn jitter_is_undone_and_its_noise_told() {
    let (jitter, frequency) = (0.4, 0.731);
    let trial = |trial: u64| {
        let mut late = Gaussian::new(43, trial);
        let series: Vec<f64> =
            (0..400).map(|n| (frequency * (f64::from(n) + jitter * late.draw()) + 0.4).cos()).collect();
        SineFit::near(&series, TAU, &[frequency]).unwrap().with_jitter(jitter / TAU)
    };
    let trials: Vec<SineFit> = (0..600).map(trial).collect();
    let mean = trials.iter().map(|fit| fit.tones[0].amplitude()).sum::<f64>() / 600.0;
    let spread =
        |error: &dyn Fn(&SineFit) -> f64| (trials.iter().map(|fit| error(fit).powi(2)).sum::<f64>() / 600.0).sqrt();
    let stated = |u: &dyn Fn(&SineFit) -> f64| trials.iter().map(u).sum::<f64>() / 600.0;
    assert!((mean - 1.0).abs() < 5.0 * stated(&|fit| fit.amplitude_u(0)) / 600_f64.sqrt(), "{mean}");
    let pairs = [
        (spread(&|fit| fit.tones[0].amplitude() - mean), stated(&|fit| fit.amplitude_u(0))),
        (spread(&|fit| fit.tones[0].phase() - 0.4), stated(&|fit| fit.phase_u(0))),
        (spread(&|fit| fit.tones[0].frequency - frequency), stated(&|fit| fit.frequency_u(0))),
    ];
    for (found, stated) in pairs {
        assert!((found / stated - 1.0).abs() < 0.1, "found {found}, stated {stated}");
    }
}

#[test]
fn residuals_are_what_is_left_of_the_record() {
    let mut series = record(900, 0.1, 4, |n| 2.0 + (0.3 * n).cos());
    series[17] = f64::NAN;
    let fit = SineFit::strongest(&series, TAU).unwrap();
    let residuals = fit.residuals(&series);
    assert!(residuals[17].is_nan());
    let squares: f64 = residuals.iter().filter(|r| r.is_finite()).map(|r| r * r).sum();
    assert!(((squares / fit.dof as f64).sqrt() / fit.residual - 1.0).abs() < 1e-9);
}

#[test]
fn less_than_a_period_is_told() {
    let fit = SineFit::strongest(&record(500, 1e-6, 5, |n| (TAU * 0.8 * n / 500.0).cos()), 1.0).unwrap();
    assert!((fit.periods(0) - 0.8).abs() < 1e-3);
    assert_eq!(fit.findings()[0].code, "few-periods");
}

#[test]
fn tones_that_look_alike_are_refused() {
    let series = record(100, 0.1, 6, |n| n.cos());
    let alike = SineFit::at(&series, 1.0, &[0.1, 0.1 + 1e-9]).unwrap_err();
    assert_eq!(alike, SineError::Alike { seconds: 100.0 });
    let outside = SineFit::at(&series, 1.0, &[0.5]).unwrap_err().to_string();
    assert!(outside.contains("0.5 Hz is not between 0 Hz and half the sampling rate, 0.5 Hz"), "{outside}");
    assert_eq!(SineFit::at(&series[..3], 1.0, &[0.1]).unwrap_err(), SineError::Short { points: 3, parameters: 3 });
    assert_eq!(SineFit::strongest(&[f64::NAN; 9], 1.0).unwrap_err(), SineError::Short { points: 0, parameters: 4 });
}

proptest! {
    #[test]
    fn later_begin_turns_the_phase_and_nothing_else(skip in 1_usize..400, stream in 0_u64..1000) {
        let long = record(1400, 0.0, stream, |n| 1.0 + (0.37 * n + 0.2).cos());
        let (whole, later) = (&long[..1000], &long[skip..skip + 1000]);
        let [first, second] = [whole, later].map(|series| SineFit::strongest(series, TAU).unwrap().tones[0]);
        let turned = first.phasor * Complex64::cis(0.37 * skip as f64);
        prop_assert!((turned - second.phasor).norm() < 1e-9);
    }

    #[test]
    fn scale_and_offset_pass_through(scale in 1e-6..1e6_f64, offset in -10.0..10.0_f64, stream in 0_u64..1000) {
        let series = record(300, 0.1, stream, |n| (0.9 * n).cos());
        let changed: Vec<f64> = series.iter().map(|y| scale * (y + offset)).collect();
        let [fit, other] = [&series, &changed].map(|series| SineFit::strongest(series, TAU).unwrap());
        prop_assert!((other.offset / scale - offset - fit.offset).abs() < 1e-9);
        prop_assert!((other.tones[0].phasor / scale - fit.tones[0].phasor).norm() < 1e-9);
        prop_assert!((other.amplitude_u(0) / scale / fit.amplitude_u(0) - 1.0).abs() < 1e-6);
    }
}
