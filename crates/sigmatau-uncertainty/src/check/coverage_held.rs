//! Errors lie within the stated uncertainty as often as it says.

use super::table::Instrument;
use super::watch::{Laboratories, Observation, Shares, sidak};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::{Law, normal_score};

pub(super) static CHECK: Check = Check {
    name: "coverage-held",
    code: "U-CALIBRATION",
    title: "errors lie within the stated uncertainty as often as it says",
    statistic: "the share of |z| ≤ 1.96 against 95 % and of |z| ≤ 3 against 99.73 % (binomial), and the statistic of \
        Anderson and Darling of Φ(z) against uniform, z = (x − x_ref)/√(u² + u_ref² − 2 cov)",
    threshold: 0.01,
    because: "the smallest p-value three times, at the rate of false discoveries: of 1000 rows fewer than 92.7 % within \
        is one in a thousand, and of 200 six beyond 3 one in fifty thousand",
    unit: Subject::Laboratory,
    severity: Severity::High,
    remedy: "compare with a laboratory of smaller uncertainty; look for a missing component",
    reference: "JCGM 100:2008, 6.3; G. Marsaglia, J. Marsaglia, Journal of Statistical Software 9 (2004) 2",
    decision: Decision::Family { sides: Sides::Both, effect: 0.0, share: 1.0 },
    wants: &[&["calibrations.laboratory", "calibrations.value", "calibrations.reference", "calibrations.u"]],
    start: |_| Laboratories::judged(add, judge),
    seen: |seen| format!("{:.1} % of its {} errors lie within the 95 % interval", 100.0 * seen.effect, seen.rows),
};

/// Errors beyond this are blunders: they count as outside, but not for the shape of the distribution.
const BLUNDER: f64 = 6.0;
/// Half of the interval that holds 95 % of normal deviates.
const HALF: f64 = 1.959_963_984_540_054;
/// Half of the interval in which a few errors too large are seen first, and what it holds of normal deviates.
const FAR: f64 = 3.0;
const NEAR: f64 = 0.997_300_203_936_740;
/// The most deviates of a laboratory that are kept for the shape of their distribution.
const KEPT: usize = 4096;

/// The errors of a laboratory.
#[derive(Debug, Default)]
struct Errors {
    count: u32,
    within: u32,
    near: u32,
    shares: Shares,
    /// Every `stride`-th deviate.
    kept: Vec<f64>,
    stride: u32,
}

fn add(errors: &mut Errors, instrument: &Instrument<'_>, row: usize) {
    let z = instrument.deviates[row];
    if z.is_nan() {
        return;
    }
    errors.shares.add(instrument, row);
    errors.stride = errors.stride.max(1);
    if errors.count.is_multiple_of(errors.stride) && z.abs() <= BLUNDER {
        errors.kept.push(z);
    }
    errors.count += 1;
    errors.within += u32::from(z.abs() <= HALF);
    errors.near += u32::from(z.abs() <= FAR);
    if errors.kept.len() == 2 * KEPT {
        errors.kept = errors.kept.iter().step_by(2).copied().collect();
        errors.stride *= 2;
    }
}

/// Errors that share a standard count for less.
fn judge(errors: Errors) -> Option<Observation> {
    let count = f64::from(errors.count);
    let effective = count / errors.shares.inflation_of_squares();
    let of_shape = count / errors.shares.inflation_of_mean();
    let share = f64::from(errors.within) / count;
    if effective < 20.0 {
        return None;
    }
    let z = (share - 0.95) / (0.95 * 0.05 / effective).sqrt();
    let binomial = |held: u32, expected: f64| {
        let within = (f64::from(held) / count * effective).round();
        Sides::Both.ln_p(binomial_score(within, effective.round(), expected))
    };
    let held = binomial(errors.within, 0.95).min(binomial(errors.near, NEAR));
    let kept = errors.kept.len() as f64;
    let shape = anderson_darling(errors.kept, kept.min(of_shape) / kept);
    let ln_p = sidak(held.min(shape), 3.0);
    let score = Sides::Both.score(ln_p).max(0.0) * if share < 0.95 { -1.0 } else { 1.0 };
    Some(Observation { rows: errors.count, statistic: z, score, effect: share, ..Observation::about(0) })
}

/// The normal score of `within` of `count` where a share is expected, by the exact tail on their side.
fn binomial_score(within: f64, count: f64, expected: f64) -> f64 {
    let at_least = Law::Beta { a: within.max(0.5), b: count - within + 1.0 }.ln_lower(expected);
    let at_most = Law::Beta { a: within + 1.0, b: (count - within).max(0.5) }.ln_upper(expected);
    if within > expected * count { normal_score(at_least).max(0.0) } else { -normal_score(at_most).max(0.0) }
}

/// ln of the p-value of Anderson and Darling for standard normal deviates, of which the statistic is shrunk to as many
/// as are independent.
fn anderson_darling(mut deviates: Vec<f64>, independent: f64) -> f64 {
    deviates.sort_unstable_by(f64::total_cmp);
    let n = deviates.len() as f64;
    let pairs = deviates.iter().zip(deviates.iter().rev()).enumerate();
    let terms = pairs.map(|(place, (low, high))| {
        (2.0 * place as f64 + 1.0) * (Law::Normal.ln_lower(*low) + Law::Normal.ln_upper(*high))
    });
    let statistic = -n - terms.sum::<f64>() / n;
    ln_upper_of_anderson_darling(1.0 + (statistic - 1.0) * independent)
}

/// ln P(A² ≥ z) of the limiting distribution: that of Marsaglia and Marsaglia, continued where it ends as √z e^(−z)·const.
fn ln_upper_of_anderson_darling(z: f64) -> f64 {
    if z >= 8.0 {
        return ln_upper_of_anderson_darling(7.999_999) - (z - 8.0) - 0.5 * (z / 8.0).ln();
    }
    let lower = if z < 2.0 {
        let z = z.max(1e-3);
        let series =
            2.000_12 + (0.247_105 - (0.064_982_1 - (0.034_796_2 - (0.011_672 - 0.001_686_91 * z) * z) * z) * z) * z;
        (-1.233_714_1 / z).exp() / z.sqrt() * series
    } else {
        let series = 1.0776 - (2.306_95 - (0.434_24 - (0.082_433 - (0.008_056 - 0.000_314_6 * z) * z) * z) * z) * z;
        (-(series.exp())).exp()
    };
    (-lower.min(1.0)).ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Percentage points of the limiting distribution.
    #[test]
    fn anderson_darling_has_its_percentage_points() {
        for (z, p) in [(1.933, 0.10), (2.492, 0.05), (3.878, 0.01), (5.969, 0.001)] {
            let found = ln_upper_of_anderson_darling(z);
            assert!((found - f64::ln(p)).abs() < 0.02, "{z}: {}", found.exp());
        }
    }
}
