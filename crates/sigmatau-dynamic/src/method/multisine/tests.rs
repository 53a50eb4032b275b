use super::*;
use sigmatau_spectrum::Gaussian;
use std::f64::consts::TAU;

const RATE: f64 = 1000.0;
const PERIOD: usize = 200;
/// Odd lines, some of them left out to see odd distortion.
const LINES: [usize; 6] = [3, 7, 9, 13, 15, 19];

/// A response of one pole, y = 0.5 x + 0.6 y(n−1).
fn truth(frequency: f64) -> Complex64 {
    0.5 / (1.0 - 0.6 * Complex64::cis(-TAU * frequency / RATE))
}

/// Periods of a multisine through the pole and, after it, squares and cubes of it.
fn record(periods: usize, noise: f64, square: f64, cube: f64, stream: u64) -> [Vec<f64>; 2] {
    let [mut own, mut other, mut both] = [0, 1, 2].map(|channel| Gaussian::new(81, 3 * stream + channel));
    let wave =
        |n: usize| -> f64 { LINES.iter().map(|k| (TAU * (k * n) as f64 / PERIOD as f64 + (k * k) as f64).cos()).sum() };
    let mut state = (0..PERIOD).fold(0.0, |state, n| 0.5 * wave(n) + 0.6 * state);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for n in 0..periods * PERIOD {
        state = 0.5 * wave(n) + 0.6 * state;
        let common = both.draw();
        x.push(1.0 + wave(n) + noise * (own.draw() + common));
        y.push(2.0 + state + square * state * state + cube * state.powi(3) + noise * (other.draw() + common));
    }
    [x, y]
}

fn estimated(settings: Settings, [x, y]: &[Vec<f64>; 2]) -> Response {
    let mut estimation = (METHOD.begin)(&settings, RATE).unwrap();
    estimation.push(&x[..333], &y[..333]);
    estimation.push(&x[333..], &y[333..]);
    estimation.finish()
}

fn settings() -> Settings {
    Settings { period: Some(PERIOD), ..Settings::default() }
}

fn codes(response: &Response) -> Vec<&str> {
    response.findings.iter().map(|finding| &*finding.code).collect()
}

#[test]
fn excited_lines_are_found_and_right() {
    let found = estimated(settings(), &record(10, 0.01, 0.0, 0.0, 1));
    let frequencies: Vec<f64> = found.lines.iter().map(|line| line.frequency).collect();
    assert_eq!(frequencies, LINES.map(|k| 5.0 * k as f64));
    for line in &found.lines {
        assert!((line.value - truth(line.frequency)).norm() < 5.0 * line.covariance.power().sqrt(), "{line:?}");
        assert_eq!(line.dof, 18.0);
    }
    assert!(found.findings.is_empty(), "{:?}", found.findings);
}

#[test]
fn even_and_odd_distortion_are_told_apart() {
    let distorted = |square, cube| codes(&estimated(settings(), &record(10, 1e-3, square, cube, 2))).join(" ");
    assert_eq!(distorted(0.0, 0.0), "");
    assert_eq!(distorted(0.01, 0.0), "even-distortion");
    assert_eq!(distorted(0.0, 0.01), "odd-distortion");
    assert_eq!(distorted(0.01, 0.01), "even-distortion odd-distortion");
}

#[test]
fn distortion_is_no_part_of_the_covariance() {
    let u = |cube| estimated(settings(), &record(10, 1e-3, 0.0, cube, 3)).lines[2].magnitude_u();
    // A hundred times larger than the noise, it turns the response by a few per cent, and the covariance with it.
    assert!((u(0.01) / u(0.0) - 1.0).abs() < 0.1, "{} {}", u(0.01), u(0.0));
}

#[test]
fn period_that_settles_is_left_out() {
    let mut slow = record(10, 1e-3, 0.0, 0.0, 4);
    slow[1].iter_mut().take(PERIOD).enumerate().for_each(|(n, y)| *y += (-(n as f64) / 50.0).exp());
    let found = estimated(settings(), &slow);
    assert_eq!(codes(&found), ["transient"]);
    assert!(found.findings[0].seen.starts_with("the first 1 periods"), "{:?}", found.findings);
    assert_eq!(found.lines[0].dof, 16.0);
}

#[test]
fn settled_records_lose_no_period() {
    let kept = |stream: u64| estimated(settings(), &record(8, 0.2, 0.0, 0.0, 500 + stream)).lines[0].dof == 14.0;
    let kept = (0..200).filter(|stream| kept(*stream)).count();
    assert!(kept >= 190, "{kept} of 200");
}

#[test]
fn missing_points_cost_their_periods() {
    let mut gappy = record(10, 1e-3, 0.0, 0.0, 5);
    gappy[0][450] = f64::NAN;
    gappy[1][455] = f64::NAN;
    let found = estimated(settings(), &gappy);
    assert_eq!((codes(&found), found.lines[0].dof), (vec!["gap"], 16.0));
}

#[test]
fn given_line_without_excitation_is_a_finding() {
    let asked = Settings { frequencies: vec![15.0, 20.0], ..settings() };
    let found = estimated(asked, &record(10, 1e-3, 0.0, 0.0, 6));
    assert_eq!(found.lines.len(), 1);
    assert!(found.findings.iter().any(|finding| finding.code == "no-excitation" && finding.subject == "20 Hz"));
}

#[test]
fn a_period_must_be_given() {
    let refused = (METHOD.begin)(&Settings::default(), RATE).err().unwrap().to_string();
    assert!(refused.contains("`multisine`: no period is given"), "{refused}");
}
