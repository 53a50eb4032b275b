//! From the records of a calibration to corrected signals: `response`, `compensate`, `filter` and `deconvolve`.

use crate::workbench::{Said, Workbench};
use sigmatau_core::Unit;
use sigmatau_data::{Column, Metadata, Table, read_table, write_table};

const RATE: f64 = 10_000.0;
/// Standard deviation of the noise in the field, in V.
const NOISE: f64 = 1e-3;

/// Normal numbers with the standard deviation 1, the same for the same seed.
fn gaussian(seed: u64, points: usize) -> Vec<f64> {
    let mut source = sigmatau_spectrum::Gaussian::new(seed, 0);
    (0..points).map(|_| source.draw()).collect()
}

/// What a second-order sensor with its resonance at 3 kHz makes of a signal: b/(1 − 2 r cos θ z⁻¹ + r² z⁻²).
fn through(signal: &[f64]) -> Vec<f64> {
    let (r, theta) = (0.6_f64, std::f64::consts::TAU * 3_000.0 / RATE);
    let [a1, a2] = [-2.0 * r * theta.cos(), r * r];
    let (mut before, mut last) = (0.0, 0.0);
    let mut step = |x: &f64| {
        let y = (1.0 + a1 + a2) * x - a1 * last - a2 * before;
        (before, last) = (last, y);
        y
    };
    signal.iter().map(&mut step).collect()
}

/// A burst of about 1 kHz in 512 points.
fn burst() -> Vec<f64> {
    let wave = |n: usize| {
        let t = n as f64 - 200.0;
        (-0.5 * (t / 12.0).powi(2)).exp() * (std::f64::consts::TAU * 1_000.0 / RATE * t).cos()
    };
    (0..512).map(wave).collect()
}

fn with_noise(signal: &[f64], u: f64, seed: u64) -> Vec<f64> {
    signal.iter().zip(gaussian(seed, signal.len())).map(|(x, error)| x + u * error).collect()
}

fn table(sensors: &[&str], channels: &[(&str, &str, &[f64])]) -> Table {
    let points = channels[0].2.len() / sensors.len();
    let names = sensors.iter().flat_map(|name| std::iter::repeat_n((*name).to_owned(), points)).collect();
    let unit = |text: &str| Unit::parse(text).unwrap();
    let float = |(name, text, values): &(&str, &str, &[f64])| Column::float(*name, unit(text), values.to_vec());
    Table::new(std::iter::once(Column::text("sensor", names)).chain(channels.iter().map(float)).collect()).unwrap()
}

fn put(bench: &Workbench, name: &str, table: &Table, rate: &str) {
    let metadata = Metadata::default().with_field("response", "rate_hz", rate);
    write_table(&bench.path(name), table, metadata).unwrap();
}

/// A folder with the frequency response of the sensor `acc-1`, and a burst that it recorded in the field.
fn bench() -> Workbench {
    let bench = Workbench::new();
    let excitation = gaussian(1, 1 << 17);
    let response = with_noise(&through(&excitation), 0.02, 2);
    let calibrated = table(&["acc-1"], &[("excitation", "m/s^2", &excitation), ("response", "V", &response)]);
    put(&bench, "calibration.parquet", &calibrated, "10000");
    let field = with_noise(&through(&burst()), NOISE, 3);
    put(&bench, "field.parquet", &table(&["acc-1"], &[("response", "V", &field)]), "10000");
    bench.run("dynamic response calibration.parquet --segment 512 --format parquet -o response.parquet").exits(0);
    bench
}

fn compensated(bench: &Workbench, flags: &str) -> Said {
    bench.run(&format!("dynamic compensate response.parquet --rate 10000 {flags} --format parquet -o filter.parquet"))
}

