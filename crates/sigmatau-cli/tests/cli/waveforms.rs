//! Trouble in records of sensors: what is said of it, how the command ends, and what is computed all the same.

use crate::workbench::{Said, Workbench, noise};
use sigmatau_core::Unit;
use sigmatau_data::{Column, Metadata, Table, write_table};
use std::f64::consts::{PI, TAU};

const FLAGS: &str = "--segment 128 --format csv";
const POINTS: usize = 4096;
const RATE: f64 = 1000.0;

/// Noise that ends below the Nyquist frequency.
fn smooth() -> Vec<f64> {
    noise(1, POINTS + 3).windows(4).map(|four| four.iter().sum()).collect()
}

/// What a sensor of gain 2 answers.
fn answer(excitation: &[f64]) -> Vec<f64> {
    excitation.iter().zip(noise(2, POINTS)).map(|(x, error)| 2.0 * (x + 0.01 * error)).collect()
}

fn unit(word: &str) -> Unit {
    Unit::parse(word).unwrap()
}

fn channels(excitation: Vec<f64>, response: Vec<f64>) -> Vec<Column> {
    vec![Column::float("excitation", unit("m/s2"), excitation), Column::float("response", unit("V"), response)]
}

/// The answer of the command to a table of these columns.
fn responded(columns: Vec<Column>, flags: &str) -> Said {
    let bench = Workbench::new();
    bench.put_table("bench.parquet", &Table::new(columns).unwrap());
    bench.run(&format!("dynamic response bench.parquet {FLAGS} {flags}"))
}

/// The column of the magnitudes, `NaN` where there is none.
fn magnitudes(said: &Said) -> Vec<f64> {
    let magnitude = |row: &str| row.split(',').nth(2).unwrap().parse().unwrap_or(f64::NAN);
    said.out().lines().skip(1).map(magnitude).collect()
}

#[track_caller]
fn assert_gain(said: &Said) {
    let magnitudes = magnitudes(said);
    assert!(
        magnitudes.len() == 64 && magnitudes.iter().take(30).all(|gain| (gain - 2.0).abs() < 0.05),
        "{magnitudes:?}"
    );
}

#[test]
fn a_sound_record_is_answered_without_remarks() {
    let x = smooth();
    let said = responded(channels(x.clone(), answer(&x)), "--rate 1000").exits(0);
    assert_gain(&said);
    assert!(!said.err.contains("failure") && !said.err.contains("warning"), "{}", said.err);
}

#[test]
fn channels_of_unequal_lengths_end_with_the_shorter() {
    let (x, mut y) = (smooth(), answer(&smooth()));
    y[3000..].fill(f64::NAN);
    let said = responded(channels(x, y), "--rate 1000").exits(0);
    assert_gain(&said.says(&["warning [unequal-lengths]", "`excitation` has 4096", "`response` has 3000"]));
}

#[test]
fn segments_with_missing_samples_are_left_out() {
    let (mut x, y) = (smooth(), answer(&smooth()));
    x[2000..2010].fill(f64::NAN);
    x[100] = f64::INFINITY;
    let said = responded(channels(x, y), "--rate 1000").exits(0);
    assert_gain(&said.says(&[
        "warning [missing]",
        "11 of 4096 samples are missing or infinite",
        "segments miss a point",
    ]));
}

#[test]
fn a_record_of_missing_samples_is_a_failure() {
    let said = responded(channels(smooth(), vec![f64::NAN; POINTS]), "--rate 1000").exits(1);
    said.says(&["failure [unequal-lengths]", "`response` has 0"]);
}

#[test]
fn a_clipped_signal_is_a_failure_with_its_channel() {
    let x = smooth();
    let y = answer(&x).into_iter().map(|y| y.clamp(-1.0, 1.0)).collect();
    responded(channels(x, y), "--rate 1000").exits(1).says(&["failure [clipped]", "response", " at 1e0"]);
}

/// Forty lines of a period of one segment; the window spreads each of them to its neighbours and no further.
#[test]
fn a_band_without_excitation_has_no_response() {
    let line = |k: usize, n: usize| (TAU * (k * n % 128) as f64 / 128.0 + (k * k) as f64).cos();
    let x: Vec<f64> = (0..POINTS).map(|n| (1..=40).map(|k| line(k, n)).sum()).collect();
    let said = responded(channels(x.clone(), answer(&x)), "--rate 1000").exits(1);
    let said = said.says(&["failure [no-excitation]", "nothing excites the sensor at 328.125 Hz to 500 Hz"]);
    let magnitudes = magnitudes(&said);
    assert!(magnitudes[..40].iter().all(|gain| (gain - 2.0).abs() < 0.05), "{magnitudes:?}");
    assert!(magnitudes[41..].iter().all(|gain| gain.is_nan()), "{magnitudes:?}");
}

