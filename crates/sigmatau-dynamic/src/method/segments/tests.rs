use crate::method::{Delay, METHODS, Method, MethodError, Settings};
use crate::response::Response;
use sigmatau_spectrum::fft::Complex64;
use sigmatau_spectrum::welch::Detrend;
use sigmatau_spectrum::{Gaussian, Window};
use std::f64::consts::TAU;

pub(in crate::method) fn noise(stream: u64, points: usize) -> Vec<f64> {
    Gaussian::new(41, stream).take(points).collect()
}

/// y(n) = x(n) + 2 r cos(θ) y(n−1) − r² y(n−2) with its pole pair at 0.1 of the rate, and its frequency response.
pub(in crate::method) fn resonator(x: &[f64]) -> (Vec<f64>, impl Fn(f64) -> Complex64) {
    let (radius, angle) = (0.95_f64, TAU * 0.1);
    let (one, two) = (2.0 * radius * angle.cos(), -radius * radius);
    let mut last = [0.0; 2];
    let step = |x: &f64| {
        last = [x + one * last[0] + two * last[1], last[0]];
        last[0]
    };
    let back = |frequency: f64, steps: f64| Complex64::from_polar(1.0, -TAU * frequency * steps);
    (x.iter().map(step).collect(), move |f| (1.0 - one * back(f, 1.0) - two * back(f, 2.0)).inv())
}

fn estimate(name: &str, settings: &Settings, x: &[f64], y: &[f64]) -> Response {
    let mut estimation = (Method::named(name).unwrap().begin)(settings, 1.0).unwrap();
    estimation.push(x, y);
    estimation.finish()
}

fn settings(segment: usize) -> Settings {
    Settings { segment, detrend: Detrend::None, ..Settings::default() }
}

fn codes(response: &Response) -> Vec<&str> {
    response.findings.iter().map(|finding| finding.code.as_ref()).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean magnitude over the lines between zero and the Nyquist frequency.
fn magnitude(response: &Response) -> f64 {
    mean(response.lines[2..response.lines.len() - 2].iter().map(|line| line.value.norm()))
}

fn sum(x: &[f64], factor: f64, y: &[f64]) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| x + factor * y).collect()
}

/// Noise of the density q S on the excitation: H₁ = H/(1 + q), H₂ = H. On the response: H₁ = H, H₂ = H (1 + q).
/// The stated ratio makes H_v right where both are noisy.
#[test]
fn noise_on_a_channel_biases_who_takes_it_for_absent() {
    let (x, settings) = (noise(0, 400_000), settings(64));
    let (noisy, twice) = (sum(&x, 0.5, &noise(1, x.len())), sum(&x, 0.5, &noise(2, x.len())));
    let found = |name: &str, settings: &Settings, x: &[f64], y: &[f64]| magnitude(&estimate(name, settings, x, y));
    let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 0.003, "{found}, not {expected}");
    near(found("h1", &settings, &noisy, &x), 0.8);
    near(found("h2", &settings, &noisy, &x), 1.0);
    near(found("h1", &settings, &x, &noisy), 1.0);
    near(found("h2", &settings, &x, &noisy), 1.25);
    near(found("hv", &settings, &noisy, &twice), 1.0);
    let tripled: Vec<f64> = twice.iter().map(|y| 3.0 * y).collect();
    near(found("hv", &Settings { noise_ratio: Some(9.0), ..settings.clone() }, &noisy, &tripled), 3.0);
    near(found("hv", &Settings { noise_ratio: Some(1e9), ..settings.clone() }, &noisy, &x), 0.8);
    near(found("hv", &Settings { noise_ratio: Some(1e-9), ..settings }, &noisy, &x), 1.0);
}

