//! Models and their fits beside those of SciPy, NumPy and PyDynamic.

use nalgebra::{DMatrix, DVector};
use sigmatau_dynamic::identify::{Between, identify, phase_in_degrees};
use sigmatau_dynamic::model::{Known, Model, Settings, Structure};
use sigmatau_dynamic::{Bivariate, Complex64, Line, Response};
use std::path::PathBuf;

const RESONANCE: &str = include_str!("golden/resonance.csv");
const FITS: &str = include_str!("golden/resonance-fits.csv");
const MEMS: &str = include_str!("golden/mems.csv");

/// The rows below the heading, each as words.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect())
}

fn numbers(words: &[&str]) -> Vec<f64> {
    words.iter().map(|word| word.parse().unwrap()).collect()
}

fn resonance() -> Structure {
    Model::named("second-order").unwrap().structure(&Settings::default()).unwrap()
}

/// The response with noise and its covariance, and the values without.
fn measured() -> (Response, Vec<Complex64>) {
    let line = |words: Vec<&str>| {
        let n = numbers(&words);
        let covariance = Bivariate { real: n[5] * n[5], imaginary: n[6] * n[6], cross: n[7] };
        let (value, exact) = (Complex64::new(n[3], n[4]), Complex64::new(n[1], n[2]));
        (Line { frequency: n[0], value, covariance, coherence: f64::NAN, dof: f64::INFINITY }, exact)
    };
    let (lines, exact) = rows(RESONANCE).map(line).unzip();
    (Response { lines, ..Response::default() }, exact)
}

/// The row of a tool.
fn fit_of(tool: &str) -> Vec<f64> {
    numbers(&rows(FITS).find(|words| words[0] == tool).unwrap()[1..])
}

#[test]
fn the_resonance_is_that_of_pydynamic() {
    let (response, exact) = measured();
    let model = resonance().at(&[0.2, 0.03, 3500.0]);
    for (line, exact) in response.lines.iter().zip(exact) {
        let apart = (model.value(line.frequency) - exact).norm();
        assert!(apart < 1e-13 * exact.norm(), "{} Hz: {apart}", line.frequency);
    }
}

#[test]
fn the_fit_is_that_of_scipy() {
    let (expected, found) = (fit_of("scipy"), identify(&measured().0, &resonance(), Between::Neighbours).unwrap());
    for place in 0..3 {
        let u = expected[3 + place];
        assert!(
            (found.known.values()[place] - expected[place]).abs() < 1e-4 * u,
            "{place}: {:?}",
            found.known.values()
        );
        // SciPy's derivatives are differences over 1.5e-8 of the parameter.
        assert!(
            (found.known.uncertainty(place) / u - 1.0).abs() < 1e-5,
            "{place}: {} {u}",
            found.known.uncertainty(place)
        );
    }
    assert!((found.verdict.chi_squared / expected[6] - 1.0).abs() < 1e-10);
}

/// Least squares of 1/H on 1, 2jω, −ω² without weights, which is PyDynamic's way to a resonance.
fn unweighted_reciprocal(lines: &[Line]) -> [f64; 3] {
    let omega = |line: &Line| std::f64::consts::TAU * line.frequency * 1e-3;
    let rows =
        lines.iter().flat_map(|line| [[1.0, 0.0, -omega(line).powi(2)], [0.0, 2.0 * omega(line), 0.0]]).flatten();
    let design = DMatrix::from_row_iterator(2 * lines.len(), 3, rows);
    let reciprocals = lines.iter().map(|line| line.value.inv()).flat_map(|z| [z.re, z.im]);
    let right = DVector::from_iterator(2 * lines.len(), reciprocals);
    let mu = design.svd(true, true).solve(&right, 0.0).unwrap();
    [mu[0].recip(), mu[1] / (mu[0] * mu[2]).sqrt(), 1e3 * (mu[0] / mu[2]).sqrt() / std::f64::consts::TAU]
}