/// The share of points whose 2 u hold the burst, which is 95 % but for the scatter of some hundred points that the
/// filter correlates, the root mean square of u, and how many points there are.
fn coverage(bench: &Workbench, signal: &str) -> (f64, f64, usize) {
    let signal = read_table(&bench.path(signal)).unwrap();
    let [time, value, u] = ["time_s", "value", "u"].map(|name| signal.floats(name).unwrap());
    let truth = burst();
    let place = |time: f64| (time * RATE).round() as usize;
    let held = (0..time.len()).filter(|row| (value[*row] - truth[place(time[*row])]).abs() <= 2.0 * u[*row]).count();
    let rms = (u.iter().map(|u| u * u).sum::<f64>() / u.len() as f64).sqrt();
    (held as f64 / time.len() as f64, rms, time.len())
}

#[test]
fn compensation_filters_recover_the_excitation_within_their_uncertainty() {
    let bench = bench();
    for design in ["--taps 12", "--kind iir --poles 1 --zeros 2"] {
        compensated(&bench, design).exits(0);
        let filter = format!("dynamic filter field.parquet --filter filter.parquet --noise {NOISE} --start rest");
        bench.run(&format!("{filter} --verify 400 --format parquet -o signal.parquet")).exits(0);
        let (held, rms, points) = coverage(&bench, "signal.parquet");
        assert!(held > 0.9 && rms < 0.05 && points > 490, "{design}: {held} of {points} points, u {rms}");
    }
}

#[test]
fn unit_and_common_delay_of_a_response_go_along() {
    let bench = bench();
    let words = |file: &str| read_table(&bench.path(file)).unwrap().texts("unit").unwrap().to_vec();
    assert!(words("response.parquet").iter().all(|unit| unit == "V·s^2/m"));
    bench.run("dynamic identify response.parquet --model first-order --format csv").prints(&["V·s^2/m", "Hz"]);
    compensated(&bench, "--taps 12").exits(0);
    assert!(words("filter.parquet").iter().all(|unit| unit == "m/V/s^2"));
    let late = "dynamic response calibration.parquet --segment 512 --time-u 2e-5 --format parquet -o late.parquet";
    bench.run(late).exits(0);
    let late = read_table(&bench.path("late.parquet")).unwrap();
    assert!(late.floats("common_delay_u").unwrap().iter().all(|u| *u == 2e-5));
    bench.run("dynamic merge late.parquet --other response.parquet --format csv").prints(&["V·s^2/m"]);
}

#[test]
fn deconvolution_recovers_the_excitation_within_its_uncertainty() {
    let bench = bench();
    let flags = format!("--noise {NOISE} --strength 0.02 --bound 2e-3 --corner 1500 --order 4 --verify 400");
    let deconvolve = format!("dynamic deconvolve field.parquet --calibration response.parquet {flags}");
    bench.run(&format!("{deconvolve} --format parquet -o signal.parquet")).exits(0);
    let (held, rms, points) = coverage(&bench, "signal.parquet");
    assert!(held > 0.9 && rms < 0.05 && points == 512, "{held} of {points} points, u {rms}");
    bench.run("dynamic response calibration.parquet --range 100,4000 --format parquet -o response.parquet").exits(0);
    bench.run(&deconvolve).exits(0).says(&["[uncovered] acc-1", "from 100", "have no response"]);
}

#[test]
fn noise_can_be_measured_where_the_record_is_quiet() {
    let bench = bench();
    compensated(&bench, "--taps 12").exits(0);
    let said =
        bench.run("dynamic filter field.parquet --filter filter.parquet --silence 0.03,0.05 --format csv").exits(0);
    let row = said.out().lines().nth(1).unwrap().split(',').map(str::to_owned).collect::<Vec<_>>();
    bench
        .run(&format!("dynamic filter field.parquet --filter filter.parquet --noise {NOISE} --format csv"))
        .exits(0)
        .prints(&["sensor,time_s,value,u,u_noise,u_calibration,u_bias"]);
    assert!(row[4].parse::<f64>().unwrap() > 0.0, "{row:?}");
    bench
        .run("dynamic filter field.parquet --filter filter.parquet")
        .exits(2)
        .says(&["nothing says how much noise", "`silence`"]);
}