#[test]
fn excitation_up_to_the_nyquist_frequency_is_suspected_of_going_beyond() {
    let x = noise(1, POINTS);
    let said = responded(channels(x.clone(), answer(&x)), "--rate 1000").exits(0);
    said.says(&["warning [aliasing]", "of the power lies in the uppermost fifth below the Nyquist frequency"]);
}

#[test]
fn a_wrong_unit_is_refused() {
    let instants = Column::float("time", unit("V"), (0..POINTS).map(|n| n as f64 / RATE).collect());
    let timed = channels(smooth(), smooth()).into_iter().chain([instants]).collect();
    responded(timed, "").exits(2).prints_nothing().says(&["`time`", "bench.parquet", "`V`"]);
}

/// Instants at 1000 Hz against a stated rate: near it, the digitizer is off; far from it, the statement.
#[test]
fn instants_against_the_stated_rate_are_a_mismatch() {
    let columns = || {
        let instants = Column::float("time", Unit::SECOND, (0..POINTS).map(|n| n as f64 / RATE).collect());
        let x = smooth();
        channels(x.clone(), answer(&x)).into_iter().chain([instants]).collect()
    };
    assert_gain(&responded(columns(), "").exits(0));
    let said = responded(columns(), "--rate 1001").exits(0);
    said.says(&["warning [rate-mismatch]", "the instants advance at 1000 Hz, but 1001 Hz is stated"]);
    let said = responded(columns(), "--rate 2000").exits(1).says(&["failure [rate-mismatch]"]);
    assert!(magnitudes(&said).is_empty(), "every frequency would be wrong");
}

#[test]
fn channels_of_two_rates_are_refused() {
    let bench = Workbench::new();
    let rates =
        Metadata::default().with_field("excitation", "rate_hz", "1000").with_field("response", "rate_hz", "2000");
    let table = Table::new(channels(smooth(), smooth())).unwrap();
    write_table(&bench.path("bench.parquet"), &table, rates).unwrap();
    let said = bench.run("dynamic response bench.parquet").exits(2).prints_nothing();
    said.says(&["`response`", "2000", "that of column `excitation` is 1000"]);
}

#[test]
fn a_record_without_a_rate_is_refused() {
    responded(channels(smooth(), smooth()), "").exits(2).prints_nothing().says(&["rate", "bench.parquet"]);
}

/// A resonance at 120 Hz as a `response` table, the phase multiplied by `scale` before the parts are made of it.
fn resonance(scale: f64) -> Table {
    let lines: Vec<(f64, f64, f64)> = (1..=60).map(|k| resonant(5.0 * f64::from(k))).collect();
    let column = |name: &str, unit: Unit, of: &dyn Fn(&(f64, f64, f64)) -> f64| {
        Column::float(name, unit, lines.iter().map(of).collect())
    };
    let same = |name: &str, value: f64| Column::float(name, Unit::ONE, vec![value; lines.len()]);
    let plain = Unit::ONE;
    Table::new(vec![
        Column::text("sensor", vec!["accelerometer".to_owned(); lines.len()]),
        column("frequency_hz", unit("Hz"), &|line| line.0),
        column("magnitude", plain.clone(), &|line| line.1),
        same("magnitude_u", 1e-3),
        Column::float("phase_rad", unit("rad"), lines.iter().map(|line| scale * line.2).collect()),
        Column::float("phase_u", unit("rad"), lines.iter().map(|line| 1e-3 / line.1).collect()),
        column("real", plain.clone(), &|line| line.1 * (scale * line.2).cos()),
        column("imag", plain, &|line| line.1 * (scale * line.2).sin()),
        same("u_real", 1e-3),
        same("u_imag", 1e-3),
        same("cov_real_imag", 0.0),
        same("coherence", 0.99),
        same("dof", 100.0),
        Column::text("method", vec!["h1".to_owned(); lines.len()]),
    ])
    .unwrap()
}

/// Frequency, magnitude and phase of S ω₀²/(ω₀² + 2jδω₀ω − ω²), δ = 0.1.
fn resonant(frequency: f64) -> (f64, f64, f64) {
    let ratio = frequency / 120.0;
    let (real, imaginary) = (1.0 - ratio * ratio, 0.2 * ratio);
    (frequency, 1.0 / real.hypot(imaginary), -imaginary.atan2(real))
}

#[test]
fn a_phase_in_degrees_labelled_radians_is_suspected() {
    let bench = Workbench::new();
    bench.put_table("right.parquet", &resonance(1.0)).put_table("mistaken.parquet", &resonance(180.0 / PI));
    let right = bench.run("dynamic identify right.parquet --format csv").prints(&["second-order"]);
    assert!(!right.err.contains("phase-in-degrees"), "{}", right.err);
    let said = bench.run("dynamic identify mistaken.parquet --format csv");
    said.says(&["warning [phase-in-degrees] accelerometer", "with the same numbers in degrees"]);
}
