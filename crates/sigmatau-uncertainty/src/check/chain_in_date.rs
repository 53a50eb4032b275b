//! Every certificate is valid when it is used.

use super::table::{NO_TIME, SECOND, word};
use super::watch::of_chain;
use super::{Check, Decision, Severity, Subject};
use crate::chain::{Fault, Found};

pub(super) static CHECK: Check = Check {
    name: "chain-in-date",
    code: "TRACE-INDATE",
    title: "every certificate is valid when it is used",
    statistic: "the days by which a certificate was used before its beginning, after its end or after its recall",
    threshold: 0.0,
    because: "a day late is late; how late says how much it matters",
    unit: Subject::Certificate,
    severity: Severity::High,
    remedy: "recalibrate the standard; examine what was measured with it since",
    reference: "ISO/IEC 17025:2017, 6.4, 7.10",
    decision: Decision::Deterministic,
    wants: &[&["chain"]],
    start: |start| {
        of_chain(start, late, |chain, instrument, row| {
            let time = instrument.rows.time.get(row).copied().unwrap_or(NO_TIME);
            chain.out_of_date(word(instrument.rows.standard, row), time).map_or(f64::NAN, days)
        })
    },
    seen: |seen| format!("used a certificate {:.0} days out of date", seen.statistic.ceil()),
};

fn late(found: &Found) -> Option<f64> {
    match found.fault {
        Fault::OutOfDate { by, .. } => Some(days(by)),
        _ => None,
    }
}

fn days(nanoseconds: i64) -> f64 {
    nanoseconds as f64 / (86_400.0 * SECOND)
}
