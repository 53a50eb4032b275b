//! Clock series from tables of any size, read in bounded memory.
//!
//! A *long* table has a column of names (`series`), a column of values and mostly one of epochs (`time`):
//! see [`schema::clock`](crate::schema::clock). A *wide* table has one column of values for each clock,
//! named by it. What the columns mean is found in `clock/layout.rs`, the rows of a clock are brought together by
//! `rows.rs`, `clock/rule.rs` reads epochs, and `clock/measure.rs` is the physics of turning numbers into SI.

mod layout;
pub(crate) mod measure;
mod rule;
mod steady;

use crate::column::{Described, Storage};
use crate::document::{DocumentError, Parameter, Section};
use crate::parquet_file::{CHUNK, ParquetFile};
use crate::rows::gather::{Lane, gather};
use crate::rows::index::{self, Segment};
use crate::rows::key::Key;
use crate::rows::rule::ValueRule;
use crate::rows::store::Store;
use crate::{DataError, Table, grid};
use layout::Layout;
pub use measure::Hertz;
use measure::Measure;
use rayon::prelude::*;
use rule::{MISSING, TimeRule};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity, Unit};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
pub use steady::SteadyClock;

/// What clock values measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockKind {
    /// Time error x in s.
    Phase,
    /// Fractional frequency y in 1.
    Frequency,
}

impl ClockKind {
    /// The word in options and column names: `phase` or `frequency`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Frequency => "frequency",
        }
    }

    /// Reads back [`ClockKind::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Phase, Self::Frequency].into_iter().find(|kind| kind.word() == word)
    }
}

/// What the user states about a table of clock values; what is left out is taken from the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClockOptions {
    /// What the values measure.
    pub kind: Option<ClockKind>,
    /// The unit of the values.
    pub unit: Option<Unit>,
    /// The sampling interval τ₀ in s.
    pub tau0: Option<f64>,
    /// The nominal frequency in Hz.
    pub nominal: Option<f64>,
    /// What values in Hz are; absolute where it is left out.
    pub hertz: Option<Hertz>,
    /// The column of names.
    pub series: Option<String>,
    /// The column of epochs.
    pub time: Option<String>,
    /// The columns of values.
    pub value: Vec<String>,
}

impl ClockOptions {
    /// The keys by which options are stated in manifests and pipelines.
    pub const PARAMETERS: &[Parameter] = &[
        Parameter::new("kind", "phase or frequency"),
        Parameter::new("unit", "unit of the values, such as s, ns, rad, 1, Hz"),
        Parameter::new("tau0", "sampling interval in s, where there are no epochs"),
        Parameter::new("nominal", "nominal frequency in Hz, for values in Hz, rad, deg or cycle"),
        Parameter::new("hertz", "what values in Hz are: absolute, or offset from nominal"),
        Parameter::new("series", "column with the names of the clocks"),
        Parameter::new("time", "column with the epochs"),
        Parameter::new("value", "column or columns with the values"),
    ];

    /// Reads the options from a section that knows their keys.
    ///
    /// # Errors
    /// When a word is none of its key, or a number is not positive, with its line.
    pub fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let kind = |word: String| {
            let hint = did_you_mean(&word, &["phase", "frequency"]);
            let unknown = || section.refuse_key("kind", &format!("there is no kind `{word}`{hint}"));
            ClockKind::from_word(&word).ok_or_else(unknown)
        };
        let hertz = |word: String| {
            let hint = did_you_mean(&word, &Hertz::WORDS);
            let unknown = || section.refuse_key("hertz", &format!("there is no `hertz` of the word `{word}`{hint}"));
            Hertz::from_word(&word).ok_or_else(unknown)
        };
        let unit = |word: String| Unit::parse(&word).map_err(|error| section.refuse_key("unit", &error.to_string()));
        Ok(Self {
            kind: section.text("kind")?.map(kind).transpose()?,
            unit: section.text("unit")?.map(unit).transpose()?,
            tau0: section.positive("tau0")?,
            nominal: section.positive("nominal")?,
            hertz: section.text("hertz")?.map(hertz).transpose()?,
            series: section.text("series")?,
            time: section.text("time")?,
            value: section.texts("value")?.into_iter().map(|(_, name)| name).collect(),
        })
    }

    /// These options, and what they leave out as `stated` has it.
    #[must_use]
    pub fn or(self, stated: Self) -> Self {
        Self {
            kind: self.kind.or(stated.kind),
            unit: self.unit.or(stated.unit),
            tau0: self.tau0.or(stated.tau0),
            nominal: self.nominal.or(stated.nominal),
            hertz: self.hertz.or(stated.hertz),
            series: self.series.or(stated.series),
            time: self.time.or(stated.time),
            value: if self.value.is_empty() { stated.value } else { self.value },
        }
    }
}

/// A clock in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesInfo {
    /// The name.
    pub name: String,
    /// The number of rows.
    pub points: u64,
}

