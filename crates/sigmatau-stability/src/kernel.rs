//! Sums of squared differences for many averaging factors in one pass over the data.
//!
//! Blocks are the outer loop and averaging factors the inner one, so that factors share what one read
//! of the data brings into the cache. Inside a block the squares are summed in [`LANES`] fixed lanes; the block sums
//! are added with compensation. The order of every addition is fixed by the data alone.

pub(crate) mod consecutive;
pub(crate) mod line;
pub(crate) mod modified;
pub(crate) mod overlapping;

use sigmatau_core::series::NeumaierSum;

/// Starts of terms per block: 64 KiB of each stream, long enough for the prefetcher, and the streams
/// of neighbouring averaging factors share the L2 cache.
const BLOCK: usize = 8192;
/// Points of a row; averaging factors from here on are summed column by column.
const ROW: usize = 65_536;
/// Starts of terms per row and column: one column of 1e7 points is 2.5 MB, read from memory once.
const COLUMN: usize = 2048;
/// Independent partial sums, a fixed number so that the digits do not depend on the machine.
pub(crate) const LANES: usize = 8;

/// Runs `work`, compiled for the vector instructions that this processor has; the digits are those of any other.
#[inline(always)]
pub(crate) fn vectorised<T>(work: impl FnOnce() -> T) -> T {
    pulp::Arch::new().dispatch(work)
}

/// The sum of the squared terms of a statistic and their number.
///
/// Terms of separate arcs of one clock are pooled by [`crate::estimator::Gather::pool`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Terms {
    /// Sum of the squares, in s².
    pub sum: f64,
    /// Number of terms.
    pub n: u64,
}

impl Terms {
    /// The mean square, or nothing where there is no term.
    pub fn mean_square(self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }
}

/// Adds up block sums with compensation.
#[derive(Clone, Copy, Default)]
struct Total {
    sum: NeumaierSum,
    n: u64,
}

impl Total {
    fn add(&mut self, block: Terms) {
        self.sum.add(block.sum);
        self.n += block.n;
    }

    fn terms(self) -> Terms {
        Terms { sum: self.sum.total(), n: self.n }
    }
}

/// Runs `block` over the starts of terms in blocks, with the averaging factors as the inner loop.
///
/// A term that starts at i reaches to point i + `reach`(m). Factors below [`ROW`] share one pass along
/// the record. For the longer ones the record is seen as rows of [`ROW`] points, and one narrow column
/// of all rows is finished before the next: what terms of different octaves share is then still in the cache.
fn in_blocks(
    points: usize,
    factors: &[usize],
    reach: impl Fn(usize) -> usize,
    block: impl Fn(std::ops::Range<usize>, usize) -> Terms,
) -> Vec<Terms> {
    let mut totals = vec![Total::default(); factors.len()];
    let mut add = |factor: usize, start: usize, width: usize| {
        let m = factors[factor];
        let end = points.saturating_sub(reach(m)).min(start + width);
        if start < end {
            totals[factor].add(vectorised(|| block(start..end, m)));
        }
    };
    let (near, far): (Vec<usize>, Vec<usize>) = (0..factors.len()).partition(|factor| factors[*factor] < ROW);
    for start in (0..points).step_by(BLOCK) {
        near.iter().for_each(|factor| add(*factor, start, BLOCK));
    }
    for column in (0..ROW).step_by(COLUMN) {
        for factor in &far {
            (column..points).step_by(ROW).for_each(|start| add(*factor, start, COLUMN));
        }
    }
    totals.into_iter().map(Total::terms).collect()
}

/// Squares and counts of terms in fixed lanes. With `GAPS`, a term that is `NaN` is dropped.
#[derive(Clone, Copy)]
struct Lanes<const GAPS: bool> {
    sums: [f64; LANES],
    counts: [u64; LANES],
    full: u64,
}

impl<const GAPS: bool> Lanes<GAPS> {
    fn new() -> Self {
        Self { sums: [0.0; LANES], counts: [0; LANES], full: 0 }
    }

    /// Adds one term to each lane.
    #[inline(always)]
    fn add(&mut self, terms: [f64; LANES]) {
        for (lane, term) in terms.into_iter().enumerate() {
            let there = !(GAPS && term.is_nan());
            self.sums[lane] += if there { term * term } else { 0.0 };
            if GAPS {
                self.counts[lane] += u64::from(there);
            }
        }
        self.full += LANES as u64;
    }

    /// Adds the last, fewer terms and closes the block.
    fn finish(self, rest: impl Iterator<Item = f64>) -> Terms {
        let pairs = |a: [f64; LANES]| ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
        let n = if GAPS { self.counts.iter().sum() } else { self.full };
        let head = Terms { sum: pairs(self.sums), n };
        rest.filter(|term| !(GAPS && term.is_nan()))
            .fold(head, |all, term| Terms { sum: all.sum + term * term, n: all.n + 1 })
    }
}
