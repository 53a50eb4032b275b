//! Local time.

use super::MeterReadings;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sigmatau_core::nearest::did_you_mean;
use std::collections::BTreeMap;

/// A zone of the IANA time zone database, which comes with the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

/// No zone has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find the zone `{name}`{hint}")]
pub struct UnknownZone {
    name: String,
    hint: String,
}

impl Zone {
    /// The zone of that name, such as `Asia/Shanghai`.
    ///
    /// # Errors
    /// When there is none; the nearest are named.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let unknown = |_| {
            let known: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            UnknownZone { name: name.to_owned(), hint: did_you_mean(name, &known) }
        };
        TimeZone::get(name).map(Self).map_err(unknown)
    }

    /// UTC of a wall clock, in seconds since 1970; the first of an hour that is repeated.
    pub(super) fn utc(&self, wall: DateTime) -> Option<i64> {
        Some(self.0.to_ambiguous_timestamp(wall).compatible().ok()?.as_second())
    }

    /// UTC of a wall clock that shows so many seconds since 1970.
    pub(super) fn utc_of_seconds(&self, wall: i64) -> Option<i64> {
        let wall = Timestamp::from_second(wall).ok()?.to_zoned(TimeZone::UTC).datetime();
        self.utc(wall)
    }

    /// When the local day after that of an instant begins.
    pub(super) fn next_day(&self, start: i64) -> Option<i64> {
        self.utc(self.wall(start)?.tomorrow().ok()?)
    }

    /// When the wall clock shows so many seconds more than at the beginning of a day, if it does so once.
    pub(super) fn shown_once(&self, start: i64, seconds: i64) -> Option<i64> {
        let wall = self.wall(start)?.checked_add(SignedDuration::from_secs(seconds)).ok()?;
        Some(self.0.to_ambiguous_timestamp(wall).unambiguous().ok()?.as_second())
    }

    fn wall(&self, utc: i64) -> Option<DateTime> {
        Some(Timestamp::from_second(utc).ok()?.to_zoned(self.0.clone()).datetime())
    }

    /// How much later the wall clock that shows this instant shows the same again, in s.
    fn repeated_after(&self, utc: i64) -> Option<i64> {
        let instant = Timestamp::from_second(utc).ok()?;
        let wall = instant.to_zoned(self.0.clone()).datetime();
        let later = self.0.to_ambiguous_timestamp(wall).later().ok()?;
        let after: SignedDuration = later.duration_since(instant);
        (after.as_secs() > 0).then_some(after.as_secs())
    }

    /// Moves the second reading of each repeated wall clock to its place: the one of the higher register, or else the
    /// one that arrived later. Readings that are alike in everything else stay duplicates when there are more than two.
    pub(super) fn unfold(&self, meter: &mut MeterReadings) {
        let mut seen: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        meter.times.iter().enumerate().for_each(|(row, time)| seen.entry(*time).or_default().push(row));
        for (time, mut rows) in seen.into_iter().filter(|(_, rows)| rows.len() > 1) {
            let Some(after) = self.repeated_after(time) else { continue };
            let register = |row: &usize| meter.register.get(*row).copied().unwrap_or(0.0);
            rows.sort_by(|a, b| register(a).total_cmp(&register(b)));
            let second = rows.len().div_ceil(2);
            rows[second..].iter().for_each(|row| meter.times[*row] += after);
        }
    }
}
