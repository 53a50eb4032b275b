//! Intervals of the methods by random excitation: a gain of 0.7 between white channels, with noise where the method
//! expects it.

use sigmatau_dynamic::Line;
use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::response::{Interval, Intervals};
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
            let intervals = trusted(name, &line);
            let holds =
                |interval: Interval, truth: f64| usize::from(interval.lower <= truth && truth <= interval.upper);
            held[0] += holds(intervals.magnitude, GAIN);
            held[1] += holds(intervals.phase, 0.0);
            lines += 1;
        }
    }
    held.map(|held| held as f64 / lines as f64)
}

/// H₂ is an inverse.
fn trusted(name: &str, line: &Line) -> Intervals {
    if name == "h2" {
        line.inverse().intervals(CONFIDENCE).unwrap().inverse()
    } else {
        line.intervals(CONFIDENCE).unwrap()
    }
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
        for (segments, coherence) in [(3, 0.3), (3, 0.9), (6, 0.6), (20, 0.3), (20, 0.99)] {
            let [magnitude, phase] = coverage(name, on_excitation, coherence, segments, 300);
            let about = format!("{name}, {segments} segments, γ² = {coherence}: {magnitude:.3} and {phase:.3}");
            assert!((0.93..0.98).contains(&magnitude) && (0.93..0.98).contains(&phase), "{about}");
        }
    }
}

/// The scatter of H₁ is √((1 − γ²)/(2 γ² n_e)) of it in magnitude and as much in phase, n_e = 0.949 K for many
/// half-overlapping Hann segments.
#[test]
fn scatter_of_h1_is_that_of_bendat_and_piersol() {
    let (coherence, segments) = (0.8_f64, 40);
    let lines: Vec<Line> = (0..400)
        .flat_map(|record| {
            estimate("h1", 0.0, coherence, segments, 1000 + record).into_iter().skip(4).step_by(4).take(6)
        })
        .collect();
    let rms = |error: &dyn Fn(&Line) -> f64| {
        (lines.iter().map(|line| error(line).powi(2)).sum::<f64>() / lines.len() as f64).sqrt()
    };
    let expected = ((1.0 - coherence) / (2.0 * coherence * 0.949 * segments as f64)).sqrt();
    for found in [rms(&|line| line.value.norm() / GAIN - 1.0), rms(&|line| line.value.arg())] {
        assert!((found / expected - 1.0).abs() < 0.05, "{found}, not {expected}");
    }
}
