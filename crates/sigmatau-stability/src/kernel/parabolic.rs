//! Differences of least-squares slopes: the parabolic deviation.
//!
//! The slope of a line through m phases is a sum of them with weights c − k, c = (m−1)/2, and the term of
//! the statistic is the difference of neighbouring slopes, D(i) = Σ_{k<m} (c − k) d(i+k) with
//! d(i) = x(i) − x(i+m). With the running sums P(i) = Σ_{j<i} d(j) and U(i) = Σ_{j<i} P(j) it is
//! D(i) = (c − m) P(i+m) − c P(i) + U(i+m+1) − U(i+1). The sums start anew in every block of a few m
//! points, less the first d, which D does not see: what they lose stays below 1e-10 of D up to m = 1e6.

use super::runs::whole_runs;
use super::{LANES, Lanes, Terms, Total};
use sigmatau_core::PhaseSeries;

/// Factors up to here are summed weight by weight, which is faster and more exact.
const DIRECT: usize = 16;
/// Starts of terms per block and averaging factor.
const STARTS_PER_FACTOR: usize = 8;
/// The fewest starts of terms per block.
const FEWEST_STARTS: usize = 1024;

/// Sums D(i)² over all i; second differences at m = 1, where a slope needs both points.
///
/// A term spans the 2m + 1 points of the Allan deviation, N − 2m of them. Those that touch a missing
/// point are left out. Time O(N) per factor; memory a few m.
pub(crate) fn slope_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    factors.iter().map(|m| of_record(phase.values(), *m)).collect()
}

fn of_record(x: &[f64], m: usize) -> Terms {
    let mut total = Total::default();
    let step = FEWEST_STARTS.max(STARTS_PER_FACTOR * m);
    for run in whole_runs(x).filter(|run| run.len() > 2 * m) {
        let starts = run.len() - 2 * m;
        for start in (0..starts).step_by(step) {
            total.add(block(&run[start..(start + step).min(starts) + 2 * m], m));
        }
    }
    total.terms()
}

/// The terms of starts 0 … len − 2m − 1.
fn block(x: &[f64], m: usize) -> Terms {
    let steps: Vec<f64> = x.iter().zip(&x[m..]).map(|(x, later)| x - later).collect();
    let starts = x.len() - 2 * m;
    match m {
        1 => squares(steps.windows(2).map(|d| d[0] - d[1])),
        ..=DIRECT => squares(steps.windows(m).take(starts).map(weighted)),
        _ => by_running_sums(&steps, m, starts),
    }
}

/// Σ (c − k) d(k).
fn weighted(steps: &[f64]) -> f64 {
    let centre = (steps.len() - 1) as f64 / 2.0;
    steps.iter().enumerate().map(|(k, d)| (centre - k as f64) * d).sum()
}

fn by_running_sums(steps: &[f64], m: usize, starts: usize) -> Terms {
    let (centre, width) = ((m - 1) as f64 / 2.0, m as f64);
    let mut once = vec![0.0; steps.len() + 1];
    let mut twice = vec![0.0; steps.len() + 2];
    for (i, step) in steps.iter().enumerate() {
        once[i + 1] = once[i] + (step - steps[0]);
        twice[i + 2] = twice[i + 1] + once[i + 1];
    }
    let ends = once.iter().zip(&once[m..]).zip(twice[1..].iter().zip(&twice[m + 1..]));
    squares(ends.take(starts).map(|((p, q), (u, v))| (centre - width) * q - centre * p + (v - u)))
}

fn squares(terms: impl Iterator<Item = f64>) -> Terms {
    let mut lanes = Lanes::<false>::new();
    let mut group = [0.0; LANES];
    let mut held = 0;
    for term in terms {
        group[held] = term;
        held += 1;
        if held == LANES {
            lanes.add(group);
            held = 0;
        }
    }
    lanes.finish(group.into_iter().take(held))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sigmatau_spectrum::PowerLaw;

    proptest! {
        #[test]
        fn running_sums_agree_with_the_weights_to_1e_9(
            alpha in -2..=2_i8, points in 60..4000_usize, share in 0.0..1.0_f64, stream in 0..1000_u64, slope in -10.0..10.0_f64,
        ) {
            let mut x = PowerLaw::from_deviation(alpha, 1.0, 1.0).unwrap().phase(points, 1.0, 3, stream);
            x.iter_mut().enumerate().for_each(|(i, x)| *x += slope * i as f64);
            let m = DIRECT + 1 + ((points / 2 - DIRECT - 2) as f64 * share) as usize;
            let mut steps: Vec<f64> = x.iter().zip(&x[m..]).map(|(x, later)| x - later).collect();
            // The weights sum to 0; with a slope left in, the products are what loses the ninth digit.
            let slope = steps[0];
            steps.iter_mut().for_each(|step| *step -= slope);
            let slow = squares(steps.windows(m).take(points - 2 * m).map(weighted));
            let fast = of_record(&x, m);
            prop_assert_eq!(fast.n, slow.n);
            prop_assert!((fast.sum / slow.sum - 1.0).abs() < 1e-9, "{} and {}", fast.sum, slow.sum);
        }
    }
}
