//! From what is stored to what is wanted: numbers or whole numbers to SI.

use crate::table::rebuild;
use sigmatau_core::unit::Conversion;

/// Turns stored numbers into the wanted ones.
pub(crate) trait Rule: Copy + Send + Sync {
    /// The wanted type; its default is overwritten everywhere.
    type Out: Copy + Default + Send + Sync;
    /// What stands for a null.
    const NULL: Self::Out;

    /// A stored number.
    fn real(&self, stored: f64) -> Self::Out;
    /// A stored whole number.
    fn whole(&self, stored: i64) -> Self::Out;
    /// A stored word; only rules that read words make anything of it.
    fn word(&self, _stored: &str) -> Self::Out {
        Self::NULL
    }

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

/// Whole numbers as they are stored, [`i64::MIN`] where one is missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wholes;

impl Rule for Wholes {
    type Out = i64;
    const NULL: i64 = i64::MIN;

    fn real(&self, stored: f64) -> i64 {
        stored as i64
    }

    fn whole(&self, stored: i64) -> i64 {
        stored
    }

    fn wholes<'a>(&self, stored: &'a [i64], _room: &'a mut Vec<i64>) -> &'a [i64] {
        stored
    }
}

/// A way from numbers in a unit to SI.
pub(crate) trait Way: Copy + Send + Sync {
    /// One number in SI.
    fn apply(&self, value: f64) -> f64;
    /// Tells whether the numbers are in SI already.
    fn is_identity(&self) -> bool;
}

impl Way for Conversion {
    fn apply(&self, value: f64) -> f64 {
        Conversion::apply(self, value)
    }

    fn is_identity(&self) -> bool {
        Conversion::is_identity(self)
    }
}

/// The rule for values: rebuilt where they are scaled, then brought to SI.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ValueRule<W> {
    /// Scale and offset of scaled whole numbers.
    pub(crate) scaled: Option<(f64, f64)>,
    /// From the unit to SI.
    pub(crate) way: W,
}

impl<W: Way> Rule for ValueRule<W> {
    type Out = f64;
    const NULL: f64 = f64::NAN;

    fn real(&self, stored: f64) -> f64 {
        self.way.apply(stored)
    }

    fn reals<'a>(&self, stored: &'a [f64], room: &'a mut Vec<f64>) -> &'a [f64] {
        if self.way.is_identity() {
            return stored;
        }
        room.extend(stored.iter().map(|&stored| self.real(stored)));
        room
    }

    fn whole(&self, stored: i64) -> f64 {
        self.real(self.scaled.map_or(stored as f64, |(scale, offset)| rebuild(stored, scale, offset)))
    }
}
