//! Instruments that share a standard err together no more than the budgets say.

use super::table::{Instrument, NO_WORD};
use super::watch::{Laboratories, Observation};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::Law;
use std::collections::BTreeMap;

pub(super) static CHECK: Check = Check {
    name: "shared-standard",
    code: "CORR-NEGLECT",
    title: "instruments that share a standard err together no more than the budgets say",
    statistic: "Σ m z̄²/(1 + (m − 1)ρ) over the standards of a laboratory, z̄ being the mean of the first deviates \
        of the m instruments and ρ the part of the variance that comes from the standard; χ² with as many degrees of \
        freedom as standards",
    threshold: 0.01,
    because: "upper tail, at the rate of false discoveries",
    unit: Subject::Laboratory,
    severity: Severity::Medium,
    remedy: "look for an error of the laboratory that is in no budget: mounting, environment, software",
    reference: "JCGM 100:2008, 5.2, F.1.2",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[&[
        "calibrations.laboratory",
        "calibrations.standard",
        "calibrations.value",
        "calibrations.reference",
        "calibrations.u",
    ]],
    start: |_| Laboratories::judged(add, judge),
    seen: |seen| {
        format!(
            "instruments calibrated against one standard share an error of {:.2} standard uncertainties beyond the budgets",
            seen.effect
        )
    },
};

/// Errors beyond this are blunders, which other checks find.
const BLUNDER: f64 = 6.0;

/// Of each standard: the instruments, the sum of their deviates, of the common parts, and the last instrument.
#[derive(Debug, Default)]
struct Standards(BTreeMap<u32, (f64, f64, f64, u32)>);

/// One deviate of an instrument for each standard: others of it are not independent.
fn add(standards: &mut Standards, instrument: &Instrument<'_>, row: usize) {
    let (z, standard) = (instrument.deviates[row], instrument.rows.standard[row]);
    if z.is_nan() || z.abs() > BLUNDER || standard == NO_WORD {
        return;
    }
    let (count, sum, shared, last) = standards.0.entry(standard).or_insert((0.0, 0.0, 0.0, NO_WORD));
    if *last != instrument.id() {
        *count += 1.0;
        *sum += z;
        *shared += instrument.shared(row);
        *last = instrument.id();
    }
}

fn judge(standards: Standards) -> Option<Observation> {
    let of_many = standards.0.into_values().filter(|(count, ..)| *count >= 5.0);
    let terms: Vec<(f64, f64)> = of_many
        .map(|(count, sum, shared, _)| {
            let mean = sum / count;
            let expected = (1.0 + (count - 1.0) * shared / count) / count;
            (mean * mean / expected, mean * mean - expected)
        })
        .collect();
    let dof = terms.len() as f64;
    let statistic: f64 = terms.iter().map(|(ratio, _)| ratio).sum();
    let effect = (terms.iter().map(|(_, excess)| excess).sum::<f64>() / dof).max(0.0).sqrt();
    let score = Law::ChiSquared { dof }.score(statistic);
    (dof > 0.0).then(|| Observation { rows: terms.len() as u32, statistic, score, effect, ..Observation::about(0) })
}
