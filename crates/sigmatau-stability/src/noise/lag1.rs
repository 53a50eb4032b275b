//! Noise type from the lag-1 autocorrelation of every m-th phase.
//!
//! One pass, point by point: the sums are taken in blocks about a parabola of the block's own, so that
//! no trend, however large, costs digits, and joined about the least-squares parabola of all that was read.

mod moments;
mod stretch;

use crate::kernel::line::Stage;
use crate::kernel::places;
use moments::Parabola;
use rayon::prelude::*;
use std::ops::Range;
use stretch::{CARRY, Stretch};

/// Points below which the lag-1 autocorrelation is not trusted.
pub const FEWEST_POINTS: usize = 30;

/// Points whose sums are taken together, in the L1 cache.
const BLOCK: usize = 2048;
/// Phases of which every factor takes its own while they are in the L2 cache.
const SHARED: usize = 1 << 15;
/// Factors that are followed at a time: their state takes up to 20 kB each.
const TOGETHER: usize = 256;

/// Returns the exponent α, not rounded, from the lag-1 autocorrelation of every `m`-th phase, one averaging time
/// apart, or nothing for fewer than [`FEWEST_POINTS`] of them.
///
/// The quadratic trend is removed. With r₁ the lag-1 autocorrelation, ρ = r₁/(1 + r₁); while ρ ≥ 1/4
/// the data are differenced, up to three times; then α = 2 − 2(ρ + d) after d differences (Riley and
/// Greenhall, "Power law noise identification using the lag 1 autocorrelation", EFTF 2004; NIST SP
/// 1065, 5.5). Time O(n) in one pass, memory one block.
pub fn lag1_exponent(phases: &[f64], m: usize) -> Option<f64> {
    exponents_together(phases, &[m])[0]
}

/// Returns [`lag1_exponent`] for each of the rising factors.
///
/// The first factor has as many points as all others of an octave list together, and goes beside them in parallel.
pub(super) fn lag1_exponents(phases: &[f64], factors: &[usize]) -> Vec<Option<f64>> {
    let (first, others) = factors.split_at(factors.len().min(1));
    let mut shares: Vec<&[usize]> = vec![first];
    shares.extend(others.chunks(TOGETHER));
    shares.into_par_iter().flat_map_iter(|factors| exponents_together(phases, factors)).collect()
}

fn exponents_together(phases: &[f64], factors: &[usize]) -> Vec<Option<f64>> {
    let mut all: Vec<Lag1> = factors.iter().map(|m| Lag1::new(*m)).collect();
    for chunk in phases.chunks(SHARED) {
        all.iter_mut().for_each(|lag1| lag1.push(chunk));
    }
    all.into_iter().map(Lag1::exponent).collect()
}

/// The sums over every m-th phase of a record that arrives in pieces.
#[derive(Clone, Debug)]
pub(crate) struct Lag1 {
    m: usize,
    /// Phases to pass over before the next one that counts.
    ahead: usize,
    /// A line that is taken off without a rounding error before anything else.
    line: Option<Stage>,
    /// The place of the first point of `block` behind its carry.
    first: u64,
    /// The place of the first point that is counted.
    begin: u64,
    /// The last points of the block before, and the points since.
    block: Vec<f64>,
    /// The points that a stretch takes over from the one before it.
    head: Vec<f64>,
    stretch: Stretch,
}

impl Lag1 {
    pub(crate) fn new(m: usize) -> Self {
        Self::from_place(m, 0)
    }

    /// For phases from `place` on; the first points of a later stretch are counted when the one before is joined.
    pub(crate) fn from_place(m: usize, place: usize) -> Self {
        let block = if place == 0 { vec![f64::NAN; CARRY] } else { Vec::new() };
        let first = (place.div_ceil(m) + CARRY - block.len()) as u64;
        let ahead = place.next_multiple_of(m) - place;
        Self { m, ahead, line: None, first, begin: first, block, head: Vec::new(), stretch: Stretch::default() }
    }

