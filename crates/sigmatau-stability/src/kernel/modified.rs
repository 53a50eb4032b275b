//! Second differences of phase averages: the modified statistics, without the loss of digits that a
//! running sum over the record suffers.
//!
//! The term D(i) = Σ_{j=i}^{i+m−1} (x(j+2m) − 2x(j+m) + x(j)) obeys D(i+8) = D(i) + [w(i+3m) − w(i)]
//! − 3[w(i+2m) − w(i+m)], where w(i) is the sum of the eight phases from i on. The recurrence runs in
//! eight lanes and starts anew in every block from a prefix sum in double-double arithmetic, so that
//! rounding errors neither grow along the record nor meet large numbers: the phases have an exact
//! [`Line`], the one through the beginning of the record, taken off first.

use super::line::Line;
use super::{BLOCK, Blocks, LANES, Lanes, ROW, Terms, Vectors, Window, in_blocks, places};
use pulp::Simd;
use sigmatau_core::PhaseSeries;
use std::ops::Range;

/// Sums D(i)² over all i. Time O(N) per factor; memory one array of the size of the data.
pub(crate) fn second_differences_of_averages(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    let mut sums = Sums::default();
    sums.extend(&Window::whole(phase), true);
    in_blocks(phase.len(), factors, &Averages { phases: Window::whole(phase), sums: &sums })
}

/// Points between two stored prefix sums. It divides [`BLOCK`], so that for octave factors every
/// look-up meets a stored one.
const ANCHOR: usize = 64;
/// The places of the phases between two of them and of those that the last sums of eight need.
static PLACES: [f64; ANCHOR + LANES - 1] = places();

/// What all averaging factors share: sums over phases that have come so far and may still be needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    line: Option<Line>,
    /// The place of the first stored sum, a multiple of [`ANCHOR`].
    first: usize,
    /// The place of the phases that come next, a multiple of [`ANCHOR`].
    next: usize,
    /// The number of points of the record whose terms can be summed.
    points: usize,
    /// w(i): the sum of eight phases, less the line, from i on; missing phases count as 0.
    eights: Vec<f64>,
    /// The sum of the phases before every [`ANCHOR`]-th place, in double-double.
    anchors: Vec<DoubleDouble>,
    /// How many phases before i are missing, modulo 2³²; empty as long as none is.
    missing: Vec<u32>,
}

/// Goes on with the phases of a window, with the vector instructions that the processor has.
struct Extension<'a> {
    sums: &'a mut Sums,
    phases: &'a Window<'a>,
    ended: bool,
}

impl pulp::WithSimd for Extension<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sums.run(self.phases, self.ended);
    }
}

impl Sums {
    /// For phases from `place` on, a multiple of [`ROW`].
    pub(crate) fn from_place(place: usize) -> Self {
        Self { first: place, next: place, ..Self::default() }
    }

    /// Goes on as far as the window allows; where the record has `ended`, to its end.
    pub(crate) fn extend(&mut self, phases: &Window<'_>, ended: bool) {
        if self.line.is_none() {
            self.line = beginning(phases, ended).map(|(start, x)| Line::through_ends(start, x));
        }
        pulp::Arch::new().dispatch(Extension { sums: self, phases, ended });
        if ended && !self.missing.is_empty() {
            let all = self.missing[self.missing.len() - 1];
            self.missing.resize(self.missing.len() + LANES, all);
        }
    }

    /// The number of points of the record whose terms can be summed.
    pub(crate) fn points(&self) -> usize {
        self.points
    }

    /// Gives up what terms that start at `place` or later do not need, now and then.
    pub(crate) fn forget(&mut self, place: usize) {
        let stale = place.saturating_sub(self.first) / ANCHOR;
        if stale * ANCHOR > self.eights.len() / 2 {
            self.eights.drain(..stale * ANCHOR);
            self.anchors.drain(..stale);
            self.missing.drain(..(stale * ANCHOR).min(self.missing.len()));
            self.first += stale * ANCHOR;
        }
    }

