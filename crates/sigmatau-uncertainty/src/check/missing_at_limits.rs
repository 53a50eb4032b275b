//! Whether a result is there, in time and on which side of a limit, does not depend on how it came out.

use super::table::{Instrument, word};
use super::watch::{Laboratories, Observation, sidak};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::normal_score;
use statrs::function::factorial::ln_binomial;

pub(super) static CHECK: Check = Check {
    name: "missing-at-limits",
    code: "MISSING-NOT-RANDOM",
    title: "whether a result is there, in time and on which side of a limit, does not depend on how it came out",
    statistic: "of a laboratory the jump of the density of |x − x_ref|/limit at 1, and the difference in how often \
        rows are late, or the next value of a point missing, after a result beyond half of the limit",
    threshold: 0.01,
    because: "the smallest of the three p-values thrice, at the rate of false discoveries",
    unit: Subject::Laboratory,
    severity: Severity::High,
    remedy: "ask for what was not sent; compare with the log of the instrument",
    reference: "J. McCrary, Journal of Econometrics 142 (2008) 698",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[&["calibrations.laboratory", "calibrations.value", "calibrations.reference", "calibrations.upper"]],
    start: |_| Laboratories::judged(add, judge),
    seen: |seen| match seen.effect {
        JUMP => format!("results jump at the limit (z = {:.1})", seen.statistic),
        LATE => format!("results near a limit come late (z = {:.1})", seen.statistic),
        _ => format!("results are missing after one near a limit (z = {:.1})", seen.statistic),
    },
};

const JUMP: f64 = 1.0;
const LATE: f64 = 2.0;
const MISSING: f64 = 3.0;

/// Results beyond this part of their limit are near it.
const NEAR: f64 = 0.5;
/// The densities at the limit are estimated from results within this part of it.
const REACH: f64 = 0.3;
/// The bins of the densities, on each side.
const BINS: usize = 30;
/// Fewer results within reach on a side show nothing.
const FEWEST: f64 = 20.0;

/// The results of a laboratory.
#[derive(Debug, Default)]
struct Results {
    below: Vec<f64>,
    above: Vec<f64>,
    /// Late and all, far from the limit and near it.
    late: [[f64; 2]; 2],
    /// Followed by a missing value and all, far and near.
    missing: [[f64; 2]; 2],
}

fn add(results: &mut Results, instrument: &Instrument<'_>, row: usize) {
    let rows = &instrument.rows;
    let position = (instrument.error(row) / rows.upper[row]).abs();
    if position.is_nan() {
        return;
    }
    results.take_position(position);
    let near = usize::from(position > NEAR);
    if let (Some(submitted), Some(due)) = (rows.submitted.get(row), rows.due.get(row)) {
        results.late[near][0] += f64::from(u8::from(submitted > due));
        results.late[near][1] += 1.0;
    }
    let next = row + 1;
    if next < rows.len() && word(rows.point, next) == word(rows.point, row) {
        results.missing[near][0] += f64::from(u8::from(rows.value[next].is_nan()));
        results.missing[near][1] += 1.0;
    }
}

impl Results {
    fn take_position(&mut self, position: f64) {
        let distance = (position - 1.0).abs();
        let side = if position <= 1.0 { &mut self.below } else { &mut self.above };
        if distance < REACH {
            side.resize(BINS, 0.0);
            side[((distance / REACH * BINS as f64) as usize).min(BINS - 1)] += 1.0;
        }
    }
}

fn judge(results: Results) -> Option<Observation> {
    let found = [
        (JUMP, jump(&results.below, &results.above)),
        (LATE, difference(results.late)),
        (MISSING, difference(results.missing)),
    ];
    let known = || found.iter().filter_map(|(kind, z)| Some((*kind, (*z)?)));
    let (effect, z) = known().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))?;
    let score = Sides::Upper.score(sidak(Sides::Both.ln_p(z), known().count() as f64));
    Some(Observation { statistic: z, score, effect, ..Observation::about(0) })
}

