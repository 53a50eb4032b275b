//! Demonstration data drawn from a recipe, the same bits from the same seed: clocks with noise, sensors with
//! excitation and response, transformer areas with meters, [histories](Histories) of calibrations.
//!
//! A [`Recipe`] says which clocks or sensors there are, with which noise and which planted trouble. Each is one table,
//! in the schema [`crate::schema::clock`] or [`crate::schema::waveform`]; only one is in memory at a time. Noise is
//! keyed by (seed, member, component), so neither threads nor the order of drawing changes a digit.

mod areas;
mod bench;
mod fleet;
mod histories;
mod text;

use crate::{Metadata, Table};
use areas::Areas;
use bench::Bench;
use fleet::Fleet;
pub use histories::{Extent, Histories};
use sigmatau_core::nearest::did_you_mean;
use std::fmt;

/// The recipes that come with the program: name and text.
static BUILTIN: &[(&str, &str)] = &[
    ("clocks", include_str!("../../../datasets/clocks-demo/recipe.toml")),
    ("accelerometers", include_str!("../../../datasets/demo-sensors/accelerometers.toml")),
    ("accelerometers-multisine", include_str!("../../../datasets/demo-sensors/accelerometers-multisine.toml")),
    ("accelerometers-shock", include_str!("../../../datasets/demo-sensors/accelerometers-shock.toml")),
    ("accelerometers-sine", include_str!("../../../datasets/demo-sensors/accelerometers-sine.toml")),
    ("pressure", include_str!("../../../datasets/demo-sensors/pressure.toml")),
    ("current", include_str!("../../../datasets/demo-sensors/current.toml")),
    ("voltage", include_str!("../../../datasets/demo-sensors/voltage.toml")),
    ("meters", include_str!("../../../datasets/demo-meters/recipe.toml")),
    ("calibrations", include_str!("../../../datasets/demo-calibrations/recipe.toml")),
    ("calibrations-honest", include_str!("../../../datasets/demo-calibrations/honest.toml")),
];

/// Clocks or sensors to draw.
///
/// ```
/// use sigmatau_data::generate::{Overrides, Recipe};
/// let recipe = Recipe::builtin("clocks")?.with(Overrides { points: Some(1000), ..Default::default() })?;
/// let first = recipe.tables().next().expect("the fleet is not empty");
/// assert_eq!(first.texts("series").map(|names| names[0].as_str()), Some("caesium-1"));
/// assert_eq!((recipe.members(), first.rows()), (12, 1000));
/// # Ok::<(), sigmatau_data::generate::RecipeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    name: String,
    size: Size,
    content: Content,
    /// The place of the table that is drawn among the parts.
    part: usize,
}

/// How much is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    points: usize,
    members: usize,
    seed: u64,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
enum Content {
    Clocks(Fleet),
    Sensors(Box<Bench>),
    Areas(Areas),
    Histories(Box<Histories>),
}

/// What to change in a recipe before it is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The number of points of each clock or sensor, of days of each area, or of certificates of each instrument;
    /// planted trouble keeps its place relative to the record.
    pub points: Option<usize>,
    /// The number of clocks or sensors; a number above that of the recipe repeats them with new noise, and sensors
    /// with responses of their own.
    pub members: Option<usize>,
    /// The seed of the noise.
    pub seed: Option<u64>,
}

/// Something that a recipe put into a clock or sensor, for an analysis to find.
#[derive(Clone, Debug, PartialEq)]
pub struct Planted {
    /// The clock or sensor.
    pub series: String,
    /// `time offset`, `frequency offset`, `drift`, `phase step`, `frequency step`, `outlier` or `gap` of a clock;
    /// `clipping` of a sensor.
    pub kind: &'static str,
    /// The point at which it begins, counted from 0; nothing where it holds for the whole record.
    pub at: Option<usize>,
    /// How large it is, in `unit`; of a gap, the number of missing points.
    pub size: f64,
    /// The unit of `size`.
    pub unit: String,
}