    #[inline(always)]
    fn run(&mut self, phases: &Window<'_>, ended: bool) {
        let Some(line) = self.line else { return };
        let mut chunk = [0.0; ANCHOR + LANES - 1];
        if self.anchors.is_empty() {
            self.anchors.push(DoubleDouble::default());
            self.eights.reserve(phases.end());
        }
        while self.next + chunk.len() <= phases.end() || (ended && self.next < phases.end()) {
            let (start, end) = (self.next, (self.next + chunk.len()).min(phases.end()));
            let places = PLACES.iter().zip(phases.at(start..end));
            chunk.iter_mut().zip(places).for_each(|(value, (k, x))| *value = off(&line, start as f64 + k, *x));
            let sums = sums_of_eight(&chunk);
            self.eights.extend_from_slice(&sums[..(end - start + 1).saturating_sub(LANES)]);
            if end - start >= ANCHOR {
                let sum = sums.iter().step_by(LANES).sum();
                self.anchors.push(self.anchors[self.anchors.len() - 1].plus(DoubleDouble { high: sum, low: 0.0 }));
            }
            self.count_missing(phases, start..end.min(start + ANCHOR));
            self.next += ANCHOR;
        }
        self.points = if ended { phases.end() } else { self.next };
    }

    /// Counts the missing phases at the given places, from the first missing one on.
    fn count_missing(&mut self, phases: &Window<'_>, places: Range<usize>) {
        if self.missing.is_empty()
            && !(phases.gaps_from(places.start) && phases.at(places.clone()).iter().any(|x| x.is_nan()))
        {
            return;
        }
        if self.missing.is_empty() {
            self.missing.resize(places.start - self.first + 1, 0);
        }
        let mut count = self.missing[self.missing.len() - 1];
        self.missing.extend(phases.at(places).iter().map(|x| {
            count = count.wrapping_add(u32::from(x.is_nan()));
            count
        }));
    }
}

/// The first row of the record, from the first phase there is; nothing as long as it is not all there.
fn beginning<'a>(phases: &Window<'a>, ended: bool) -> Option<(usize, &'a [f64])> {
    let all = phases.at(phases.first..phases.end());
    let start = all.iter().position(|x| !x.is_nan()).unwrap_or(0);
    let row = &all[start..all.len().min(start + ROW)];
    (ended || row.len() == ROW && !row[0].is_nan()).then_some((phases.first + start, row))
}

/// The phase `x` at place `i`, a whole number, less the line, 0 where missing.
#[inline(always)]
fn off(line: &Line, i: f64, x: f64) -> f64 {
    if x.is_nan() { 0.0 } else { line.off(i, x) }
}

/// The terms of [`second_differences_of_averages`].
pub(crate) struct Averages<'a> {
    pub(crate) phases: Window<'a>,
    pub(crate) sums: &'a Sums,
}

impl Blocks for Averages<'_> {
    fn reach(&self, m: usize) -> usize {
        3 * m - 1
    }

    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, starts: Range<usize>, m: usize) -> Terms {
        let gaps = self.phases.gaps_from(starts.start) && !self.sums.missing.is_empty();
        let whole = starts.start..starts.start + starts.len() / LANES * LANES;
        let rest = whole.end..starts.end;
        let last = self.first_terms(rest.clone(), m);
        match gaps {
            true => {
                let last = self.kept(last, rest.start, m);
                self.recur_with_gaps(whole, m).finish(last.into_iter().take(rest.len()))
            }
            false => self.recur(simd, whole, m).finish(last.into_iter().take(rest.len())),
        }
    }
}