    /// This stretch and the one that follows.
    pub(crate) fn then(mut self, next: Self) -> Self {
        self.close();
        self.block.extend_from_slice(if next.head.is_empty() { &next.block[..CARRY] } else { &next.head });
        self.close();
        let apart = |(its, own): (Stage, Stage)| its.above(own, next.first as f64);
        let [offset, slope] = next.line.zip(self.line).map_or([0.0; 2], apart);
        let its = next.stretch.above(Parabola([offset, slope, 0.0]));
        let stretch = self.stretch.then(its, (next.first - next.begin) as f64);
        Self { line: self.line.or(next.line), begin: self.begin, stretch, head: self.head, ..next }
    }

    /// Goes on with the next phases of the record.
    pub(crate) fn push(&mut self, phases: &[f64]) {
        let mut rest = phases.get(self.ahead..).unwrap_or_default();
        self.ahead = self.ahead + rest.len().div_ceil(self.m) * self.m - phases.len();
        while !rest.is_empty() {
            let room = (CARRY + BLOCK - self.block.len()) * self.m;
            let (taken, left) = rest.split_at(room.min(rest.len()));
            match self.m {
                1 => self.block.extend_from_slice(taken),
                m => self.block.extend((0..taken.len().div_ceil(m)).map(|k| taken[k * m])),
            }
            if self.block.len() == CARRY + BLOCK {
                self.close();
            }
            rest = left;
        }
    }

    /// The exponent for all phases so far, see [`lag1_exponent`].
    pub(crate) fn exponent(mut self) -> Option<f64> {
        self.block.push(f64::NAN);
        self.close();
        self.stretch.exponent().filter(|_| self.stretch.points() >= FEWEST_POINTS as f64)
    }

    /// Joins the sums over the block to those before.
    fn close(&mut self) {
        let points = self.block.len() - CARRY;
        if self.head.is_empty() {
            self.head = self.block[..CARRY].to_vec();
        }
        let carry: [f64; CARRY] = std::array::from_fn(|k| self.block[points + k]);
        let first = self.first as f64 - CARRY as f64;
        self.line = self.line.or_else(|| line(&self.block, first));
        let block = Block { phases: &mut self.block, first, line: self.line.unwrap_or_default() };
        self.stretch = self.stretch.then(pulp::Arch::new().dispatch(block), points as f64);
        self.first += points as u64;
        self.block.clear();
        self.block.extend(carry);
    }
}

/// A block behind its carry, summed with the vector instructions that the processor has; its phases are used up.
struct Block<'a> {
    phases: &'a mut [f64],
    first: f64,
    line: Stage,
}

impl pulp::WithSimd for Block<'_> {
    type Output = Stretch;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> Stretch {
        let off = |k: f64, x: f64| self.line.off(self.first + k, x);
        let parabola = parabola(self.phases, off);
        self.phases.iter_mut().zip(&PLACES).for_each(|(x, k)| *x = off(*k, *x) - parabola.at(*k));
        Stretch::of(simd, self.phases, parabola)
    }
}

/// The places within a block.
static PLACES: [f64; CARRY + BLOCK] = places();

/// The line through the first and the last point there is of a block whose first point is at place `first`.
fn line(block: &[f64], first: f64) -> Option<Stage> {
    let ends = present(block)?;
    let point = |k: usize| (first + k as f64, block[k]);
    Some(Stage::through(point(ends.start), point(ends.end)))
}

/// A parabola through what is left of the first, a middle and the last point there is, each at its place k.
fn parabola(block: &[f64], off: impl Fn(f64, f64) -> f64) -> Parabola {
    let Some(Range { start, end }) = present(block) else { return Parabola::default() };
    let middle = (start.midpoint(end)..end).find(|k| !block[*k].is_nan()).unwrap_or(end);
    Parabola::through([start, middle, end].map(|k| (k as f64, off(k as f64, block[k]))))
}

/// The numbers of the first and the last point there is.
fn present(block: &[f64]) -> Option<Range<usize>> {
    let there = |x: &f64| !x.is_nan();
    Some(block.iter().position(there)?..block.iter().rposition(there)?)
}