#[test]
fn fit_som_is_the_unweighted_fit_of_the_reciprocal() {
    let (response, exact) = measured();
    let theirs = fit_of("fit_som-measured");
    let ours = unweighted_reciprocal(&response.lines);
    assert!((0..3).all(|place| (ours[place] / theirs[place] - 1.0).abs() < 1e-9), "{ours:?} {theirs:?}");
    // Without noise both find the truth.
    let line = |(line, value): (&Line, Complex64)| Line { value, ..*line };
    let exact = Response { lines: response.lines.iter().zip(exact).map(line).collect(), ..Response::default() };
    let found = identify(&exact, &resonance(), Between::Neighbours).unwrap();
    let theirs = fit_of("fit_som-exact");
    assert!((0..3).all(|place| (found.known.values()[place] / theirs[place] - 1.0).abs() < 1e-10));
}

/// Scatter over trials of the unweighted fit of 1/H, of the likeliest fit, and the mean stated uncertainty of the
/// latter, for f0 and the damping.
fn scatters(trials: u64) -> [[f64; 3]; 2] {
    let truth = [0.2, 0.03, 3500.0];
    let frequencies: Vec<f64> = (1..=50).map(|k| 100.0 * f64::from(k)).collect();
    let u = 1e-3;
    let mut sums = [[0.0; 3]; 2];
    for trial in 0..trials {
        let mut noise = sigmatau_spectrum::Gaussian::new(2024, trial);
        let mut response = resonance().response(&truth, &frequencies);
        for line in &mut response.lines {
            line.value += u * Complex64::new(noise.draw(), noise.draw());
            line.covariance = Bivariate::circular(u * u);
        }
        let theirs = unweighted_reciprocal(&response.lines);
        let ours = identify(&response, &resonance(), Between::Neighbours).unwrap().known;
        for (sum, place) in sums.iter_mut().zip([2, 1]) {
            let off = |value: f64| (value - truth[place]).powi(2) / trials as f64;
            sum[0] += off(theirs[place]);
            sum[1] += off(ours.values()[place]);
            sum[2] += ours.covariance()[(place, place)] / trials as f64;
        }
    }
    sums.map(|sum| sum.map(f64::sqrt))
}

#[test]
fn the_likeliest_fit_is_many_times_tighter_than_that_of_the_reciprocal() {
    let [f0, damping] = scatters(300);
    for (what, [theirs, ours, stated]) in [("f0", f0), ("damping", damping)] {
        let (gain, reached) = (theirs / ours, ours / stated);
        assert!(gain > 16.0, "{what}: only {gain} times tighter ({theirs}, {ours})");
        // A standard deviation from 300 trials has a relative standard error of 4.1 %.
        assert!((reached - 1.0).abs() < 0.13, "{what}: {reached} of its covariance");
    }
}

/// A text of the shared data; nothing, loudly, where there is none.
#[expect(clippy::print_stderr, reason = "a comparison that is skipped is said aloud")]
fn shared(name: &str) -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("SIGMATAU_SHARED_DATA").map_or_else(beside, PathBuf::from).join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: no shared data at {}; its sensor is not compared", path.display());
    }
    text
}

/// The coefficients of the sensor and their standard uncertainties by rising powers, from shared data.
fn mems() -> Option<[Vec<f64>; 4]> {
    let text = shared("dyncal/mems/mpu9250_x_axis_tf_iir.json")?;
    let list = |key: &str| {
        let (_, rest) = text.split_once(&format!("\"{key}\": [")).unwrap();
        let words: Vec<&str> = rest.split_once(']').unwrap().0.split(", ").collect();
        words.into_iter().rev().map(|word| word.parse().unwrap()).collect()
    };
    let keys =
        ["NumeratorCoefficient", "NumeratorCoefficientUncer", "DenominatorCoefficient", "DenominatorCoefficientUncer"];
    Some(keys.map(list))
}

