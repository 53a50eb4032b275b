//! It does not matter who measured and how.

use super::table::{Instrument, word};
use super::watch::{Laboratories, Observation};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::Law;
use std::collections::BTreeMap;

pub(super) static CHECK: Check = Check {
    name: "laboratory-effect",
    code: "MODE-SPLIT",
    title: "it does not matter who measured and how",
    statistic: "Q = Σ w(m − m̄)² of the mean deviations m of the combinations of operator and procedure in a \
        laboratory; τ of DerSimonian and Laird in standard uncertainties",
    threshold: 0.5,
    because: "τ above half of a standard uncertainty, and p at the rate of false discoveries: less is within what is \
        stated",
    unit: Subject::Laboratory,
    severity: Severity::Medium,
    remedy: "find what the operators or procedures do otherwise, or add τ to the budget",
    reference: "W. G. Cochran, Biometrics 10 (1954) 101; R. DerSimonian, N. Laird, Controlled Clinical Trials 7 \
        (1986) 177",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.5, share: 1.0 },
    wants: &[
        &[
            "calibrations.laboratory",
            "calibrations.operator",
            "calibrations.value",
            "calibrations.reference",
            "calibrations.u",
        ],
        &[
            "calibrations.laboratory",
            "calibrations.procedure",
            "calibrations.value",
            "calibrations.reference",
            "calibrations.u",
        ],
    ],
    start: |_| Laboratories::judged(add, judge),
    seen: |seen| format!("operators or procedures differ by {:.2} standard uncertainties", seen.effect),
};

/// Errors beyond this are blunders, which other checks find.
const BLUNDER: f64 = 6.0;

/// The deviates of each combination of operator and procedure: how many, their sum, and that of their squares.
#[derive(Debug, Default)]
struct Modes(BTreeMap<(u32, u32), [f64; 3]>);

fn add(modes: &mut Modes, instrument: &Instrument<'_>, row: usize) {
    let z = instrument.deviates[row];
    if z.abs() <= BLUNDER {
        let key = (word(instrument.rows.operator, row), word(instrument.rows.procedure, row));
        let [count, sum, squares] = modes.0.entry(key).or_default();
        *count += 1.0;
        *sum += z;
        *squares += z * z;
    }
}

/// The variance within is pooled, so that a wrong scale of all uncertainties is not taken for an effect.
fn judge(modes: Modes) -> Option<Observation> {
    let modes: Vec<[f64; 3]> = modes.0.into_values().filter(|[count, ..]| *count >= 5.0).collect();
    if modes.len() < 2 {
        return None;
    }
    let total = |place: usize| modes.iter().map(|mode| mode[place]).sum::<f64>();
    let (count, freedom) = (total(0), modes.len() as f64 - 1.0);
    let centre = total(1) / count;
    let between: f64 = modes.iter().map(|[n, sum, _]| n * (sum / n - centre).powi(2)).sum();
    let within = (total(2) - count * centre * centre - between) / (count - freedom - 1.0);
    let statistic = between / within.max(f64::MIN_POSITIVE) / freedom;
    let score = Law::Fisher { numerator: freedom, denominator: count - freedom - 1.0 }.score(statistic);
    let squares: f64 = modes.iter().map(|[n, ..]| n * n).sum();
    let effect = ((between - freedom * within) / (count - squares / count)).max(0.0).sqrt();
    Some(Observation { rows: count as u32, statistic, score, effect, ..Observation::about(0) })
}
