//! Where the frequency of the strongest tone is looked for first.

use super::Record;
use super::normal::Design;
use super::sums::{Sums, Wave, pass};
use crate::RealFft;
use crate::fft::{Complex64, fast_length};

/// A record at least this long is coarsely searched by its head alone, in a length that transforms fast.
const LONG: usize = 1 << 16;

/// Candidates stand so far apart, in cycles per record; half as far as the frequencies where a fit still finds
/// its way.
const SPACING: f64 = 0.5;

/// Candidates lie at least so far from zero and from the Nyquist frequency, in cycles per record.
const MARGIN: f64 = 0.05;

/// The frequency, in cycles per sample, near the best fit of one tone: the peak of a transform, then the best of
/// seven fits around it, with the offset fitted too, and the vertex of the parabola through it and its neighbours.
pub(super) fn strongest(record: &Record<'_>) -> Option<f64> {
    let points = record.series.len() as f64;
    let lowest = MARGIN / points;
    let candidate = |peak: f64, place: i32| peak + f64::from(place) * SPACING / points;
    let inside = |frequency: &f64| (lowest..=0.5 - lowest).contains(frequency);
    let peak = peak(record);
    let candidates: Vec<f64> = (-3..=3).map(|place| candidate(peak, place)).filter(inside).collect();
    let powers = powers(record, &candidates);
    let best = (0..candidates.len()).max_by(|a, b| powers[*a].total_cmp(&powers[*b]))?;
    let sides = [best.checked_sub(1).map(|left| powers[left]), powers.get(best + 1).copied()];
    let moved = candidates[best] + vertex(sides, powers[best]) * SPACING / points;
    Some(moved.clamp(lowest, 0.5 - lowest))
}

/// The largest line of the transform, but for zero frequency.
fn peak(record: &Record<'_>) -> f64 {
    let points = record.series.len();
    let length = if points < LONG { fast_length(4 * points) } else { (points + 1).next_power_of_two() / 2 };
    let reduced = |y: &f64| if y.is_finite() { y - record.level } else { 0.0 };
    let mut head: Vec<f64> = record.series.iter().take(length).map(reduced).collect();
    head.resize(length, 0.0);
    let mut fft = RealFft::new(length);
    let mut spectrum = fft.spectrum();
    fft.forward(&mut head, &mut spectrum);
    let largest = (1..spectrum.len()).max_by(|a, b| spectrum[*a].norm_sqr().total_cmp(&spectrum[*b].norm_sqr()));
    largest.unwrap_or(0) as f64 / length as f64
}

/// How much of the sum of squares a tone of each frequency explains together with an offset.
fn powers(record: &Record<'_>, frequencies: &[f64]) -> Vec<f64> {
    let waves: Vec<Wave> = frequencies.iter().map(|&frequency| Wave { frequency, phasor: Complex64::ZERO }).collect();
    let sums = pass(record.series, record.level, &waves, false);
    let power = |place: usize| {
        let design = Design::new(&waves[place..=place], false);
        let own = Sums { plain: vec![sums.plain[place]], ramped: Vec::new(), ..sums };
        let gradient = design.gradient(&own);
        design.normal(record.series.len(), &record.missing).map_or(0.0, |normal| normal.solve(&gradient).dot(&gradient))
    };
    (0..waves.len()).map(power).collect()
}

/// Where the parabola through three equidistant heights has its vertex, in steps from the middle one.
fn vertex(sides: [Option<f64>; 2], middle: f64) -> f64 {
    let [Some(left), Some(right)] = sides else { return 0.0 };
    let bend = left - 2.0 * middle + right;
    if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 }
}