/// The values of one clock in SI, on an even grid.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockSeries {
    /// The name.
    pub name: String,
    /// What the values measure.
    pub kind: ClockKind,
    /// The sampling interval τ₀ in s.
    pub tau0: f64,
    /// The epoch of the first value in ns, where the table has epochs.
    pub start_ns: Option<i64>,
    /// x in s or y in 1; `NaN` where a value is missing.
    pub values: Vec<f64>,
    /// What was remarked on the way.
    pub findings: Vec<Finding>,
}

/// A table of clock values, opened and indexed.
///
/// Opening reads the column of names alone, if there is one, and keeps 20 bytes for each clock in each
/// row group. Reading some clocks decodes the row groups that hold them, once. Its memory is 8 bytes for
/// each row of those clocks, 16 with epochs, and, for each thread, one chunk of 65 536 rows and one page;
/// where clocks are interleaved 4 bytes for each row of a row group, and where epochs are irregular 32
/// bytes for each row of the one clock that the thread puts on its grid. The result does not depend on
/// the number of threads.
///
/// ```
/// use sigmatau_core::Unit;
/// use sigmatau_data::clock::{ClockOptions, ClockSource};
/// use sigmatau_data::{Column, Table};
/// let table = Table::new(vec![
///     Column::text("series", ["a", "b", "a", "b"].map(String::from).to_vec()),
///     Column::float("phase", Unit::parse("ns")?, vec![0.0, 5.0, 1.0, 6.0]),
/// ])?;
/// let options = ClockOptions { tau0: Some(1.0), ..Default::default() };
/// let source = ClockSource::from_table("counter", table, &options)?;
/// assert_eq!(source.series()[1].name, "b");
/// assert_eq!(source.read(1..2)?[0].values, [5e-9, 6e-9]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ClockSource {
    store: Store,
    layout: Layout,
    series: Vec<SeriesInfo>,
    /// The rows of each series.
    rows: Vec<Arc<[Segment]>>,
    findings: Vec<Finding>,
}

impl ClockSource {
    /// Opens a Parquet file.
    ///
    /// # Errors
    /// When the file can't be read, or the columns and the options leave open which columns hold the
    /// names, epochs and values, what these measure, in which unit, or how often.
    pub fn open(path: &Path, options: &ClockOptions) -> Result<Self, DataError> {
        Self::new(Store::Parquet(ParquetFile::open(path)?), options)
    }

    /// Takes over a table in memory, as importers make it; `name` stands in messages.
    ///
    /// # Errors
    /// As [`ClockSource::open`].
    pub fn from_table(name: impl Into<String>, table: Table, options: &ClockOptions) -> Result<Self, DataError> {
        Self::new(Store::Memory { name: name.into(), table }, options)
    }

    fn new(store: Store, options: &ClockOptions) -> Result<Self, DataError> {
        let mut layout = Layout::new(&store.name(), &store.described()?, options)?;
        let mut findings = std::mem::take(&mut layout.findings);
        let (series, rows) = match layout.key {
            Some(key) => long(&store, key)?,
            None => wide(&store, &layout)?,
        };
        findings.extend(interleaved(&rows));
        Ok(Self { store, layout, series, rows, findings })
    }

    /// The clocks, in the order in which they first appear.
    pub fn series(&self) -> &[SeriesInfo] {
        &self.series
    }

    /// What was remarked about the table as a whole.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Reads the clocks with the given numbers, in one pass over the row groups that hold them.
    ///
    /// Epochs are put on an even grid by [`grid::even`]; further findings are `missing` (note),
    /// `time-missing` and `infinite` (warnings).
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    ///
    /// # Panics
    /// When a number is not below that of the clocks.
    pub fn read(&self, which: Range<usize>) -> Result<Vec<ClockSeries>, DataError> {
        let lanes: Vec<Lane<'_, ValueRule<Measure>>> = which.clone().map(|series| self.lane(series)).collect();
        let values = gather(&self.store, self.layout.key.map(Key::One), &lanes)?;
        let times = self.times(which.clone())?;
        let finish = |(place, values): (usize, Vec<f64>)| {
            let times = times.as_ref().map(|times| times[if times.len() == 1 { 0 } else { place }].as_slice());
            self.finish(which.start + place, times, values)
        };
        Ok(values.into_par_iter().enumerate().map(finish).collect())
    }

    /// The whole table as it is stored, with the columns that are no clock values.
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    pub fn table(&self) -> Result<Table, DataError> {
        self.store.table()
    }

