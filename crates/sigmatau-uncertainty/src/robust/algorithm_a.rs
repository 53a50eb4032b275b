//! Algorithm A: what lies further than 1.5 s* from the mean is moved to there, until nothing moves.

use super::{Location, MADE, Robust, mad, median};

/// How many standard deviations are believed.
const BELIEVED: f64 = 1.5;

/// 1/√(θ + c²(1 − θ) − 2cφ(c)) with c = 1.5 and θ = 2Φ(c) − 1: the standard deviation of normal values over that of
/// the same values winsorised at c.
const HUBER: f64 = 1.133_392_655_462_487;

/// The standard deviation, relative, at which it no longer moves.
const STILL: f64 = 1e-13;

/// The most repetitions; some hundred are needed where a third of the values are outliers.
const REPETITIONS: usize = 10_000;

/// With the constants 1.483 and 1.134 of the standard.
pub(super) static ROUNDED: Robust = Robust {
    name: "algorithm-a",
    title: "algorithm A, constants 1.483 and 1.134 as the standard rounds them",
    reference: "ISO 13528, annex C; ISO 5725-5",
    reckon: |values| repeated(values, 1.483, 1.134),
};

/// With the constants that make s* right for normal values.
pub(super) static EXACT: Robust = Robust {
    name: "algorithm-a-exact",
    title: "algorithm A, constants as they are: Huber's proposal 2 with c = 1.5",
    reference: "ISO 13528, annex C; P. J. Huber, Robust Statistics, 1981",
    reckon: |values| repeated(values, MADE, HUBER),
};

fn repeated(values: &[f64], start: f64, factor: f64) -> Location {
    let deviation = mad(values) * start / MADE;
    // More than half of the values alike: the scatter of all is all there is to begin with.
    let deviation = if deviation > 0.0 { deviation } else { moments(values).1 };
    let mut last = (median(values), deviation);
    for _ in 0..REPETITIONS {
        let next = step(values, last, factor);
        let still = (next.1 - last.1).abs() <= STILL * next.1;
        last = next;
        if still {
            break;
        }
    }
    Location { value: last.0, standard_deviation: last.1, laboratories: values.len() }
}

fn step(values: &[f64], (mean, deviation): (f64, f64), factor: f64) -> (f64, f64) {
    let (low, high) = (mean - BELIEVED * deviation, mean + BELIEVED * deviation);
    let moved: Vec<f64> = values.iter().map(|value| value.clamp(low, high)).collect();
    let (mean, deviation) = moments(&moved);
    (mean, factor * deviation)
}

fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values[0] + values.iter().map(|value| value - values[0]).sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0)).sqrt())
}
