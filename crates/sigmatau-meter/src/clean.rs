//! Cleaning: from readings as they arrived to an area on an even grid of intervals.
//!
//! A sequence of steps, each in a file of the folder `clean/`, in the order of [`STEPS`]; each says in findings what it
//! changed. Nothing is invented: what can't be mended is missing afterwards.

use crate::area::{Area, Master, Meter};
use crate::raw::{RawArea, RawMeter};
use sigmatau_core::{Finding, Severity};

mod balance;
mod days;
mod duplicates;
mod export;
mod finite;
mod grid;
mod lag;
mod order;
mod register;
mod resolution;
mod service;
mod spikes;
mod stuck;
mod units;

/// Every step, in the order in which they are taken.
pub static STEPS: &[&Step] = &[
    &finite::STEP,
    &order::STEP,
    &duplicates::STEP,
    &service::STEP,
    &register::STEP,
    &grid::STEP,
    &resolution::STEP,
    &units::STEP,
    &lag::STEP,
    &stuck::STEP,
    &spikes::STEP,
    &export::STEP,
    &days::STEP,
];

/// A step of the cleaning.
pub struct Step {
    /// The name.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub title: &'static str,
    run: fn(&mut Draft),
}

/// What cleaning makes of an area.
#[derive(Debug)]
pub struct Cleaned {
    /// The area, or why it cannot be assessed.
    pub area: Result<Area, Unfit>,
    /// What was changed, and what was seen.
    pub findings: Vec<Finding>,
}

/// Why an area cannot be assessed. Messages say what would mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// No meter is filed as the master meter.
    #[error("no master meter; file it with the role master")]
    NoMaster,
    /// The master meter sent nothing that can be used.
    #[error("no readings of the master meter; collect them for the time of the others")]
    SilentMaster,
    /// There is nothing but the master meter.
    #[error("no meter behind the master meter; file the meters of the area")]
    NoMeters,
    /// No meter behind the master sent anything that can be used.
    #[error("no readings of any meter behind the master meter; collect them for the time of the master")]
    SilentMeters,
}

/// Cleans what an area sent. `uncertainty` is the relative standard uncertainty of the energy of its master meter.
///
/// ```
/// use sigmatau_meter::clean::{Unfit, clean};
/// use sigmatau_meter::raw::RawArea;
/// let nobody = RawArea { id: "a".into(), ..Default::default() };
/// assert_eq!(clean(nobody, 0.003).area.unwrap_err(), Unfit::NoMaster);
/// ```
pub fn clean(raw: RawArea, uncertainty: f64) -> Cleaned {
    let mut draft = Draft::new(raw);
    STEPS.iter().for_each(|step| (step.run)(&mut draft));
    let findings = std::mem::take(&mut draft.findings);
    Cleaned { area: draft.area(uncertainty), findings }
}

/// An area in work: rows of meters at first, lines on a grid later.
struct Draft {
    id: String,
    rows: Vec<Rows>,
    lines: Vec<Meter>,
    /// The end of the first interval in s since 1970 UTC, the length of each, and how many there are.
    start: i64,
    step: i64,
    intervals: usize,
    findings: Vec<Finding>,
}

/// The rows of a meter.
struct Rows {
    raw: RawMeter,
    /// Which run of the register each row belongs to; differences are taken within a run alone.
    runs: Vec<u32>,
}

/// What a step says of the meters that it touched.
struct Remark {
    severity: Severity,
    code: &'static str,
    /// What was touched, behind a count.
    what: &'static str,
    matters: &'static str,
    advice: &'static str,
}

impl Draft {
    fn new(raw: RawArea) -> Self {
        let rows = raw.meters.into_iter().map(|raw| Rows { raw, runs: Vec::new() }).collect();
        Self { id: raw.id, rows, lines: Vec::new(), start: 0, step: 0, intervals: 0, findings: Vec::new() }
    }

