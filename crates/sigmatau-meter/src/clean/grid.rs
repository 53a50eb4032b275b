//! The grid of intervals, and the energies on it.

use super::{Draft, Remark, Rows, Step};
use crate::area::{Bridge, Meter};
use crate::raw::RawMeter;
use sigmatau_core::Severity;
use std::collections::BTreeMap;
use std::ops::Range;

pub(super) static STEP: Step = Step {
    name: "grid",
    title: "the length of the intervals is found, and readings are put on one grid; gaps are bridged by registers",
    run,
};

const STRAY: Remark = Remark {
    severity: Severity::Warning,
    code: "stray",
    what: "readings lie far from all others of their meter",
    matters: "they were left out",
    advice: "look for clocks that were set wrongly",
};

const MISSING: Remark = Remark {
    severity: Severity::Note,
    code: "missing",
    what: "energies of intervals are missing",
    matters: "the uncertainty of the errors grows",
    advice: "collect the readings again, or send registers too, which bridge gaps",
};

const BRIDGED: Remark = Remark {
    severity: Severity::Note,
    code: "bridged",
    what: "intervals lie in gaps of which the registers tell the total",
    matters: "the total is used, the course within is not known",
    advice: "nothing",
};

/// Readings farther from the middle one than so many times the length of all are stray.
const STRAY_SPANS: i64 = 10;

fn run(draft: &mut Draft) {
    draft.each_row(&STRAY, without_stray);
    let Some(grid) = Grid::of(&draft.rows) else { return silent(draft) };
    (draft.start, draft.step, draft.intervals) = (grid.start, grid.step, grid.intervals);
    draft.lines = std::mem::take(&mut draft.rows).into_iter().map(|rows| grid.line(rows)).collect();
    draft.each_line(&BRIDGED, |line| line.bridges.iter().map(|bridge| bridge.intervals.len()).sum());
    draft.each_line(&MISSING, |line| {
        let bridged: usize = line.bridges.iter().map(|bridge| bridge.intervals.len()).sum();
        grid.served(line).filter(|interval| line.consumed[*interval].is_nan()).count().saturating_sub(bridged)
    });
}

/// Lines without an interval, where no meter sent anything.
fn silent(draft: &mut Draft) {
    let nothing = Grid { start: 0, step: 1, intervals: 0 };
    draft.lines = std::mem::take(&mut draft.rows).into_iter().map(|rows| nothing.line(rows)).collect();
}

fn without_stray(rows: &mut Rows) -> usize {
    let times = &rows.raw.times;
    let Some(step) = own_step(times) else { return 0 };
    let (middle, reach) = (times[times.len() / 2], STRAY_SPANS * step * times.len() as i64);
    rows.retain(|rows, row| (rows.raw.times[row] - middle).abs() <= reach)
}

/// The most frequent time between two readings.
fn own_step(times: &[i64]) -> Option<i64> {
    most_frequent(times.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0))
}

/// The most frequent number, of those that are equally frequent the smallest.
fn most_frequent(numbers: impl Iterator<Item = i64>) -> Option<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    numbers.for_each(|number| *counts.entry(number).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(number, _)| number)
}

/// Intervals of equal length.
#[derive(Clone, Copy)]
struct Grid {
    start: i64,
    step: i64,
    intervals: usize,
}

impl Grid {
    /// The intervals of the master meter, or of most meters where theirs are longer.
    fn of(rows: &[Rows]) -> Option<Self> {
        let of_master = rows.iter().filter(|rows| rows.raw.about.is_master);
        let master = of_master.max_by_key(|rows| rows.raw.times.len()).filter(|rows| !rows.raw.times.is_empty());
        let of_most = most_frequent(rows.iter().filter_map(|rows| own_step(&rows.raw.times)));
        let step = master.and_then(|master| own_step(&master.raw.times)).max(of_most)?;
        let leading: Vec<i64> = match master {
            Some(_) => {
                rows.iter().filter(|rows| rows.raw.about.is_master).flat_map(|rows| &rows.raw.times).copied().collect()
            }
            None => rows.iter().flat_map(|rows| &rows.raw.times).copied().collect(),
        };
        let phase = most_frequent(leading.iter().map(|time| time.rem_euclid(step)))?;
        let place = |time: i64| nearest(time - phase, step);
        let (first, last) = (place(*leading.iter().min()?), place(*leading.iter().max()?));
        let intervals = usize::try_from(last - first + 1).ok()?;
        Some(Self { start: first * step + phase, step, intervals })
    }

    /// The interval whose end is nearest, which may lie outside.
    fn place(&self, time: i64) -> i64 {
        nearest(time - self.start, self.step)
    }

    fn inside(&self, place: i64) -> Option<usize> {
        usize::try_from(place).ok().filter(|place| *place < self.intervals)
    }

    /// The intervals in which a meter was in service.
    fn served(&self, line: &Meter) -> Range<usize> {
        let end = |interval: usize| self.start + self.step * interval as i64;
        let first = (0..self.intervals).find(|interval| end(*interval) - self.step >= line.about.from);
        let behind =
            (0..self.intervals).rfind(|interval| end(*interval) <= line.about.until).map_or(0, |last| last + 1);
        first.unwrap_or(behind).min(behind)..behind
    }

