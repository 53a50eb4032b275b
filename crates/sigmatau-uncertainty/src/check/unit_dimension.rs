//! Every unit can be read and measures its quantity.

use super::table::{Instrument, NO_WORD};
use super::watch::{Evidence, Observation, Watch, Words};
use super::{Check, Decision, Severity, Subject};
use sigmatau_core::Unit;
use std::collections::BTreeMap;

pub(super) static CHECK: Check = Check {
    name: "unit-dimension",
    code: "UNIT-DIM",
    title: "every unit can be read and measures its quantity",
    statistic: "1 where a unit can't be read, or its dimension is not that of the quantity",
    threshold: 0.0,
    because: "exponents are whole numbers: there is no tolerance",
    unit: Subject::Unit,
    severity: Severity::Blocker,
    remedy: "correct the unit, or the kind of quantity",
    reference: "VIM 1.7; JCGM 200:2012",
    decision: Decision::Deterministic,
    wants: &[&["calibrations.unit", "calibrations.quantity"]],
    start: |_| Box::new(Units::default()),
    seen: |seen| {
        format!(
            "{} rows state a unit that {}",
            seen.rows,
            if seen.statistic > 1.0 { "is none" } else { "does not measure their quantity" }
        )
    },
};

/// Quantities by a word of their name, and a unit that measures each; others are measured by the unit that most rows state.
const QUANTITIES: [(&str, &str); 14] = [
    ("voltage", "V"),
    ("current", "A"),
    ("resistance", "Ω"),
    ("power", "W"),
    ("energy", "J"),
    ("frequency", "Hz"),
    ("time", "s"),
    ("temperature", "K"),
    ("mass", "kg"),
    ("length", "m"),
    ("pressure", "Pa"),
    ("force", "N"),
    ("acceleration", "m/s^2"),
    ("phase", "rad"),
];

/// The rows of one quantity in one unit.
#[derive(Clone, Copy, Debug, Default)]
struct Rows {
    count: u32,
    first: u64,
}

#[derive(Debug, Default)]
struct Units(BTreeMap<(u32, u32), Rows>);

impl Watch for Units {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        for row in 0..instrument.len() {
            let key = (instrument.rows.quantity[row], instrument.rows.unit[row]);
            if key.0 != NO_WORD && key.1 != NO_WORD {
                let rows = self.0.entry(key).or_insert(Rows { count: 0, first: instrument.row(row) });
                rows.count = rows.count.saturating_add(1);
            }
        }
    }

    fn finish(self: Box<Self>, words: &Words<'_>) -> Evidence {
        let faults = self.0.iter().filter_map(|(key, rows)| {
            let statistic = self.fault(*key, words)?;
            let seen = Observation::about(key.1);
            Some(Observation { row: rows.first, rows: rows.count, statistic, effect: statistic, ..seen })
        });
        Evidence { assessed: self.0.len() as u64, observations: faults.collect() }
    }
}

impl Units {
    /// 2 where the unit is none, 1 where it measures something else.
    fn fault(&self, (quantity, unit): (u32, u32), words: &Words<'_>) -> Option<f64> {
        let parse =
            |word: u32| Some(words(word)).filter(|word| !word.is_empty()).and_then(|word| Unit::parse(word).ok());
        let Some(own) = parse(unit) else { return Some(2.0) };
        let name = words(quantity);
        let known = QUANTITIES.iter().find(|(word, _)| name == *word).and_then(|(_, unit)| Unit::parse(unit).ok());
        let of_quantity = self.0.iter().filter(|(key, _)| key.0 == quantity);
        let usual = || of_quantity.max_by_key(|(_, rows)| rows.count).and_then(|(key, _)| parse(key.1));
        let expected = known.or_else(usual)?;
        (!own.is_convertible_to(&expected)).then_some(1.0)
    }
}
