//! Meters that would spoil the judgement of their neighbours: dead, stuck, tampered with, in the wrong area. They are
//! found one after the other, the clearest first, and isolated before any other meter is judged.

use crate::balance::Balance;
use crate::fit::{Case, Fit};
use crate::loss::Part;
use crate::prior::Prior;
use crate::{Area, Meter};
use std::ops::Range;

/// Standard deviations by which a fault has to show.
const CLEAR: f64 = 7.0;
/// The least lack, and the least change of one, that is a fault and no error.
pub(crate) const LARGE: f64 = 0.1;
/// The standard deviation of the lack of a meter about which nothing is taken for granted.
const OPEN: f64 = 2.0;
/// The standard deviation of what a silent meter would have registered, relative to its usual day.
const USUAL: f64 = 0.4;
/// How close to −1 the lack of a meter is that hangs elsewhere.
const ELSEWHERE: f64 = 0.15;

/// What was isolated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// Meters that hang elsewhere.
    pub(crate) strangers: Vec<usize>,
    /// Meters that fell silent, and whether they stuck to a value instead of nothing.
    pub(crate) silent: Vec<Silence>,
}

/// A meter that fell silent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Silence {
    pub(crate) meter: usize,
    pub(crate) intervals: Range<usize>,
    /// Whether it sends one and the same energy.
    pub(crate) stuck: bool,
}

/// The case of an area with its faults isolated, what they are, and a coarse fit.
pub(crate) fn isolated(area: &Area, prior: &Prior) -> (Case, Faults, Fit) {
    let mut faults = Faults { silent: silences(area), ..Faults::default() };
    let mut case = case(area, &faults);
    let mut fit = case.coarse(prior);
    for _ in 0..6 + area.meters.len() / 4 {
        if let Some(place) = case.alive(&fit) {
            let meter = case.parts[place].meter;
            faults.silent.retain(|silence| silence.meter != meter);
            case = case.rebuilt(area, &faults);
        } else if let Some(stranger) = case.elsewhere(&fit) {
            faults.strangers.push(stranger);
            case = case.rebuilt(area, &faults);
        } else if !case.isolate(&fit) {
            break;
        }
        fit = case.coarse(prior);
    }
    case.settle(&fit);
    (case, faults, fit)
}

/// The balance with the faults that are known, every other lack drawn from the prior.
fn case(area: &Area, faults: &Faults) -> Case {
    let mut balance = Balance::of(area, &faults.strangers);
    let kept = (0..area.meters.len()).filter(|meter| !faults.strangers.contains(meter));
    let whole = |meter| Part { meter, intervals: crate::balance::service(area, &area.meters[meter]), free: None };
    let mut parts: Vec<Part> = kept.map(whole).collect();
    for Silence { meter, intervals, .. } in &faults.silent {
        balance.assume_usual(*meter, intervals.clone());
        let part = parts.iter_mut().find(|part| part.meter == *meter).expect("a silent meter is no stranger");
        part.intervals.end = intervals.start;
        parts.push(Part { meter: *meter, intervals: intervals.clone(), free: Some(USUAL) });
    }
    Case { balance, parts, master: area.master.uncertainty }
}

/// Meters that send nothing, or one and the same energy, from some time to the end, though they did not do so before
/// for a third as long.
fn silences(area: &Area) -> Vec<Silence> {
    let least = (2 * 86_400 / area.step.max(1)).max(3) as usize;
    let found = area.meters.iter().enumerate();
    found.filter_map(|(place, meter)| silence(area, place, meter, least)).collect()
}

fn silence(area: &Area, place: usize, meter: &Meter, least: usize) -> Option<Silence> {
    let service = crate::balance::service(area, meter);
    let step = if meter.resolution > 0.0 { meter.resolution } else { 1e-6 };
    let is_same = |t: usize| {
        let (now, before) = (meter.consumed[t], meter.consumed[t - 1]);
        !((now - before).abs() > 0.5 * step && now + before > 1.5 * step)
    };
    let (mut last, mut before) = (service.start..service.start, 0);
    for t in service.clone().skip(1) {
        if !is_same(t) {
            before = before.max(last.len());
            last.start = t;
        }
        last.end = t + 1;
    }
    let stuck = meter.consumed[last.clone()].iter().sum::<f64>() > 1.5 * step * last.len() as f64;
    (last.len() >= least && last.len() > 3 * before && last.start > service.start).then_some(Silence {
        meter: place,
        intervals: last,
        stuck,
    })
}

impl Case {
    /// Whether what a part passed on is only assumed.
    pub(crate) fn is_silent(&self, part: &Part) -> bool {
        part.free == Some(USUAL)
    }

    /// The same with one part for each meter.
    pub(crate) fn whole(&self) -> Self {
        let part = |meter: usize| {
            let own = || self.parts.iter().filter(|part| part.meter == meter);
            let start = own().map(|part| part.intervals.start).min().unwrap_or(0);
            let end = own().map(|part| part.intervals.end).max().unwrap_or(0);
            Part { meter, intervals: start..end, free: None }
        };
        Self {
            balance: self.balance.clone(),
            parts: self.meters().into_iter().map(part).collect(),
            master: self.master,
        }
    }

