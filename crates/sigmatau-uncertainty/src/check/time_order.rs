//! Time goes forward, evenly.

use super::table::{Logs, SECOND};
use super::watch::{Evidence, Observation, Watch, Words};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::{NORMAL_MAD, median};

pub(super) static CHECK: Check = Check {
    name: "time-order",
    code: "TIME-MONO",
    title: "time goes forward, evenly",
    statistic: "5 where a reading is not after the one before, else how far an interval is from the median one, over \
        5 median absolute deviations (of at least a tenth of the interval), gaps of whole intervals apart, less 1",
    threshold: 0.0,
    because: "a clock that was set, an hour of summer time or a leap second; missing readings are no step",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "log when the clock is set; use UTC",
    reference: "ISO/IEC 17025:2017, 7.5; ITU-R TF.460",
    decision: Decision::Deterministic,
    wants: &[&["logs.instrument", "logs.time"]],
    start: |_| Box::new(Clocks::default()),
    seen: |seen| format!("its clock jumps or goes back at {} readings, at worst by {:.0} s", seen.rows, seen.effect),
};

const DEVIATIONS: f64 = 5.0;
/// The least deviation of an interval that is taken for usual, of the interval.
const USUAL: f64 = 0.02;

#[derive(Debug, Default)]
struct Clocks(Evidence);

impl Watch for Clocks {
    fn log(&mut self, log: &Logs<'_>, first: u64) {
        let intervals: Vec<f64> =
            log.time.windows(2).map(|pair| pair[1].saturating_sub(pair[0]) as f64 / SECOND).collect();
        let mut sorted = intervals.clone();
        let Some(usual) = median(&mut sorted) else { return };
        sorted.iter_mut().for_each(|interval| *interval = (*interval - usual).abs());
        let spread = NORMAL_MAD * median(&mut sorted).unwrap_or(0.0);
        let allowed = DEVIATIONS * spread.max(USUAL * usual.abs());
        let mut seen = Observation { statistic: 0.0, effect: 0.0, ..Observation::about(log.instrument[0]) };
        for (place, interval) in intervals.iter().enumerate() {
            let excess = jump(*interval, usual).abs() / allowed - 1.0;
            let excess = if *interval <= 0.0 { excess.max(DEVIATIONS) } else { excess };
            seen.rows += u32::from(excess > 0.0);
            if excess > seen.statistic {
                (seen.statistic, seen.row, seen.effect) = (excess, first + place as u64 + 1, interval - usual);
            }
        }
        self.0.assessed += 1;
        self.0.observations.extend((seen.rows > 0).then_some(seen));
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        self.0
    }
}

/// How far an interval is from a whole number of usual ones.
fn jump(interval: f64, usual: f64) -> f64 {
    interval - usual * (interval / usual).round().max(1.0)
}
