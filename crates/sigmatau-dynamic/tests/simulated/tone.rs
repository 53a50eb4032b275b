//! Sines and pulses: fits, and the methods with periodic or single excitation; several results as one.

use super::{CONFIDENCE, Case, Claim};
use nalgebra::{Matrix2, Vector2};
use sigmatau_core::Coverage;
use sigmatau_dynamic::compare::covers;
use sigmatau_dynamic::merge::merge;
use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::{Bivariate, Complex64, Line, Response};
use sigmatau_spectrum::{Gaussian, SineFit};
use std::f64::consts::{PI, TAU};

pub(super) fn cases() -> Vec<Case> {
    let sine = ["offset", "amplitude", "phase", "frequency"].map(String::from).to_vec();
    vec![
        case("sines", "fit of one sine, 4 parameters, 120 points", sine, sine_fit),
        case("sines", "sine-fit, two tones, noise in common", region(), stepped),
        case("sines", "multisine, 8 periods, noise in common", region(), multisine),
        case("shock", "shock, noise on both channels", region(), shock),
        case("merge", "three results merged, where they agree", region(), merged),
    ]
}

fn case(part: &'static str, name: &str, of: Vec<String>, trial: fn(u64) -> Vec<f64>) -> Case {
    Case { part, name: name.to_owned(), of, claim: Claim::Stated, trial: Box::new(trial) }
}

fn region() -> Vec<String> {
    vec!["region of the complex value".to_owned()]
}

/// An offset, amplitude, phase and frequency per point, in noise.
fn sine_fit(stream: u64) -> Vec<f64> {
    let truth = [0.5, 0.9, -0.7, 0.083];
    let wave = |n: usize| truth[0] + truth[1] * (TAU * truth[3] * n as f64 + truth[2]).cos();
    let noise = Gaussian::new(41, stream).take(120).enumerate();
    let fit = SineFit::strongest(&noise.map(|(n, error)| wave(n) + 0.2 * error).collect::<Vec<f64>>(), 1.0).unwrap();
    let found = [fit.offset, fit.tones[0].amplitude(), fit.tones[0].phase(), fit.tones[0].frequency];
    let u = [fit.covariance[(0, 0)].sqrt(), fit.amplitude_u(0), fit.phase_u(0), fit.frequency_u(0)];
    let factor = Coverage::of_interval(CONFIDENCE, 116.0).factor;
    (0..4).map(|place| f64::from((found[place] - truth[place]).abs() < factor * u[place])).collect()
}

fn estimated(method: &str, settings: &Settings, rate: f64, [x, y]: &[Vec<f64>; 2]) -> Response {
    let mut estimation = (Method::named(method).unwrap().begin)(settings, rate).unwrap();
    estimation.push(x, y);
    estimation.finish()
}

/// The share of the lines whose region holds the truth, `NaN` where there is no line.
fn share(response: &Response, truth: impl Fn(f64) -> Complex64) -> Vec<f64> {
    let inside = response.lines.iter().filter(|line| covers(line, truth(line.frequency), CONFIDENCE)).count();
    vec![inside as f64 / response.lines.len() as f64]
}

/// Records of the tones of a wave and of what becomes of them, with noise of their own and some that they share.
fn noisy(clean: [Vec<f64>; 2], own: [f64; 2], shared: [f64; 2], seed: u64, stream: u64) -> [Vec<f64>; 2] {
    let both: Vec<f64> = Gaussian::new(seed, 3 * stream).take(clean[0].len()).collect();
    let add = |channel: usize| {
        let noise = Gaussian::new(seed, 3 * stream + 1 + channel as u64).zip(&both);
        let errors = noise.map(|(one, both)| own[channel] * one + shared[channel] * both);
        clean[channel].iter().zip(errors).map(|(value, error)| value + error).collect()
    };
    [add(0), add(1)]
}

