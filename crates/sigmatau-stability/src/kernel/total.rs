//! Second differences of a record reflected at both ends: the total statistic, without storing the
//! reflections.
//!
//! The middle terms are those of the overlapping statistic. The others begin before the first point or
//! end behind the last one; there x(−j) = 2x(0) − x(j), so that a step across the end is a step there
//! and one back: x(i) − x(i−m) = (x(i) − x(0)) + (x(m−i) − x(0)). Differences of neighbours keep a
//! frequency offset from costing digits.

use super::{BLOCK, LANES, Lanes, Terms, Total, overlapping};
use sigmatau_core::PhaseSeries;
use std::ops::Range;

/// Sums (x*(i−m) − 2x*(i) + x*(i+m))² over all points but the first and the last, where x* is the record
/// reflected about the first and the last point there is. Time O(N) per factor, no memory beyond the data.
pub(crate) fn second_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    let record = Record(between_ends(phase.values()));
    let middle = overlapping::second_differences(phase, factors);
    factors.iter().zip(middle).map(|(m, middle)| record.ends(*m, middle)).collect()
}

/// The record without what is missing at its beginning and end.
pub(crate) fn between_ends(x: &[f64]) -> &[f64] {
    let first = x.iter().position(|x| !x.is_nan()).unwrap_or(x.len());
    let end = x.iter().rposition(|x| !x.is_nan()).map_or(first, |last| last + 1);
    &x[first..end]
}

/// A record that begins and ends with a point there is.
struct Record<'a>(&'a [f64]);

impl Record<'_> {
    /// Adds the terms that need a reflection to those in the middle.
    fn ends(&self, m: usize, middle: Terms) -> Terms {
        let last = self.0.len().saturating_sub(1);
        if m > last {
            return middle;
        }
        let mut total = Total::default();
        total.add(middle);
        self.add(1..m.min(last), m, &mut total);
        self.add((last + 1 - m).max(m)..last, m, &mut total);
        total.terms()
    }

    fn add(&self, centres: Range<usize>, m: usize, total: &mut Total) {
        for start in centres.clone().step_by(BLOCK) {
            let block = start..centres.end.min(start + BLOCK);
            let whole = block.start + block.len() / LANES * LANES;
            let mut lanes = Lanes::<true>::new();
            for i in (block.start..whole).step_by(LANES) {
                lanes.add(std::array::from_fn(|lane| self.term(i + lane, m)));
            }
            total.add(lanes.finish((whole..block.end).map(|i| self.term(i, m))));
        }
    }

    #[inline(always)]
    fn term(&self, i: usize, m: usize) -> f64 {
        let (x, last) = (self.0, self.0.len() - 1);
        let from_before = if i >= m { x[i] - x[i - m] } else { (x[i] - x[0]) + (x[m - i] - x[0]) };
        let to_next =
            if i + m <= last { x[i + m] - x[i] } else { (x[last] - x[i]) + (x[last] - x[2 * last - (i + m)]) };
        to_next - from_before
    }
}
