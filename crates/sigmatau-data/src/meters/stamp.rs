//! Instants as they are stored, in seconds since 1970 UTC.

use super::Zone;
use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::rows::rule::Rule;
use jiff::Timestamp;
use jiff::civil::DateTime;
use sigmatau_core::Unit;
use sigmatau_core::unit::Conversion;

/// The instant that stands for a missing one.
pub(super) const MISSING: i64 = i64::MIN;

/// The rule for instants.
#[derive(Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) count: Count,
    /// Where wall clocks stand; UTC where nothing is stated.
    pub(super) zone: Option<&'a Zone>,
}

/// What stored numbers count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Count {
    /// Ticks, of which a second has so many.
    PerSecond(i64),
    /// Ticks of so many seconds.
    Seconds(i64),
    /// Numbers in a unit of time.
    Unit(Conversion),
    /// What their size says.
    BySize,
}

impl Count {
    pub(super) fn new(column: &Described) -> Result<Self, Trouble> {
        match column.storage {
            Storage::Instant { nanoseconds } if nanoseconds >= 1_000_000_000 => {
                Ok(Self::Seconds(nanoseconds / 1_000_000_000))
            }
            Storage::Instant { nanoseconds } => Ok(Self::PerSecond(1_000_000_000 / nanoseconds)),
            Storage::Text => Ok(Self::BySize),
            Storage::Integer | Storage::Float => Self::of_unit(column),
            _ => {
                let found = column.type_name().to_owned();
                Err(Trouble::Type { found, wanted: "timestamps, numbers or text" })
            }
        }
    }

    fn of_unit(column: &Described) -> Result<Self, Trouble> {
        let Some(unit) = column.parsed_unit()? else { return Ok(Self::BySize) };
        let to_unit = Unit::SECOND.conversion(&unit)?.apply(1.0);
        let whole = column.storage == Storage::Integer && to_unit >= 1.0 && to_unit.fract() == 0.0;
        Ok(if whole { Self::PerSecond(to_unit as i64) } else { Self::Unit(unit.conversion(&Unit::SECOND)?) })
    }
}

impl Stamp<'_> {
    /// UTC of seconds that a clock shows.
    fn local(&self, seconds: i64) -> i64 {
        self.zone.map_or(seconds, |zone| zone.utc_of_seconds(seconds).unwrap_or(MISSING))
    }

    fn wall(&self, wall: DateTime) -> Option<i64> {
        match self.zone {
            Some(zone) => zone.utc(wall),
            None => Some(wall.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second()),
        }
    }
}

impl Rule for Stamp<'_> {
    type Out = i64;
    const NULL: i64 = MISSING;

    fn real(&self, stored: f64) -> i64 {
        match self.count {
            Count::Unit(way) if way.apply(stored).is_finite() => self.local(way.apply(stored).round() as i64),
            Count::BySize if stored.fract() == 0.0 => self.whole(stored as i64),
            _ => MISSING,
        }
    }

    fn whole(&self, stored: i64) -> i64 {
        if stored == MISSING {
            return MISSING;
        }
        match self.count {
            Count::PerSecond(ticks) => self.local(rounded(stored, ticks)),
            Count::Seconds(seconds) => self.local(stored.saturating_mul(seconds)),
            Count::Unit(_) => self.real(stored as f64),
            Count::BySize => by_size(stored).map_or_else(|| self.word(&stored.to_string()), |utc| self.local(utc)),
        }
    }

    fn wholes<'a>(&self, stored: &'a [i64], room: &'a mut Vec<i64>) -> &'a [i64] {
        match (self.count, self.zone) {
            (Count::PerSecond(1_000_000_000), None) => seconds::<1_000_000_000>(stored, room),
            (Count::PerSecond(1_000_000), None) => seconds::<1_000_000>(stored, room),
            (Count::PerSecond(1_000), None) => seconds::<1_000>(stored, room),
            _ => room.extend(stored.iter().map(|stored| self.whole(*stored))),
        }
        room
    }

    fn word(&self, stored: &str) -> i64 {
        let plain = stored.trim().replace('/', "-");
        let offset = || plain.parse::<Timestamp>().ok().map(|instant| instant.as_second());
        let wall = || self.wall(plain.parse::<DateTime>().ok()?);
        offset().or_else(wall).unwrap_or(MISSING)
    }
}

/// The seconds since 1970 UTC of an instant that is written as text; without an offset it is UTC.
///
/// ```
/// use sigmatau_data::meters::{instant, written};
/// assert_eq!(instant("2026-07-01T02:15:00+02:00"), Some(1_782_864_900));
/// assert_eq!(written(1_782_864_900), "2026-07-01T00:15:00Z");
/// ```
pub fn instant(text: &str) -> Option<i64> {
    Some(Stamp { count: Count::BySize, zone: None }.word(text)).filter(|seconds| *seconds != MISSING)
}

/// Seconds since 1970 UTC as text; empty where they are beyond all years.
pub fn written(seconds: i64) -> String {
    Timestamp::from_second(seconds).map(|instant| instant.to_string()).unwrap_or_default()
}

/// The same for many; dividing by a constant takes a quarter of the time.
fn seconds<const TICKS: i64>(stored: &[i64], room: &mut Vec<i64>) {
    room.extend(stored.iter().map(|stored| rounded(*stored, TICKS)));
}

/// Ticks to the nearest second.
#[inline]
fn rounded(stored: i64, ticks: i64) -> i64 {
    stored.saturating_add(ticks / 2).div_euclid(ticks)
}

/// Seconds, milliseconds, microseconds or nanoseconds, all between the years 1974 and 5138; nothing of a day such as
/// 20260701.
fn by_size(stored: i64) -> Option<i64> {
    match stored.unsigned_abs() {
        0..100_000_000 => None,
        100_000_000..100_000_000_000 => Some(stored),
        100_000_000_000..100_000_000_000_000 => Some(rounded(stored, 1000)),
        100_000_000_000_000..100_000_000_000_000_000 => Some(rounded(stored, 1_000_000)),
        _ => Some(rounded(stored, 1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JULY: i64 = 1_782_864_900;

    #[test]
    fn one_instant_is_read_in_every_way_it_is_written() {
        let stamp = Stamp { count: Count::BySize, zone: None };
        for factor in [1, 1_000, 1_000_000, 1_000_000_000] {
            assert_eq!(stamp.whole(JULY * factor), JULY);
        }
        for word in ["2026-07-01 00:15", "2026/07/01 00:15:00", "2026-07-01T00:15:00Z", "2026-07-01T02:15:00+02:00"] {
            assert_eq!(stamp.word(word), JULY, "{word}");
        }
        assert_eq!((stamp.whole(20_260_701), stamp.word("2026-07-01")), (JULY - 900, JULY - 900));
        assert_eq!((stamp.word("yesterday"), stamp.real(f64::NAN)), (MISSING, MISSING));
    }

    #[test]
    fn a_wall_clock_is_moved_by_its_zone_and_an_offset_wins() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let stamp = Stamp { count: Count::BySize, zone: Some(&zone) };
        assert_eq!(stamp.word("2026-07-01 08:15"), JULY);
        assert_eq!(stamp.whole(JULY + 8 * 3600), JULY);
        assert_eq!(stamp.word("2026-07-01T00:15:00Z"), JULY);
    }
}
