//! What has to be known of a stretch of a series for its lag-1 autocorrelation, and that of its differences.

use super::moments::{Moments, Parabola, Sums, solve};
use super::{BLOCK, PLACES};
use crate::kernel::{LANES, Vectors};
use pulp::Simd;
use std::ops::Range;

/// Points of the block before that stand before each block, so that every difference lies in one block.
pub(super) const CARRY: usize = ORDERS;
/// Orders of differences whose squares are summed: those of order d + 1 give the lag-1 products of order d.
const ORDERS: usize = 4;

/// Sums over a stretch, less a parabola, and over its differences. Places are counted from the end on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stretch {
    parabola: Parabola,
    /// Over the differences of order 0 to 4, each at the place of its last point.
    differences: [Moments; ORDERS + 1],
    /// Over the first and the last difference of every run without a gap.
    ends: [Moments; ORDERS],
}

impl Stretch {
    /// The sums over a block, from which `parabola` has been taken off, behind its carry; the block is used up.
    #[inline(always)]
    pub(super) fn of<S: Simd>(simd: S, block: &mut [f64], parabola: Parabola) -> Self {
        let end = block.len() as f64;
        let mut stretch = Self { parabola: parabola.moved(end), ..Self::default() };
        if let Some(differences) = in_one_run(simd, block) {
            stretch.differences = differences.map(|moments| moments.moved(end - CARRY as f64));
            return stretch;
        }
        let mut start = 0;
        while let Some(begin) = block[start..].iter().position(|x| !x.is_nan()).map(|k| start + k) {
            let run = begin..block[begin..].iter().position(|x| x.is_nan()).map_or(block.len(), |k| begin + k);
            start = run.end;
            stretch.add_run(simd, block, run);
        }
        stretch
    }

    /// Adds the differences within a run whose last point is behind the carry.
    #[inline(always)]
    fn add_run<S: Simd>(&mut self, simd: S, block: &[f64], run: Range<usize>) {
        let (end, ends_here) = (block.len() as f64, run.end >= CARRY && run.end < block.len());
        let mut room = [[0.0; CARRY + BLOCK]; 2];
        let [mut this, mut next] = room.each_mut();
        this[..run.len()].copy_from_slice(&block[run.clone()]);
        for order in 0..=ORDERS.min(run.len() - 1) {
            let (begin, left) = (run.start + order, &this[..run.len() - order]);
            let known = CARRY.saturating_sub(begin).min(left.len());
            let place = |k: usize| (begin + k) as f64 - end;
            self.add(order, sums(simd, order, &left[known..]).moved(-place(known)));
            if begin >= CARRY {
                self.add_end(order, left[0], place(0));
            }
            if ends_here {
                self.add_end(order, left[left.len() - 1], place(left.len() - 1));
            }
            next.iter_mut().zip(&left[1..]).zip(left).for_each(|((next, after), before)| *next = after - before);
            std::mem::swap(&mut this, &mut next);
        }
    }

    fn add(&mut self, order: usize, moments: Moments) {
        self.differences[order] = self.differences[order].plus(moments);
    }

    fn add_end(&mut self, order: usize, difference: f64, place: f64) {
        if let Some(ends) = self.ends.get_mut(order) {
            *ends = ends.plus(Moments::one(difference, place));
        }
    }

    /// The number of points.
    pub(super) fn points(&self) -> f64 {
        self.differences[0].count()
    }

    /// This stretch and the next of `len` places, both less the parabola that fits them together best.
    pub(super) fn then(self, next: Self, len: f64) -> Self {
        let mut before = self.moved(len);
        if before.points() == 0.0 {
            before.parabola = next.parabola;
        }
        let apart = next.parabola.minus(before.parabola);
        let (own, its) = (before.differences[0], next.differences[0]);
        let pull = its.of_parabola(apart);
        let sums = std::array::from_fn(|power| own.cross[power] + its.cross[power] + pull[power]);
        let step = solve(own.plus(its).powers, sums);
        before.less(step).plus(next.less(step.minus(apart)))
    }

    /// The same sums, taken of a series that lies above the one before by a parabola.
    pub(super) fn above(self, shift: Parabola) -> Self {
        Self { parabola: self.parabola.plus(shift), ..self }
    }

    fn moved(self, origin: f64) -> Self {
        let parabola = self.parabola.moved(origin);
        self.each(|_, moments| moments.moved(origin), parabola)
    }

