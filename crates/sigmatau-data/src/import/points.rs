//! Points by clock, as importers collect them and as a table wants them.

use super::measurand::Measurand;
use super::remarks::Remarks;
use crate::{Column, Table};
use sigmatau_core::{Finding, Severity, Unit};
use std::collections::HashMap;

/// One point of a clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// The instant in ns; 0 in files without time tags.
    pub(super) time: i64,
    /// The number; `NaN` where it is missing.
    pub(super) value: f64,
    /// Its standard uncertainty; `NaN` where none is stated.
    pub(super) uncertainty: f64,
}

/// The points of every clock, in the order of the file.
#[derive(Default)]
pub(super) struct Points {
    clocks: Vec<(String, Vec<Point>)>,
    places: HashMap<String, usize>,
    /// The place of the clock that the last point went to, for files sorted by clock.
    last: usize,
}

impl Points {
    /// Adds a point to the clock `name`.
    pub(super) fn push(&mut self, name: &str, point: Point) {
        if self.clocks.get(self.last).is_none_or(|(last, _)| last != name) {
            self.last = self.places.get(name).copied().unwrap_or_else(|| self.begin(name));
        }
        self.clocks[self.last].1.push(point);
    }

    fn begin(&mut self, name: &str) -> usize {
        self.places.insert(name.to_owned(), self.clocks.len());
        self.clocks.push((name.to_owned(), Vec::new()));
        self.clocks.len() - 1
    }

    /// Tells whether there is no point.
    pub(super) fn is_empty(&self) -> bool {
        self.clocks.is_empty()
    }

    /// The number of points.
    pub(super) fn len(&self) -> usize {
        self.clocks.iter().map(|(_, points)| points.len()).sum()
    }

    /// Every point, clock by clock.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Point> {
        self.clocks.iter().flat_map(|(_, points)| points)
    }

    /// Puts the points of each clock into the order of time, and remarks where they were not, or
    /// where two have one time.
    pub(super) fn sort(&mut self, remarks: &mut Remarks<'_>) {
        for (name, points) in &mut self.clocks {
            let backward = points.windows(2).filter(|pair| pair[1].time < pair[0].time).count();
            points.sort_by_key(|point| point.time);
            let doubled = points.windows(2).filter(|pair| pair[1].time == pair[0].time).count();
            let trouble = [
                ("order", backward, "points come before the one above them", "the points were sorted by time"),
                ("duplicate", doubled, "points have the time of the one above them", "only one of them can be right"),
            ];
            for (code, count, seen, matters) in trouble.into_iter().filter(|(_, count, ..)| *count > 0) {
                let advice = "look for a clock that was set back or a file that was joined twice";
                let seen = format!("{count} {seen}");
                remarks.push(Finding::new(Severity::Warning, code, seen, matters, advice).about(name.as_str()));
            }
        }
    }

    /// The table, sorted by the names of the clocks; `timed` files have a column `time`, and where
    /// any uncertainty is stated there is a column of them.
    pub(super) fn table(mut self, measurand: &Measurand, timed: bool) -> Table {
        self.clocks.sort_by(|(one, _), (other, _)| one.cmp(other));
        let names = self.clocks.iter().flat_map(|(name, points)| std::iter::repeat_n(name.clone(), points.len()));
        let mut columns = vec![Column::text("series", names.collect())];
        if timed {
            let nanosecond = Unit::parse("ns").expect("ns is a unit");
            columns.push(Column::integer("time", nanosecond, self.iter().map(|point| point.time).collect()));
        }
        let value = measurand.column(self.iter().map(|point| point.value).collect());
        if self.iter().any(|point| !point.uncertainty.is_nan()) {
            let (name, unit) = (format!("{}_u", value.name), value.unit.clone().unwrap_or(Unit::ONE));
            let uncertainty = self.iter().map(|point| point.uncertainty).collect();
            columns.extend([value, Column::float(name, unit, uncertainty)]);
        } else {
            columns.push(value);
        }
        Table::new(columns).expect("the columns have one length and distinct names")
    }
}
