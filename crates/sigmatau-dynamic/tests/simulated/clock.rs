//! Clocks of digital sensors.

use super::{Case, Claim, within};
use sigmatau_dynamic::StandardUncertainty;
use sigmatau_dynamic::sample_clock::{SampleClock, Stamps, Terms};
use sigmatau_spectrum::Gaussian;

const RATE: f64 = 1000.0;
const JITTER: f64 = 2e-5;
/// Offset in s, rate, and drift in 1/s, about the middle.
const TRUTH: [f64; 3] = [3e-3, 4e-5, 2e-8];

pub(super) fn cases() -> Vec<Case> {
    [(0.0, 1e-3), (0.3, 1e-3), (0.7, 1e-4)].map(case).into()
}

fn case((share, mean): (f64, f64)) -> Case {
    Case {
        part: "sample clocks",
        name: format!("400 stamps, {:.0} % of them late by {} ms in the mean", 100.0 * share, 1e3 * mean),
        of: ["offset", "rate", "drift"].map(String::from).to_vec(),
        claim: Claim::Stated,
        trial: Box::new(move |stream| trial(share, mean, stream)),
    }
}

fn trial(share: f64, mean: f64, stream: u64) -> Vec<f64> {
    let samples: Vec<f64> = (0..400).map(|k| 250.0 * f64::from(k)).collect();
    let middle = 0.5 * samples[399] / RATE;
    let mut noise = Gaussian::new(6, stream);
    let mut received = |sample: &f64| {
        let (own, since) = (sample / RATE, sample / RATE - middle);
        let right = TRUTH[0] + TRUTH[1] * since + TRUTH[2] * 0.5 * since * since;
        own + right + JITTER * noise.draw() + late(share, mean, &mut noise)
    };
    let times: Vec<f64> = samples.iter().map(&mut received).collect();
    let (jitter, terms) = (StandardUncertainty(JITTER), Terms::Drift);
    let clock =
        SampleClock::from_stamps(&Stamps { samples: &samples, times: &times, jitter, terms, ..Stamps::at(RATE) });
    let clock = clock.unwrap();
    (0..3).map(|k| within(clock.coefficients[k] - TRUTH[k], clock.covariance[(k, k)].sqrt())).collect()
}

/// The delay of a stamp, exponential for a share of them.
fn late(share: f64, mean: f64, noise: &mut Gaussian) -> f64 {
    let mut uniform = || (-0.5 * (noise.draw().powi(2) + noise.draw().powi(2))).exp();
    let (chance, delay) = (uniform(), -mean * uniform().ln());
    if chance < share { delay } else { 0.0 }
}
