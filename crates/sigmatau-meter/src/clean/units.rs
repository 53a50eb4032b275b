//! Energies in a wrong unit, and multipliers that were taken twice or not at all.

use super::balance::Balance;
use super::{Draft, Remark, Step};
use crate::area::Meter;
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step {
    name: "units",
    title: "meters in Wh or MWh, and multipliers taken twice or not at all, are seen in the balance and mended",
    run,
};

const MENDED: Remark = Remark {
    severity: Severity::Warning,
    code: "unit",
    what: "meters send energies that are wrong by a factor of 1000 or of their multiplier",
    matters: "they were multiplied so that the balance of the area closes",
    advice: "mend the unit or the multiplier where the readings come from",
};

/// A slope is a landmark within this share of it.
const NEAR: f64 = 0.2;
/// A meter whose energy is so many times that of its master can't be right.
const IMPOSSIBLE: f64 = 1.5;
/// Customers draw less than this in a day, in kWh, on the average of an area.
const DAILY: f64 = 500.0;

/// Meters are looked at so often: one that is mended lets others be seen.
const ROUNDS: usize = 3;

fn run(draft: &mut Draft) {
    let mut touched = whole(draft);
    for _ in 0..ROUNDS {
        let mended = single(draft);
        if mended.is_empty() {
            break;
        }
        touched.extend(mended);
    }
    draft.remark(&MENDED, &touched);
}

/// Mends single meters that disagree with the balance by a factor.
fn single(draft: &mut Draft) -> Vec<(String, usize)> {
    let supply = total_of(draft, |line| line.about.is_master) + returned(draft);
    let balance = Balance::of(draft, |line| total(&line.consumed) <= IMPOSSIBLE * supply);
    let mut mended = Vec::new();
    for (place, line) in draft.lines.iter_mut().enumerate().filter(|(_, line)| !line.about.is_master) {
        let factor = balance.slope(line, place, 0).and_then(|slope| {
            let is_near = |factor: &f64| (slope.value / factor - 1.0).abs() < NEAR && slope.u < NEAR * factor / 2.0;
            factors(line).into_iter().find(is_near)
        });
        if let Some(factor) = factor {
            scale(line, factor);
            mended.push((line.about.id.clone(), 1));
        }
    }
    mended
}

/// The factors by which a meter may be wrong.
fn factors(line: &Meter) -> Vec<f64> {
    let multiplier = line.about.multiplier;
    let known =
        if multiplier.is_finite() && multiplier >= 1.5 { vec![multiplier, 1.0 / multiplier] } else { Vec::new() };
    [vec![1e-3, 1e3], known].concat()
}

/// Mends the one side of an area where all meters together disagree with the master by a factor.
fn whole(draft: &mut Draft) -> Vec<(String, usize)> {
    let supplied = total_of(draft, |line| line.about.is_master);
    let mut energies: Vec<f64> = subs(draft).map(|line| total(&line.consumed)).collect();
    energies.sort_by(f64::total_cmp);
    let sum: f64 = energies.iter().sum();
    let Some(master) = draft.lines.iter().position(|line| line.about.is_master) else { return Vec::new() };
    let wrong = factors(&draft.lines[master]).into_iter().find(|factor| (sum / supplied / factor - 1.0).abs() < NEAR);
    let Some(factor) = wrong.filter(|_| supplied > 0.0 && sum > 0.0) else { return Vec::new() };
    let days = (draft.intervals as f64 * draft.step as f64 / 86_400.0).max(f64::MIN_POSITIVE);
    let typical = energies[energies.len() / 2] / days;
    let meters_are_wrong = factor == 1e3 && typical > DAILY || factor == 1e-3 && typical < DAILY * 1e-6;
    let mended = |line: &&mut Meter| line.about.is_master != meters_are_wrong;
    let by = if meters_are_wrong { 1.0 / factor } else { factor };
    let lines = draft.lines.iter_mut().filter(mended).map(|line| {
        scale(line, by);
        (line.about.id.clone(), 1)
    });
    lines.collect()
}

fn subs(draft: &Draft) -> impl Iterator<Item = &Meter> {
    draft.lines.iter().filter(|line| !line.about.is_master)
}

fn total(energies: &[f64]) -> f64 {
    energies.iter().filter(|energy| energy.is_finite()).sum()
}

fn total_of(draft: &Draft, of: impl Fn(&Meter) -> bool) -> f64 {
    draft.lines.iter().filter(|line| of(line)).map(|line| total(&line.consumed)).sum()
}

/// What customers fed in.
fn returned(draft: &Draft) -> f64 {
    subs(draft).map(|line| total(&line.fed)).sum()
}

fn scale(line: &mut Meter, factor: f64) {
    line.consumed.iter_mut().chain(&mut line.fed).for_each(|energy| *energy *= factor);
    line.bridges.iter_mut().for_each(|bridge| bridge.consumed *= factor);
    line.resolution *= factor;
}