#[test]
fn the_response_of_a_mems_sensor_has_the_uncertainty_of_its_coefficients() {
    let Some([numerator, u_numerator, denominator, u_denominator]) = mems() else { return };
    let variances = u_numerator.iter().chain(&u_denominator).map(|u| u * u);
    let covariance = DMatrix::from_diagonal(&DVector::from_iterator(16, variances));
    let known = Known::from_coefficients(&numerator, &denominator, &covariance).unwrap();
    for words in rows(MEMS) {
        let n = numbers(&words);
        let line = known.response(&[n[0]]).lines[0];
        assert!((line.value - Complex64::new(n[1], n[2])).norm() < 1e-12 * line.value.norm(), "{line:?}");
        let found = [line.covariance.real, line.covariance.imaginary, line.covariance.cross];
        let close = found
            .iter()
            .zip(&n[3..])
            .all(|(found, expected)| (found - expected).abs() < 1e-9 * line.covariance.power());
        assert!(close, "{line:?} instead of {n:?}");
    }
    // Its designers fitted a band from 4 Hz on: the published coefficients cannot be run in time.
    let poles = known.at_values().poles();
    assert!(!known.at_values().stable());
    assert!(
        poles
            .iter()
            .any(|pole| (pole - Complex64::new(0.484_375_547_481_639_36, 0.892_202_349_899_977_3)).norm() < 1e-9)
    );
}

#[test]
fn a_mems_sensor_is_found_again_by_a_stable_model_of_its_band() {
    let Some([numerator, _, denominator, _]) = mems() else { return };
    let exact = Known::from_coefficients(&numerator, &denominator, &DMatrix::zeros(16, 16)).unwrap();
    let frequencies: Vec<f64> = (0..60).map(|k| 4.0 * (250.0_f64 / 4.0).powf(f64::from(k) / 59.0)).collect();
    let mut response = exact.response(&frequencies);
    for line in &mut response.lines {
        line.covariance = Bivariate::circular(1e-8);
        line.dof = f64::INFINITY;
    }
    let settings = Settings { numerator: 3, denominator: 3, ..Settings::default() };
    let structure = Model::named("rational").unwrap().structure(&settings).unwrap();
    let found = identify(&response, &structure, Between::Neighbours).unwrap();
    let worst = found.residuals.iter().map(|residual| residual.difference.norm()).fold(0.0, f64::max);
    assert!(found.verdict.stable && worst < 5e-3, "{worst}: {:?}", found.findings);
}

#[test]
fn the_phases_of_the_shock_accelerometer_only_fit_as_degrees() {
    let Some(text) = shared("dyncal/shock/sinusoidal_calibration_values.txt") else { return };
    let rows: Vec<Vec<f64>> = text.lines().map(|line| numbers(&line.split_whitespace().collect::<Vec<_>>())).collect();
    let phases: Vec<f64> = rows.iter().map(|row| row[2]).collect();
    let read_in = |unit: f64| {
        let line = |row: &Vec<f64>| Line {
            frequency: row[0],
            value: Complex64::from_polar(row[1], row[2] * unit),
            covariance: Bivariate::circular((0.01 * row[1]).powi(2)),
            coherence: f64::NAN,
            dof: f64::INFINITY,
        };
        Response { lines: rows.iter().map(line).collect(), ..Response::default() }
    };
    let (as_radians, as_degrees) = (read_in(1.0), read_in(1_f64.to_radians()));
    let finding = phase_in_degrees(&as_radians, &phases, &resonance()).expect("the column is in degrees");
    assert_eq!(finding.code, "phase-in-degrees");
    let radians: Vec<f64> = phases.iter().map(|phase| phase.to_radians()).collect();
    assert_eq!(phase_in_degrees(&as_degrees, &radians, &resonance()), None);
    let found = identify(&as_radians, &resonance(), Between::Neighbours).unwrap();
    assert!(found.findings.iter().any(|finding| finding.code == "phase-in-degrees"), "{:?}", found.findings);
}
