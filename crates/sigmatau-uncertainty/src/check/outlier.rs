//! An instrument errs like others of its class.

use super::table::{Instrument, word};
use super::watch::{Evidence, Observation, Watch, Words, sidak};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::fdr::{NORMAL_MAD, median};
use crate::tail::Law;
use std::collections::BTreeMap;

pub(super) static CHECK: Check = Check {
    name: "outlier",
    code: "OUTLIER-ROBUST",
    title: "an instrument errs like others of its class",
    statistic: "(z − median)/(1.4826 MAD) of the largest deviation of each instrument among those of its class, on \
        Student's tail with one degree less than there are instruments",
    threshold: 0.01,
    because: "at the rate of false discoveries on the tail, not three fixed deviations",
    unit: Subject::Instrument,
    severity: Severity::Medium,
    remedy: "look for a blunder in that row before the instrument is blamed",
    reference: "F. R. Hampel, JASA 69 (1974) 383; ISO 13528:2022, annex C",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[&["calibrations.value", "calibrations.reference", "calibrations.u"]],
    start: |_| Box::new(Classes::default()),
    seen: |seen| format!("lies {:.1} robust standard deviations from the others of its class", seen.statistic),
};

/// A class of fewer instruments has no middle to speak of.
const FEWEST: usize = 10;

/// The score of the largest deviation of each instrument, by class.
#[derive(Debug, Default)]
struct Classes(BTreeMap<u32, Vec<Observation>>);

impl Watch for Classes {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        let deviates = || instrument.deviates.iter().enumerate().filter(|(_, z)| !z.is_nan());
        let Some((row, z)) = deviates().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs())) else { return };
        let statistic = Sides::Upper.score(sidak(Sides::Both.ln_p(*z), deviates().count() as f64));
        let seen = Observation {
            row: instrument.row(row),
            rows: 1,
            statistic,
            effect: *z,
            ..Observation::about(instrument.id())
        };
        self.0.entry(word(instrument.rows.class, 0)).or_default().push(seen);
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        Evidence::of_family(self.0.into_values().flat_map(standardised).collect())
    }
}

/// The scores of a class as they stand to its median and median absolute deviation.
fn standardised(mut class: Vec<Observation>) -> Vec<Observation> {
    let mut scores: Vec<f64> = class.iter().map(|seen| seen.statistic).collect();
    let centre = median(&mut scores).unwrap_or(f64::NAN);
    scores.iter_mut().for_each(|score| *score = (*score - centre).abs());
    let scale = NORMAL_MAD * median(&mut scores).unwrap_or(f64::NAN);
    if class.len() < FEWEST || scale.is_nan() || scale == 0.0 {
        return Vec::new();
    }
    let tail = Law::Student { dof: class.len() as f64 - 1.0 };
    for seen in &mut class {
        seen.statistic = (seen.statistic - centre) / scale;
        seen.score = tail.score(seen.statistic);
    }
    class
}
