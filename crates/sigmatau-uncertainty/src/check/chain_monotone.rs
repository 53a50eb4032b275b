//! Uncertainty does not fall down the chain.

use super::table::number;
use super::watch::of_chain;
use super::{Check, Decision, Severity, Subject};
use crate::chain::{Fault, Found};

pub(super) static CHECK: Check = Check {
    name: "chain-monotone",
    code: "U-MONOTONE",
    title: "uncertainty does not fall down the chain",
    statistic: "|c| u_parent/u − 1",
    threshold: 0.05,
    because: "what is inherited can't be lost; 5 % is what rounding to two digits explains",
    unit: Subject::Certificate,
    severity: Severity::High,
    remedy: "state at least what the standard contributes",
    reference: "JCGM 200:2012 (VIM), 2.41",
    decision: Decision::Deterministic,
    wants: &[&["chain"]],
    start: |start| {
        of_chain(start, falls, |_, instrument, row| {
            let (u, inherited) =
                (number(instrument.rows.u_c, row, f64::NAN), number(instrument.rows.u_standard, row, f64::NAN));
            inherited / u - 1.0
        })
    },
    seen: |seen| format!("states less than it inherits, which is {:.2} times as much", seen.statistic + 1.0),
};

fn falls(found: &Found) -> Option<f64> {
    match found.fault {
        Fault::Falls { inherited, stated, .. } => Some(inherited / stated - 1.0),
        _ => None,
    }
}
