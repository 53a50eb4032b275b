//! The widest range of the phase in a sliding window: the maximum time interval error.
//!
//! Short windows grow by doubling: the extremes of 2w points are those of two neighbouring windows of
//! w, and any window of up to 2w points is two overlapping ones of w. Points are taken in blocks that
//! stay in the cache while the windows double.
//!
//! Long windows are bounded before they are looked at. With the extremes of all blocks of 2^k points,
//! some eighth of the window, the windows that start in one block reach no further than the blocks that
//! they touch; where this bound does not exceed the widest range found so far, none of them matters.
//! A block that is not ruled out is settled exactly, in as many steps as it has points: what its
//! windows have in common is a sum of blocks, and what they have not grows point by point (the
//! running extremes of van Herk and of Gil and Werman). Nothing is rounded but the one difference.

use super::runs::runs_with_places;
use super::{LANES, ROW, Terms, Window};
use rayon::prelude::*;
use sigmatau_core::PhaseSeries;
use std::ops::Range;

/// Starts of windows per block of the short form: both extremes fill half of an L1 cache.
const STARTS: usize = 1024;
/// Windows that reach this far or further are bounded first.
const LONG: usize = 64;
/// The smallest block of [`Pyramid`], in points: an eighth of [`LONG`].
const FINEST: usize = 8;

/// The square of the largest range of m + 1 neighbouring phases, and the number of such windows.
///
/// Windows that touch a missing point are left out. Time at most O(N) per factor, for long windows of
/// common noise O(N/m); memory N/2 numbers.
pub(crate) fn largest_ranges(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    let mut ranges = Ranges::from_place(factors, 0);
    ranges.finish(&Window::whole(phase));
    ranges.terms()
}

/// The widest ranges so far, at all averaging factors.
///
/// A maximum does not depend on the order in which it is taken: however the record is cut, it is the same.
#[derive(Clone, Debug)]
pub(crate) struct Ranges {
    widest: Vec<Widest>,
    /// The start of the next window.
    next: usize,
}

/// The widest range of m + 1 neighbours, and the number of such windows.
#[derive(Clone, Debug)]
struct Widest {
    m: usize,
    range: f64,
    n: u64,
}

impl Ranges {
    /// For the windows that start at `place` or later.
    pub(crate) fn from_place(factors: &[usize], place: usize) -> Self {
        Self { widest: factors.iter().map(|m| Widest { m: *m, range: 0.0, n: 0 }).collect(), next: place }
    }

    /// The largest averaging factor.
    pub(crate) fn longest(&self) -> Option<usize> {
        self.widest.iter().map(|widest| widest.m).max()
    }

    /// The first place that windows to come may need.
    pub(crate) fn next(&self) -> usize {
        self.next
    }

    /// Looks at the windows that the phases at hand hold and that start before `until`, as many at a time as
    /// the longest has points: what all of them touch is then no more than twice that.
    pub(crate) fn advance(&mut self, phases: &Window<'_>, until: Option<usize>) {
        let longest = self.longest().unwrap_or(0);
        let last = phases.end().saturating_sub(longest).min(until.unwrap_or(usize::MAX));
        let starts = longest.max(ROW);
        while self.next < last && (self.next + starts <= last || until.is_some()) {
            self.add(phases, self.next..last.min(self.next + starts));
        }
    }

    /// Looks at the windows that are left when the record has come to its end.
    pub(crate) fn finish(&mut self, phases: &Window<'_>) {
        self.add(phases, self.next..phases.end());
    }

    /// Looks at the windows that start at the given places.
    fn add(&mut self, phases: &Window<'_>, starts: Range<usize>) {
        let end = phases.end().min(starts.end + self.longest().unwrap_or(0));
        let runs = runs_with_places(phases.at(starts.start..end));
        for (place, run) in runs.take_while(|(place, _)| *place < starts.len()) {
            widen(&mut self.widest, run, starts.len() - place);
        }
        self.next = starts.end;
    }

    /// Takes in the windows of the stretch before.
    pub(crate) fn join(&mut self, before: &Self) {
        for (own, before) in self.widest.iter_mut().zip(&before.widest) {
            *own = Widest { range: greatest(own.range, before.range), n: own.n + before.n, ..*own };
        }
    }

    /// The squares of the widest ranges.
    pub(crate) fn terms(&self) -> Vec<Terms> {
        self.widest.iter().map(|Widest { range, n, .. }| Terms { sum: range * range, n: *n }).collect()
    }
}

/// Takes in the windows that start at the first so many points of a run.
fn widen(widest: &mut [Widest], run: &[f64], starts: usize) {
    widest.iter_mut().for_each(|row| row.n += row.windows(run, starts) as u64);
    let rows = widest.iter_mut().filter(|row| row.windows(run, starts) > 0);
    let (mut short, mut long): (Vec<&mut Widest>, Vec<&mut Widest>) = rows.partition(|row| row.m < LONG);
    widen_short(&mut short, &run[..run.len().min(starts + LONG)]);
    if !long.is_empty() {
        let pyramid = Pyramid::new(run);
        long.par_iter_mut().for_each(|row| row.range = pyramid.largest_range(row, row.windows(run, starts)));
    }
}

