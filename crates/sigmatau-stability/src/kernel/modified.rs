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
use std::ops::Range;

/// Sums D(i)² over all i. Time O(N) per factor; memory one array of the size of the data.
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
struct Sums<'a> {
    phase: &'a [f64],
    line: Line,
    /// w(i): the sum of eight phases, less the line, from i on; missing phases count as 0.
    eights: Vec<f64>,
    /// The sum of the phases before every [`ANCHOR`]-th point, in double-double.
    anchors: Vec<DoubleDouble>,
    /// How many points before i are missing, for [`LANES`] places past the end as well; empty without gaps.
    missing: Vec<u32>,
}

impl<'a> Sums<'a> {
    fn new(series: &PhaseSeries<'a>) -> Self {
        let phase = series.values();
        let line = Line::through_ends(phase.len(), |i| phase[i]);
        let missing = if series.has_gaps() { missing_before(phase) } else { Vec::new() };
        let mut sums = Self { phase, line, eights: Vec::new(), anchors: Vec::new(), missing };
        (sums.eights, sums.anchors) = if series.has_gaps() { sums.running::<true>() } else { sums.running::<false>() };
        sums
    }

    /// The phase at `i` less the line, 0 where missing.
    #[inline(always)]
    fn at<const GAPS: bool>(&self, i: usize) -> f64 {
        let x = self.line.off(i as f64, self.phase[i]);
        if GAPS && x.is_nan() { 0.0 } else { x }
    }

    /// The sums of eight and the anchors, in one pass over the phases.
    fn running<const GAPS: bool>(&self) -> (Vec<f64>, Vec<DoubleDouble>) {
        let mut eights = Vec::with_capacity(self.phase.len());
        let mut anchors = vec![DoubleDouble::default()];
        let mut chunk = [0.0; ANCHOR + LANES - 1];
        for start in (0..self.phase.len()).step_by(ANCHOR) {
            let end = (start + chunk.len()).min(self.phase.len());
            chunk.iter_mut().zip(start..end).for_each(|(value, i)| *value = self.at::<GAPS>(i));
            let sums = sums_of_eight(&chunk);
            eights.extend_from_slice(&sums[..(end - start + 1).saturating_sub(LANES)]);
            if end - start >= ANCHOR {
                let sum = sums.iter().step_by(LANES).sum();
                anchors.push(anchors[anchors.len() - 1].plus(DoubleDouble { high: sum, low: 0.0 }));
            }
        }
        (eights, anchors)
    }

    fn block<const GAPS: bool>(&self, starts: Range<usize>, m: usize) -> Terms {
        let whole = starts.len() / LANES * LANES;
        let rest = starts.start + whole..starts.end;
        let mut lanes = Lanes::<GAPS>::new();
        if whole > 0 {
            self.recur(&mut lanes, starts.start..rest.start, m);
        }
        let last = self.first_terms::<GAPS>(rest.clone(), m);
        let last = self.kept::<GAPS>(last, rest.start, m);
        lanes.finish(last.into_iter().take(rest.len()))
    }

    /// Adds D(i) for whole groups of eight starts.
    fn recur<const GAPS: bool>(&self, lanes: &mut Lanes<GAPS>, starts: Range<usize>, m: usize) {
        let mut terms = self.first_terms::<GAPS>(starts.start..starts.start + LANES, m);
        lanes.add(self.kept::<GAPS>(terms, starts.start, m));
        let steps = starts.len() - LANES;
        let from = |shift: usize| self.eights[starts.start + shift..][..steps].as_chunks::<LANES>().0;
        let (a, b, c, d) = (from(0), from(m), from(2 * m), from(3 * m));
        for (step, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            for lane in 0..LANES {
                terms[lane] += (d[lane] - a[lane]) - 3.0 * (c[lane] - b[lane]);
            }
            lanes.add(self.kept::<GAPS>(terms, starts.start + (step + 1) * LANES, m));
        }
    }

    /// D(i) for up to eight starts, the first from prefix sums and each other from the one before.
    fn first_terms<const GAPS: bool>(&self, starts: Range<usize>, m: usize) -> [f64; LANES] {
        let mut terms = [0.0; LANES];
        let Some(first) = starts.clone().next() else { return terms };
        terms[0] = self.term::<GAPS>(first, m);
        for (k, i) in (1..).zip(first..starts.end - 1) {
            let (a, b) = (self.at::<GAPS>(i), self.at::<GAPS>(i + m));
            let (c, d) = (self.at::<GAPS>(i + 2 * m), self.at::<GAPS>(i + 3 * m));
            terms[k] = terms[k - 1] + ((d - a) - 3.0 * (c - b));
        }
        terms
    }

    /// D(i) from prefix sums: S(i+3m) − 3S(i+2m) + 3S(i+m) − S(i).
    fn term<const GAPS: bool>(&self, i: usize, m: usize) -> f64 {
        let before = |i| self.sum_before::<GAPS>(i);
        let (a, b, c, d) = (before(i), before(i + m), before(i + 2 * m), before(i + 3 * m));
        let (first, middle, last) = (b.minus(a), c.minus(b), d.minus(c));
        last.minus(middle).minus(middle.minus(first)).value()
    }

    /// The sum of the phases before point `i`.
    fn sum_before<const GAPS: bool>(&self, i: usize) -> DoubleDouble {
        let anchor = i / ANCHOR;
        let rest = (anchor * ANCHOR..i).map(|i| self.at::<GAPS>(i)).sum();
        self.anchors[anchor].plus(DoubleDouble { high: rest, low: 0.0 })
    }

    /// With `GAPS`, the terms that touch a missing point become `NaN`.
    #[inline(always)]
    fn kept<const GAPS: bool>(&self, mut terms: [f64; LANES], start: usize, m: usize) -> [f64; LANES] {
        if GAPS {
            let missing = |start: usize| &self.missing[start..][..LANES];
            for ((term, before), after) in terms.iter_mut().zip(missing(start)).zip(missing(start + 3 * m)) {
                *term = if before == after { *term } else { f64::NAN };
            }
        }
        terms
    }
}

/// Sums of eight neighbours, of pairs of pairs of pairs.
fn sums_of_eight(x: &[f64; ANCHOR + LANES - 1]) -> [f64; ANCHOR] {
    let twos: [f64; ANCHOR + 6] = std::array::from_fn(|i| x[i] + x[i + 1]);
    let fours: [f64; ANCHOR + 4] = std::array::from_fn(|i| twos[i] + twos[i + 2]);
    std::array::from_fn(|i| fours[i] + fours[i + 4])
}

fn missing_before(x: &[f64]) -> Vec<u32> {
    let mut count = 0;
    let counts = x.iter().chain(&[0.0; LANES]).map(|x| {
        count += u32::from(x.is_nan());
        count
    });
    std::iter::once(0).chain(counts).collect()
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
