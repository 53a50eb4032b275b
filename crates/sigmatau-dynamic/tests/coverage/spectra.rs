//! Intervals of the methods by random excitation: a gain of 0.7 between white channels, with noise where the method
//! expects it.

use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::{Line, response::Interval};
use sigmatau_spectrum::Gaussian;

const GAIN: f64 = 0.7;
const SEGMENT: usize = 64;
const CONFIDENCE: f64 = 0.95;

/// A method, and which share of the noise is on the excitation.
const CASES: [(&str, f64); 4] = [("h1", 0.0), ("lpm", 0.0), ("h2", 1.0), ("hv", 0.5)];

/// The shares of lines whose magnitude and whose phase are held, over `records` records of `segments` segments.
fn coverage(name: &str, on_excitation: f64, coherence: f64, segments: usize, records: u64) -> [f64; 2] {
    let mut lines = 0;
    let mut held = [0; 2];
    for record in 0..records {
        for line in estimate(name, on_excitation, coherence, segments, record).into_iter().skip(4).step_by(4).take(6) {
            let intervals = line.intervals(CONFIDENCE).unwrap();
            let holds =
                |interval: Interval, truth: f64| usize::from(interval.lower <= truth && truth <= interval.upper);
            held[0] += holds(intervals.magnitude, GAIN);
            held[1] += holds(intervals.phase, 0.0);
            lines += 1;
        }
    }
    held.map(|held| held as f64 / lines as f64)
}

fn estimate(name: &str, on_excitation: f64, coherence: f64, segments: usize, record: u64) -> Vec<Line> {
    let points = SEGMENT / 2 * (segments + 1);
    let mut draws = Gaussian::new(51, record);
    let mut noise = |power: f64| -> Vec<f64> { draws.by_ref().take(points).map(|x| x * power.sqrt()).collect() };
    // With noise q on one channel and p on the other, relative to the signal, γ² = 1 / ((1 + q)(1 + p)).
    let [q, p] = [on_excitation, 1.0 - on_excitation].map(|share| coherence.powf(-share) - 1.0);
    let (signal, x, y) = (noise(1.0), noise(q), noise(p));
    let sum =
        |noise: Vec<f64>, gain: f64| -> Vec<f64> { noise.iter().zip(&signal).map(|(n, s)| gain * (n + s)).collect() };
    let settings = Settings { segment: SEGMENT, ..Settings::default() };
    let mut estimation = (Method::named(name).unwrap().begin)(&settings, 1.0).unwrap();
    estimation.push(&sum(x, 1.0), &sum(y, GAIN));
    estimation.finish().lines
}

#[test]
fn intervals_of_random_excitation_hold_the_truth() {
    for (name, on_excitation) in CASES {
        for segments in [3, 6, 20] {
            for coherence in [0.3, 0.6, 0.9, 0.99] {
                let [magnitude, phase] = coverage(name, on_excitation, coherence, segments, 400);
                println!("{name} {segments} {coherence}: {magnitude:.4} {phase:.4}");
            }
        }
    }
}