impl Widest {
    /// The number of windows that start at the first so many points of a run.
    fn windows(&self, run: &[f64], starts: usize) -> usize {
        run.len().saturating_sub(self.m).min(starts)
    }
}

/// The least and the greatest of some phases.
#[derive(Clone, Copy, Debug)]
struct Extremes {
    low: f64,
    high: f64,
}

impl Extremes {
    const NONE: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    fn of(x: &[f64]) -> Self {
        x.iter().fold(Self::NONE, |all, x| all.with(*x))
    }

    fn with(self, x: f64) -> Self {
        Self { low: least(self.low, x), high: greatest(self.high, x) }
    }

    fn and(self, other: Self) -> Self {
        Self { low: least(self.low, other.low), high: greatest(self.high, other.high) }
    }

    fn range(self) -> f64 {
        self.high - self.low
    }
}

/// One machine instruction, since there is no `NaN` to look for.
#[inline(always)]
fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

#[inline(always)]
fn greatest(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Takes in all windows of `x`, those of less than [`LONG`] points, by doubling.
fn widen_short(rows: &mut [&mut Widest], x: &[f64]) {
    let Some(reach) = rows.iter().map(|row| row.m).max() else { return };
    for start in (0..x.len()).step_by(STARTS) {
        let points = &x[start..x.len().min(start + STARTS + reach)];
        let (mut low, mut high) = (points.to_vec(), points.to_vec());
        for width in (0..).map(|level| 1 << level).take_while(|width| *width <= reach + 1) {
            for row in rows.iter_mut().filter(|row| (width..2 * width).contains(&(row.m + 1))) {
                row.range = greatest(row.range, widest(&low, &high, STARTS, row.m + 1 - width));
            }
            (low, high) = (doubled(&low, width, least), doubled(&high, width, greatest));
        }
    }
}

/// The widest of the windows made of two of equal width, `shift` apart, over at most `starts` starts.
fn widest(low: &[f64], high: &[f64], starts: usize, shift: usize) -> f64 {
    let starts = starts.min(low.len().saturating_sub(shift));
    let (low, low_after) = (&low[..starts], &low[low.len().min(shift)..][..starts]);
    let (high, high_after) = (&high[..starts], &high[high.len().min(shift)..][..starts]);
    let range = |i: usize| greatest(high[i], high_after[i]) - least(low[i], low_after[i]);
    let mut lanes = [0.0; LANES];
    let whole = starts / LANES * LANES;
    for group in (0..whole).step_by(LANES) {
        for (lane, largest) in lanes.iter_mut().enumerate() {
            *largest = greatest(*largest, range(group + lane));
        }
    }
    (whole..starts).map(range).chain(lanes).fold(0.0, greatest)
}

/// From the extremes of windows of `width` points to those of twice as many, as far as there are such.
fn doubled(extremes: &[f64], width: usize, better: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let after = &extremes[width.min(extremes.len())..];
    extremes.iter().zip(after).map(|(a, b)| better(*a, *b)).collect()
}

/// The extremes of blocks of 8, 16, 32, … points.
struct Pyramid<'a> {
    x: &'a [f64],
    levels: Vec<Vec<Extremes>>,
}

impl<'a> Pyramid<'a> {
    fn new(x: &'a [f64]) -> Self {
        let mut levels: Vec<Vec<Extremes>> = vec![x.chunks(FINEST).map(Extremes::of).collect()];
        while let Some(last) = levels.last().filter(|last| last.len() > 1) {
            let pairs = last.chunks(2).map(|pair| pair.iter().fold(Extremes::NONE, |all, one| all.and(*one)));
            levels.push(pairs.collect());
        }
        Self { x, levels }
    }

    /// The widest range so far and of the first so many windows, which reach [`LONG`] points or further.
    fn largest_range(&self, so_far: &Widest, windows: usize) -> f64 {
        let level = (so_far.m / LONG).ilog2() as usize;
        let extremes = &self.levels[level];
        let blocks = Blocks { x: self.x, extremes, points: FINEST << level, m: so_far.m, windows };
        let bounds = blocks.bounds();
        let first = (0..bounds.len()).max_by(|a, b| bounds[*a].total_cmp(&bounds[*b])).expect("there is a window");
        let settle = |largest: f64, block: usize| {
            if bounds[block] > largest { greatest(largest, blocks.settled(block)) } else { largest }
        };
        std::iter::once(first).chain(0..bounds.len()).fold(so_far.range, settle)
    }
}

/// The blocks in which windows of m + 1 points start.
struct Blocks<'a> {
    x: &'a [f64],
    extremes: &'a [Extremes],
    points: usize,
    m: usize,
    windows: usize,
}

