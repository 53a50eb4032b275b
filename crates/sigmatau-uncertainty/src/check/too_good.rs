//! Readings scatter enough to be true.

use super::table::{Instrument, number};
use super::watch::{Observation, Whole};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::{Law, ln_complement};

pub(super) static CHECK: Check = Check {
    name: "too-good",
    code: "TOO-GOOD",
    title: "readings scatter enough to be true",
    statistic: "the lower tail of χ² = Σ(x − x̄)²/(u_rep² + q²/12); where all readings of a row are the same, the \
        probability of that at the claimed scatter and resolution",
    threshold: 0.01,
    because: "lower tail, at the rate of false discoveries",
    unit: Subject::Instrument,
    severity: Severity::Critical,
    remedy: "ask for the raw readings; a mean typed ten times has no scatter",
    reference: "R. A. Fisher, Annals of Science 1 (1936) 115",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[&["repeats.value", "calibrations.u_repeat"]],
    start: |_| Whole::judged(lack),
    seen: |seen| {
        format!(
            "its readings scatter by {:.2} of what is claimed; {} rows do not scatter at all",
            seen.effect, seen.rows
        )
    },
};

/// Σ(x − x̄)²/(u_rep² + q²/12) over all rows, and its degrees of freedom; rows without claim or scatter are passed over
/// by `None`.
pub(super) fn chi_squared(instrument: &Instrument<'_>) -> Option<(f64, f64)> {
    let rows = (0..instrument.len()).map(|row| (instrument.repeats(row), claimed(instrument, row)));
    let known = rows.filter(|(readings, claimed)| readings.len() > 1 && *claimed > 0.0);
    let sum = |(sum, dof): (f64, f64), (readings, claimed): (&[f64], f64)| {
        (sum + squares(readings) / claimed, dof + readings.len() as f64 - 1.0)
    };
    let (statistic, dof) = known.fold((0.0, 0.0), sum);
    (dof > 0.0 && statistic.is_finite()).then_some((statistic, dof))
}

fn lack(instrument: &Instrument<'_>) -> Option<Observation> {
    let (statistic, dof) = chi_squared(instrument)?;
    let still: Vec<(usize, f64)> =
        (0..instrument.len()).filter_map(|row| Some((row, ln_still(instrument, row)?))).collect();
    // Readings on a coarse display may all be the same by chance: χ² is not used where they could be.
    let ln_p = match still.is_empty() {
        true => Law::ChiSquared { dof }.ln_lower(statistic),
        false => Law::ChiSquared { dof }.ln_lower(statistic).max(still.iter().map(|(_, ln_p)| ln_p).sum()),
    };
    let row = still.first().map_or(0, |(row, _)| *row);
    let score = Sides::Upper.score(ln_p);
    let seen = Observation::about(instrument.id());
    Some(Observation {
        row: instrument.row(row),
        rows: still.len() as u32,
        statistic,
        score,
        effect: (statistic / dof).sqrt(),
        ..seen
    })
}

/// ln of the probability that all readings of a row are the same, where they are: all after the first within the same step.
fn ln_still(instrument: &Instrument<'_>, row: usize) -> Option<f64> {
    let readings = instrument.repeats(row);
    let (u, step) = (number(instrument.rows.u_repeat, row, f64::NAN), number(instrument.rows.resolution, row, 0.0));
    let still = readings.len() > 1 && readings.iter().all(|reading| reading == &readings[0]);
    let one = ln_complement(Law::Normal.ln_two_sided(0.5 * step / u));
    (still && u > 0.0).then_some((readings.len() as f64 - 1.0) * one)
}

/// u_rep² + q²/12.
fn claimed(instrument: &Instrument<'_>, row: usize) -> f64 {
    let (u, step) = (instrument.rows.u_repeat[row], number(instrument.rows.resolution, row, 0.0));
    u * u + step * step / 12.0
}

fn squares(readings: &[f64]) -> f64 {
    let mean = readings.iter().sum::<f64>() / readings.len() as f64;
    readings.iter().map(|reading| (reading - mean).powi(2)).sum()
}