    /// The same about another parabola, `step` above.
    fn less(self, step: Parabola) -> Self {
        let first = step.difference();
        let steps = [step, first, first.difference()];
        let less = |order: usize, moments: Moments| steps.get(order).map_or(moments, |step| moments.less(*step));
        self.each(less, self.parabola.plus(step))
    }

    fn each(self, of: impl Fn(usize, Moments) -> Moments, parabola: Parabola) -> Self {
        let differences = std::array::from_fn(|order| of(order, self.differences[order]));
        Self { parabola, differences, ends: std::array::from_fn(|order| of(order, self.ends[order])) }
    }

    /// The sums of both, which are about the same parabola.
    fn plus(self, other: Self) -> Self {
        let of_differences = |order: usize| self.differences[order].plus(other.differences[order]);
        let of_ends = |order: usize| self.ends[order].plus(other.ends[order]);
        let (differences, ends) = (std::array::from_fn(of_differences), std::array::from_fn(of_ends));
        Self { parabola: self.parabola, differences, ends }
    }

    /// The exponent by the first difference whose ρ is below 1/4, or else by the last one.
    pub(super) fn exponent(&self) -> Option<f64> {
        let mut last = None;
        for order in 0..ORDERS {
            let r1 = self.autocorrelation(order)?;
            let rho = r1 / (1.0 + r1);
            last = Some(2.0 - 2.0 * (rho + order as f64));
            if rho < 0.25 {
                break;
            }
        }
        last
    }

    /// r₁ = Σ (z(i) − z̄)(z(i+1) − z̄) / Σ (z(i) − z̄)²; nothing for a constant series.
    ///
    /// 2 Σ z(i) z(i+1) = Σ z(i)² + Σ z(i+1)² − Σ (z(i+1) − z(i))²; the sums over i and over i + 1 lack the last
    /// and the first of each run.
    fn autocorrelation(&self, order: usize) -> Option<f64> {
        let (all, ends) = (self.differences[order], self.ends[order]);
        let mean = all.cross[0] / all.count();
        let products = 0.5 * (2.0 * all.squares - ends.squares - self.differences[order + 1].squares);
        let (pairs, sum_of_pairs) = (all.count() - 0.5 * ends.count(), 2.0 * all.cross[0] - ends.cross[0]);
        let covariance = products - mean * sum_of_pairs + pairs * mean * mean;
        let variance = all.squares - all.count() * mean * mean;
        (variance > 0.0).then(|| covariance / variance)
    }
}

/// The sums over the differences of an order, with those products that a change of the parabola needs.
#[inline(always)]
fn sums<S: Simd>(simd: S, order: usize, differences: &[f64]) -> Moments {
    match order {
        0 => Moments::of::<S, 3>(simd, differences, &PLACES),
        1 => Moments::of::<S, 2>(simd, differences, &PLACES),
        _ => Moments::of::<S, 1>(simd, differences, &PLACES),
    }
}

/// The sums over the differences that end behind the carry of a block, at places 0, 1, 2, …; nothing where a point is
/// missing, else the block is used up.
///
/// Squares are summed for two orders in each pass. The sums of differences telescope: with d(k) = u(k) − u(k−1),
/// Σ d(k) = u(n−1) − u(−1) and Σ k d(k) = n u(n−1) − Σ u(k) over k = 0 … n−1.
#[inline(always)]
fn in_one_run<S: Simd>(simd: S, block: &mut [f64]) -> Option<[Moments; ORDERS + 1]> {
    if block.iter().filter(|x| x.is_nan()).count() > 0 {
        return None;
    }
    let (n, last) = (block.len() - CARRY, block.len() - 1);
    let mut room = [0.0; CARRY + BLOCK];
    let (own, its) = pair::<S, 3>(simd, block, &mut room[..block.len() - 2], CARRY);
    let [before, ends] = [CARRY - 1, last].map(|end| differences_at_end(&block[end + 1 - ORDERS..=end]));
    let (second, third) = pair::<S, 0>(simd, &room[..block.len() - 2], block, CARRY - 2);
    let fourth = Moments::of::<S, 0>(simd, &block[..n], &PLACES);
    let mut all = [own, its, second, third, fourth];
    (1..=ORDERS).for_each(|order| all[order].cross[0] = ends[order - 1] - before[order - 1]);
    all[1].cross[1] = n as f64 * ends[0] - own.cross[0];
    Some(all)
}