fn stepped(stream: u64) -> Vec<f64> {
    let (frequencies, rate) = ([900.0, 1700.0], 10_000.0);
    let truth = |frequency: f64| Complex64::new(0.2, -1e-4 * frequency);
    let tones = |n: usize, factor: &dyn Fn(f64) -> Complex64| -> f64 {
        frequencies.iter().map(|f| (factor(*f) * Complex64::cis(TAU * f * n as f64 / rate)).re).sum()
    };
    let x = (0..1200).map(|n| 0.3 + tones(n, &|_| Complex64::ONE)).collect();
    let y = (0..1200).map(|n| tones(n, &truth) - 1.0).collect();
    let settings = Settings { frequencies: frequencies.to_vec(), ..Settings::default() };
    let record = noisy([x, y], [0.01, 0.002], [0.02, 0.004], 51, stream);
    share(&estimated("sine-fit", &settings, rate, &record), truth)
}

/// Six lines of a period through one pole, y = 0.5 x + 0.6 y(n−1).
fn multisine(stream: u64) -> Vec<f64> {
    let (period, lines, rate) = (200, [3, 7, 9, 13, 15, 19], 1000.0);
    let truth = |frequency: f64| 0.5 / (1.0 - 0.6 * Complex64::cis(-TAU * frequency / rate));
    let wave =
        |n: usize| -> f64 { lines.iter().map(|k| (TAU * (k * n) as f64 / period as f64 + (k * k) as f64).cos()).sum() };
    let mut state = 0.0;
    let mut pole = |n: usize| {
        state = 0.5 * wave(n) + 0.6 * state;
        state
    };
    let y: Vec<f64> = (0..9 * period).map(&mut pole).collect();
    let x = (period..9 * period).map(wave).collect();
    let record = noisy([x, y[period..].to_vec()], [0.2; 2], [0.2; 2], 81, stream);
    share(&estimated("multisine", &Settings { period: Some(period), ..Settings::default() }, rate, &record), truth)
}

/// A half sine of 0.1 ms, seen by a sampled resonance at 50 kHz.
fn shock(stream: u64) -> Vec<f64> {
    let (rate, damping) = (1e6, 0.3);
    let angle = TAU * 50e3 / rate;
    let size = f64::exp(-damping * angle);
    let first = 2.0 * size * (angle * f64::sqrt(1.0 - damping * damping)).cos();
    let (second, gain) = (-size * size, 0.2 * (1.0 - first + size * size));
    let truth = |frequency: f64| {
        let back = Complex64::cis(-TAU * frequency / rate);
        gain / (1.0 - first * back - second * back * back)
    };
    let pulse = |n: usize| if (1000..1100).contains(&n) { (PI * (n - 1000) as f64 / 100.0).sin() } else { 0.0 };
    let x: Vec<f64> = (0..4000).map(pulse).collect();
    let mut last = (0.0, 0.0);
    let mut answer = |x: &f64| {
        last = (gain * x + first * last.0 + second * last.1, last.0);
        last.0
    };
    let y = x.iter().map(&mut answer).collect();
    let settings = Settings { frequencies: vec![600.0, 2000.0, 5000.0], ..Settings::default() };
    let record = noisy([x, y], [0.003, 0.0006], [0.0; 2], 71, stream);
    share(&estimated("shock", &settings, rate, &record), truth)
}

/// Results of one value by three methods. Whether they agree and where their mean lies are independent; where they
/// don't, there is no line.
fn merged(stream: u64) -> Vec<f64> {
    let truth = Complex64::new(0.2, -0.1);
    let covariances = [(1e-4, 4e-4, 1e-4), (3e-4, 1e-4, -1e-4), (2e-4, 2e-4, 0.0)];
    let mut noise = Gaussian::new(62, stream);
    let mut result = |(real, imaginary, cross): (f64, f64, f64)| {
        let root = Matrix2::new(real, cross, cross, imaginary).cholesky().unwrap().l();
        let error = root * Vector2::new(noise.draw(), noise.draw());
        let value = truth + Complex64::new(error[0], error[1]);
        let covariance = Bivariate { real, imaginary, cross };
        let line = Line { frequency: 100.0, value, covariance, coherence: f64::NAN, dof: f64::INFINITY };
        Response { lines: vec![line], ..Response::default() }
    };
    let results = covariances.map(&mut result);
    let found = merge(&[("a", &results[0]), ("b", &results[1]), ("c", &results[2])], 0.0).response;
    share(&found, |_| truth)
}