impl Averages<'_> {
    /// Adds D(i) for whole groups of eight starts.
    #[inline(always)]
    fn recur<S: Simd>(&self, simd: S, starts: Range<usize>, m: usize) -> Vectors<S> {
        let (mut sums, three) = (Vectors::<S>::new(simd), simd.splat_f64s(3.0));
        if starts.is_empty() {
            return sums;
        }
        let first = self.first_terms(starts.start..starts.start + LANES, m);
        let mut terms = [three; LANES];
        for (k, first) in S::as_simd_f64s(&first).0.iter().enumerate() {
            terms[k] = *first;
            sums.add(k, terms[k]);
        }
        let from = |shift| Vectors::<S>::of(self.eights(&starts, shift));
        for (((a, b), c), d) in from(0).zip(from(m)).zip(from(2 * m)).zip(from(3 * m)) {
            for k in 0..Vectors::<S>::EACH {
                let outer = simd.sub_f64s(d[k], a[k]);
                let step = simd.sub_f64s(outer, simd.mul_f64s(three, simd.sub_f64s(c[k], b[k])));
                terms[k] = simd.add_f64s(terms[k], step);
                sums.add(k, terms[k]);
            }
        }
        sums
    }

    /// The same without the terms that touch a missing point.
    #[inline(always)]
    fn recur_with_gaps(&self, starts: Range<usize>, m: usize) -> Lanes<true> {
        let mut lanes = Lanes::new();
        if starts.is_empty() {
            return lanes;
        }
        let mut terms = self.first_terms(starts.start..starts.start + LANES, m);
        lanes.add(self.kept(terms, starts.start, m));
        let from = |shift| self.eights(&starts, shift).as_chunks::<LANES>().0;
        let (a, b, c, d) = (from(0), from(m), from(2 * m), from(3 * m));
        for (step, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            for lane in 0..LANES {
                terms[lane] += (d[lane] - a[lane]) - 3.0 * (c[lane] - b[lane]);
            }
            lanes.add(self.kept(terms, starts.start + (step + 1) * LANES, m));
        }
        lanes
    }

    /// The sums of eight by which the terms from one group of starts to the next differ.
    #[inline(always)]
    fn eights(&self, starts: &Range<usize>, shift: usize) -> &[f64] {
        &self.sums.eights[starts.start - self.sums.first + shift..][..starts.len() - LANES]
    }

    /// D(i) for up to eight starts, the first from prefix sums and each other from the one before.
    fn first_terms(&self, starts: Range<usize>, m: usize) -> [f64; LANES] {
        let mut terms = [0.0; LANES];
        let Some(first) = starts.clone().next() else { return terms };
        terms[0] = self.term(first, m);
        for (k, i) in (1..).zip(first..starts.end - 1) {
            let [a, b, c, d] = [0, m, 2 * m, 3 * m].map(|shift| self.phase(i + shift));
            terms[k] = terms[k - 1] + ((d - a) - 3.0 * (c - b));
        }
        terms
    }

    /// D(i) from prefix sums: S(i+3m) − 3S(i+2m) + 3S(i+m) − S(i).
    fn term(&self, i: usize, m: usize) -> f64 {
        let [a, b, c, d] = [0, m, 2 * m, 3 * m].map(|shift| self.sum_before(i + shift));
        let (first, middle, last) = (b.minus(a), c.minus(b), d.minus(c));
        last.minus(middle).minus(middle.minus(first)).value()
    }

    /// The phase at place `i` less the line, 0 where missing.
    fn phase(&self, i: usize) -> f64 {
        off(&self.sums.line.unwrap_or_default(), i as f64, self.phases.at(i..i + 1)[0])
    }

    /// The sum of the phases before place `i`.
    fn sum_before(&self, i: usize) -> DoubleDouble {
        let anchor = i / ANCHOR;
        let rest = (anchor * ANCHOR..i).map(|i| self.phase(i)).sum();
        self.sums.anchors[anchor - self.sums.first / ANCHOR].plus(DoubleDouble { high: rest, low: 0.0 })
    }

    /// The terms, `NaN` where they touch a missing point.
    #[inline(always)]
    fn kept(&self, mut terms: [f64; LANES], start: usize, m: usize) -> [f64; LANES] {
        let missing = |start: usize| &self.sums.missing[start - self.sums.first..][..LANES];
        for ((term, before), after) in terms.iter_mut().zip(missing(start)).zip(missing(start + 3 * m)) {
            *term = if before == after { *term } else { f64::NAN };
        }
        terms
    }
}

/// Sums of eight neighbours, of pairs of pairs of pairs.
#[inline(always)]
fn sums_of_eight(x: &[f64; ANCHOR + LANES - 1]) -> [f64; ANCHOR] {
    let twos: [f64; ANCHOR + 6] = std::array::from_fn(|i| x[i] + x[i + 1]);
    let fours: [f64; ANCHOR + 4] = std::array::from_fn(|i| twos[i] + twos[i + 2]);
    std::array::from_fn(|i| fours[i] + fours[i + 4])
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