    fn lane(&self, series: usize) -> Lane<'_, ValueRule<Measure>> {
        let value = self.layout.value(series);
        Lane { column: value.column, rule: value.rule, segments: &self.rows[series] }
    }

    /// The epochs of each clock; those of a wide table once, as its clocks share them.
    fn times(&self, which: Range<usize>) -> Result<Option<Vec<Vec<i64>>>, DataError> {
        let Some(time) = &self.layout.time else { return Ok(None) };
        let shared = if self.layout.key.is_some() { which.end } else { which.end.min(which.start + 1) };
        let lane = |series: usize| Lane { column: time.column, rule: time.rule, segments: &self.rows[series] };
        let lanes: Vec<Lane<'_, TimeRule>> = (which.start..shared).map(lane).collect();
        gather(&self.store, self.layout.key.map(Key::One), &lanes).map(Some)
    }

    fn finish(&self, series: usize, times: Option<&[i64]>, mut values: Vec<f64>) -> ClockSeries {
        let value = self.layout.value(series);
        let (missing, infinite) = finite(&mut values);
        let mut findings: Vec<Finding> = remarks(missing, infinite, values.len()).collect();
        let grid = match times {
            Some(times) => on_grid(times, values, value.tau0, &mut findings),
            None => grid::Grid { tau0: value.tau0.unwrap_or(1.0), start_ns: None, values, findings: Vec::new() },
        };
        findings.extend(grid.findings);
        let name = self.series[series].name.clone();
        let findings = findings.into_iter().map(|finding| finding.about(&name)).collect();
        ClockSeries { name, kind: value.kind, tau0: grid.tau0, start_ns: grid.start_ns, values: grid.values, findings }
    }
}

/// The remark that the rows of a file are not sorted by its column `series`, where that is so.
pub(crate) fn order(file: ParquetFile) -> Result<Option<Finding>, DataError> {
    let is_key = |column: &Described| column.name == "series" && column.storage == Storage::Text;
    match file.described()?.iter().position(is_key) {
        Some(key) => Ok(interleaved(&long(&Store::Parquet(file), key)?.1)),
        None => Ok(None),
    }
}

/// The clocks and the rows of each.
type Indexed = (Vec<SeriesInfo>, Vec<Arc<[Segment]>>);

fn long(store: &Store, key: usize) -> Result<Indexed, DataError> {
    let info = |(name, segments): index::Named| (SeriesInfo { name, points: index::rows(&segments) }, segments);
    Ok(index::by_name(store, Key::One(key))?.into_iter().map(info).unzip())
}

fn wide(store: &Store, layout: &Layout) -> Result<Indexed, DataError> {
    let whole = index::whole(store)?;
    let points = index::rows(&whole);
    let infos = layout.values.iter().map(|value| SeriesInfo { name: value.name.clone(), points }).collect();
    Ok((infos, vec![whole; layout.values.len()]))
}

fn interleaved(rows: &[Arc<[Segment]>]) -> Option<Finding> {
    let scattered = rows.iter().filter(|segments| segments.iter().any(|segment| !segment.is_run())).count();
    let finding = Finding::new(
        Severity::Note,
        "interleaved",
        format!("the rows of {scattered} of {} series stand between those of others", rows.len()),
        "reading takes about three times as long",
        "sort the table by series, then by time",
    );
    (scattered > 0).then_some(finding)
}

/// Takes infinite values as missing, and returns how many were missing and how many infinite.
fn finite(values: &mut [f64]) -> (usize, usize) {
    let odd = |values: &[f64]| values.iter().filter(|value| !value.is_finite()).count();
    let odd: usize = values.par_chunks(CHUNK).map(odd).sum();
    if odd == 0 {
        return (0, 0);
    }
    let infinite = values.iter_mut().filter(|value| value.is_infinite()).map(|value| *value = f64::NAN).count();
    (odd - infinite, infinite)
}

/// The remarks on missing and infinite values.
fn remarks(missing: usize, infinite: usize, points: usize) -> impl Iterator<Item = Finding> {
    let note = Finding::new(
        Severity::Note,
        "missing",
        format!("{missing} of {points} values are missing"),
        "terms that touch a missing value are left out",
        "look for outages of the counter if the count surprises",
    );
    let warning = Finding::new(
        Severity::Warning,
        "infinite",
        format!("{infinite} of {points} values are infinite"),
        "they were taken as missing",
        "look for overflows of the counter, or for a mark of missing values",
    );
    (missing > 0).then_some(note).into_iter().chain((infinite > 0).then_some(warning))
}

fn on_grid(times: &[i64], values: Vec<f64>, tau0: Option<f64>, findings: &mut Vec<Finding>) -> grid::Grid {
    let missing = times.iter().filter(|time| **time == MISSING).count();
    if missing == 0 {
        return grid::even(times, values, tau0);
    }
    findings.push(Finding::new(
        Severity::Warning,
        "time-missing",
        format!("{missing} of {} rows have no epoch, or one outside the years 1678 to 2261", times.len()),
        "their values were left out",
        "fill in the epochs",
    ));
    let known = times.iter().copied().zip(values).filter(|(time, _)| *time != MISSING);
    let (times, values): (Vec<i64>, Vec<f64>) = known.unzip();
    grid::even(&times, values, tau0)
}
