//! The points of a local day, which has 23, 24 or 25 hours.

use super::Zone;
use super::stamp::MISSING;

/// The instant that stands for a point which its day does not have.
pub(super) const NONE: i64 = i64::MIN + 1;

/// The days of a wide table.
#[derive(Clone, Copy)]
pub(super) struct Days<'a> {
    pub(super) points: usize,
    pub(super) zone: Option<&'a Zone>,
}

/// The hours that so many points of a day stand for: 25 where the number is a multiple of 25, else 24.
///
/// Numbers that divide the minutes of a day are never multiples of 25.
pub(super) fn hours(points: usize) -> usize {
    if points.is_multiple_of(25) { 25 } else { 24 }
}

impl Days<'_> {
    fn step(&self) -> i64 {
        (3600 * hours(self.points) / self.points) as i64
    }

    /// The ends of the intervals of a day that begins at an instant.
    ///
    /// Points for 25 hours count from its beginning, and those beyond its length are none. Points for 24 hours are those of
    /// the wall clock: the hour that summer time skips has none, nor has the one that is shown twice, for one value
    /// cannot tell which of the two it is.
    pub(super) fn ends(&self, start: i64) -> Vec<i64> {
        const DAY: i64 = 86_400;
        let length = self.zone.and_then(|zone| zone.next_day(start)).map_or(DAY, |next| next - start);
        let by_clock = length != DAY && hours(self.points) == 24;
        (0..self.points as i64)
            .map(|point| match start {
                MISSING => MISSING,
                _ if by_clock => self.shown_once(start, point).map_or(NONE, |begins| begins + self.step()),
                _ if (point + 1) * self.step() > length => NONE,
                _ => start + (point + 1) * self.step(),
            })
            .collect()
    }

    /// When an interval begins whose place in the day the wall clock shows once.
    fn shown_once(&self, start: i64, point: i64) -> Option<i64> {
        self.zone?.shown_once(start, point * self.step())
    }
}