impl fmt::Display for Planted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} of {:e} {}", self.series, self.kind, self.size, self.unit)?;
        self.at.map_or(Ok(()), |at| write!(f, " at point {at}"))
    }
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
    /// Nothing is to be drawn, or more than can be: epochs are counted in nanoseconds and end in 2262.
    #[error("draw {members} {subject} of {points} points every {tau0} s: at least one of each, and at most to 2262")]
    Size {
        /// What is drawn: `clocks` or `sensors`.
        subject: &'static str,
        /// How many of them.
        members: usize,
        /// The number of points of each.
        points: usize,
        /// The sampling interval in s.
        tau0: String,
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
    /// The histories of calibrations can't be drawn to this extent.
    #[error(
        "draw {instruments} instruments with {certificates} certificates each: at least one of each, as many instruments as \
         faults are planted, and at most to 2262"
    )]
    Extent {
        /// How many instruments.
        instruments: usize,
        /// How many certificates of each.
        certificates: usize,
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
        let Size { points, members, seed } = self.size;
        let size = Size {
            points: overrides.points.unwrap_or(points),
            members: overrides.members.unwrap_or(members),
            seed: overrides.seed.unwrap_or(seed),
        };
        let content = match &self.content {
            Content::Clocks(fleet) => Content::Clocks(fleet.stretched(points, size.points)),
            Content::Histories(histories) => Content::Histories(extended(histories, size)?),
            other => other.clone(),
        };
        Self { size, content, ..self.clone() }.checked()
    }

    /// The name of the recipe.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it draws: `clocks`, `sensors`, `areas` or `instruments`.
    pub fn subject(&self) -> &'static str {
        match self.content {
            Content::Clocks(_) => "clocks",
            Content::Sensors(_) => "sensors",
            Content::Areas(_) => "areas",
            Content::Histories(_) => "instruments",
        }
    }

    /// The seed of the noise.
    pub fn seed(&self) -> u64 {
        self.size.seed
    }

    /// The number of clocks or sensors.
    pub fn members(&self) -> usize {
        self.size.members
    }

    /// The number of points of each, those in gaps included; the number of days of areas and of
    /// certificates of instruments.
    pub fn points(&self) -> usize {
        self.size.points
    }

    /// The sampling interval τ₀ in seconds.
    pub fn tau0(&self) -> f64 {
        match &self.content {
            Content::Clocks(fleet) => fleet.tau0(),
            Content::Sensors(bench) => 1.0 / bench.rate,
            Content::Areas(areas) => areas.step(),
            Content::Histories(histories) => histories.interval(),
        }
    }

    /// What the fields of the tables state beside their units: the time scale of clocks, the sampling rate of sensors.
    pub fn metadata(&self) -> Metadata {
        match &self.content {
            Content::Clocks(fleet) => Metadata::default().with_field("time", "time_scale", &fleet.time_scale),
            Content::Sensors(bench) => ["excitation", "response"]
                .into_iter()
                .fold(Metadata::default(), |all, channel| all.with_field(channel, "rate_hz", bench.rate.to_string())),
            Content::Areas(_) | Content::Histories(_) => Metadata::default(),
        }
    }

    /// Draws the clocks or sensors one after the other, sorted by name.
    ///
    /// A table of a clock has the columns `series`, `time` in ns and `phase` in s, the last as whole steps
    /// where the recipe states a resolution; points in gaps are left out. One of a sensor has the columns `sensor`,
    /// `excitation` and `response` in the units of the recipe, as whole steps of the digitizer. Each takes
    /// O(points log points) steps and up to about 200 bytes a point while it is drawn.
    pub fn tables(&self) -> impl Iterator<Item = Table> {
        self.drawn().map(|mut parts| parts.swap_remove(self.part))
    }

    /// How many tables are drawn of each part: one for each member, or for a block of instruments.
    pub fn pieces(&self) -> usize {
        match &self.content {
            Content::Histories(histories) => histories.count(),
            _ => self.size.members,
        }
    }

    /// Draws the members one after the other, each as one table for every part.
    pub fn drawn(&self) -> impl Iterator<Item = Vec<Table>> {
        let tables: Box<dyn Iterator<Item = Vec<Table>> + '_> = match &self.content {
            Content::Clocks(fleet) => Box::new(fleet.tables(self.size).map(|table| vec![table])),
            Content::Sensors(bench) => Box::new(bench.tables(self.size).map(|table| vec![table])),
            Content::Areas(areas) => Box::new(areas.tables(self.size)),
            Content::Histories(histories) => Box::new(histories.pieces()),
        };
        tables
    }

    /// The names of the tables that are drawn of each member: of areas, `readings`, `meters` and `truth`; of instruments
    /// `calibrations` and those beside it; of clocks and sensors there is one, which has the name of the recipe.
    pub fn parts(&self) -> Vec<&str> {
        match &self.content {
            Content::Areas(_) => areas::PARTS.to_vec(),
            Content::Histories(_) => histories::TABLES.to_vec(),
            _ => vec![&self.name],
        }
    }

    /// The same recipe, of which another part is drawn by [`Recipe::tables`]; nothing when there is none of this name.
    pub fn with_part(&self, name: &str) -> Option<Self> {
        let part = self.parts().iter().position(|part| *part == name)?;
        Some(Self { part, ..self.clone() })
    }

    /// The true responses of the sensors at the given frequencies in Hz, in the schema
    /// [`response`](crate::schema::response): exact, with no uncertainty and no degrees of freedom. Nothing for clocks.
    ///
    /// ```
    /// use sigmatau_data::generate::Recipe;
    /// let truth = Recipe::builtin("pressure")?.truth(&[100.0]).expect("a recipe of sensors");
    /// let magnitude = truth.floats("magnitude").expect("a column of the schema")[0];
    /// assert!((magnitude / 5e-6 - 1.0).abs() < 0.05); // 5 V at 1 MPa
    /// # Ok::<(), sigmatau_data::generate::RecipeError>(())
    /// ```
    pub fn truth(&self, frequencies: &[f64]) -> Option<Table> {
        match &self.content {
            Content::Sensors(bench) => Some(bench.truth(self.size, frequencies)),
            _ => None,
        }
    }

    /// Lists what was planted: offsets, drifts, steps, outliers and gaps of clocks, clipping of sensors. What was
    /// planted in areas and instruments is a table of its own.
    pub fn planted(&self) -> Vec<Planted> {
        match &self.content {
            Content::Clocks(fleet) => fleet.planted(self.size),
            Content::Sensors(bench) => bench.planted(self.size),
            Content::Areas(_) | Content::Histories(_) => Vec::new(),
        }
    }

    fn checked(self) -> Result<Self, RecipeError> {
        let Size { points, members, .. } = self.size;
        let fits = match &self.content {
            Content::Clocks(fleet) => fleet.ends(points),
            _ => true,
        };
        if members == 0 || points == 0 || !fits {
            let tau0 = self.tau0().to_string();
            return Err(RecipeError::Size { subject: self.subject(), members, points, tau0 });
        }
        if let Content::Clocks(fleet) = &self.content {
            fleet.check_reach(points)?;
        }
        Ok(self)
    }
}

/// The histories to another extent.
fn extended(histories: &Histories, size: Size) -> Result<Box<Histories>, RecipeError> {
    let Size { points: recalibrations, members: instruments, seed } = size;
    let refused = || RecipeError::Extent { instruments, certificates: recalibrations };
    let extent = Extent { instruments, recalibrations, seed, ..histories.extent() };
    Ok(Box::new(histories.with(extent).ok_or_else(refused)?))
}

#[cfg(test)]
mod tests;
