//! A transformer area as it is assessed: what its master meter and the meters behind it registered, on one even grid
//! of intervals, after cleaning.

use crate::raw::About;
use std::ops::Range;

/// The phases that a meter hangs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Not known.
    #[default]
    Unknown,
    /// The first one.
    A,
    /// The second one.
    B,
    /// The third one.
    C,
    /// All three.
    Three,
}

impl Phase {
    /// The word: `A`, `B`, `C`, `ABC`, or the empty one.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::Three => "ABC",
        }
    }

    /// Reads back [`Phase::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Unknown, Self::A, Self::B, Self::C, Self::Three].into_iter().find(|phase| phase.word() == word)
    }
}

/// An area and its readings in T intervals of equal length. Energies are in kWh; a missing one is `NaN`.
#[derive(Clone, Debug)]
pub struct Area {
    /// The name of the area.
    pub id: String,
    /// The end of the first interval, in seconds since 1970 UTC.
    pub start: i64,
    /// The length of an interval in seconds.
    pub step: i64,
    /// What supplies the area.
    pub master: Master,
    /// The meters behind it. One that was replaced and its successor are two.
    pub meters: Vec<Meter>,
}

/// What supplies an area, and how well it is known.
#[derive(Clone, Debug)]
pub struct Master {
    /// The name of the meter.
    pub id: String,
    /// Energy into the area in each interval.
    pub supplied: Vec<f64>,
    /// Energy out of the area in each interval; empty where no register holds it.
    pub returned: Vec<f64>,
    /// The step of its register in kWh, 0 where none is seen.
    pub resolution: f64,
    /// The voltage in each interval in V; empty where it is not known.
    pub voltage: Vec<f64>,
    /// The relative standard uncertainty of its energy, which all intervals share.
    pub uncertainty: f64,
}

/// A meter and its readings.
#[derive(Clone, Debug)]
pub struct Meter {
    /// What is known of it.
    pub about: About,
    /// Energy to the customer in each interval.
    pub consumed: Vec<f64>,
    /// Energy from the customer in each interval; empty where no register holds it.
    pub fed: Vec<f64>,
    /// Gaps whose total energy is known from the registers at both ends; the intervals inside are `NaN`.
    pub bridges: Vec<Bridge>,
    /// The step of its register in kWh, 0 where none is seen.
    pub resolution: f64,
    /// The voltage in each interval in V; empty where it is not known.
    pub voltage: Vec<f64>,
    /// The current in each interval in A; empty where it is not known.
    pub current: Vec<f64>,
}

/// Intervals of which only the total is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Bridge {
    /// The intervals.
    pub intervals: Range<usize>,
    /// Energy to the customer in all of them together, in kWh.
    pub consumed: f64,
}

impl Area {
    /// The number T of intervals.
    pub fn intervals(&self) -> usize {
        self.master.supplied.len()
    }

    /// The end of an interval, in seconds since 1970 UTC.
    pub fn end(&self, interval: usize) -> i64 {
        self.start + self.step * interval as i64
    }
}