    /// The readings of a meter on the grid.
    fn line(&self, rows: Rows) -> Meter {
        let own = own_step(&rows.raw.times).unwrap_or(self.step);
        let Rows { raw, runs } = rows;
        let (consumed, mut bridges) = self.energies(&raw.times, &raw.energy, own);
        let (fed, _) = self.energies(&raw.times, &raw.exported, own);
        let [voltage, current] = [&raw.voltage, &raw.current].map(|column| self.points(&raw.times, column));
        let consumed = if consumed.is_empty() { vec![f64::NAN; self.intervals] } else { consumed };
        let mut line =
            Meter { about: raw.about.clone(), consumed, fed, bridges: Vec::new(), resolution: 0.0, voltage, current };
        bridges.extend(self.by_register(&raw, &runs, &mut line.consumed));
        bridges.retain(|bridge| line.consumed[bridge.intervals.clone()].iter().all(|energy| energy.is_nan()));
        bridges.sort_by_key(|bridge| bridge.intervals.start);
        bridges.dedup_by(|next, last| next.intervals.start < last.intervals.end);
        let served = self.served(&line);
        bridges.retain(|bridge| bridge.intervals.start >= served.start && bridge.intervals.end <= served.end);
        line.bridges = bridges;
        (0..self.intervals).filter(|interval| !served.contains(interval)).for_each(|interval| {
            line.consumed[interval] = f64::NAN;
            line.fed.iter_mut().skip(interval).take(1).for_each(|energy| *energy = f64::NAN);
        });
        line
    }

    /// Energies on the grid: shorter ones are added up, longer ones are bridges.
    fn energies(&self, times: &[i64], energies: &[f64], own: i64) -> (Vec<f64>, Vec<Bridge>) {
        let (mut sums, mut parts) = (vec![0.0; self.intervals], vec![0; self.intervals]);
        let (mut bridges, whole) = (Vec::new(), (self.step / own).max(1));
        for (time, energy) in times.iter().zip(energies).filter(|(_, energy)| energy.is_finite()) {
            let end = self.place(*time + if own < self.step { (self.step - own) / 2 } else { 0 });
            let long = nearest(own, self.step);
            match self.inside(end) {
                Some(end) if long > 1 && end + 1 >= long as usize => {
                    bridges.push(Bridge { intervals: end + 1 - long as usize..end + 1, consumed: *energy });
                }
                Some(end) if long <= 1 => {
                    sums[end] += energy;
                    parts[end] += 1;
                }
                _ => {}
            }
        }
        let sum = |(sum, parts): (f64, i64)| if parts == whole { sum } else { f64::NAN };
        let sums = if energies.is_empty() { Vec::new() } else { sums.into_iter().zip(parts).map(sum).collect() };
        (sums, bridges)
    }

    /// Fills energies from differences of the register, and returns the gaps whose total alone is known.
    fn by_register(&self, raw: &RawMeter, runs: &[u32], consumed: &mut [f64]) -> Vec<Bridge> {
        let mut at: BTreeMap<i64, usize> = BTreeMap::new();
        for row in (0..raw.register.len()).filter(|row| raw.register[*row].is_finite()) {
            let place = self.place(raw.times[row]);
            let off = |row: usize| (raw.times[row] - self.start - place * self.step).abs();
            let kept = at.entry(place).or_insert(row);
            *kept = if off(row) < off(*kept) { row } else { *kept };
        }
        let known: Vec<(i64, usize)> = at.into_iter().collect();
        let mut bridges = Vec::new();
        for pair in known.windows(2).filter(|pair| runs[pair[0].1] == runs[pair[1].1]) {
            let ((before, first), (end, last)) = (pair[0], pair[1]);
            let (Some(end), Ok(start)) = (self.inside(end), usize::try_from(before + 1)) else { continue };
            let total = raw.register[last] - raw.register[first];
            bridges.extend(bridge(start..end + 1, total, consumed));
        }
        bridges
    }

    /// Values on the grid, of which the last of each interval counts.
    fn points(&self, times: &[i64], column: &[f64]) -> Vec<f64> {
        if column.is_empty() {
            return Vec::new();
        }
        let mut points = vec![f64::NAN; self.intervals];
        for (time, value) in times.iter().zip(column) {
            if let Some(place) = self.inside(self.place(*time)) {
                points[place] = *value;
            }
        }
        points
    }
}

/// Fills the one interval that lacks its energy, or makes a bridge of several that stand together.
fn bridge(intervals: Range<usize>, total: f64, consumed: &mut [f64]) -> Option<Bridge> {
    let mut missing = intervals.clone().filter(|interval| consumed[*interval].is_nan());
    let (first, last) = (missing.next()?, missing.next_back());
    let rest = total - intervals.map(|interval| consumed[interval]).filter(|energy| energy.is_finite()).sum::<f64>();
    match last {
        None => {
            consumed[first] = rest;
            None
        }
        Some(last) => {
            let alone = consumed[first..=last].iter().all(|energy| energy.is_nan());
            alone.then_some(Bridge { intervals: first..last + 1, consumed: rest })
        }
    }
}

/// The whole number of steps that is nearest to a time; from the middle on the next one.
fn nearest(time: i64, step: i64) -> i64 {
    (time + step / 2).div_euclid(step)
}
