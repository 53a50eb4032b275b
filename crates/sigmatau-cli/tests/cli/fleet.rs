//! Many sensors in one command: progress, one bad record among them, runs that were killed, numbers of threads.

use crate::resume::{begun, nothing_half_written, reused, same_results};
use crate::workbench::{Workbench, noise};
use sigmatau_core::Unit;
use sigmatau_data::{Column, Table, read_table};

/// 200 sensors make 13 units of work.
const SENSORS: usize = 200;
/// The sensor whose channel does not move.
const DEAD: usize = 77;

const PIPELINE: &str = "[dataset.bench]\npath = \"../sensors.parquet\"\nrate = 1000\n\
                        [[step]]\nname = \"s\"\nop = \"response\"\ndataset = \"bench\"\nsegment = 128\n\
                        [[publish]]\nformat = \"html\"\n";

fn name(sensor: usize) -> String {
    format!("s{sensor:03}")
}

/// Smooth excitation, so that it ends below the Nyquist frequency.
fn excitation(sensor: usize, points: usize) -> Vec<f64> {
    noise(10 * sensor as u64, points + 3).windows(4).map(|four| four.iter().sum()).collect()
}

/// What a sensor of gain 2 answers, with noise; nothing if it is dead.
fn response(sensor: usize, excitation: &[f64]) -> Vec<f64> {
    let gain = if sensor == DEAD { 0.0 } else { 2.0 };
    let noise = noise(10 * sensor as u64 + 5, excitation.len());
    excitation.iter().zip(noise).map(|(x, error)| gain * (x + 0.01 * error)).collect()
}

/// A folder with the records of all sensors in one long table.
fn bench(points: usize) -> Workbench {
    let excitations: Vec<Vec<f64>> = (0..SENSORS).map(|sensor| excitation(sensor, points)).collect();
    let responses = excitations.iter().enumerate().flat_map(|(sensor, x)| response(sensor, x)).collect();
    let names = (0..SENSORS).flat_map(|sensor| std::iter::repeat_n(name(sensor), points)).collect();
    let table = Table::new(vec![
        Column::text("sensor", names),
        Column::float("excitation", Unit::parse("m/s2").unwrap(), excitations.concat()),
        Column::float("response", Unit::parse("V").unwrap(), responses),
    ]);
    let bench = Workbench::new();
    bench.put_table("sensors.parquet", &table.unwrap()).put("pipelines/p.toml", PIPELINE);
    bench
}

#[test]
fn one_command_responds_for_every_sensor_but_the_dead_one() {
    let said = bench(1024).run("dynamic response sensors.parquet --rate 1000 --segment 128 --format csv").exits(1);
    let said = said.says(&["failure [constant] s077"]);
    let out = said.out();
    let sensors: std::collections::BTreeSet<&str> =
        out.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    assert_eq!(sensors.len(), SENSORS);
    let magnitude = |row: &str| row.split(',').nth(2).unwrap().parse::<f64>().unwrap();
    let (dead, alive): (Vec<&str>, Vec<&str>) = out.lines().skip(1).partition(|row| row.starts_with("s077,"));
    assert!(alive.iter().all(|row| (magnitude(row) - 2.0).abs() < 0.5), "every other sensor has its gain");
    assert!(dead.iter().all(|row| magnitude(row) == 0.0));
}

#[test]
fn records_of_sensors_do_not_depend_on_the_number_of_threads() {
    let bench = bench(1024);
    for (run, threads) in [("one", 1), ("two", 2), ("seven", 7)] {
        bench.run(&format!("run pipelines/p.toml --out {run} --threads {threads} --quiet")).exits(1);
        same_results(&bench, run, "one");
    }
    let table = read_table(&bench.path("one/records/s.parquet")).unwrap();
    assert_eq!(table.rows(), SENSORS * 64, "64 lines for each sensor");
}

#[test]
fn every_unit_of_sensors_is_an_event() {
    let bench = bench(1024);
    bench.run("run pipelines/p.toml --out r").exits(1).prints(&["1 failure"]);
    let events = bench.text("r/events.jsonl");
    assert_eq!(events.matches("unit-finished").count(), 13, "{events}");
    let findings = read_table(&bench.path("r/records/s.findings.parquet")).unwrap();
    let found = findings.texts("code").unwrap().iter().zip(findings.texts("severity").unwrap());
    let failures: Vec<&String> = found.filter(|(_, severity)| *severity == "failure").map(|(code, _)| code).collect();
    assert_eq!(failures, ["constant"]);
}

#[cfg(unix)]
#[test]
fn a_killed_run_on_sensors_is_resumed_to_the_same_bytes() {
    let bench = bench(8192);
    bench.run("run pipelines/p.toml --out whole").exits(1);
    let mut child = begun(&bench);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it was still running");
    assert!(!bench.has("r/records/s.parquet"));

    bench.run("run pipelines/p.toml --out r --resume").exits(1);
    same_results(&bench, "r", "whole");
    let reused = reused(&bench, "r");
    assert!((2..13).contains(&reused), "{reused} parts were reused");
    nothing_half_written(&bench, "r");
}
