//! U is stated to at most two digits, the value to the place of the last, and not rounded down by more than 5 %.

use super::table::{Instrument, number};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};

pub(super) static CHECK: Check = Check {
    name: "uncertainty-rounded",
    code: "U-ROUND",
    title: "U is stated to at most two digits, the value to the place of the last, and not rounded down by more than \
        5 %",
    statistic: "1 where one of the three does not hold",
    threshold: 0.0,
    because: "the third digit of an uncertainty is never known; rounding down by more than 5 % understates it",
    unit: Subject::Instrument,
    severity: Severity::Low,
    remedy: "round for the certificate only, up where in doubt",
    reference: "JCGM 100:2008, 7.2.6; EA-4/02",
    decision: Decision::Deterministic,
    wants: &[&["calibrations.expanded_u", "calibrations.value"]],
    start: |_| Rows::judged(unrounded),
    seen: |seen| {
        format!("in {} rows U has more than two digits, the value another last place, or U was rounded down", seen.rows)
    },
};

/// How near to a whole number a rounded one lies.
const WHOLE: f64 = 1e-6;

fn unrounded(instrument: &Instrument<'_>, row: usize) -> f64 {
    let rows = &instrument.rows;
    let (expanded, value) = (rows.expanded_u[row], rows.value[row]);
    if expanded.is_nan() || expanded <= 0.0 || value.is_nan() {
        return f64::NAN;
    }
    let step = 10_f64.powi((expanded.log10() + WHOLE).floor() as i32 - 1);
    let exact = number(rows.k, row, f64::NAN) * number(rows.u_c, row, f64::NAN);
    f64::from(u8::from(!is_whole(expanded / step) || !is_whole(value / step) || expanded < 0.95 * exact))
}

fn is_whole(number: f64) -> bool {
    (number - number.round()).abs() < WHOLE.max(4.0 * f64::EPSILON * number.abs())
}