impl Blocks<'_> {
    /// What the range of windows that start in each block can't exceed.
    fn bounds(&self) -> Vec<f64> {
        let touched = (self.m - 1) / self.points + 2;
        let mut widths = self.extremes.to_vec();
        let mut width = 1;
        while 2 * width <= touched {
            for i in 0..widths.len().saturating_sub(width) {
                widths[i] = widths[i].and(widths[i + width]);
            }
            width *= 2;
        }
        let count = self.windows.div_ceil(self.points);
        let after = |block: usize| widths.get(block + touched - width).unwrap_or(&Extremes::NONE);
        (0..count).map(|block| widths[block].and(*after(block)).range()).collect()
    }

    /// The largest range of the windows that start in a block.
    fn settled(&self, block: usize) -> f64 {
        let Self { x, m, points, windows, .. } = *self;
        let first = block * points;
        let last = (first + points).min(windows) - 1;
        let common = self.common(block, last);
        let right = x[first + m..=last + m].iter().scan(common, |all, x| {
            *all = all.with(*x);
            Some(*all)
        });
        let right: Vec<Extremes> = right.collect();
        let left = x[first..=last].iter().rev().scan(Extremes::NONE, |all, x| {
            *all = all.with(*x);
            Some(*all)
        });
        left.zip(right.iter().rev()).map(|(left, right)| left.and(*right).range()).fold(0.0, greatest)
    }

    /// The extremes of the points `last` to first + m − 1, which all windows of the block hold.
    fn common(&self, block: usize, last: usize) -> Extremes {
        let end = block * self.points + self.m;
        let (next, partial) = (block + 1, end / self.points);
        let points = Extremes::of(&self.x[last..next * self.points]);
        let points = points.and(Extremes::of(&self.x[partial * self.points..end]));
        self.extremes[next..partial].iter().fold(points, |all, one| all.and(*one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sigmatau_spectrum::PowerLaw;

    /// Every window looked at on its own.
    fn brute_force(x: &[f64], m: usize) -> f64 {
        x.windows(m + 1).map(|window| Extremes::of(window).range()).fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn any_window_gives_the_range_of_brute_force_to_the_last_bit(
            alpha in -4..=2_i8, points in 2..3000_usize, share in 0.0..1.0_f64, stream in 0..1000_u64, slope in -1.0..1.0_f64,
        ) {
            let mut x = PowerLaw::from_deviation(alpha, 1.0, 1.0).unwrap().phase(points, 1.0, 3, stream);
            x.iter_mut().enumerate().for_each(|(i, x)| *x += slope * i as f64);
            let m = 1 + ((points - 2) as f64 * share) as usize;
            let found = largest_ranges(&PhaseSeries::new(&x, 1.0).unwrap(), &[m])[0];
            prop_assert_eq!(found, Terms { sum: brute_force(&x, m).powi(2), n: (points - m) as u64 });
        }
    }

    /// The windows from `start` on, with the record at hand up to each of `ends` in turn, and no further back than needed.
    fn stretch(x: &[f64], factors: &[usize], start: usize, ends: &[usize]) -> Ranges {
        let mut ranges = Ranges::from_place(factors, start);
        for end in ends {
            let first = ranges.next();
            ranges.advance(&Window::new(&x[first..*end], first, x.len()), None);
        }
        ranges
    }

    #[test]
    fn windows_longer_than_a_piece_are_the_same_however_the_record_is_cut() {
        let points = 6 * ROW + 999;
        let mut x = PowerLaw::from_deviation(-2, 1.0, 1.0).unwrap().phase(points, 1.0, 3, 7);
        let gaps = [0, 100, ROW - 1, 2 * ROW, 2 * ROW + 70, 5 * ROW + 3, points - 1];
        gaps.into_iter().for_each(|gap| x[gap] = f64::NAN);
        let factors = [1, 63, 64, 1000, ROW + 1, 2 * ROW];
        let whole = largest_ranges(&PhaseSeries::new(&x, 1.0).unwrap(), &factors);
        assert!(whole.iter().all(|terms| terms.n > 0));
        let end = Window::new(&x, 0, points);

        let mut streamed = stretch(&x, &factors, 0, &[5, ROW + 7, 3 * ROW, 4 * ROW, 6 * ROW]);
        streamed.finish(&end);
        assert_eq!(streamed.terms(), whole);

        let mut before = stretch(&x, &factors, 0, &[2 * ROW, 3 * ROW]);
        before.advance(&end, Some(3 * ROW));
        let mut after = stretch(&x, &factors, 3 * ROW, &[6 * ROW]);
        after.finish(&end);
        after.join(&before);
        assert_eq!(after.terms(), whole);
    }

    #[test]
    fn equal_bounds_are_settled_once() {
        let x: Vec<f64> = (0..5000).map(|i| f64::from(i % 2)).collect();
        let phase = PhaseSeries::new(&x, 1.0).unwrap();
        let found = largest_ranges(&phase, &[1, 63, 64, 65, 1000, 4999]);
        assert!(found.iter().all(|terms| terms.sum == 1.0));
    }
}
