//! Second and third differences at every start: the fully overlapping statistics.
//!
//! The differences are taken as differences of neighbouring differences, which are exact in `f64`
//! for phases near one another: a frequency offset cancels without a rounding error of its own.

use super::{Blocks, LANES, Lanes, Terms, Window, in_blocks};
use sigmatau_core::PhaseSeries;
use std::ops::Range;

/// Sums (x(i+2m) − 2x(i+m) + x(i))² over all i. Time O(N) per factor, no memory beyond the data.
pub(crate) fn second_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    in_blocks(phase.len(), factors, &Second(Window::whole(phase)))
}

/// Sums (x(i+3m) − 3x(i+2m) + 3x(i+m) − x(i))² over all i. Time O(N) per factor, no memory beyond the data.
pub(crate) fn third_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    in_blocks(phase.len(), factors, &Third(Window::whole(phase)))
}

/// The terms of [`second_differences`].
pub(crate) struct Second<'a>(pub(crate) Window<'a>);

/// The terms of [`third_differences`].
pub(crate) struct Third<'a>(pub(crate) Window<'a>);

impl Blocks for Second<'_> {
    fn reach(&self, m: usize) -> usize {
        2 * m
    }

    #[inline(always)]
    fn sum(&self, i: Range<usize>, m: usize) -> Terms {
        let [a, b, c] = [0, m, 2 * m].map(|shift| self.0.at(i.start + shift..i.end + shift));
        if self.0.gaps_from(i.start) { second::<true>(a, b, c) } else { second::<false>(a, b, c) }
    }
}

impl Blocks for Third<'_> {
    fn reach(&self, m: usize) -> usize {
        3 * m
    }

    #[inline(always)]
    fn sum(&self, i: Range<usize>, m: usize) -> Terms {
        let [a, b, c, d] = [0, m, 2 * m, 3 * m].map(|shift| self.0.at(i.start + shift..i.end + shift));
        if self.0.gaps_from(i.start) { third::<true>(a, b, c, d) } else { third::<false>(a, b, c, d) }
    }
}

#[inline(always)]
fn second<const GAPS: bool>(a: &[f64], b: &[f64], c: &[f64]) -> Terms {
    let term = |a: f64, b: f64, c: f64| (c - b) - (b - a);
    let ((a, a_rest), (b, b_rest), (c, c_rest)) = (a.as_chunks(), b.as_chunks(), c.as_chunks());
    let mut lanes = Lanes::<GAPS>::new();
    for ((a, b), c) in a.iter().zip(b).zip(c) {
        let (a, b, c): (&[f64; LANES], &[f64; LANES], &[f64; LANES]) = (a, b, c);
        lanes.add(std::array::from_fn(|lane| term(a[lane], b[lane], c[lane])));
    }
    lanes.finish(a_rest.iter().zip(b_rest).zip(c_rest).map(|((a, b), c)| term(*a, *b, *c)))
}

#[inline(always)]
fn third<const GAPS: bool>(a: &[f64], b: &[f64], c: &[f64], d: &[f64]) -> Terms {
    let term = |a: f64, b: f64, c: f64, d: f64| (d - a) - 3.0 * (c - b);
    let ((a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)) =
        (a.as_chunks(), b.as_chunks(), c.as_chunks(), d.as_chunks());
    let mut lanes = Lanes::<GAPS>::new();
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        let (a, b, c, d): (&[f64; LANES], &[f64; LANES], &[f64; LANES], &[f64; LANES]) = (a, b, c, d);
        lanes.add(std::array::from_fn(|lane| term(a[lane], b[lane], c[lane], d[lane])));
    }
    let rest = a_rest.iter().zip(b_rest).zip(c_rest).zip(d_rest);
    lanes.finish(rest.map(|(((a, b), c), d)| term(*a, *b, *c, *d)))
}
