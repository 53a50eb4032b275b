//! Intervals of the methods by random excitation: a gain of 0.7 between white channels, with noise where the method
//! expects it.

use super::{CONFIDENCE, Case, Claim};
use sigmatau_dynamic::Line;
use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::response::{Interval, Intervals};
use sigmatau_spectrum::Gaussian;

const GAIN: f64 = 0.7;
const SEGMENT: usize = 64;

/// A method, and which share of the noise is on the excitation.
const CASES: [(&str, f64); 4] = [("h1", 0.0), ("lpm", 0.0), ("h2", 1.0), ("hv", 0.5)];

/// Segments of a record, and the coherence.
const RECORDS: [(usize, f64); 5] = [(3, 0.3), (3, 0.9), (6, 0.6), (20, 0.3), (20, 0.99)];

pub(super) fn cases() -> Vec<Case> {
    CASES.into_iter().flat_map(|method| RECORDS.map(|record| case(method, record))).collect()
}

fn case((method, on_excitation): (&'static str, f64), (segments, coherence): (usize, f64)) -> Case {
    let trial = move |stream| {
        let lines = looked_at(estimate(method, on_excitation, coherence, segments, stream));
        let held: Vec<[f64; 2]> = lines.map(|line| held(&trusted(method, &line))).collect();
        [0, 1].map(|place| held.iter().map(|held| held[place]).sum::<f64>() / held.len() as f64).to_vec()
    };
    Case {
        part: "random excitation",
        name: format!("{method}, {segments} segments, γ² = {coherence}"),
        of: vec!["magnitude".into(), "phase".into()],
        claim: Claim::Stated,
        trial: Box::new(trial),
    }
}

/// Six lines that share no information.
fn looked_at(lines: Vec<Line>) -> impl Iterator<Item = Line> {
    lines.into_iter().skip(4).step_by(4).take(6)
}

/// Whether magnitude and phase are held.
fn held(intervals: &Intervals) -> [f64; 2] {
    let holds = |interval: Interval, truth: f64| f64::from(interval.lower <= truth && truth <= interval.upper);
    [holds(intervals.magnitude, GAIN), holds(intervals.phase, 0.0)]
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