/// The differences of order 0, 1, 2, … of as many values that end with the last.
fn differences_at_end(values: &[f64]) -> [f64; ORDERS] {
    let mut left: [f64; ORDERS] = std::array::from_fn(|k| values[k]);
    std::array::from_fn(|order| {
        let difference = left[ORDERS - 1];
        (order + 1..ORDERS).rev().for_each(|k| left[k] -= left[k - 1]);
        difference
    })
}

/// The sums over the values behind the first `lead` ones, with the first `POWERS` of `cross`, and over their
/// differences, with none. All second differences go to `seconds`.
#[inline(always)]
fn pair<S: Simd, const POWERS: usize>(simd: S, values: &[f64], seconds: &mut [f64], lead: usize) -> (Moments, Moments) {
    let n = values.len() - lead;
    let second = |k: usize| (values[k] - values[k - 1]) - (values[k - 1] - values[k - 2]);
    (2..lead).for_each(|k| seconds[k - 2] = second(k));
    let from = |shift: usize| Vectors::<S>::of(&values[lead - shift..][..n]);
    let into = Vectors::<S>::of_mut(&mut seconds[lead - 2..][..n]);
    let (mut own, mut its) = (Sums::<S, POWERS>::new(simd), Sums::<S, 0>::new(simd));
    for ((((u, before), first), s), into) in from(0).zip(from(1)).zip(from(2)).zip(Vectors::<S>::of(&PLACES)).zip(into)
    {
        for k in 0..Vectors::<S>::EACH {
            let difference = simd.sub_f64s(u[k], before[k]);
            own.add(k, u[k], s[k]);
            its.add(k, difference, s[k]);
            into[k] = simd.sub_f64s(difference, simd.sub_f64s(before[k], first[k]));
        }
    }
    let rest = n / LANES * LANES..n;
    rest.clone().for_each(|k| seconds[lead - 2 + k] = second(lead + k));
    let places = &PLACES[rest.clone()];
    let differences = values.windows(2).map(|pair| pair[1] - pair[0]).skip(lead - 1 + rest.start);
    (own.finish(values[lead + rest.start..].iter().copied(), places, n), its.finish(differences, places, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sums in one pass, and those order by order.
    struct Both<'a>(&'a [f64]);

    impl pulp::WithSimd for Both<'_> {
        type Output = [Stretch; 2];

        fn with_simd<S: Simd>(self, simd: S) -> [Stretch; 2] {
            let fast = Stretch::of(simd, &mut self.0.to_vec(), Parabola::default());
            let mut slow = Stretch::default();
            slow.add_run(simd, self.0, 0..self.0.len());
            [fast, slow]
        }
    }

    #[test]
    fn one_pass_gives_the_sums_of_every_order() {
        for n in [0, 1, 7, 8, 9, 100, BLOCK] {
            let block: Vec<f64> = (0..CARRY + n).map(|k| (k as f64 * 1.7).sin() + (k as f64 / 90.0).cos()).collect();
            let [fast, slow] = pulp::Arch::new().dispatch(Both(&block)).map(|stretch| stretch.differences);
            for (order, (fast, slow)) in fast.iter().zip(&slow).enumerate() {
                let scale = |power: i32| (n as f64 + 1.0).powi(power + 1);
                assert_eq!(fast.powers, slow.powers, "{n} points");
                assert!((fast.squares - slow.squares).abs() <= 1e-14 * scale(0), "{n} points, order {order}");
                for power in 0..3 {
                    let [fast, slow] = [fast, slow].map(|moments| moments.cross[power]);
                    assert!(
                        (fast - slow).abs() <= 1e-14 * scale(power as i32),
                        "{n} points, order {order}: {fast}, {slow}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_missing_point_keeps_the_block_for_its_runs() {
        struct Pass<'a>(&'a mut [f64]);

        impl pulp::WithSimd for Pass<'_> {
            type Output = bool;

            fn with_simd<S: Simd>(self, simd: S) -> bool {
                in_one_run(simd, self.0).is_some()
            }
        }

        for missing in [0, CARRY - 1, CARRY, 30, 49] {
            let mut block: Vec<f64> = (0..50).map(f64::from).collect();
            block[missing] = f64::NAN;
            let before = format!("{block:?}");
            assert!(!pulp::Arch::new().dispatch(Pass(&mut block)), "point {missing}");
            assert_eq!(format!("{block:?}"), before);
        }
    }
}
