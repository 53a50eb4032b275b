//! Verdicts follow from the declared rule, and few accepted items are bad.

use super::table::{Instrument, NO_WORD, number};
use super::watch::{Evidence, Observation, Watch, Words};
use super::{Check, Decision, Severity, Subject};
use crate::tail::Law;

pub(super) static CHECK: Check = Check {
    name: "verdict-recomputes",
    code: "CONFORMITY-REDO",
    title: "verdicts follow from the declared rule, and few accepted items are bad",
    statistic: "1 where accepted and lower + w ≤ x − x_ref ≤ upper − w differ, w being the guard band in units of U; \
        of the dataset the mean probability of accepted items to be outside of the limits, over the declared one, \
        less 1",
    threshold: 0.0,
    because: "a verdict follows from the rule or does not; the mean risk is a fault where the lower 95 % bound of \
        its proportion is above the declared one",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "apply the declared rule; widen the guard band",
    reference: "JCGM 106:2012, 8, 9",
    decision: Decision::Deterministic,
    wants: &[&["calibrations.value", "calibrations.lower", "calibrations.upper", "calibrations.accepted"]],
    start: |start| Box::new(Verdicts { declared: start.settings.false_acceptance, ..Verdicts::default() }),
    seen: |seen| match seen.subject {
        NO_WORD => format!(
            "{:.2} % of the accepted items are outside of their limits, more than declared",
            100.0 * seen.effect
        ),
        _ => format!("{} verdicts do not follow from the declared rule", seen.rows),
    },
};

#[derive(Debug, Default)]
struct Verdicts {
    declared: Option<f64>,
    found: Evidence,
    accepted: f64,
    risk: f64,
}

impl Verdicts {
    /// Takes a row; tells whether its verdict is wrong.
    fn take(&mut self, instrument: &Instrument<'_>, row: usize) -> Option<bool> {
        let rows = &instrument.rows;
        let (error, guard) = (instrument.error(row), number(rows.guard, row, 0.0) * number(rows.expanded_u, row, 0.0));
        let (lower, upper) = (number(rows.lower, row, f64::NEG_INFINITY), number(rows.upper, row, f64::INFINITY));
        if rows.accepted[row] > 1 || error.is_nan() {
            return None;
        }
        let accepted = rows.accepted[row] == 1;
        if accepted && self.declared.is_some() && !rows.u.is_empty() {
            let u = instrument.variance(row).sqrt();
            let outside =
                Law::Normal.ln_upper((upper - error) / u).exp() + Law::Normal.ln_upper((error - lower) / u).exp();
            self.accepted += 1.0;
            self.risk += if outside.is_nan() { 0.0 } else { outside };
        }
        Some(accepted != (lower + guard..=upper - guard).contains(&error))
    }

    /// The share of accepted items that are bad, where it is above the declared one beyond chance.
    fn batch(&self) -> Option<Observation> {
        let declared = self.declared?;
        let bad = self.risk.floor();
        let bound = Law::Beta { a: bad, b: self.accepted - bad + 1.0 }.quantile(0.05);
        let effect = self.risk / self.accepted;
        let seen = Observation {
            rows: self.accepted as u32,
            statistic: effect / declared - 1.0,
            ..Observation::about(NO_WORD)
        };
        (bad >= 1.0 && bound > declared).then_some(Observation { effect, ..seen })
    }
}

impl Watch for Verdicts {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        let mut seen = Observation { statistic: 1.0, effect: 1.0, ..Observation::about(instrument.id()) };
        let judged: Vec<Option<bool>> = (0..instrument.len()).map(|row| self.take(instrument, row)).collect();
        let wrong = || judged.iter().enumerate().filter(|(_, wrong)| **wrong == Some(true)).map(|(row, _)| row);
        seen.rows = wrong().count() as u32;
        seen.row = wrong().next().map_or(seen.row, |row| instrument.row(row));
        self.found.assessed += u64::from(judged.iter().any(Option::is_some));
        self.found.observations.extend((seen.rows > 0).then_some(seen));
    }

    fn finish(mut self: Box<Self>, _words: &Words<'_>) -> Evidence {
        let batch = self.batch();
        self.found.observations.extend(batch);
        self.found
    }
}
