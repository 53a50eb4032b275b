//! The largest or smallest value of a channel, and whether the signal was cut off there.
//!
//! A signal that is cut off stays at its extreme for several samples in a row, and is there far more often than at the
//! value next to it. Neither alone will do: a slow sine dwells on its uppermost code, but about half as long on the one
//! below, and a signal of two levels is at the other one as often.

/// Samples in a row at the extreme from which on a signal may be cut off.
const RUN: u64 = 4;

/// How many times more often than at the next value a signal is at its extreme where it is cut off. A sine is there
/// at most 1/(√2 − 1) = 2.4 times more often.
const EXCESS: u64 = 6;

/// Samples that are looked at together.
const BLOCK: usize = 256;

/// Numbers that are compared at once.
const LANES: usize = 8;

/// A value and how many samples have it.
#[derive(Clone, Copy, Debug)]
struct Level {
    value: f64,
    count: u64,
}

/// One end of the range of a channel.
#[derive(Clone, Debug)]
pub(super) struct Extreme {
    /// 1 for the largest value, −1 for the smallest, whose negative is kept.
    sign: f64,
    peak: Level,
    /// The level next to the peak.
    next: Level,
    /// Samples in a row at the peak, up to the last one.
    run: u64,
    longest: u64,
    /// Whether the first sample is at the peak: a signal that rests there, such as before a shock.
    rests: bool,
}

impl Extreme {
    /// The largest value of no samples.
    pub(super) fn top() -> Self {
        let none = Level { value: f64::NEG_INFINITY, count: 0 };
        Self { sign: 1.0, peak: none, next: none, run: 0, longest: 0, rests: false }
    }

    /// The smallest value of no samples.
    pub(super) fn bottom() -> Self {
        Self { sign: -1.0, ..Self::top() }
    }

    /// The extreme value.
    pub(super) fn value(&self) -> f64 {
        self.sign * self.peak.value
    }

    /// The number of samples at the extreme, where the signal was cut off; else 0.
    pub(super) fn plateau(&self) -> u64 {
        let comes_to_rest = self.run == self.peak.count;
        let cut = self.longest >= RUN && self.peak.count > EXCESS * self.next.count;
        if cut && !self.rests && !comes_to_rest { self.peak.count } else { 0 }
    }

    /// Goes on with samples; infinite ones are missing like `NaN`.
    pub(super) fn push(&mut self, samples: &[f64]) {
        for block in samples.chunks(BLOCK) {
            match highest(block, self.sign) >= self.next.value {
                true => block.iter().for_each(|sample| self.add(self.sign * sample)),
                false => self.run = 0,
            }
        }
    }

    fn add(&mut self, value: f64) {
        if value > self.peak.value && value.is_finite() {
            self.rests = self.peak.count == 0;
            self.next = self.peak;
            self.peak = Level { value, count: 1 };
            (self.run, self.longest) = (1, 1);
            return;
        }
        if value == self.peak.value {
            self.peak.count += 1;
            self.run += 1;
            self.longest = self.longest.max(self.run);
            return;
        }
        self.run = 0;
        match value == self.next.value {
            true => self.next.count += 1,
            false if value > self.next.value && value.is_finite() => self.next = Level { value, count: 1 },
            false => {}
        }
    }
}

/// The largest of `sign` times each sample; `NaN` counts for nothing.
fn highest(samples: &[f64], sign: f64) -> f64 {
    let (groups, rest) = samples.as_chunks::<LANES>();
    let mut highest = [f64::NEG_INFINITY; LANES];
    for group in groups {
        (0..LANES).for_each(|lane| {
            let value = sign * group[lane];
            highest[lane] = if value > highest[lane] { value } else { highest[lane] };
        });
    }
    rest.iter().map(|sample| sign * sample).chain(highest).fold(f64::NEG_INFINITY, f64::max)
}
