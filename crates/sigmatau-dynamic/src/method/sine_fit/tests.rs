use super::*;
use sigmatau_spectrum::Gaussian;
use std::f64::consts::TAU;

const RATE: f64 = 10_000.0;

/// A response that grows and lags with frequency.
fn truth(frequency: f64) -> Complex64 {
    Complex64::new(0.2, -1e-4 * frequency)
}

/// Both channels of tones (frequency, from, to), with noise of their own and some that they share.
fn records(points: usize, tones: &[(f64, usize, usize)], stream: u64) -> [Vec<f64>; 2] {
    let [mut own, mut other, mut both] = [0, 1, 2].map(|channel| Gaussian::new(51, 3 * stream + channel));
    let sample = |n: usize, factor: &dyn Fn(f64) -> Complex64| -> f64 {
        let on = tones.iter().filter(|(_, from, to)| (*from..*to).contains(&n));
        on.map(|(f, ..)| (factor(*f) * Complex64::cis(TAU * f * n as f64 / RATE)).re).sum()
    };
    let noise: Vec<[f64; 3]> = (0..points).map(|_| [own.draw(), other.draw(), both.draw()]).collect();
    let excitation = |n: usize| 0.3 + sample(n, &|_| Complex64::ONE) + 0.01 * noise[n][0] + 0.02 * noise[n][2];
    let response = |n: usize| -1.0 + sample(n, &truth) + 0.002 * noise[n][1] + 0.004 * noise[n][2];
    [(0..points).map(excitation).collect(), (0..points).map(response).collect()]
}

fn estimated(frequencies: &[f64], [x, y]: &[Vec<f64>; 2]) -> Response {
    let settings = Settings { frequencies: frequencies.to_vec(), ..Settings::default() };
    let mut estimation = (METHOD.begin)(&settings, RATE).unwrap();
    estimation.push(&x[..x.len() / 3], &y[..x.len() / 3]);
    estimation.push(&x[x.len() / 3..], &y[x.len() / 3..]);
    estimation.finish()
}

const STEPS: [(f64, usize, usize); 3] = [(1000.0, 500, 1500), (1400.0, 1500, 2400), (2000.0, 2500, 4000)];

#[test]
fn steps_one_after_the_other_are_each_found() {
    let found = estimated(&[2000.0, 1000.0, 1400.0], &records(4000, &STEPS, 1));
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    for (line, (frequency, ..)) in found.lines.iter().zip(STEPS) {
        assert_eq!(line.frequency, frequency);
        assert!((line.value - truth(frequency)).norm() < 5.0 * line.covariance.power().sqrt(), "{line:?}");
        assert!(line.magnitude_u() < 1e-3, "{line:?}");
    }
    assert_eq!(found.lines.len(), 3);
}

#[test]
fn response_does_not_change_with_the_division_into_pieces_or_an_offset() {
    let [x, y] = records(4000, &STEPS, 2);
    let raised = [x.iter().map(|x| x + 64.0).collect(), y.iter().map(|y| y - 32.0).collect()];
    let (found, other) = (estimated(&[1000.0, 1400.0], &[x, y]), estimated(&[1000.0, 1400.0], &raised));
    for (line, other) in found.lines.iter().zip(&other.lines) {
        assert!((line.value - other.value).norm() < 1e-11, "{line:?} {other:?}");
        assert!((line.magnitude_u() / other.magnitude_u() - 1.0).abs() < 1e-6);
    }
}

#[test]
fn later_response_turns_the_phase() {
    let [x, y] = records(4003, &[(700.0, 0, 4003)], 3);
    let found =
        [0, 3].map(|late| estimated(&[700.0], &[x[3..].to_vec(), y[3 - late..4003 - late].to_vec()]).lines[0].value);
    let turn = Complex64::cis(-TAU * 700.0 * 3.0 / RATE);
    assert!((found[1] - found[0] * turn).norm() < 1e-3 * found[0].norm(), "{found:?}");
}

#[test]
fn clock_that_runs_off_is_told() {
    let found = estimated(&[999.0, 1999.5], &records(9000, &[(1000.0, 0, 9000), (2001.5, 0, 9000)], 4));
    assert!((found.lines[0].value - truth(1000.0)).norm() < 1e-3, "{:?}", found.lines);
    assert!(found.findings.iter().all(|finding| finding.code == "frequency-off"), "{:?}", found.findings);
    assert_eq!(found.findings.len(), 2);
}

#[test]
fn frequency_without_excitation_is_a_finding() {
    let found = estimated(&[1000.0, 1030.0], &records(4000, &[(1000.0, 0, 4000)], 5));
    assert_eq!(found.lines.len(), 1);
    assert!(
        found.findings.iter().any(|finding| finding.code == "no-excitation" && finding.subject == "1030 Hz"),
        "{:?}",
        found.findings
    );
}

#[test]
fn coarse_steps_of_the_digitizer_widen_the_region() {
    let rounded = |values: &[f64], step: f64| values.iter().map(|v| (v / step).round() * step).collect::<Vec<f64>>();
    let wave = |scale: f64| (0..4000).map(|n| scale * (0.137 * f64::from(n)).cos()).collect::<Vec<f64>>();
    let pair = [rounded(&wave(1.0), 1e-3), rounded(&wave(0.2), 1e-2)];
    let settings = Settings { frequencies: vec![0.137 * RATE / TAU], step: [1e-3, 1e-2], ..Settings::default() };
    let mut estimation = (METHOD.begin)(&settings, RATE).unwrap();
    estimation.push(&pair[0], &pair[1]);
    let line = estimation.finish().lines[0];
    assert!((line.value - 0.2).norm() < 3.0 * line.magnitude_u(), "{line:?}");
    assert!(line.magnitude_u() > 1e-4 && line.magnitude_u() < 1e-3, "{line:?}");
}
