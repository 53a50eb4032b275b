//! Clocks are as near to UTC as they say, and near enough.

use super::table::{Logs, number};
use super::watch::{Evidence, Observation, Watch, Words};
use super::{Check, Decision, Severity, Subject};
use crate::tail::Law;

pub(super) static CHECK: Check = Check {
    name: "time-offset",
    code: "UTC-SYNC",
    title: "clocks are as near to UTC as they say, and near enough",
    statistic: "the larger of |offset|/(5 u_time) and |dx/dt · offset|/(u/3), less 1; the second where u is stated",
    threshold: 0.0,
    because: "offsets beyond 5 u_time are not chance, one in 1.7 million; a third of u is what may be left out of a \
        budget",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "synchronise; state a larger uncertainty of time, or correct for the offset",
    reference: "ITU-T G.8271; JCGM 100:2008, F.2.4",
    decision: Decision::Deterministic,
    wants: &[&["logs.instrument", "logs.offset_s", "logs.u_offset_s"]],
    start: |_| Box::new(Offsets::default()),
    seen: |seen| {
        format!("{} readings are off UTC by more than stated or tolerable, at worst {:.3} s", seen.rows, seen.effect)
    },
};

const DEVIATIONS: f64 = 5.0;
/// The part of u that an error of time may take.
const PART: f64 = 1.0 / 3.0;

#[derive(Debug, Default)]
struct Offsets(Evidence);

impl Watch for Offsets {
    fn log(&mut self, log: &Logs<'_>, first: u64) {
        let mut seen = Observation { statistic: 0.0, effect: 0.0, ..Observation::about(log.instrument[0]) };
        for row in 0..log.offset_s.len() {
            let (offset, u) = (log.offset_s[row].abs(), log.u_offset_s[row]);
            let induced = number(log.rate_per_s, row, f64::NAN).abs() * offset / number(log.u, row, f64::NAN);
            let excess = (offset / (DEVIATIONS * u)).max(induced / PART) - 1.0;
            seen.rows += u32::from(excess > 0.0);
            if excess > seen.statistic {
                (seen.statistic, seen.row, seen.effect) = (excess, first + row as u64, log.offset_s[row]);
            }
        }
        // Of n readings so many are beyond the stated limit by chance.
        let expected = log.offset_s.len() as f64 * Law::Normal.ln_two_sided(DEVIATIONS).exp();
        let by_chance = expected + DEVIATIONS * expected.sqrt();
        self.0.assessed += 1;
        self.0.observations.extend((f64::from(seen.rows) > by_chance.max(1.0)).then_some(seen));
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        self.0
    }
}
