//! Products of the second differences of two records at every start: the Allan covariance.
//!
//! The twin of the sums of squares in `overlapping.rs`; differences of neighbouring differences, so that
//! frequency offsets cancel without a rounding error of their own.

use super::{Blocks, LANES, Terms, in_blocks};
use pulp::Simd;
use std::ops::Range;

/// Sums (x(i+2m) − 2x(i+m) + x(i)) (y(i+2m) − 2y(i+m) + y(i)) over all i for two records of one length.
///
/// A term that touches a missing point of either record is dropped. Time O(N) per factor, no memory
/// beyond the data.
pub(crate) fn second_differences(x: &[f64], y: &[f64], factors: &[usize]) -> Vec<Terms> {
    in_blocks(x.len().min(y.len()), factors, &Products { x, y })
}

/// The terms of [`second_differences`].
struct Products<'a> {
    x: &'a [f64],
    y: &'a [f64],
}

impl Blocks for Products<'_> {
    fn reach(&self, m: usize) -> usize {
        2 * m
    }

    #[inline(always)]
    fn sum<S: Simd>(&self, _: S, i: Range<usize>, m: usize) -> Terms {
        let of = |record: &[f64]| differences(&record[i.start..i.end + 2 * m], m);
        products(&of(self.x), &of(self.y))
    }
}

/// The second differences at every start of a stretch of a record.
fn differences(x: &[f64], m: usize) -> Vec<f64> {
    let ends = x[m..].iter().zip(&x[2 * m..]);
    x.iter().zip(ends).map(|(a, (b, c))| (c - b) - (b - a)).collect()
}

/// The sum in fixed lanes of the products that are there.
fn products(x: &[f64], y: &[f64]) -> Terms {
    let (mut sums, mut counts) = ([0.0; LANES], [0_u64; LANES]);
    let mut add = |lane: usize, product: f64| {
        let there = !product.is_nan();
        sums[lane] += if there { product } else { 0.0 };
        counts[lane] += u64::from(there);
    };
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    for (x, y) in x.iter().zip(y) {
        (0..LANES).for_each(|lane| add(lane, x[lane] * y[lane]));
    }
    x_rest.iter().zip(y_rest).enumerate().for_each(|(lane, (x, y))| add(lane, x * y));
    Terms { sum: sums.iter().sum(), n: counts.iter().sum() }
}