/// ln f₊ − ln f₋ over its standard uncertainty √(24/5 (1/f₊ + 1/f₋)/(nh)), each density by a line under a triangular kernel.
fn jump(below: &[f64], above: &[f64]) -> Option<f64> {
    let count = |side: &[f64]| side.iter().sum::<f64>();
    if count(below) < FEWEST || count(above) < FEWEST {
        return None;
    }
    let (inside, outside) = (density_at_edge(below), density_at_edge(above));
    let variance = 4.8 * (1.0 / inside + 1.0 / outside) / BINS as f64;
    (inside > 0.0 && outside > 0.0).then(|| (outside / inside).ln() / variance.sqrt())
}

/// The line through the counts of bins, weighted by a triangle, at the edge; in counts per bin.
fn density_at_edge(counts: &[f64]) -> f64 {
    let terms = counts.iter().enumerate().map(|(bin, count)| {
        let place = (bin as f64 + 0.5) / BINS as f64;
        let weight = 1.0 - place;
        [weight, weight * place, weight * place * place, weight * count, weight * place * count]
    });
    let [s0, s1, s2, t0, t1] = terms.fold([0.0; 5], |sum, term| std::array::from_fn(|i| sum[i] + term[i]));
    (s2 * t0 - s1 * t1) / (s0 * s2 - s1 * s1)
}

/// The normal score of Fisher's exact test that the shares of two groups are the same, positive where the second is larger.
fn difference([far, near]: [[f64; 2]; 2]) -> Option<f64> {
    let (all, drawn, marked) = (far[1] + near[1], near[1], far[0] + near[0]);
    if !(marked > 0.0 && marked < all && drawn > 0.0 && drawn < all) {
        return None;
    }
    if near[0] * all > drawn * marked {
        Some(normal_score(ln_at_least(near[0], all, drawn, marked)).max(0.0))
    } else {
        Some(-normal_score(ln_at_least(drawn - near[0], all, drawn, all - marked)).max(0.0))
    }
}

/// ln of the probability that of `drawn` out of `all`, of which some are marked, at least `count` are, for a count above
/// the expected one: the terms fall from the first on.
fn ln_at_least(count: f64, all: f64, drawn: f64, marked: f64) -> f64 {
    let choose = |n: f64, k: f64| ln_binomial(n as u64, k as u64);
    let first = choose(marked, count) + choose(all - marked, drawn - count) - choose(all, drawn);
    let (mut term, mut sum, mut place) = (1.0, 1.0, count);
    while term > f64::EPSILON * sum && place < drawn.min(marked) {
        let rest = all - marked - drawn + place + 1.0;
        term *= (marked - place) * (drawn - place) / ((place + 1.0) * rest);
        sum += term;
        place += 1.0;
    }
    (first + sum.ln()).min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lady who tastes tea: of eight cups she names three of the four rightly with a probability of 17/70.
    #[test]
    fn fishers_test_is_that_of_the_lady_tasting_tea() {
        assert!((ln_at_least(3.0, 8.0, 4.0, 4.0).exp() - 17.0 / 70.0).abs() < 1e-12);
        assert!((ln_at_least(4.0, 8.0, 4.0, 4.0).exp() - 1.0 / 70.0).abs() < 1e-12);
    }

    #[test]
    fn a_smooth_density_does_not_jump_and_a_heap_does() {
        let mut smooth: Vec<f64> = (0..BINS).map(|bin| 400.0 + 5.0 * (bin as f64 + 0.5)).collect();
        let above: Vec<f64> = (0..BINS).map(|bin| 400.0 - 5.0 * (bin as f64 + 0.5)).collect();
        assert!(jump(&smooth, &above).unwrap().abs() < 1e-9);
        smooth.iter_mut().take(10).for_each(|count| *count *= 1.5);
        assert!(jump(&smooth, &above).unwrap() < -5.0);
    }
}
