//! A fleet of clocks on one time base.

mod clock;
pub(super) mod text;

use super::{Planted, RecipeError, Size};
use crate::Table;
use crate::import::epoch;
use clock::Clock;

/// Clocks that are read at the same epochs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fleet {
    pub(super) tau0_ns: i64,
    start_ns: i64,
    pub(super) time_scale: String,
    resolution: Option<f64>,
    clocks: Vec<Clock>,
}

impl Fleet {
    /// The sampling interval τ₀ in seconds.
    pub(super) fn tau0(&self) -> f64 {
        self.tau0_ns as f64 / epoch::SECOND_NS as f64
    }

    /// The fleet in records of `to` points instead of `from`.
    pub(super) fn stretched(&self, from: usize, to: usize) -> Self {
        Self { clocks: self.clocks.iter().map(|clock| clock.stretched(from, to)).collect(), ..self.clone() }
    }

    /// Draws the clocks one after the other, sorted by name.
    pub(super) fn tables(&self, size: Size) -> impl Iterator<Item = Table> {
        self.members(size).into_iter().map(move |(index, clock)| clock.table(self, size, index))
    }

    pub(super) fn planted(&self, size: Size) -> Vec<Planted> {
        self.members(size).iter().flat_map(|(_, clock)| clock.planted()).collect()
    }

    /// The clocks with their place in the recipe, sorted by name. The place is the key of the noise,
    /// so that a larger fleet begins with the same clocks.
    fn members(&self, size: Size) -> Vec<(usize, Clock)> {
        let clocks = self.clocks.len();
        let member = |index: usize| (index, self.clocks[index % clocks].in_round(index / clocks));
        let mut members: Vec<(usize, Clock)> = (0..size.members).map(member).collect();
        members.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
        members
    }

    /// Tells whether records of so many points end before 2262.
    pub(super) fn ends(&self, points: usize) -> bool {
        let length = i64::try_from(points).ok().and_then(|points| points.checked_mul(self.tau0_ns));
        length.and_then(|length| length.checked_add(self.start_ns)).is_some()
    }

    /// Refuses phases that have no exact number of steps.
    pub(super) fn check_reach(&self, points: usize) -> Result<(), RecipeError> {
        let Some(resolution) = self.resolution else { return Ok(()) };
        self.clocks.iter().try_for_each(|clock| clock.check_reach(self, points, resolution))
    }
}

#[cfg(test)]
mod tests;
