//! From what is stored to SI: numbers or whole numbers to seconds and fractions, ticks to nanoseconds.

use super::measure::Measure;
use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::table::rebuild;
use sigmatau_core::Unit;
use sigmatau_core::unit::Conversion;

/// The epoch that stands for a missing one.
pub(super) const MISSING: i64 = i64::MIN;

/// Turns stored numbers into the wanted ones.
pub(super) trait Rule: Copy + Send + Sync {
    /// The wanted type; its default is overwritten everywhere.
    type Out: Copy + Default + Send + Sync;
    /// What stands for a null.
    const NULL: Self::Out;

    /// A stored number.
    fn real(&self, stored: f64) -> Self::Out;
    /// A stored whole number.
    fn whole(&self, stored: i64) -> Self::Out;

    /// Stored numbers, in `room` unless they are the wanted ones already.
    fn reals<'a>(&self, stored: &'a [f64], room: &'a mut Vec<Self::Out>) -> &'a [Self::Out] {
        room.extend(stored.iter().map(|&stored| self.real(stored)));
        room
    }

    /// Stored whole numbers, in `room` unless they are the wanted ones already.
    fn wholes<'a>(&self, stored: &'a [i64], room: &'a mut Vec<Self::Out>) -> &'a [Self::Out] {
        room.extend(stored.iter().map(|&stored| self.whole(stored)));
        room
    }
}

/// The rule for clock values: to x in s or y in 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ValueRule {
    /// Scale and offset of scaled whole numbers.
    pub(super) scaled: Option<(f64, f64)>,
    /// From the unit to SI.
    pub(super) measure: Measure,
}

impl Rule for ValueRule {
    type Out = f64;
    const NULL: f64 = f64::NAN;

    fn real(&self, stored: f64) -> f64 {
        self.measure.apply(stored)
    }

    fn reals<'a>(&self, stored: &'a [f64], room: &'a mut Vec<f64>) -> &'a [f64] {
        if self.measure.is_identity() {
            return stored;
        }
        room.extend(stored.iter().map(|&stored| self.real(stored)));
        room
    }

    fn whole(&self, stored: i64) -> f64 {
        self.real(self.scaled.map_or(stored as f64, |(scale, offset)| rebuild(stored, scale, offset)))
    }
}

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
