//! A laboratory's uncertainties are of the right size.

use super::table::Instrument;
use super::watch::{Laboratories, Observation, Shares};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::Law;
use crate::verdict::Scale;

pub(super) static CHECK: Check = Check {
    name: "uncertainty-scale",
    code: "U-SCALE",
    title: "a laboratory's uncertainties are of the right size",
    statistic: "the ratio of Birge √(Σz²/ν), which is what its uncertainties are too small by",
    threshold: 1.25,
    because: "flagged where its 95 % interval from χ² lies outside of 0.8 to 1.25 altogether, and at the rate of \
        false discoveries",
    unit: Subject::Laboratory,
    severity: Severity::Medium,
    remedy: "multiply by the ratio, then find the component that is missing or too large",
    reference: "R. T. Birge, Physical Review 40 (1932) 207",
    decision: Decision::Family { sides: Sides::Both, effect: 1.25, share: 1.0 },
    wants: &[&["calibrations.laboratory", "calibrations.value", "calibrations.reference", "calibrations.u"]],
    start: |_| Laboratories::judged(add, judge),
    seen: |seen| {
        let scale = Scale::of(seen.statistic.powi(2), f64::from(seen.rows), 0.95);
        let word = if scale.ratio > 1.0 { "too small" } else { "too large" };
        let flip = |ratio: f64| if scale.ratio > 1.0 { ratio } else { 1.0 / ratio };
        let (one, other) = (flip(scale.low), flip(scale.high));
        format!("states uncertainties {word} by {:.2} ({:.2}–{:.2})", flip(scale.ratio), one.min(other), one.max(other))
    },
};

/// Errors beyond this are blunders, which other checks find and which say nothing of uncertainties.
const BLUNDER: f64 = 6.0;
/// The errors of a laboratory.
#[derive(Debug, Default)]
struct Errors {
    squares: f64,
    count: u32,
    shares: Shares,
}

fn add(errors: &mut Errors, instrument: &Instrument<'_>, row: usize) {
    let z = instrument.deviates[row];
    if z.abs() <= BLUNDER {
        errors.squares += z * z;
        errors.count += 1;
        errors.shares.add(instrument, row);
    }
}

/// Errors that share a standard count for less: the degrees of freedom, which stand for the rows, are those of as many
/// independent ones. The effect is the least factor that the interval allows.
fn judge(errors: Errors) -> Option<Observation> {
    let dof = (f64::from(errors.count) / errors.shares.inflation_of_squares()).floor();
    if dof < 10.0 {
        return None;
    }
    let mean_square = errors.squares / f64::from(errors.count);
    let Scale { ratio: statistic, low, high } = Scale::of(mean_square, dof, 0.95);
    let score = Law::ChiSquared { dof }.score(dof * mean_square);
    let effect = low.max(1.0 / high);
    Some(Observation { rows: dof as u32, statistic, score, effect, ..Observation::about(0) })
}
