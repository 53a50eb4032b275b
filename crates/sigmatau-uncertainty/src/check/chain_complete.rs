//! Every path ends at an accepted root.

use super::table::word;
use super::watch::of_chain;
use super::{Check, Decision, Severity, Subject};
use crate::chain::{Fault, Found};

pub(super) static CHECK: Check = Check {
    name: "chain-complete",
    code: "TRACE-COMPLETE",
    title: "every path ends at an accepted root",
    statistic: "1 where a certificate is missing, rests on itself, has no uncertainty, ends at no accepted root or \
        rests on such a one; contributions that miss the uncertainty count too",
    threshold: 0.0,
    because: "one broken link is enough",
    unit: Subject::Certificate,
    severity: Severity::Blocker,
    remedy: "ask the laboratory for the certificate of its standard; name the root",
    reference: "JCGM 200:2012 (VIM), 2.42; ILAC-P10",
    decision: Decision::Deterministic,
    wants: &[&["chain"]],
    start: |start| {
        of_chain(start, incomplete, |chain, instrument, row| {
            f64::from(u8::from(!chain.is_complete(word(instrument.rows.standard, row))))
        })
    },
    seen: |seen| format!("its chain is broken ({} rows)", seen.rows),
};

fn incomplete(found: &Found) -> Option<f64> {
    match found.fault {
        Fault::Falls { .. } | Fault::OutOfDate { .. } => None,
        _ => Some(1.0),
    }
}
