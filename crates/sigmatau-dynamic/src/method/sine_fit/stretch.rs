//! Where in a record each tone is on.

use sigmatau_spectrum::Window;
use sigmatau_spectrum::sine::fourier_sums;
use std::ops::Range;

/// A frame holds so many beats with the nearest other frequency, zero and the Nyquist frequency: beyond the main
/// lobe of the window, where other tones are weaker by more than 30 dB.
const BEATS: f64 = 4.0;

/// From one frame to the next, frames overlap: so many begin within the length of one.
const HOPS: usize = 4;

/// A tone is on where its amplitude is at least this share of the largest: at the middle of a frame of which it fills
/// one half.
const ON: f64 = 0.5;

/// When a tone is on, in points of the record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    /// Wherever it was seen.
    pub(super) seen: Range<usize>,
    /// Where it is steady: without the points in which it comes and goes.
    pub(super) steady: Range<usize>,
}

impl Stretch {
    /// The longest stretch in which the tone `place` of rising `frequencies` is on.
    ///
    /// The record is cut into frames that overlap, each weighted by a Hann window; the tone is on at the middle of a
    /// frame if its amplitude is at least half the largest. It is steady from a quarter of a frame behind the first
    /// middle to a quarter before the last, unless the record itself begins or ends there. A record of fewer than four
    /// frames is one stretch.
    pub(super) fn of(excitation: &[f64], rate: f64, frequencies: &[f64], place: usize) -> Self {
        let points = excitation.len();
        let frame = frame(rate, frequencies, place);
        if points / frame < 4 {
            return Self { seen: 0..points, steady: 0..points };
        }
        let hop = frame.div_ceil(HOPS);
        let amplitudes = amplitudes(excitation, frame, hop, rate, frequencies[place]);
        let run = longest_run(&amplitudes);
        let (first, last) = (run.start * hop + frame / 2, run.end.saturating_sub(1) * hop + frame / 2);
        let (begins, ends) = (run.start == 0, run.end == amplitudes.len());
        let seen = if begins { 0 } else { first - hop }..if ends { points } else { last + hop };
        let start = if begins { 0 } else { first + hop };
        let end = if ends { points } else { last - hop };
        Self { steady: start..end.max(start), seen }
    }

    /// Whether a tone that is on in this stretch is on in most of another's steady part.
    pub(super) fn fills(&self, other: &Self) -> bool {
        let shared = self.seen.end.min(other.steady.end).saturating_sub(self.seen.start.max(other.steady.start));
        2 * shared > other.steady.len()
    }
}

/// Points of a frame.
fn frame(rate: f64, frequencies: &[f64], place: usize) -> usize {
    let own = frequencies[place];
    let others = frequencies.iter().map(|other| (other - own).abs()).filter(|apart| *apart > 0.0);
    let apart = others.fold(own.min(0.5 * rate - own), f64::min);
    (BEATS * rate / apart).ceil() as usize
}

fn amplitudes(excitation: &[f64], frame: usize, hop: usize, rate: f64, frequency: f64) -> Vec<f64> {
    let weights = Window::named("hann").expect("the table has it").samples(frame);
    let amplitude = |points: &[f64]| {
        let mean = points.iter().filter(|x| x.is_finite()).sum::<f64>() / frame as f64;
        let weighted: Vec<f64> = points.iter().zip(&weights).map(|(x, weight)| (x - mean) * weight).collect();
        fourier_sums(&weighted, 0.0, rate, &[frequency])[0].norm()
    };
    excitation.windows(frame).step_by(hop).map(amplitude).collect()
}

/// The longest run of frames in which the tone is on; the first of equals.
fn longest_run(amplitudes: &[f64]) -> Range<usize> {
    let least = ON * amplitudes.iter().copied().fold(0.0, f64::max);
    let (mut longest, mut start) = (0..0, 0);
    for (index, amplitude) in amplitudes.iter().enumerate() {
        start = if *amplitude >= least { start } else { index + 1 };
        if index + 1 - start > longest.len() {
            longest = start..index + 1;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn tones_one_after_the_other_are_told_apart() {
        let tone = |n: usize| if n < 4000 { 0.05 } else { 0.08 };
        let excitation: Vec<f64> = (0..10_000).map(|n| (TAU * tone(n) * n as f64).sin()).collect();
        let stretch = |place| Stretch::of(&excitation, 1.0, &[0.05, 0.08], place);
        let (first, second) = (stretch(0), stretch(1));
        assert!(first.steady.start == 0 && (3600..4000).contains(&first.steady.end), "{first:?}");
        assert!((4001..4400).contains(&second.steady.start) && second.steady.end == 10_000, "{second:?}");
        assert!(!first.fills(&second) && !second.fills(&first));
    }

    #[test]
    fn a_step_of_three_frames_is_steady_for_most_of_its_time() {
        let tone = |n: usize| if (4000..4400).contains(&n) { 0.05 } else { 0.08 };
        let excitation: Vec<f64> = (0..10_000).map(|n| (TAU * tone(n) * n as f64).sin()).collect();
        let steady = Stretch::of(&excitation, 1.0, &[0.05, 0.08], 0).steady;
        assert!(steady.start >= 4000 && steady.end <= 4400 && steady.len() > 250, "{steady:?}");
    }

    #[test]
    fn tones_at_the_same_time_share_the_whole_record() {
        let excitation: Vec<f64> = (0..5000).map(|n| (0.3 * f64::from(n)).sin() + (0.7 * f64::from(n)).sin()).collect();
        let stretch = |place| Stretch::of(&excitation, TAU, &[0.3, 0.7], place);
        assert_eq!((stretch(0).steady, stretch(1).steady), (0..5000, 0..5000));
        assert!(stretch(0).fills(&stretch(1)));
    }
}
