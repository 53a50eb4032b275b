//! Every row says what was measured, in which unit, how well, on what, how and against what.

use super::table::{Instrument, NO_WORD, number, word};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};

pub(super) static CHECK: Check = Check {
    name: "statement-complete",
    code: "SCHEMA-METRO",
    title: "every row says what was measured, in which unit, how well, on what, how and against what",
    statistic: "the number of things that are missing from a row: value, unit, u or U with k, instrument, quantity, \
        procedure, standard",
    threshold: 0.0,
    because: "one missing thing is enough: the row can't be used",
    unit: Subject::Instrument,
    severity: Severity::Blocker,
    remedy: "ask the laboratory for what is missing; rows without it are left out of every other check",
    reference: "ISO/IEC 17025:2017, 7.8",
    decision: Decision::Deterministic,
    wants: &[&["calibrations.instrument"]],
    start: |_| Rows::judged(missing),
    seen: |seen| format!("{} rows lack up to {} of what a result has to state", seen.rows, seen.statistic),
};

fn missing(instrument: &Instrument<'_>, row: usize) -> f64 {
    let rows = &instrument.rows;
    let words = [rows.instrument, rows.unit, rows.quantity, rows.procedure, rows.standard];
    let unsaid = words.iter().filter(|column| word(column, row) == NO_WORD).count();
    let stated = |column| !number(column, row, f64::NAN).is_nan();
    let uncertain = stated(rows.u_c) || stated(rows.u) || stated(rows.expanded_u) && stated(rows.k);
    (unsaid + usize::from(!stated(rows.value)) + usize::from(!uncertain)) as f64
}
