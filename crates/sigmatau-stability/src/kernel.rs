//! Sums of squared differences for many averaging factors in one pass over the data.
//!
//! Blocks are the outer loop and averaging factors the inner one, so that factors share what one read
//! of the data brings into the cache. Inside a block the squares are summed in [`LANES`] fixed lanes; the block sums
//! are added with compensation. The order of every addition is fixed by the data alone.

pub(crate) mod consecutive;
pub(crate) mod extremes;
pub(crate) mod line;
pub(crate) mod modified;
pub(crate) mod modified_total;
pub(crate) mod overlapping;
pub(crate) mod parabolic;
pub(crate) mod products;
mod runs;
pub(crate) mod theo1;
pub(crate) mod total;

use pulp::{Arch, Simd, WithSimd, bytemuck};
use rayon::prelude::*;
use sigmatau_core::PhaseSeries;
use sigmatau_core::series::NeumaierSum;
use std::ops::Range;

/// Starts of terms per block: 64 KiB of each stream, long enough for the prefetcher, and the streams
/// of neighbouring averaging factors share the L2 cache.
const BLOCK: usize = 8192;
/// Neighbouring blocks that one thread sums.
const STRETCH: usize = 16;
/// Points of a row; averaging factors from here on are summed column by column.
pub(crate) const ROW: usize = 65_536;
/// Starts of terms per row and column: one column of 1e7 points is 2.5 MB, read from memory once.
pub(crate) const COLUMN: usize = 2048;
/// Independent partial sums, a fixed number so that the digits do not depend on the machine.
pub(crate) const LANES: usize = 8;

/// 0, 1, 2, …: places as an array, so that loops over them vectorise.
pub(crate) const fn places<const N: usize>() -> [f64; N] {
    let mut places = [0.0; N];
    let mut k = 0;
    while k < N {
        places[k] = k as f64;
        k += 1;
    }
    places
}

/// A statistic whose terms are summed in blocks of neighbouring starts.
pub(crate) trait Blocks {
    /// Points that a term spans at averaging factor m, less one.
    fn reach(&self, m: usize) -> usize;

    /// Sums the terms that start at the given places. It is compiled for several processors, so that it
    /// and what it calls in its loops are to be inlined.
    fn sum<S: Simd>(&self, simd: S, starts: Range<usize>, m: usize) -> Terms;
}

/// One block, summed with the vector instructions that the processor has; the digits are those of any other.
struct Block<'a, B> {
    statistic: &'a B,
    starts: Range<usize>,
    m: usize,
}

impl<B: Blocks> WithSimd for Block<'_, B> {
    type Output = Terms;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Terms {
        self.statistic.sum(simd, self.starts, self.m)
    }
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
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Total {
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

impl FromIterator<Terms> for Total {
    fn from_iter<I: IntoIterator<Item = Terms>>(blocks: I) -> Self {
        blocks.into_iter().fold(Self::default(), |mut total, block| {
            total.add(block);
            total
        })
    }
}

/// Sums the terms of a whole record in blocks, with the averaging factors as the inner loop.
///
/// A term that starts at i reaches to point i + reach(m). Factors below [`ROW`] share one pass along
/// the record. For the longer ones the record is seen as rows of [`ROW`] points, and one narrow column
/// of all rows is finished before the next: what terms of different octaves share is then still in the cache.
/// Stretches and columns are summed in parallel; their sums are added in the order of the record.
fn in_blocks(points: usize, factors: &[usize], statistic: &(impl Blocks + Sync)) -> Vec<Terms> {
    let mut tallies: Vec<Tally> = factors.iter().map(|m| Tally::new(*m)).collect();
    let (mut near, mut far): (Vec<&mut Tally>, Vec<&mut Tally>) = tallies.iter_mut().partition(|tally| tally.m < ROW);
    rayon::join(|| in_stretches(points, &mut near, statistic), || in_columns(points, &mut far, statistic));
    tallies.iter().map(Tally::terms).collect()
}

fn in_stretches(points: usize, tallies: &mut [&mut Tally], statistic: &(impl Blocks + Sync)) {
    let sums = |block: usize| -> Vec<Terms> {
        tallies.iter().map(|tally| tally.block(statistic, block * BLOCK, points)).collect()
    };
    let blocks = (0..points.div_ceil(BLOCK)).into_par_iter().with_min_len(STRETCH);
    let sums: Vec<Vec<Terms>> = blocks.map(sums).collect();
    for (block, sums) in sums.into_iter().enumerate() {
        tallies.iter_mut().zip(sums).for_each(|(tally, sum)| tally.add_at(block * BLOCK, sum));
    }
}

fn in_columns(points: usize, tallies: &mut [&mut Tally], statistic: &(impl Blocks + Sync)) {
    let column = |first: usize| -> Vec<Total> {
        let starts = || (first..points).step_by(ROW);
        let total = |tally: &&mut Tally| starts().map(|start| tally.block(statistic, start, points)).collect();
        tallies.iter().map(total).collect()
    };
    let columns: Vec<Vec<Total>> = (0..ROW).into_par_iter().step_by(COLUMN).map(column).collect();
    for (place, totals) in columns.into_iter().enumerate() {
        tallies.iter_mut().zip(totals).for_each(|(tally, total)| tally.columns[place] = total);
    }
}

/// The terms of one averaging factor, block by block.
///
/// Block sums are added in the order of the record, those of each column for themselves: whether the
/// record is at hand or streams by, the digits are the same.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    m: usize,
    columns: Vec<Total>,
    /// The first start of the next block, where the record streams by.
    next: usize,
}

impl Tally {
    pub(crate) fn new(m: usize) -> Self {
        Self::from_place(m, 0)
    }

