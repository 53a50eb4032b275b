//! An instrument drifts no more than its uncertainty allows.

use super::table::{Instrument, YEAR, number, word};
use super::watch::{Observation, Whole, sidak};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;

pub(super) static CHECK: Check = Check {
    name: "drift",
    code: "DRIFT-VS-U",
    title: "an instrument drifts no more than its uncertainty allows",
    statistic: "(e₂ − e₁)/√(u₁² + u₂² − 2 cov + u_drift² Δt²) of the last two errors at each point, cov being the \
        variance of a standard used for both; the worst of the points",
    threshold: 0.01,
    because: "at the rate of false discoveries",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "calibrate more often, allow for the drift, or repair",
    reference: "JCGM 100:2008, F.2.4; ILAC-G24",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[&[
        "calibrations.value",
        "calibrations.reference",
        "calibrations.u",
        "calibrations.point",
        "calibrations.time",
    ]],
    start: |_| Whole::judged(last_step),
    seen: |seen| {
        format!(
            "moved by {:.1} standard uncertainties since the calibration before, {:.3} a year in its unit",
            seen.statistic, seen.effect
        )
    },
};

fn last_step(instrument: &Instrument<'_>) -> Option<Observation> {
    let pairs =
        instrument.points().into_iter().filter(|point| point.len() > 1).map(|point| (point.end - 2, point.end - 1));
    let steps: Vec<(usize, f64)> = pairs.map(|(one, other)| (other, step(instrument, one, other))).collect();
    let known = || steps.iter().filter(|(_, z)| !z.is_nan());
    let &(row, z) = known().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))?;
    let score = Sides::Upper.score(sidak(Sides::Both.ln_p(z), known().count() as f64));
    let years = elapsed(instrument, row - 1, row);
    let effect = (instrument.error(row) - instrument.error(row - 1)) / years;
    Some(Observation {
        row: instrument.row(row),
        rows: 1,
        statistic: z,
        score,
        effect,
        ..Observation::about(instrument.id())
    })
}

fn step(instrument: &Instrument<'_>, one: usize, other: usize) -> f64 {
    let drift = number(instrument.rows.drift_u_per_year, other, 0.0) * elapsed(instrument, one, other);
    let same = word(instrument.rows.standard, one) == word(instrument.rows.standard, other);
    let common = |row: usize| instrument.shared(row) * instrument.variance(row);
    let shared = if same { (common(one) * common(other)).sqrt() } else { 0.0 };
    let variance = instrument.variance(one) + instrument.variance(other) - 2.0 * shared + drift * drift;
    (instrument.error(other) - instrument.error(one)) / variance.sqrt()
}

/// Years between two rows.
fn elapsed(instrument: &Instrument<'_>, one: usize, other: usize) -> f64 {
    (instrument.rows.time[other] - instrument.rows.time[one]) as f64 / YEAR
}
