//! Epochs: from ticks, or numbers in a unit of time, to nanoseconds.

use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::rows::rule::Rule;
use crate::table::rebuild;
use sigmatau_core::Unit;
use sigmatau_core::unit::Conversion;

/// The epoch that stands for a missing one.
pub(super) const MISSING: i64 = i64::MIN;

/// The rule for epochs: to whole nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TimeRule {
    /// Whole numbers of ticks that are whole nanoseconds; exact.
    Ticks(i64),
    /// Any other number in a unit of time, rounded to the nearest nanosecond.
    Real(Option<(f64, f64)>, Conversion),
}

impl TimeRule {
    /// The rule for a column of epochs.
    pub(super) fn new(column: &Described) -> Result<Self, Trouble> {
        let scaled = match column.storage {
            Storage::Instant { nanoseconds } => return Ok(Self::Ticks(nanoseconds)),
            Storage::Scaled { scale, offset } => Some((scale, offset)),
            Storage::Integer | Storage::Float => None,
            Storage::Text | Storage::Other(_) => {
                let found = column.type_name().to_owned();
                return Err(Trouble::Type { found, wanted: "a timestamp or a number with a unit of time" });
            }
        };
        let nanosecond = Unit::parse("ns").expect("ns is a unit");
        let conversion = column.parsed_unit()?.ok_or(Trouble::NoUnit)?.conversion(&nanosecond)?;
        let tick = conversion.apply(1.0);
        let exact = column.storage == Storage::Integer && tick.fract() == 0.0 && tick < 9e18;
        Ok(if exact { Self::Ticks(tick as i64) } else { Self::Real(scaled, conversion) })
    }
}

impl Rule for TimeRule {
    type Out = i64;
    const NULL: i64 = MISSING;

    fn real(&self, stored: f64) -> i64 {
        let nanoseconds = match self {
            Self::Ticks(tick) => stored * *tick as f64,
            Self::Real(_, conversion) => conversion.apply(stored).round(),
        };
        if nanoseconds.abs() < 9.2e18 { nanoseconds as i64 } else { MISSING }
    }

    fn whole(&self, stored: i64) -> i64 {
        match self {
            Self::Ticks(tick) => stored.checked_mul(*tick).unwrap_or(MISSING),
            Self::Real(Some((scale, offset)), _) => self.real(rebuild(stored, *scale, *offset)),
            Self::Real(None, _) => self.real(stored as f64),
        }
    }

    fn wholes<'a>(&self, stored: &'a [i64], room: &'a mut Vec<i64>) -> &'a [i64] {
        if *self == Self::Ticks(1) {
            return stored;
        }
        room.extend(stored.iter().map(|&stored| self.whole(stored)));
        room
    }
}
