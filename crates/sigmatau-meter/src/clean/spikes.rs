//! Energies that cannot be.

use super::stuck::supply;
use super::{Draft, Remark, Step};
use crate::area::Meter;
use sigmatau_core::Severity;

pub(super) static STEP: Step =
    Step { name: "spikes", title: "energies below zero, and above all that was there to be had, are missing", run };

const NEGATIVE: Remark = Remark {
    severity: Severity::Warning,
    code: "negative",
    what: "energies are below zero",
    matters: "they were taken as missing",
    advice: "send the energy back in a column of its own",
};

const SPIKE: Remark = Remark {
    severity: Severity::Warning,
    code: "spike",
    what: "energies are more than the area was supplied with",
    matters: "they were taken as missing",
    advice: "look for faults of transmission",
};

const MASTER_SPIKE: Remark = Remark {
    severity: Severity::Warning,
    code: "master-spike",
    what: "energies of the master meter are far above its others and above those of all meters",
    matters: "they were taken as missing",
    advice: "look for faults of transmission",
};

/// A spike is so many times the largest ordinary energy of its meter,
const EXTREME: f64 = 3.0;
/// and of the master so many times all that its meters took.
const ABOVE_ALL: f64 = 5.0;

fn run(draft: &mut Draft) {
    draft.each_line(&NEGATIVE, |line| without(line, |_, energy| energy < 0.0));
    let together = together(draft);
    draft.each_line(&MASTER_SPIKE, |line| {
        let ordinary = ordinary(line);
        let is_spike = |t: usize, energy: f64| energy > EXTREME * ordinary && energy > ABOVE_ALL * together[t];
        if line.about.is_master { without(line, is_spike) } else { 0 }
    });
    let supply = supply(draft);
    draft.each_line(&SPIKE, |line| {
        let ordinary = ordinary(line);
        let is_spike = |t: usize, energy: f64| energy > EXTREME * ordinary && energy > 1.2 * supply[t];
        if line.about.is_master { 0 } else { without(line, is_spike) }
    });
}

fn without(line: &mut Meter, is_wrong: impl Fn(usize, f64) -> bool) -> usize {
    let wrong = line.consumed.iter_mut().enumerate().filter(|(t, energy)| is_wrong(*t, **energy));
    wrong.map(|(_, energy)| *energy = f64::NAN).count()
}

/// The energy that one in a hundred intervals exceeds.
fn ordinary(line: &Meter) -> f64 {
    let mut energies: Vec<f64> = line.consumed.iter().copied().filter(|energy| *energy > 0.0).collect();
    let place = energies.len() * 99 / 100;
    if energies.is_empty() { 0.0 } else { *energies.select_nth_unstable_by(place, f64::total_cmp).1 }
}

/// What all meters took in each interval.
fn together(draft: &Draft) -> Vec<f64> {
    let mut sum = vec![0.0; draft.intervals];
    for line in draft.lines.iter().filter(|line| !line.about.is_master) {
        let known = sum.iter_mut().zip(&line.consumed).filter(|(_, energy)| energy.is_finite());
        known.for_each(|(sum, energy)| *sum += energy);
    }
    sum
}
