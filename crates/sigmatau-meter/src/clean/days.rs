//! Days on which other areas hang on the same transformer, or this one on another.

use super::{Draft, Remark, Step};
use std::ops::Range;

pub(super) static STEP: Step = Step {
    name: "days",
    title: "days whose balance does not close, between days whose balance does, take no part",
    run,
};

const OPEN: Remark = Remark {
    severity: sigmatau_core::Severity::Warning,
    code: "open-days",
    what: "days do not close: what passed the master meter and what its meters took differ far more than on other days",
    matters: "the master meter counts as missing on them",
    advice: "look for a tie to another area that was switched on these days",
};

/// The least share of its energy by which a day is off,
const SHARE: f64 = 0.2;
/// and the least multiple of how much days usually differ, in standard deviations.
const CLEAR: f64 = 6.0;
/// A day is looked at where so many of its energies are known.
const KNOWN: f64 = 0.9;
/// Days are compared where there are so many; of them, at most one in three is left out.
const ENOUGH: usize = 6;
const RARE: usize = 3;

fn run(draft: &mut Draft) {
    let days = days(draft);
    let shares: Vec<Option<f64>> = days.iter().map(|day| share(draft, day)).collect();
    let open = open(&shares);
    let mut touched = Vec::new();
    for line in draft.lines.iter_mut().filter(|line| line.about.is_master) {
        open.iter().for_each(|day| line.consumed[days[*day].clone()].fill(f64::NAN));
        touched.push((line.about.id.clone(), open.len()));
    }
    draft.remark(&OPEN, &touched);
}

fn days(draft: &Draft) -> Vec<Range<usize>> {
    let daily = (86_400 / draft.step.max(1)).max(1) as usize;
    (0..draft.intervals).step_by(daily).map(|start| start..draft.intervals.min(start + daily)).collect()
}

/// What a day lacks over the larger of what was supplied and what was taken; nothing where too little is known.
fn share(draft: &Draft, day: &Range<usize>) -> Option<f64> {
    let (mut supplied, mut taken, mut known, mut wanted) = (0.0, 0.0, 0, 0);
    for line in &draft.lines {
        let energies = day.clone().filter_map(|t| net(line, t));
        let (sum, count) = energies.fold((0.0, 0), |(sum, count), energy| (sum + energy, count + 1));
        *(if line.about.is_master { &mut supplied } else { &mut taken }) += sum;
        if count > 0 || line.about.is_master {
            known += count;
            wanted += day.len();
        }
    }
    let size = f64::max(supplied, taken);
    (known as f64 >= KNOWN * wanted as f64 && size > 0.0).then(|| (supplied - taken) / size)
}

fn net(line: &crate::Meter, t: usize) -> Option<f64> {
    let fed = line.fed.get(t).copied().filter(|fed| fed.is_finite()).unwrap_or(0.0);
    line.consumed.get(t).map(|consumed| consumed - fed).filter(|energy| energy.is_finite())
}

/// The days that are far off, where closed ones stand before and behind: what begins and stays is a fault of a meter.
fn open(shares: &[Option<f64>]) -> Vec<usize> {
    let known: Vec<f64> = shares.iter().copied().flatten().collect();
    if known.len() < ENOUGH {
        return Vec::new();
    }
    let usual = median(known.clone());
    let spread = 1.4826 * median(known.iter().map(|share| (share - usual).abs()).collect());
    let is_off = |share: f64| (share - usual).abs() > SHARE.max(CLEAR * spread);
    let closed = |day: &usize| shares[*day].is_some_and(|share| !is_off(share));
    let (first, last) = ((0..shares.len()).find(closed), (0..shares.len()).rfind(closed));
    let between = first.unwrap_or(0)..last.unwrap_or(0);
    let open: Vec<usize> = between.filter(|day| shares[*day].is_some_and(is_off)).collect();
    if open.len() * RARE <= known.len() { open } else { Vec::new() }
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
