//! A real shock beside the sinusoidal calibration of the same accelerometer.

use sigmatau_dynamic::compare::{coverage_factor, covers};
use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::{Complex64, Response};
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
    for (frequency, magnitude) in [(1e3, 0.2271), (5e3, 0.2294), (10e3, 0.2383), (20e3, 0.2662)] {
        let line = found.lines.iter().find(|line| line.frequency == frequency).unwrap();
        let expanded = coverage_factor(0.95, line.dof) * line.magnitude_u();
        assert!((line.value.norm() - magnitude).abs() <= expanded, "{frequency} Hz: {line:?}");
    }
    let covered = |(frequency, value): &&(f64, Complex64)| {
        found.lines.iter().any(|line| line.frequency == *frequency && covers(line, *value, 0.95))
    };
    let covered = points.iter().filter(covered).count();
    for ((f, v), l) in points.iter().zip(&found.lines) {
        println!(
            "{f} {:.4} {:.4} u {:.4} ph {:.2} {:.2} cov {}",
            v.norm(),
            l.value.norm(),
            l.magnitude_u(),
            v.arg().to_degrees(),
            l.value.arg().to_degrees(),
            covers(l, *v, 0.95)
        );
    }
    println!("{covered} of {} ; {:#?}", points.len(), found.findings);
}
