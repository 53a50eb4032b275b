//! From responses to reference energy: results side by side, drift, networks, phasors and accuracy classes.

use crate::workbench::Workbench;
use sigmatau_core::Unit;
use sigmatau_data::schema::{Cell, Rows, energy, reading, response};
use sigmatau_data::{Column, Table};
use std::f64::consts::TAU;

/// A `response` table of lines (sensor, frequency in Hz, response, standard uncertainty of each part, method).
fn responses(lines: &[(&str, f64, f64, f64, &str)]) -> Table {
    let mut rows = Rows::of(&response::SCHEMA);
    for (sensor, frequency, value, u, method) in lines {
        let numbers = [*frequency, *value, *u, 0.0, u / value, *value, 0.0, *u, *u, 0.0, f64::NAN, f64::INFINITY];
        let row = [Cell::from(*sensor)].into_iter().chain(numbers.map(Cell::from)).chain([Cell::from(*method)]);
        rows.push(row.chain([f64::NAN.into(), "".into(), f64::NAN.into(), "".into()]));
    }
    rows.table()
}

#[test]
fn results_are_merged_and_compared() {
    let bench = Workbench::new();
    let both = responses(&[("a", 50.0, 1.0, 0.0625, "sine-fit"), ("a", 50.0, 1.125, 0.0625, "h1")]);
    bench.put_table("r.parquet", &both);
    bench.put_table("o.parquet", &responses(&[("a", 50.0, 1.5, 0.01, "h1")]));
    bench.run("dynamic merge r.parquet --format csv").exits(0).prints(&["a,50", "1.0625", "merged"]);
    let contradicting = bench.run("dynamic merge r.parquet --other o.parquet").exits(0);
    contradicting.says(&["warning [inconsistent] a: 1 of 1 lines, most at 50 Hz: sine-fit, h1, other h1"]);
    let compared = bench.run("dynamic compare r.parquet --other o.parquet --format csv").exits(0);
    compared
        .prints(&["sine-fit,h1", "sine-fit,other h1", "h1,other h1", ",yes", ",no"])
        .says(&["[disagree] a: sine-fit and other h1 disagree at 1 of 1 lines"]);
}

#[test]
fn drift_between_two_days_is_told() {
    let bench = Workbench::new();
    bench.put_table("first.parquet", &responses(&[("a", 80.0, 1.0, 1e-3, "h1"), ("a", 160.0, 1.0, 1e-3, "h1")]));
    bench.put_table("second.parquet", &responses(&[("a", 80.0, 1.01, 1e-3, "h1"), ("a", 160.0, 1.01, 1e-3, "h1")]));
    let days = "--date 2024-03-01 --later-date 2025-03-01 --expected-date 2026-03-01";
    let said = bench.run(&format!("dynamic drift first.parquet --later second.parquet {days} --format csv")).exits(0);
    said.prints(&["a,line,80.0,", "a,overall,", ",1.020"]).says(&["warning [drifted] a"]);
    let refused = bench.run("dynamic drift first.parquet --later second.parquet --date 2024-03-01");
    refused.exits(2).says(&["needs the key `later_date`"]).prints_nothing();
    bench
        .run("dynamic drift first.parquet --date 1 --later-date 2")
        .exits(1)
        .says(&["no-later-record", "give the later calibration as `later`"]);
}

#[test]
fn sensors_of_a_network_take_over_their_reference() {
    let bench = Workbench::new();
    let mut rows = Rows::of(&reading::SCHEMA);
    for (instrument, value) in [("R", 4.0), ("s1", 6.0), ("s2", 1.0)] {
        let row: [Cell; 6] = [50.0.into(), 0_i64.into(), instrument.into(), value.into(), 0.0.into(), 1e-6.into()];
        rows.push(row);
    }
    bench.put_table("readings.parquet", &rows.table());
    bench.put_table("references.parquet", &responses(&[("R", 50.0, 2.0, 0.002, "dcc")]));
    bench
        .run("dynamic network readings.parquet --references references.parquet --format csv")
        .exits(0)
        .prints(&["s1,50", "s2,50", "network"]);
    bench.run("dynamic network readings.parquet").exits(1).says(&["no reference has a usable reading in run 0"]);
}

/// A second of 10 V and 1 A in phase at 50 Hz.
fn waveforms() -> Table {
    let wave = |amplitude: f64| {
        let sample = |n: u32| amplitude * 2f64.sqrt() * (TAU * 50.0 * f64::from(n) / 6400.0).cos();
        (0..6400).map(sample).collect::<Vec<f64>>()
    };
    let volt = |symbol| Unit::parse(symbol).unwrap();
    Table::new(vec![
        Column::text("sensor", vec!["m1".to_owned(); 6400]),
        Column::float("voltage", volt("V"), wave(10.0)),
        Column::float("current", volt("A"), wave(1.0)),
    ])
    .unwrap()
}

/// 1/100 known to 3e-4 and 1/100 known to 4e-4: 100 kW for a second are 1/36 kWh, known to 0.05 %.
#[test]
fn waveforms_become_phasors_and_phasors_reference_energy() {
    let bench = Workbench::new();
    bench.put_table("waveforms.parquet", &waveforms());
    let channels = "--excitation voltage --response current --rate 6400 --harmonics 1";
    let asked = format!("dynamic phasors waveforms.parquet {channels} --format parquet -o phasors.parquet");
    bench.run(&asked).exits(0);
    bench.put_table("vt.parquet", &responses(&[("VT", 50.0, 0.01, 3e-6, "h1")]));
    bench.put_table("ct.parquet", &responses(&[("CT", 50.0, 0.01, 4e-6, "h1")]));
    let chain = "dynamic reference-energy phasors.parquet --voltage-response vt.parquet --current-response ct.parquet";
    bench.run(&format!("{chain} --registered-kwh 0.0278333334 --format csv")).exits(0).prints(&[
        "m1,total,0.0277777",
        ",0.2000",
        ",0.0501",
        "m1,CT",
        "m1,VT",
        "m1,time base",
        "m1,noise of the current",
    ]);
    bench.run(&format!("{chain} --registered-kwh 1,2")).exits(1).says(&["2 registered energies and 1 meters"]);
    let mut clock = Rows::of(&energy::SCHEMA);
    let numbers = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 9.0, 0.0, 0.0].map(Cell::from);
    clock.push(["c", "pacing"].map(Cell::from).into_iter().chain(numbers));
    bench.put_table("clock.parquet", &clock.table());
    // √(1² + 0.05²) %
    bench.run(&format!("{chain} --time-base clock.parquet --format csv")).exits(0).prints(&["1.0012"]);
}

#[test]
fn a_transducer_beyond_its_class_fails() {
    let bench = Workbench::new();
    let lines = |last: f64| {
        let line = |frequency, percent: f64| ("CT", frequency, 0.01 * (1.0 + percent / 100.0), 1e-6, "h1");
        responses(&[line(1e3, 0.5), line(8e3, 1.0), line(20e3, last)])
    };
    bench.put_table("good.parquet", &lines(4.0));
    bench.put_table("bad.parquet", &lines(6.0));
    let held = |file: &str| bench.run(&format!("dynamic transducer-class {file} --ratio 0.01 --format csv"));
    held("good.parquet").exits(0).prints(&["0.1-WB2,50.0,5000.0,1", "pass"]);
    held("bad.parquet").exits(1).prints(&["fail"]).says(&["failure [class-failed] CT: 0.1-WB2 above 10000 Hz"]);
}