    /// Notes how many things were touched of which meter; meters by name, in their order.
    fn remark(&mut self, remark: &Remark, touched: &[(String, usize)]) {
        let named: Vec<&(String, usize)> = touched.iter().filter(|(_, count)| *count > 0).collect();
        let total: usize = named.iter().map(|(_, count)| count).sum();
        if total == 0 {
            return;
        }
        let first: Vec<&str> = named.iter().take(3).map(|(name, _)| name.as_str()).collect();
        let more = if named.len() > 3 { format!(" and {} more", named.len() - 3) } else { String::new() };
        let seen = format!("{total} {} ({}{more})", remark.what, first.join(", "));
        let finding = Finding::new(remark.severity, remark.code, seen, remark.matters, remark.advice);
        self.findings.push(finding.about(&self.id));
    }

    /// Works on the rows of each meter, and notes what was touched.
    fn each_row(&mut self, remark: &Remark, work: impl Fn(&mut Rows) -> usize) {
        let touch = |rows: &mut Rows| (rows.raw.about.id.clone(), work(rows));
        let touched: Vec<(String, usize)> = self.rows.iter_mut().map(touch).collect();
        self.remark(remark, &touched);
    }

    /// Works on the line of each meter, and notes what was touched.
    fn each_line(&mut self, remark: &Remark, work: impl Fn(&mut Meter) -> usize) {
        let touch = |line: &mut Meter| (line.about.id.clone(), work(line));
        let touched: Vec<(String, usize)> = self.lines.iter_mut().map(touch).collect();
        self.remark(remark, &touched);
    }

    /// The finished area.
    fn area(self, uncertainty: f64) -> Result<Area, Unfit> {
        let (masters, meters): (Vec<Meter>, Vec<Meter>) = self.lines.into_iter().partition(|line| line.about.is_master);
        let speaks = |meter: &Meter| meter.consumed.iter().any(|energy| energy.is_finite());
        let master = joined(masters).ok_or(Unfit::NoMaster)?;
        match () {
            () if meters.is_empty() => Err(Unfit::NoMeters),
            () if !speaks(&master) => Err(Unfit::SilentMaster),
            () if !meters.iter().any(|meter| speaks(meter) || !meter.bridges.is_empty()) => Err(Unfit::SilentMeters),
            () => {
                let Meter { about, consumed, fed, resolution, voltage, .. } = master;
                let master =
                    Master { id: about.id, supplied: consumed, returned: fed, resolution, voltage, uncertainty };
                Ok(Area { id: self.id, start: self.start, step: self.step, master, meters })
            }
        }
    }
}

/// Master meters that followed each other as one; of two that read at once, the first counts.
fn joined(masters: Vec<Meter>) -> Option<Meter> {
    masters.into_iter().reduce(|first, next| Meter {
        consumed: filled(first.consumed, next.consumed),
        fed: filled(first.fed, next.fed),
        voltage: filled(first.voltage, next.voltage),
        resolution: first.resolution.max(next.resolution),
        ..first
    })
}

/// A column, its missing values filled from another.
fn filled(first: Vec<f64>, next: Vec<f64>) -> Vec<f64> {
    match (first.is_empty(), next.is_empty()) {
        (true, _) => next,
        (_, true) => first,
        _ => first.into_iter().zip(next).map(|(one, other)| if one.is_finite() { one } else { other }).collect(),
    }
}

impl Rows {
    fn columns(&mut self) -> [&mut Vec<f64>; 5] {
        let RawMeter { energy, exported, register, voltage, current, .. } = &mut self.raw;
        [energy, exported, register, voltage, current]
    }

    fn value(column: &[f64], row: usize) -> f64 {
        column.get(row).copied().unwrap_or(f64::NAN)
    }

    /// Keeps these rows, in this order.
    fn keep(&mut self, order: &[usize]) {
        self.raw.times = order.iter().map(|row| self.raw.times[*row]).collect();
        for column in self.columns() {
            *column = order.iter().filter_map(|row| column.get(*row).copied()).collect();
        }
    }

    /// Keeps the rows that pass, and returns how many do not.
    fn retain(&mut self, passes: impl Fn(&Self, usize) -> bool) -> usize {
        let before = self.raw.times.len();
        let kept: Vec<usize> = (0..before).filter(|row| passes(self, *row)).collect();
        if kept.len() < before {
            self.keep(&kept);
        }
        before - kept.len()
    }
}

#[cfg(test)]
mod tests;