#[test]
fn sensors_without_calibration_and_gaps_are_findings_and_the_rest_goes_on() {
    let bench = bench();
    let mut field = with_noise(&through(&burst()), NOISE, 3).repeat(2);
    field[100] = f64::NAN;
    put(&bench, "field.parquet", &table(&["acc-1", "acc-9"], &[("response", "V", &field)]), "10000");
    compensated(&bench, "--taps 12").exits(0);
    let filter = "dynamic filter field.parquet --filter filter.parquet --noise 1e-3 --format csv";
    let said = bench.run(filter).exits(1);
    let said = said.says(&["[not-calibrated] acc-9", "[missing] acc-1", "1 samples are missing at 1 places"]);
    assert!(said.out().lines().count() > 450 && !said.out().contains("acc-9"));
    let same = bench.run(&format!("{filter} --of acc-1")).exits(0);
    assert!(same.out().contains("acc-9"));
    let deconvolve = "dynamic deconvolve field.parquet --calibration response.parquet --noise 1e-3 --strength 0.02";
    let said = bench.run(&format!("{deconvolve} --bound 2e-3 --of acc-1 --format csv")).exits(1);
    let said = said.says(&["[missing] acc-1: 1 of 512 samples are missing"]);
    assert_eq!(said.out().lines().filter(|line| line.starts_with("acc-9")).count(), 512);
}

#[test]
fn another_rate_and_another_record_are_refused_by_name() {
    let bench = bench();
    compensated(&bench, "--taps 12").exits(0);
    let field = table(&["acc-1"], &[("response", "V", &through(&burst()))]);
    put(&bench, "slow.parquet", &field, "5000");
    bench.run("dynamic filter slow.parquet --filter filter.parquet --noise 0").exits(1).says(&[
        "[rate-mismatch] acc-1",
        "10000 Hz",
        "5000 Hz",
    ]);
    bench
        .run("dynamic filter field.parquet --filter response.parquet --noise 0")
        .exits(2)
        .says(&["response.parquet", "there is no such column"]);
    bench.run("dynamic filter field.parquet --noise 0").exits(2).says(&["needs the key `filter`"]);
    bench.run("dynamic compensate response.parquet").exits(2).says(&["needs the key `rate`"]);
    bench
        .run("dynamic compensate response.parquet --rate 10000 --taps 8 --poles 2")
        .exits(2)
        .says(&["a fir filter does not use `poles`"]);
    bench
        .run("dynamic deconvolve field.parquet --calibration response.parquet --noise 0 --bound 1")
        .exits(2)
        .says(&["`tikhonov` needs `strength`"]);
}

/// One table for the calibration and for the field: the wider way to read it is taken, whichever step comes first.
#[test]
fn a_pipeline_calibrates_and_corrects_from_one_table() {
    let bench = bench();
    let step = |name: &str, op: &str, rest: &str| format!("[[step]]\nname = \"{name}\"\nop = \"{op}\"\n{rest}\n");
    let pipeline = [
        "title = \"Sensor\"\n[dataset.bench]\npath = \"calibration.parquet\"\n".to_owned(),
        step("h", "response", "dataset = \"bench\"\nsegment = 256"),
        step("f", "compensate", "dataset = \"h\"\nrate = 10000\ntaps = 12"),
        step("x", "filter", "dataset = \"bench\"\nfilter = \"f\"\nnoise = 0.02\nevery = 64"),
    ];
    bench.put("sensor.toml", pipeline.concat());
    bench.run("run sensor.toml --threads 1 --out one --quiet").exits(0);
    bench.run("run sensor.toml --threads 2 --out two --quiet").exits(0);
    for record in ["f", "x"] {
        let [one, two] = ["one", "two"].map(|run| bench.bytes(&format!("{run}/records/{record}.parquet")));
        assert_eq!(one, two, "{record}");
    }
}
