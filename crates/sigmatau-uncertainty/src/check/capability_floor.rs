//! No uncertainty is below what the laboratory is accredited for.

use super::table::{Instrument, half_last_digit};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};

pub(super) static CHECK: Check = Check {
    name: "capability-floor",
    code: "CMC-FLOOR",
    title: "no uncertainty is below what the laboratory is accredited for",
    statistic: "(CMC − U)/CMC beyond half of the last digit of each",
    threshold: 0.0,
    because: "an accredited certificate never states less than the capability; only rounding is allowed for",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "state the capability, or have a smaller one accredited",
    reference: "ILAC P14:09/2020",
    decision: Decision::Deterministic,
    wants: &[&["calibrations.expanded_u", "calibrations.cmc"]],
    start: |_| Rows::judged(below),
    seen: |seen| {
        format!(
            "in {} rows U is below the accredited capability, at worst by {:.0} %",
            seen.rows,
            100.0 * seen.statistic
        )
    },
};

fn below(instrument: &Instrument<'_>, row: usize) -> f64 {
    let (expanded, floor) = (instrument.rows.expanded_u[row], instrument.rows.cmc[row]);
    let missing = (floor - expanded) / floor;
    if missing > 0.0 {
        (floor - expanded - half_last_digit(expanded) - half_last_digit(floor)) / floor
    } else {
        missing
    }
}