    /// For the terms that start at `place`, a multiple of [`ROW`], or later.
    pub(crate) fn from_place(m: usize, place: usize) -> Self {
        Self { m, columns: vec![Total::default(); if m < ROW { 1 } else { ROW / COLUMN }], next: place }
    }

    /// The averaging factor.
    pub(crate) fn m(&self) -> usize {
        self.m
    }

    /// The first place that terms to come may need.
    pub(crate) fn next(&self) -> usize {
        self.next
    }

    /// The number of starts in a block.
    fn width(&self) -> usize {
        if self.m < ROW { BLOCK } else { COLUMN }
    }

    /// The sum of the block that begins at `start`, as far as the `points` of the record go.
    fn block(&self, statistic: &impl Blocks, start: usize, points: usize) -> Terms {
        let end = points.saturating_sub(statistic.reach(self.m)).min(start + self.width());
        match start < end {
            true => Arch::new().dispatch(Block { statistic, starts: start..end, m: self.m }),
            false => Terms::default(),
        }
    }

    /// Adds the sum of the block that begins at `start`.
    fn add_at(&mut self, start: usize, block: Terms) {
        let column = start / self.width() % self.columns.len();
        self.columns[column].add(block);
    }

    fn add_block(&mut self, statistic: &impl Blocks, start: usize, points: usize) {
        let block = self.block(statistic, start, points);
        self.add_at(start, block);
    }

    /// Adds the whole blocks that the first `points` of the record hold and that start before `until`.
    pub(crate) fn advance(&mut self, statistic: &impl Blocks, points: usize, until: Option<usize>) {
        let points = until.map_or(points, |until| points.min(until + statistic.reach(self.m)));
        while self.next + self.width() + statistic.reach(self.m) <= points {
            self.add_block(statistic, self.next, points);
            self.next += self.width();
        }
    }

    /// Adds what is left when the record has come to its end.
    pub(crate) fn finish(&mut self, statistic: &impl Blocks, points: usize) {
        self.advance(statistic, points, None);
        self.add_block(statistic, self.next, points);
    }

    /// Adds the terms of the stretch before.
    pub(crate) fn add(&mut self, before: &Self) {
        self.columns.iter_mut().zip(&before.columns).for_each(|(column, before)| column.add(before.terms()));
    }

    /// All terms so far.
    pub(crate) fn terms(&self) -> Terms {
        let mut total = Total::default();
        self.columns.iter().for_each(|column| total.add(column.terms()));
        total.terms()
    }
}

/// Phases of a record that are at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window<'a> {
    phases: &'a [f64],
    /// The place of the first of them in the record.
    first: usize,
    /// The place behind the last missing one.
    gaps_before: usize,
}

impl<'a> Window<'a> {
    /// The phases from place `first` on; behind `gaps_before` none is missing.
    pub(crate) fn new(phases: &'a [f64], first: usize, gaps_before: usize) -> Self {
        Self { phases, first, gaps_before }
    }

    /// A whole record.
    pub(crate) fn whole(series: &PhaseSeries<'a>) -> Self {
        let last = || series.values().iter().rposition(|x| x.is_nan());
        let gaps_before = if series.has_gaps() { last().map_or(0, |last| last + 1) } else { 0 };
        Self::new(series.values(), 0, gaps_before)
    }

    /// The place behind the last phase.
    pub(crate) fn end(&self) -> usize {
        self.first + self.phases.len()
    }

    /// The phases at the given places.
    #[inline(always)]
    pub(crate) fn at(&self, places: Range<usize>) -> &'a [f64] {
        &self.phases[places.start - self.first..places.end - self.first]
    }

    /// Tells whether a phase may be missing at `place` or behind it.
    #[inline(always)]
    pub(crate) fn gaps_from(&self, place: usize) -> bool {
        place < self.gaps_before
    }
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

/// The squares of [`Lanes`] where no term is missing, in the vectors of the processor.
pub(crate) struct Vectors<S: Simd> {
    simd: S,
    /// As many vectors as make up the lanes; the others stay unused.
    sums: [S::f64s; LANES],
    full: u64,
}

impl<S: Simd> Vectors<S> {
    /// Vectors that make up the lanes.
    pub(crate) const EACH: usize = LANES / S::F64_LANES;

    #[inline(always)]
    fn new(simd: S) -> Self {
        Self { simd, sums: [simd.splat_f64s(0.0); LANES], full: 0 }
    }

    /// The vectors that hold the first groups of eight.
    #[inline(always)]
    pub(crate) fn of(values: &[f64]) -> std::slice::ChunksExact<'_, S::f64s> {
        S::as_simd_f64s(&values[..values.len() / LANES * LANES]).0.chunks_exact(Self::EACH)
    }

    /// The same to be written to.
    #[inline(always)]
    pub(crate) fn of_mut(values: &mut [f64]) -> std::slice::ChunksExactMut<'_, S::f64s> {
        let whole = values.len() / LANES * LANES;
        S::as_mut_simd_f64s(&mut values[..whole]).0.chunks_exact_mut(Self::EACH)
    }

    /// Adds the terms of one of the vectors that make up the lanes.
    #[inline(always)]
    fn add(&mut self, vector: usize, terms: S::f64s) {
        self.sums[vector] = self.simd.add_f64s(self.sums[vector], self.simd.mul_f64s(terms, terms));
        self.full += S::F64_LANES as u64;
    }

    /// Adds the last, fewer terms and closes the block.
    #[inline(always)]
    fn finish(self, rest: impl Iterator<Item = f64>) -> Terms {
        let mut lanes = Lanes::<false>::new();
        lanes.sums.copy_from_slice(bytemuck::cast_slice(&self.sums[..Self::EACH]));
        lanes.full = self.full;
        lanes.finish(rest)
    }
}
