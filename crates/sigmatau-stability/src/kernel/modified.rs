//! Second differences of phase averages: the modified statistics, without the loss of digits that a
//! running sum over the record suffers.
//!
//! The term D(i) = Σ_{j=i}^{i+m−1} (x(j+2m) − 2x(j+m) + x(j)) obeys D(i+8) = D(i) + [w(i+3m) − w(i)]
//! − 3[w(i+2m) − w(i+m)], where w(i) is the sum of the eight phases from i on. The recurrence runs in
//! eight lanes and starts anew in every block from a prefix sum in double-double arithmetic, so that
//! rounding errors neither grow along the record nor meet large numbers: the phases have an exact
//! [`Line`] taken off first.

use super::line::Line;
use super::{BLOCK, LANES, Lanes, Terms, in_blocks};
use sigmatau_core::PhaseSeries;

/// Sums D(i)² over all i. Time O(N) per factor; memory two arrays of the size of the data.
pub(crate) fn second_differences_of_averages(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    let sums = Sums::new(phase);
    in_blocks(
        phase.len(),
        factors,
        |m| 3 * m - 1,
        |starts, m| {
            if phase.has_gaps() { sums.block::<true>(starts, m) } else { sums.block::<false>(starts, m) }
        },
    )
}

/// Points between two stored prefix sums. It divides [`BLOCK`], so that for octave factors every
/// look-up meets a stored one.
const ANCHOR: usize = 64;

/// What all averaging factors share.
struct Sums {
    /// Phases less an exact line; 0 where missing.
    phase: Vec<f64>,
    /// w(i): the sum of eight phases from i on.
    eights: Vec<f64>,
    /// The sum of the phases before every [`ANCHOR`]-th point, in double-double.
    anchors: Vec<DoubleDouble>,
    /// How many points before i are missing; empty without gaps.
    missing: Vec<u32>,
}

impl Sums {
    fn new(phase: &PhaseSeries<'_>) -> Self {
        let line = Line::through_ends(phase, 1);
        let x = phase.values();
        let off = |(i, x): (usize, &f64)| line.off(i, *x);
        let phase: Vec<f64> = match phase.has_gaps() {
            true => x.iter().enumerate().map(off).map(|x| if x.is_nan() { 0.0 } else { x }).collect(),
            false => x.iter().enumerate().map(off).collect(),
        };
        let missing = if x.iter().any(|x| x.is_nan()) { missing_before(x) } else { Vec::new() };
        let eights =
            phase.windows(LANES).map(|w| ((w[0] + w[1]) + (w[2] + w[3])) + ((w[4] + w[5]) + (w[6] + w[7]))).collect();
        let anchors = anchors(&phase);
        Self { phase, eights, anchors, missing }
    }

    fn block<const GAPS: bool>(&self, starts: std::ops::Range<usize>, m: usize) -> Terms {
        let mut lanes = Lanes::<GAPS>::new();
        let mut terms = self.first_terms(starts.start, m, starts.len());
        let whole = starts.len() / LANES;
        let steps = whole.saturating_sub(1) * LANES;
        let [a, b, c, d] = [0, m, 2 * m, 3 * m].map(|shift| {
            let from = (starts.start + shift).min(self.eights.len());
            self.eights[from..(from + steps).min(self.eights.len())].as_chunks::<LANES>().0
        });
        if whole > 0 {
            lanes.add(self.kept::<GAPS>(terms, starts.start, m));
        }
        for (step, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            for lane in 0..LANES {
                terms[lane] += (d[lane] - a[lane]) - 3.0 * (c[lane] - b[lane]);
            }
            lanes.add(self.kept::<GAPS>(terms, starts.start + (step + 1) * LANES, m));
        }
        let rest_start = starts.start + whole * LANES;
        let rest = self.first_terms(rest_start, m, starts.len() % LANES);
        let rest = self.kept::<GAPS>(rest, rest_start, m);
        lanes.finish(rest.into_iter().take(starts.len() % LANES))
    }

    /// D(i) for the first (up to eight) starts of a block.
    fn first_terms(&self, start: usize, m: usize, count: usize) -> [f64; LANES] {
        let mut terms = [0.0; LANES];
        if count == 0 {
            return terms;
        }
        terms[0] = self.term(start, m);
        for k in 1..count.min(LANES) {
            let [a, b, c, d] = [0, m, 2 * m, 3 * m].map(|shift| self.phase[start + k - 1 + shift]);
            terms[k] = terms[k - 1] + ((d - a) - 3.0 * (c - b));
        }
        terms
    }

    /// D(i) from prefix sums: S(i+3m) − 3S(i+2m) + 3S(i+m) − S(i).
    fn term(&self, i: usize, m: usize) -> f64 {
        let [a, b, c, d] = [i, i + m, i + 2 * m, i + 3 * m].map(|i| self.sum_before(i));
        (d.minus(c).minus(c.minus(b))).minus(c.minus(b).minus(b.minus(a))).value()
    }

    /// The sum of the phases before point `i`.
    fn sum_before(&self, i: usize) -> DoubleDouble {
        let anchor = i / ANCHOR;
        let rest: f64 = self.phase[anchor * ANCHOR..i].iter().sum();
        self.anchors[anchor].plus(DoubleDouble { high: rest, low: 0.0 })
    }

    /// With `GAPS`, the terms that touch a missing point become `NaN`.
    #[inline(always)]
    fn kept<const GAPS: bool>(&self, mut terms: [f64; LANES], start: usize, m: usize) -> [f64; LANES] {
        if GAPS {
            let last = self.missing.len() - 1;
            for (i, term) in (start..).zip(&mut terms) {
                let whole = self.missing[i.min(last)] == self.missing[(i + 3 * m).min(last)];
                *term = if whole { *term } else { f64::NAN };
            }
        }
        terms
    }
}

fn missing_before(x: &[f64]) -> Vec<u32> {
    let mut count = 0;
    let counts = x.iter().map(|x| {
        count += u32::from(x.is_nan());
        count
    });
    std::iter::once(0).chain(counts).collect()
}

/// Prefix sums before the points 0, 64, 128, …, the last one at or before the end.
fn anchors(phase: &[f64]) -> Vec<DoubleDouble> {
    let mut sum = DoubleDouble::default();
    let sums = phase.chunks_exact(ANCHOR).map(|chunk| {
        sum = sum.plus(DoubleDouble { high: sum_in_lanes(chunk), low: 0.0 });
        sum
    });
    std::iter::once(DoubleDouble::default()).chain(sums).collect()
}

fn sum_in_lanes(chunk: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    for values in chunk.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            lanes[lane] += values[lane];
        }
    }
    lanes.iter().sum()
}

/// An unevaluated sum of two `f64` of which the second is the rounding error of the first.
#[derive(Clone, Copy, Debug, Default)]
struct DoubleDouble {
    high: f64,
    low: f64,
}

impl DoubleDouble {
    /// Knuth's two-sum on the high parts; the low parts are added in `f64`.
    fn plus(self, other: Self) -> Self {
        let sum = self.high + other.high;
        let shadow = sum - self.high;
        let error = (self.high - (sum - shadow)) + (other.high - shadow);
        let low = error + (self.low + other.low);
        let high = sum + low;
        Self { high, low: low - (high - sum) }
    }

    fn minus(self, other: Self) -> Self {
        self.plus(Self { high: -other.high, low: -other.low })
    }

    fn value(self) -> f64 {
        self.high + self.low
    }
}

const _: () = assert!(BLOCK.is_multiple_of(ANCHOR));
