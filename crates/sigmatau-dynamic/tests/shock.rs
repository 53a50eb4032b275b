//! A real shock beside the sinusoidal calibration of the same accelerometer.

use sigmatau_core::Coverage;
use sigmatau_dynamic::compare::covers;
use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::{Complex64, Line, Response, StandardUncertainty};
use std::f64::consts::TAU;
use std::path::PathBuf;

const RATE: f64 = 10e6;

/// A file of numbers of the shock accelerometer, from shared data.
#[expect(clippy::print_stderr, reason = "a comparison that is skipped is said aloud")]
fn numbers(name: &str) -> Option<Vec<f64>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let shared = std::env::var_os("SIGMATAU_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let path = shared.join("dyncal/shock").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no shared data at {}; the shock is not compared", path.display());
        return None;
    };
    Some(text.split_whitespace().map(|word| word.parse().unwrap()).collect())
}

/// Frequency in Hz and the complex sensitivity; the phases of the file are degrees.
fn sinusoidal() -> Option<Vec<(f64, Complex64)>> {
    let numbers = numbers("sinusoidal_calibration_values.txt")?;
    let point = |row: &[f64]| (row[0], Complex64::from_polar(row[1], row[2].to_radians()));
    Some(numbers.chunks_exact(3).map(point).collect())
}

fn estimated(frequencies: &[f64]) -> Option<Response> {
    let settings = Settings { frequencies: frequencies.to_vec(), ..Settings::default() };
    let mut estimation = (Method::named("shock").unwrap().begin)(&settings, RATE).unwrap();
    estimation.push(&numbers("measured_input_accel.txt")?, &numbers("measured_output_accel.txt")?);
    Some(estimation.finish())
}

#[test]
fn shock_covers_the_sinusoidal_points() {
    let Some(points) = sinusoidal() else { return };
    let frequencies: Vec<f64> = points.iter().map(|(frequency, _)| *frequency).collect();
    let found = estimated(&frequencies).unwrap();
    let covered = |(frequency, value): &&(f64, Complex64)| {
        let line = found.lines.iter().find(|line| line.frequency == *frequency).unwrap();
        (line.value.norm() - value.norm()).abs() <= Coverage::of_interval(0.95, line.dof).factor * line.magnitude_u()
    };
    let named = points.iter().filter(|(frequency, _)| [1e3, 5e3, 10e3, 20e3].contains(frequency));
    assert_eq!(named.filter(covered).count(), 4);
    let covered = points.iter().filter(covered).count();
    assert!(covered >= 46, "the magnitudes at {covered} of 49 frequencies");
}

/// The response leads by 0.84 µs against the sinusoidal calibration: eight points between the channels, which turn all
/// phases together. Without them 95 % of the complex values are covered.
#[test]
fn one_delay_between_the_channels_explains_the_phases() {
    let Some(points) = sinusoidal() else { return };
    let frequencies: Vec<f64> = points.iter().map(|(frequency, _)| *frequency).collect();
    let found = estimated(&frequencies).unwrap();
    let covered = |lines: &[Line]| {
        let held = |(line, (_, value)): &(&Line, &(f64, Complex64))| covers(line, *value, 0.95);
        lines.iter().zip(&points).filter(held).count()
    };
    let late = |line: &Line| {
        let turn = Complex64::cis(-TAU * line.frequency * 0.84e-6);
        Line { value: line.value * turn, covariance: line.covariance.times(turn), ..*line }
    };
    let early: Vec<Line> = found.lines.iter().map(late).collect();
    let stated = found.clone().late(StandardUncertainty(1e-6));
    let counts = [&found.lines, &early, &stated.lines].map(|lines| covered(lines));
    assert!(counts[0] < 40 && counts[1] >= 46 && counts[2] >= 46, "{counts:?}");
    let told = |code: &str| found.findings.iter().find(|finding| finding.code == code).unwrap();
    assert!(told("unrelated-motion").seen.contains("times more than noise explains"));
    assert!(told("peak-ratio").seen.ends_with("0.23755"));
}