/// The note says by how much, were all noise on the wrong channel.
#[test]
fn hidden_noise_is_told_with_its_largest_effect() {
    let x = noise(3, 100_000);
    let noisy = sum(&x, 0.5, &noise(4, x.len()));
    let response = estimate("h1", &settings(64), &noisy, &x);
    let note = response.findings.iter().find(|finding| finding.code == "hidden-noise").unwrap();
    let percent: f64 = note.seen.split("by up to ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((18.0..27.0).contains(&percent), "{note}");
    assert_eq!(codes(&estimate("h1", &settings(64), &x, &x)), Vec::<&str>::new());
}

/// |H₁| times the window's autocorrelation at the delay: Hann, 32 of 256 points, 0.9021.
#[test]
fn delay_lowers_the_magnitude_by_the_autocorrelation_of_the_window() {
    let source = noise(5, 300_032);
    let (x, y) = (&source[32..], &source[..300_000]);
    let late = estimate("h1", &settings(256), x, y);
    assert!((magnitude(&late) - 0.9021).abs() < 0.002, "{}", magnitude(&late));
    assert_eq!(codes(&late), ["hidden-noise", "delay"]);
    assert!(late.findings[1].seen.contains("late by 32 samples"));
    assert!(late.findings[1].matters.contains("9.79 %"), "{}", late.findings[1]);
}

#[test]
fn aligned_response_keeps_its_phase() {
    let source = noise(6, 20_032);
    let (x, y) = (&source[32..], &source[..20_000]);
    for delay in [Delay::Seconds(32.0), Delay::Found] {
        for method in METHODS.iter().filter(|method| method.settings.contains(&"delay")) {
            let found = estimate(method.name, &Settings { delay, ..settings(256) }, x, y);
            for line in &found.lines {
                let expected = Complex64::from_polar(1.0, -TAU * 32.0 * line.frequency);
                assert!((line.value - expected).norm() < 1e-9, "{}, {delay:?}: {line:?}", method.name);
            }
        }
    }
}

#[test]
fn single_segment_has_a_response_but_no_uncertainty() {
    let found = estimate("h1", &settings(256), &noise(7, 256), &noise(8, 256));
    assert!(found.lines.iter().all(|line| line.intervals(0.95).is_none() && line.coherence.is_nan()));
    assert_eq!(codes(&found), ["few-segments"]);
    let none = estimate("h1", &settings(256), &noise(7, 255), &noise(8, 255));
    assert!(none.lines.iter().all(|line| line.value.is_nan()));
    assert_eq!(codes(&none), ["few-segments"]);
}

/// Excitation without its upper half: those lines are named.
#[test]
fn band_without_excitation_is_named_and_has_no_numbers() {
    let phase = |k: usize| (k * k) as f64;
    let tone = |n: usize| (1..20).map(|k| (TAU * (k * n % 64) as f64 / 64.0 + phase(k)).cos()).sum::<f64>();
    let x: Vec<f64> = (0..6400).map(tone).collect();
    let y = sum(&x, 0.1, &noise(9, x.len()));
    let settings = Settings {
        window: Window::named("rectangular").unwrap(),
        overlap: 0.0,
        detrend: Detrend::Constant,
        ..settings(64)
    };
    let found = estimate("h1", &settings, &x, &y);
    let finding = found.findings.iter().find(|finding| finding.code == "no-excitation").unwrap();
    assert!(finding.seen.ends_with("0.3125 Hz to 0.5 Hz"), "{finding}");
    assert!(found.lines.iter().all(|line| line.value.is_nan() == (line.frequency > 0.3)));
}

#[test]
fn wide_intervals_of_an_inverse_are_told() {
    let x = noise(19, 700);
    let noisy = sum(&x, 0.5, &noise(20, x.len()));
    assert!(codes(&estimate("h2", &settings(64), &noisy, &x)).contains(&"skewed"));
    assert!(!codes(&estimate("h1", &settings(64), &x, &noisy)).contains(&"skewed"));
}

#[test]
fn incoherent_band_is_named() {
    let found = estimate("h1", &settings(64), &noise(10, 5000), &noise(11, 5000));
    assert!(codes(&found).contains(&"low-coherence"));
    let dead = estimate("h1", &settings(64), &noise(10, 5000), &[0.0; 5000]);
    assert!(dead.lines.iter().all(|line| line.value.norm() == 0.0));
    assert!(dead.findings[0].seen.ends_with("0 Hz to 0.5 Hz"), "{}", dead.findings[0]);
}

#[test]
fn missing_points_cost_their_segments() {
    let (mut x, y) = (noise(12, 10_000), noise(12, 10_000));
    x[5000] = f64::NAN;
    let found = estimate("h2", &settings(100), &x, &y);
    assert!(found.findings[0].seen.starts_with("2 of 199 segments"), "{}", found.findings[0]);
    assert!(found.lines.iter().all(|line| (line.value - 1.0).norm() < 1e-12));
}

#[test]
fn ends_of_the_spectrum_are_real() {
    let x = noise(13, 6400);
    let y = sum(&x, 0.5, &noise(14, x.len()));
    for name in ["h1", "h2", "hv"] {
        let found = estimate(name, &settings(64), &x, &y);
        let [first, inner, last] = [0, 10, 32].map(|bin| found.lines[bin]);
        for end in [first, last] {
            assert!(end.value.im.abs() < 1e-12 && end.covariance.imaginary.abs() < 1e-15, "{name}: {end:?}");
            assert!((end.dof - 0.5 * inner.dof).abs() < 1e-9);
        }
        let without = estimate(name, &Settings { detrend: Detrend::Constant, ..settings(64) }, &x, &y);
        assert_eq!(without.lines[0].frequency, 1.0 / 64.0);
    }
}

#[test]
fn pieces_do_not_change_a_bit() {
    let source = noise(15, 5000);
    let (x, y) = (&source[..4980], &sum(&source[20..], 0.3, &noise(16, 4980)));
    for delay in [Delay::Seconds(-20.0), Delay::Found, Delay::Seconds(0.0)] {
        let settings = Settings { delay, ..settings(128) };
        let whole = estimate("h1", &settings, x, y);
        for size in [1, 100, 1025] {
            let mut estimation = (Method::named("h1").unwrap().begin)(&settings, 1.0).unwrap();
            x.chunks(size).zip(y.chunks(size)).for_each(|(x, y)| estimation.push(x, y));
            assert_eq!(estimation.finish(), whole, "{delay:?}, pieces of {size}");
        }
    }
}

#[test]
fn lines_outside_the_range_are_left_out() {
    let found =
        estimate("h1", &Settings { range: Some((0.1, 0.2)), ..settings(100) }, &noise(17, 1000), &noise(18, 1000));
    let ends = (found.lines[0].frequency, found.lines[found.lines.len() - 1].frequency);
    assert_eq!((ends, found.lines.len()), ((0.1, 0.2), 11));
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let refused = |name: &str, settings: &Settings, rate: f64| -> MethodError {
        (Method::named(name).unwrap().begin)(settings, rate).err().unwrap()
    };
    assert_eq!(refused("h1", &settings(64), 0.0), MethodError::Rate(0.0));
    assert!(refused("h1", &Settings { overlap: 1.0, ..settings(64) }, 1.0).to_string().contains("overlap of 1"));
    assert!(refused("h1", &settings(3), 1.0).to_string().contains("3 points is too short"));
    let ratio = Settings { noise_ratio: Some(0.0), ..settings(64) };
    assert!(refused("hv", &ratio, 1.0).to_string().contains("a noise ratio of 0 is not positive"));
}