    /// The same with other faults known beforehand; what was split stays split.
    pub(crate) fn rebuilt(&self, area: &Area, faults: &Faults) -> Self {
        let mut case = case(area, faults);
        let split = |meter: usize| self.parts.iter().any(|part| part.meter == meter && part.free == Some(OPEN));
        let is_silent = |meter: usize| faults.silent.iter().any(|silence| silence.meter == meter);
        case.parts.retain(|part| !split(part.meter) || is_silent(part.meter));
        let kept = self
            .parts
            .iter()
            .filter(|part| split(part.meter) && !is_silent(part.meter) && !faults.strangers.contains(&part.meter));
        case.parts.extend(kept.cloned());
        case.parts.sort_by_key(|part| (part.meter, part.intervals.start));
        case
    }

    /// A silent meter whose customer draws nothing either.
    fn alive(&self, fit: &Fit) -> Option<usize> {
        let is_alive = |place: &usize| self.parts[*place].free == Some(USUAL) && fit.lack()[*place] < -0.5;
        (0..self.parts.len()).find(is_alive)
    }

    /// A meter that hangs elsewhere: its lack is −1.
    pub(crate) fn elsewhere(&self, fit: &Fit) -> Option<usize> {
        let is_whole = |meter: usize| self.parts.iter().filter(|part| part.meter == meter).count() == 1;
        let is_elsewhere = |place: &usize| {
            let part = &self.parts[*place];
            let (lack, u) = (fit.lack()[*place], fit.posterior.covariance[(*place, *place)].sqrt());
            part.free == Some(OPEN) && is_whole(part.meter) && (lack + 1.0).abs() < ELSEWHERE.max(3.0 * u).min(0.5)
        };
        (0..self.parts.len()).find(is_elsewhere).map(|place| self.parts[place].meter)
    }

    /// Opens the clearest lack or splits a part at its clearest change; false where nothing is clear.
    fn isolate(&mut self, fit: &Fit) -> bool {
        let lack = self.clearest_lack(fit);
        let change = self.clearest_change(fit);
        match (lack, change) {
            (Some((clear, place)), change) if change.is_none_or(|change| change.0 <= clear) => {
                self.parts[place].free = Some(OPEN);
                true
            }
            (_, Some((_, place, at))) => {
                let part = &mut self.parts[place];
                let after = Part { intervals: at..part.intervals.end, free: Some(OPEN), meter: part.meter };
                part.intervals.end = at;
                part.free = Some(OPEN);
                self.parts.insert(place + 1, after);
                true
            }
            _ => false,
        }
    }

    /// The lack that stands out of the prior the most, and by how many standard deviations.
    fn clearest_lack(&self, fit: &Fit) -> Option<(f64, usize)> {
        let clear = |place: usize| {
            let (lack, u) = fit.without_prior(place);
            (lack.abs() > LARGE && self.parts[place].free.is_none()).then(|| (lack.abs() / u, place))
        };
        let found = (0..self.parts.len()).filter_map(clear).filter(|(clear, _)| *clear > CLEAR);
        found.max_by(|one, other| one.0.total_cmp(&other.0))
    }

    /// The part whose lack changes the most clearly, and when.
    fn clearest_change(&self, fit: &Fit) -> Option<(f64, usize, usize)> {
        let innovations = fit.whitening.whitened(&fit.residuals);
        let open = (0..self.parts.len()).filter(|place| self.parts[*place].free != Some(USUAL));
        let found = open.filter_map(|place| self.change(fit, &innovations, place));
        found.max_by(|one, other| one.0.total_cmp(&other.0))
    }

    /// The most likely change of the lack of a part, from sums of its information J and its score s up to each interval:
    /// Δκ = s₂/J₂ − s₁/J₁ with the variance 1/J₁ + 1/J₂.
    fn change(&self, fit: &Fit, innovations: &[f64], place: usize) -> Option<(f64, usize, usize)> {
        let part = &self.parts[place];
        let column = fit.whitening.whitened(&self.column(part));
        let of = |t: usize| (fit.weights[t] * column[t] * column[t], fit.weights[t] * column[t] * innovations[t]);
        let sums = part.intervals.clone().map(of).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let (mut best, mut before) = (None, (0.0, 0.0));
        let mut clearest = CLEAR;
        let margin = self.balance.daily.min(part.intervals.len() / 4);
        for t in part.intervals.clone() {
            let (information, score) = (sums.0 - before.0, sums.1 - before.1);
            let inside = t >= part.intervals.start + margin && t + margin < part.intervals.end;
            if inside && before.0 > 0.0 && information > 0.0 {
                let change = score / information - before.1 / before.0;
                let clear = change.abs() / (1.0 / before.0 + 1.0 / information).sqrt() / fit.inflation.sqrt().min(3.0);
                if clear > clearest && change.abs() > LARGE {
                    (best, clearest) = (Some((clear, place, t)), clear);
                }
            }
            let one = of(t);
            before = (before.0 + one.0, before.1 + one.1);
        }
        best
    }

    /// Draws the open lacks that turned out to be small from the prior again; whether there were any.
    pub(crate) fn settle(&mut self, fit: &Fit) -> bool {
        let mut settled = false;
        for (place, part) in self.parts.iter_mut().enumerate().filter(|(_, part)| part.free == Some(OPEN)) {
            let (lack, u) = (fit.lack()[place], fit.posterior.covariance[(place, place)].sqrt());
            if lack.abs() < LARGE.min(4.0 * u).max(0.03) {
                part.free = None;
                settled = true;
            }
        }
        settled
    }
}
