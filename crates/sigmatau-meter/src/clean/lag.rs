//! Intervals that are stamped with their beginning, among others that are stamped with their end.

use super::balance::{Balance, Slope};
use super::{Draft, Remark, Step};
use crate::area::Meter;
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step {
    name: "lag",
    title: "meters whose intervals are stamped one step early or late are seen in the balance and moved",
    run,
};

const MOVED: Remark = Remark {
    severity: Severity::Warning,
    code: "lag",
    what: "meters stamp their intervals one step off from the master meter",
    matters: "they were moved by one step",
    advice: "state whether the beginning or the end of intervals is stamped, and send one of the two",
};

/// A shift is believed where it explains so much more, in standard uncertainties of its slope.
const CLEAR: f64 = 8.0;

fn run(draft: &mut Draft) {
    let balance = Balance::of(draft, |_| true);
    let mut touched = Vec::new();
    for (place, line) in draft.lines.iter_mut().enumerate().filter(|(_, line)| !line.about.is_master) {
        if let Some(lag) = lag(&balance, line, place) {
            shift(line, lag);
            touched.push((line.about.id.clone(), 1));
        }
    }
    draft.remark(&MOVED, &touched);
}

/// By how many steps the energies of a meter come late, where it is one step, or one step early.
fn lag(balance: &Balance, line: &Meter, place: usize) -> Option<i64> {
    let now = balance.slope(line, place, 0)?;
    let strength = |slope: &Slope| slope.value / slope.u;
    let shifted = [-1, 1].into_iter().filter_map(|lag| Some((lag, balance.slope(line, place, lag)?)));
    let (lag, best) = shifted.max_by(|(_, one), (_, other)| strength(one).total_cmp(&strength(other)))?;
    let is_whole = (best.value - 1.0).abs() < 0.3 && now.value < 0.5 * best.value;
    (is_whole && strength(&best) - strength(&now) > CLEAR).then_some(lag)
}

/// Moves what a meter sent so many steps earlier.
fn shift(line: &mut Meter, lag: i64) {
    for column in [&mut line.consumed, &mut line.fed, &mut line.voltage, &mut line.current] {
        let old = std::mem::take(column);
        let at = |t: usize| usize::try_from(t as i64 + lag).ok().and_then(|t| old.get(t)).copied().unwrap_or(f64::NAN);
        *column = (0..old.len()).map(at).collect();
    }
    let intervals = line.consumed.len() as i64;
    for bridge in &mut line.bridges {
        let moved = |place: usize| (place as i64 - lag).clamp(0, intervals) as usize;
        bridge.intervals = moved(bridge.intervals.start)..moved(bridge.intervals.end);
    }
    line.bridges.retain(|bridge| !bridge.intervals.is_empty());
}
