//! Quantities can have the correlations that are stated.

use super::table::{Instrument, NO_WORD};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};
use crate::correlation::{Correlation, CorrelationError};

pub(super) static CHECK: Check = Check {
    name: "correlation-possible",
    code: "CORR-PSD",
    title: "quantities can have the correlations that are stated",
    statistic: "the distance to the nearest coefficients that quantities can have",
    threshold: 0.0,
    because: "an eigenvalue below −1e-10 for each input is no rounding",
    unit: Subject::Instrument,
    severity: Severity::Blocker,
    remedy: "estimate the coefficients together, from the same data or from shared sources",
    reference: "JCGM 102:2011; N. J. Higham, IMA Journal of Numerical Analysis 22 (2002) 329",
    decision: Decision::Deterministic,
    wants: &[&["correlations.first", "correlations.second", "correlations.coefficient"]],
    start: |_| Rows::judged(impossible),
    seen: |seen| {
        format!(
            "{} budgets correlate inputs as no quantities can be; the nearest coefficients are {:.2} away",
            seen.rows, seen.statistic
        )
    },
};

fn impossible(instrument: &Instrument<'_>, row: usize) -> f64 {
    let stated = instrument.correlations(row);
    let Some(last) = stated.first.iter().chain(stated.second).max() else { return f64::NAN };
    if *last == NO_WORD {
        return 1.0;
    }
    let places = stated.first.iter().zip(stated.second).zip(stated.coefficient);
    let pairs: Vec<(usize, usize, f64)> =
        places.map(|((first, second), r)| (*first as usize, *second as usize, *r)).collect();
    match Correlation::of_pairs(*last as usize + 1, &pairs) {
        Ok(_) => 0.0,
        Err(CorrelationError::Indefinite { distance, .. }) => distance,
        Err(_) => 1.0,
    }
}
