//! Methods by random excitation beside figures made with SciPy and NumPy.

use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::{Complex64, Response};

const RANDOM: &str = include_str!("golden/random.csv");
const LPM: &str = include_str!("golden/lpm.csv");
const RATE: f64 = 10.0;

/// The record of scripts/golden-dynamic: noise, and y(n) = 0.5 x(n) + 0.2 x(n−1) + 0.6 y(n−1) with noise.
fn record(points: usize) -> [Vec<f64>; 2] {
    let next = |n: &u64| Some(n * 16_807 % 2_147_483_647);
    let numbers = std::iter::successors(Some(1_234_567_890), next).map(|n| n as f64 / 2_147_483_647.0 - 0.5);
    let numbers: Vec<f64> = numbers.take(2 * points).collect();
    let (x, noise) = numbers.split_at(points);
    let mut last = [0.0; 2];
    let filtered = x.iter().zip(noise).map(|(x, noise)| {
        last = [*x, 0.5 * x + 0.2 * last[0] + 0.6 * last[1]];
        last[1] + 0.3 * noise
    });
    [x.to_vec(), filtered.collect()]
}

fn estimate(name: &str, settings: &Settings, [x, y]: &[Vec<f64>; 2]) -> Response {
    let mut estimation = (Method::named(name).unwrap().begin)(settings, RATE).unwrap();
    estimation.push(x, y);
    estimation.finish()
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect())
}

#[test]
fn averaged_spectra_agree_with_scipy() {
    let record = record(3000);
    for row in rows(RANDOM) {
        let number = |place: usize| row[place].parse::<f64>().unwrap();
        let noise_ratio = Some(number(3)).filter(|ratio| *ratio > 0.0);
        let settings = Settings { segment: number(1) as usize, overlap: number(2), noise_ratio, ..Settings::default() };
        let line = estimate(row[0], &settings, &record).lines[number(4) as usize - 1];
        let value = Complex64::new(number(5), number(6));
        assert!((line.value / value - 1.0).norm() < 1e-9, "{row:?}: {line:?}");
        let (coherence, averages) = (number(7), number(8));
        assert!((line.dof / (2.0 * (averages - 1.0)) - 1.0).abs() < 1e-9, "{row:?}: {line:?}");
        let biased = line.coherence + (1.0 - line.coherence).powi(2) / averages;
        assert!((biased - coherence).abs() < 1e-9, "{row:?}: {line:?}");
        let phase = ((1.0 - coherence) / (2.0 * coherence * (averages - 1.0))).sqrt();
        assert!((line.phase_u() / phase - 1.0).abs() < 1e-9, "{row:?}: {line:?}");
    }
}

#[test]
fn local_polynomials_agree_with_least_squares_of_numpy() {
    let record = record(1100);
    for row in rows(LPM) {
        let number = |place: usize| row[place].parse::<f64>().unwrap();
        let settings = Settings { segment: number(0) as usize, order: number(1) as usize, ..Settings::default() };
        let line = estimate("lpm", &settings, &record).lines[number(2) as usize - 1];
        assert!((line.value / Complex64::new(number(3), number(4)) - 1.0).norm() < 1e-9, "{row:?}: {line:?}");
        assert!((line.covariance.real / number(5) - 1.0).abs() < 1e-9, "{row:?}: {line:?}");
        assert_eq!(line.dof, number(6));
    }
}
