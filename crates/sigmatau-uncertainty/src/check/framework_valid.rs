//! First-order propagation is good enough.

use super::table::{Instrument, number};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};

pub(super) static CHECK: Check = Check {
    name: "framework-valid",
    code: "GUF-VALID",
    title: "first-order propagation is good enough",
    statistic: "where second-order terms exceed 0.05 of the first: max(d_low, d_high)/δ beyond the uncertainty of \
        the Monte Carlo, less 1; the ratio over 0.05, less 1, where none was made",
    threshold: 0.0,
    because: "0.05 of the first order is 0.1 % of u, well within two digits; beyond it the Monte Carlo decides",
    unit: Subject::Instrument,
    severity: Severity::Medium,
    remedy: "propagate these rows by Monte Carlo and state its interval",
    reference: "JCGM 101:2008, 8",
    decision: Decision::Deterministic,
    wants: &[&["calibrations.curvature"]],
    start: |_| Rows::judged(invalid),
    seen: |seen| {
        format!(
            "{} rows are not validated against a Monte Carlo; at worst {:.1} times the tolerance",
            seen.rows,
            seen.statistic + 1.0
        )
    },
};

/// The ratio of second-order to first-order terms from which a Monte Carlo has to decide.
const SCREEN: f64 = 0.05;

fn invalid(instrument: &Instrument<'_>, row: usize) -> f64 {
    let curvature = instrument.rows.curvature[row];
    match curvature <= SCREEN {
        true => 0.0,
        false => number(instrument.rows.validation, row, curvature / SCREEN) - 1.0,
    }
}
