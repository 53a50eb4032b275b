//! First, second and third differences at every start: the fully overlapping statistics.
//!
//! The differences are taken as differences of neighbouring differences, which are exact in `f64`
//! for phases near one another: a frequency offset cancels without a rounding error of its own.

use super::{Blocks, LANES, Lanes, Terms, Vectors, Window, in_blocks};
use pulp::Simd;
use sigmatau_core::PhaseSeries;
use std::ops::Range;

/// Sums (x(i+m) − x(i))² over all i. Time O(N) per factor, no memory beyond the data.
pub(crate) fn first_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    in_blocks(phase.len(), factors, &First(Window::whole(phase)))
}

/// Sums (x(i+2m) − 2x(i+m) + x(i))² over all i. Time O(N) per factor, no memory beyond the data.
pub(crate) fn second_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    in_blocks(phase.len(), factors, &Second(Window::whole(phase)))
}

/// Sums (x(i+3m) − 3x(i+2m) + 3x(i+m) − x(i))² over all i. Time O(N) per factor, no memory beyond the data.
pub(crate) fn third_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    in_blocks(phase.len(), factors, &Third(Window::whole(phase)))
}

/// The terms of [`first_differences`].
pub(crate) struct First<'a>(pub(crate) Window<'a>);

/// The terms of [`second_differences`].
pub(crate) struct Second<'a>(pub(crate) Window<'a>);

/// The terms of [`third_differences`].
pub(crate) struct Third<'a>(pub(crate) Window<'a>);

impl Blocks for First<'_> {
    fn reach(&self, m: usize) -> usize {
        m
    }

    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, i: Range<usize>, m: usize) -> Terms {
        let from = |shift| self.0.at(i.start + shift..i.end + shift);
        let (a, b) = (from(0), from(m));
        if self.0.gaps_from(i.start) { first_with_gaps(a, b) } else { first(simd, a, b) }
    }
}

impl Blocks for Second<'_> {
    fn reach(&self, m: usize) -> usize {
        2 * m
    }

    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, i: Range<usize>, m: usize) -> Terms {
        let from = |shift| self.0.at(i.start + shift..i.end + shift);
        let (a, b, c) = (from(0), from(m), from(2 * m));
        if self.0.gaps_from(i.start) { second_with_gaps(a, b, c) } else { second(simd, a, b, c) }
    }
}

impl Blocks for Third<'_> {
    fn reach(&self, m: usize) -> usize {
        3 * m
    }

    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, i: Range<usize>, m: usize) -> Terms {
        let from = |shift| self.0.at(i.start + shift..i.end + shift);
        let (a, b, c, d) = (from(0), from(m), from(2 * m), from(3 * m));
        if self.0.gaps_from(i.start) { third_with_gaps(a, b, c, d) } else { third(simd, a, b, c, d) }
    }
}

#[inline(always)]
fn first<S: Simd>(simd: S, a: &[f64], b: &[f64]) -> Terms {
    let mut sums = Vectors::<S>::new(simd);
    for (a, b) in Vectors::<S>::of(a).zip(Vectors::<S>::of(b)) {
        for k in 0..Vectors::<S>::EACH {
            sums.add(k, simd.sub_f64s(b[k], a[k]));
        }
    }
    let rest = a.len() / LANES * LANES..a.len();
    sums.finish(rest.map(|k| b[k] - a[k]))
}

#[inline(always)]
fn second<S: Simd>(simd: S, a: &[f64], b: &[f64], c: &[f64]) -> Terms {
    let mut sums = Vectors::<S>::new(simd);
    for ((a, b), c) in Vectors::<S>::of(a).zip(Vectors::<S>::of(b)).zip(Vectors::<S>::of(c)) {
        for k in 0..Vectors::<S>::EACH {
            sums.add(k, simd.sub_f64s(simd.sub_f64s(c[k], b[k]), simd.sub_f64s(b[k], a[k])));
        }
    }
    let rest = a.len() / LANES * LANES..a.len();
    sums.finish(rest.map(|k| (c[k] - b[k]) - (b[k] - a[k])))
}

#[inline(always)]
fn third<S: Simd>(simd: S, a: &[f64], b: &[f64], c: &[f64], d: &[f64]) -> Terms {
    let (mut sums, three) = (Vectors::<S>::new(simd), simd.splat_f64s(3.0));
    let vectors = Vectors::<S>::of(a).zip(Vectors::<S>::of(b)).zip(Vectors::<S>::of(c)).zip(Vectors::<S>::of(d));
    for (((a, b), c), d) in vectors {
        for k in 0..Vectors::<S>::EACH {
            sums.add(k, simd.sub_f64s(simd.sub_f64s(d[k], a[k]), simd.mul_f64s(three, simd.sub_f64s(c[k], b[k]))));
        }
    }
    let rest = a.len() / LANES * LANES..a.len();
    sums.finish(rest.map(|k| (d[k] - a[k]) - 3.0 * (c[k] - b[k])))
}

#[inline(always)]
fn first_with_gaps(a: &[f64], b: &[f64]) -> Terms {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks(), b.as_chunks());
    let mut lanes = Lanes::<true>::new();
    for (a, b) in a.iter().zip(b) {
        let (a, b): (&[f64; LANES], &[f64; LANES]) = (a, b);
        lanes.add(std::array::from_fn(|lane| b[lane] - a[lane]));
    }
    lanes.finish(a_rest.iter().zip(b_rest).map(|(a, b)| b - a))
}

#[inline(always)]
fn second_with_gaps(a: &[f64], b: &[f64], c: &[f64]) -> Terms {
    let term = |a: f64, b: f64, c: f64| (c - b) - (b - a);
    let ((a, a_rest), (b, b_rest), (c, c_rest)) = (a.as_chunks(), b.as_chunks(), c.as_chunks());
    let mut lanes = Lanes::<true>::new();
    for ((a, b), c) in a.iter().zip(b).zip(c) {
        let (a, b, c): (&[f64; LANES], &[f64; LANES], &[f64; LANES]) = (a, b, c);
        lanes.add(std::array::from_fn(|lane| term(a[lane], b[lane], c[lane])));
    }
    lanes.finish(a_rest.iter().zip(b_rest).zip(c_rest).map(|((a, b), c)| term(*a, *b, *c)))
}

#[inline(always)]
fn third_with_gaps(a: &[f64], b: &[f64], c: &[f64], d: &[f64]) -> Terms {
    let term = |a: f64, b: f64, c: f64, d: f64| (d - a) - 3.0 * (c - b);
    let ((a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)) =
        (a.as_chunks(), b.as_chunks(), c.as_chunks(), d.as_chunks());
    let mut lanes = Lanes::<true>::new();
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        let (a, b, c, d): (&[f64; LANES], &[f64; LANES], &[f64; LANES], &[f64; LANES]) = (a, b, c, d);
        lanes.add(std::array::from_fn(|lane| term(a[lane], b[lane], c[lane], d[lane])));
    }
    let rest = a_rest.iter().zip(b_rest).zip(c_rest).zip(d_rest);
    lanes.finish(rest.map(|(((a, b), c), d)| term(*a, *b, *c, *d)))
}
