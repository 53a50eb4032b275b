//! Demonstration data: fleets of clocks drawn from a recipe, the same bits from the same seed.
//!
//! A [`Recipe`] says which clocks there are, with which noise and which planted trouble. Each clock
//! is one table in the schema [`crate::schema::clock`]; only one is in memory at a time. Noise is
//! keyed by (seed, clock, component), so neither threads nor the order of drawing changes a digit.

mod clock;
mod text;

use crate::Table;
use crate::import::epoch;
use clock::Clock;
pub use clock::Planted;
use sigmatau_core::nearest::did_you_mean;

/// The recipes that come with the program: name and text.
static BUILTIN: &[(&str, &str)] = &[("clocks", include_str!("../../../datasets/clocks-demo/recipe.toml"))];

/// A fleet of clocks to draw.
///
/// ```
/// use sigmatau_data::generate::{Overrides, Recipe};
/// let recipe = Recipe::builtin("clocks")?.with(Overrides { points: Some(1000), ..Default::default() })?;
/// let first = recipe.tables().next().expect("the fleet is not empty");
/// assert_eq!(first.texts("series").map(|names| names[0].as_str()), Some("caesium-1"));
/// assert_eq!((recipe.clocks(), first.rows()), (12, 1000));
/// # Ok::<(), sigmatau_data::generate::RecipeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    name: String,
    seed: u64,
    points: usize,
    tau0_ns: i64,
    start_ns: i64,
    time_scale: String,
    resolution: Option<f64>,
    fleet: Vec<Clock>,
    clocks: usize,
}

/// What to change in a recipe before it is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The number of points of each clock; planted trouble keeps its place relative to the record.
    pub points: Option<usize>,
    /// The number of clocks; a number above that of the recipe repeats the fleet with new noise.
    pub clocks: Option<usize>,
    /// The seed of the noise.
    pub seed: Option<u64>,
}

/// Why a recipe was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipeError {
    /// No recipe of this name comes with the program.
    #[error("find the recipe `{name}`{hint}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The nearest known names.
        hint: String,
    },
    /// The text is not a recipe.
    #[error("read the recipe `{origin}`, line {line}: {problem}")]
    Text {
        /// The file or the name that the text came from.
        origin: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong, and what is wanted.
        problem: String,
    },
    /// The record is empty, too long to be counted in nanoseconds, or the fleet is empty.
    #[error("draw {clocks} clocks of {points} points every {tau0_ns} ns: at least one of each, ending before 2262")]
    Size {
        /// The number of clocks.
        clocks: usize,
        /// The number of points of each.
        points: usize,
        /// The sampling interval.
        tau0_ns: i64,
    },
    /// The phase of a clock is too large to be stored at the resolution.
    #[error(
        "draw the clock `{series}`: its phase reaches {reach} s, beyond 2^53 steps of {resolution} s; \
         choose a coarser resolution or smaller offsets"
    )]
    Reach {
        /// The clock.
        series: String,
        /// The largest phase at either end of the record, noise not counted.
        reach: String,
        /// The resolution of the recipe.
        resolution: String,
    },
}

/// The names of the recipes that come with the program.
pub fn names() -> Vec<&'static str> {
    BUILTIN.iter().map(|(name, _)| *name).collect()
}

impl Recipe {
    /// Returns the recipe of this name that comes with the program.
    ///
    /// # Errors
    /// When there is none; the nearest known names are given.
    pub fn builtin(name: &str) -> Result<Self, RecipeError> {
        match BUILTIN.iter().find(|(known, _)| *known == name) {
            Some((name, text)) => Self::from_toml(text, name),
            None => Err(RecipeError::Unknown { name: name.to_owned(), hint: did_you_mean(name, &names()) }),
        }
    }

    /// Reads a recipe; `origin` is the file name that error messages give.
    ///
    /// # Errors
    /// When the text is not TOML, has a key that is not known, or says something that can't be drawn;
    /// each with its line.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, RecipeError> {
        text::read(text, origin)?.checked()
    }

    /// Returns the recipe with some of its numbers changed.
    ///
    /// # Errors
    /// When nothing would be left to draw, or the record would not end before 2262.
    pub fn with(&self, overrides: Overrides) -> Result<Self, RecipeError> {
        let points = overrides.points.unwrap_or(self.points);
        let fleet = self.fleet.iter().map(|clock| clock.stretched(self.points, points)).collect();
        let (clocks, seed) = (overrides.clocks.unwrap_or(self.clocks), overrides.seed.unwrap_or(self.seed));
        Self { points, fleet, clocks, seed, ..self.clone() }.checked()
    }

    /// The name of the recipe.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The seed of the noise.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of clocks.
    pub fn clocks(&self) -> usize {
        self.clocks
    }

    /// The number of points of each clock, those in gaps included.
    pub fn points(&self) -> usize {
        self.points
    }

    /// The sampling interval τ₀ in seconds.
    pub fn tau0(&self) -> f64 {
        self.tau0_ns as f64 / epoch::SECOND_NS as f64
    }

    /// The time scale of the time column.
    pub fn time_scale(&self) -> &str {
        &self.time_scale
    }

    /// Draws the clocks one after the other, sorted by name.
    ///
    /// Each table has the columns `series`, `time` in ns and `phase` in s, the last as whole steps
    /// where the recipe states a resolution; points in gaps are left out. One clock takes
    /// O(points log points) steps and up to about 200 bytes a point while it is drawn.
    pub fn tables(&self) -> impl Iterator<Item = Table> {
        self.members().into_iter().map(|(index, clock)| clock.table(self, index))
    }

    /// Lists what was planted in the clocks: offsets, drifts, steps, outliers and gaps.
    pub fn planted(&self) -> Vec<Planted> {
        self.members().iter().flat_map(|(_, clock)| clock.planted()).collect()
    }

    /// The clocks with their place in the recipe, sorted by name. The place is the key of the noise,
    /// so that a larger fleet begins with the same clocks.
    fn members(&self) -> Vec<(usize, Clock)> {
        let member = |index: usize| (index, self.fleet[index % self.fleet.len()].in_round(index / self.fleet.len()));
        let mut members: Vec<(usize, Clock)> = (0..self.clocks).map(member).collect();
        members.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
        members
    }

    fn checked(self) -> Result<Self, RecipeError> {
        let (clocks, points, tau0_ns) = (self.clocks, self.points, self.tau0_ns);
        let end = i64::try_from(points).ok().and_then(|points| points.checked_mul(tau0_ns)?.checked_add(self.start_ns));
        if clocks == 0 || points == 0 || end.is_none() {
            return Err(RecipeError::Size { clocks, points, tau0_ns });
        }
        if let Some(resolution) = self.resolution {
            self.fleet.iter().try_for_each(|clock| clock.check_reach(&self, resolution))?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
