use super::*;
use crate::compare::covers;
use sigmatau_spectrum::Gaussian;

const RATE: f64 = 1e6;
const POINTS: usize = 4000;

/// A half sine of 0.1 ms that begins at point 1000, seen by a sensor of the sensitivity 0.2, resonant at 50 kHz, and
/// by noise.
fn shock(noise: f64, stream: u64) -> [Vec<f64>; 2] {
    let [mut own, mut other] = [0, 1].map(|channel| Gaussian::new(71, 2 * stream + channel));
    let pulse = |n: usize| if (1000..1100).contains(&n) { (PI * (n - 1000) as f64 / 100.0).sin() } else { 0.0 };
    let x: Vec<f64> = (0..POINTS).map(pulse).collect();
    let y = sensor(&x);
    let noisy = |series: Vec<f64>, gaussian: &mut Gaussian, scale: f64, level: f64| {
        series.into_iter().map(|value| level + value + scale * gaussian.draw()).collect()
    };
    [noisy(x, &mut own, noise, 0.1), noisy(y, &mut other, 0.2 * noise, -0.3)]
}

const RESONANCE: f64 = 50e3;
const DAMPING: f64 = 0.3;

/// The two poles z = e^(−δω ± iω√(1−δ²)) and the gain of the sensor, sampled.
fn poles() -> (f64, f64, f64) {
    let angle = 2.0 * PI * RESONANCE / RATE;
    let size = (-DAMPING * angle).exp();
    let first = 2.0 * size * (angle * (1.0 - DAMPING * DAMPING).sqrt()).cos();
    (first, -size * size, 0.2 * (1.0 - first + size * size))
}

fn sensor(x: &[f64]) -> Vec<f64> {
    let (first, second, gain) = poles();
    let mut last = (0.0, 0.0);
    let step = |x: &f64| {
        let next = gain * x + first * last.0 + second * last.1;
        last = (next, last.0);
        next
    };
    x.iter().map(step).collect()
}

fn truth(frequency: f64) -> Complex64 {
    let (first, second, gain) = poles();
    let back = Complex64::cis(-2.0 * PI * frequency / RATE);
    gain / (1.0 - first * back - second * back * back)
}

fn estimated(settings: Settings, rate: f64, [x, y]: &[Vec<f64>; 2]) -> Response {
    let mut estimation = (METHOD.begin)(&settings, rate).unwrap();
    estimation.push(x, y);
    estimation.finish()
}

fn at(frequencies: &[f64]) -> Settings {
    Settings { frequencies: frequencies.to_vec(), ..Settings::default() }
}

#[test]
fn without_noise_the_quotient_is_the_response() {
    let found = estimated(at(&[700.0, 3000.0, 6500.0]), RATE, &shock(1e-9, 0));
    for line in &found.lines {
        assert!((line.value - truth(line.frequency)).norm() < 1e-6, "{line:?}");
    }
    assert_eq!(found.lines.len(), 3);
}

#[test]
fn offset_of_either_channel_changes_nothing() {
    let [x, y] = shock(0.003, 1);
    let raised = [x.iter().map(|x| x + 4.0).collect(), y.iter().map(|y| y - 8.0).collect()];
    let (found, other) = (estimated(at(&[2000.0]), RATE, &[x, y]), estimated(at(&[2000.0]), RATE, &raised));
    assert!((found.lines[0].value - other.lines[0].value).norm() < 1e-12);
}

#[test]
fn lines_of_the_transform_are_those_of_their_frequencies() {
    let record = shock(0.003, 2);
    let all = estimated(Settings { range: Some((2000.0, 4100.0)), ..Settings::default() }, RATE, &record);
    let frequencies: Vec<f64> = all.lines.iter().map(|line| line.frequency).collect();
    assert_eq!(frequencies.len(), 9);
    for (line, other) in all.lines.iter().zip(estimated(at(&frequencies), RATE, &record).lines) {
        assert!((line.value - other.value).norm() < 1e-12, "{line:?} {other:?}");
        assert!((line.magnitude_u() / other.magnitude_u() - 1.0).abs() < 1e-6, "{line:?} {other:?}");
    }
}

#[test]
fn spectrum_of_the_pulse_decides_the_range() {
    let found = estimated(Settings { range: Some((0.0, 60e3)), ..Settings::default() }, RATE, &shock(0.003, 3));
    let finding = found.findings.iter().find(|finding| finding.code == "excitation-spectrum").unwrap();
    assert!(found.lines.last().unwrap().frequency < 40e3, "{finding}");
    // The half sine of 0.1 ms has no power at 15 kHz.
    assert!(found.lines.iter().all(|line| (line.frequency - 15e3).abs() > 100.0), "{finding}");
}

#[test]
fn peak_over_peak_is_told_not_to_be_the_sensitivity() {
    let found = estimated(at(&[2000.0]), RATE, &shock(0.0, 4));
    let finding = found.findings.iter().find(|finding| finding.code == "peak-ratio").unwrap();
    assert!(finding.matters.contains("is not the sensitivity"));
}

#[test]
fn response_that_is_early_is_told() {
    let [x, y] = shock(1e-4, 7);
    let early = [[&[0.1; 3], &x[..POINTS - 3]].concat(), y.clone()];
    let told = |record: &[Vec<f64>; 2]| {
        let all = estimated(Settings { range: Some((500.0, 8000.0)), ..Settings::default() }, RATE, record);
        all.findings.into_iter().find(|finding| finding.code == "leads")
    };
    assert_eq!(told(&[x, y]), None);
    assert!(told(&early).unwrap().seen.contains("leads the excitation by "));
}

#[test]
fn record_cut_off_in_the_ringing_is_less_sure() {
    let record = shock(1e-4, 5);
    let cut = record.clone().map(|series| series[..1060].to_vec());
    let [whole, cut] = [record, cut].map(|record| estimated(at(&[2500.0]), RATE, &record).lines[0]);
    assert!(cut.magnitude_u() > 20.0 * whole.magnitude_u(), "{whole:?} {cut:?}");
    assert!(covers(&cut, truth(2500.0), 0.95), "{cut:?}");
}

#[test]
fn missing_point_leaves_no_line() {
    let mut record = shock(1e-3, 6);
    record[1][2000] = f64::NAN;
    let found = estimated(at(&[2000.0]), RATE, &record);
    assert!(found.lines.is_empty() && found.findings[0].code == "gap");
}
