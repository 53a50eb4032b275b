//! Calibration histories: instruments, points and recalibrations, with budgets, repeats, the chain of standards, check
//! standards, a comparison and readings in service; honest but for the faults that the recipe plants.
//!
//! Everything is keyed by (seed, instrument, subject), so that neither threads nor the order of drawing changes a digit, and
//! a longer history begins with the same instruments. An instrument is adjusted at each calibration: its deviation is new
//! each time, within the uncertainty that is stated, and (value − reference) / u_c is normal with standard deviation 1.

mod certificate;
mod fault;
mod laboratory;
mod log;
mod point;
mod text;

use crate::schema::{self, Rows};
use crate::{DataError, DocumentError, Metadata, Table, TableWriter};
use fault::{KINDS, Plan, Plant, Whose};
use point::Place;
use rayon::prelude::*;
use std::path::Path;

/// The recipe that comes with the program.
static BUILTIN: &str = include_str!("../../../../datasets/demo-calibrations/recipe.toml");

/// About how many rows of calibrations are drawn at a time.
const BLOCK: usize = 1 << 15;

/// The streams of random numbers of one instrument or laboratory.
const CALIBRATION: u64 = 0;
const REPEATS: u64 = 1;
const LOG: u64 = 2;
const LABORATORY: u64 = 3;
const CHECKS: u64 = 4;
const COMPARISON: u64 = 5;

fn stream(index: usize, component: u64) -> u64 {
    (index as u64) << 4 | component
}

/// Calibration histories to draw.
///
/// ```
/// use sigmatau_data::generate::Histories;
/// let histories = Histories::builtin();
/// let (name, calibrations) = histories.tables().swap_remove(0);
/// assert_eq!((name, calibrations.rows()), ("calibrations", 480 * 5 * 4));
/// assert_eq!(calibrations.texts("instrument").map(|names| names[0].as_str()), Some("meter-0000001"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Histories {
    name: String,
    extent: Extent,
    course: Course,
    plants: Vec<Plant>,
    plan: Plan,
}

/// How much is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The number of instruments.
    pub instruments: usize,
    /// The number of certificates of each.
    pub recalibrations: usize,
    /// Every so many-th instrument has budgets, repeats and a log.
    pub detail: usize,
    /// The seed of everything that is drawn.
    pub seed: u64,
}

/// What every history has in common.
#[derive(Clone, Debug, PartialEq)]
struct Course {
    laboratories: usize,
    interval_ns: i64,
    start_ns: i64,
    repeats: usize,
    log: usize,
    checks: usize,
    quantity: String,
    unit: String,
    points: Vec<f64>,
    spread: f64,
    repeatability: f64,
    source: f64,
    standard: f64,
    limit: f64,
}

/// The tables: those of instruments, those of laboratories, and the truth.
pub(super) const TABLES: [&str; 10] = [
    "calibrations",
    "repeats",
    "budgets",
    "correlations",
    "logs",
    "chain",
    "recalls",
    "check_standards",
    "comparisons",
    "planted",
];

/// The tables as they grow.
struct Tables {
    calibrations: Rows,
    repeats: Rows,
    budgets: Rows,
    correlations: Rows,
    logs: Rows,
    chain: Rows,
    recalls: Rows,
    check_standards: Rows,
    comparisons: Rows,
}

impl Tables {
    fn empty() -> Self {
        Self {
            calibrations: Rows::of(&schema::calibrations::SCHEMA),
            repeats: Rows::of(&schema::repeats::SCHEMA),
            budgets: Rows::of(&schema::budgets::SCHEMA),
            correlations: Rows::of(&schema::correlations::SCHEMA),
            logs: Rows::of(&schema::logs::SCHEMA),
            chain: Rows::of(&schema::chain::SCHEMA),
            recalls: Rows::of(&schema::recalls::SCHEMA),
            check_standards: Rows::of(&schema::check_standards::SCHEMA),
            comparisons: Rows::of(&schema::comparisons::SCHEMA),
        }
    }

    /// The tables in the order of [`TABLES`].
    fn finished(self, planted: Table) -> Vec<Table> {
        let of_instruments = [self.calibrations, self.repeats, self.budgets, self.correlations, self.logs];
        let of_laboratories = [self.chain, self.recalls, self.check_standards, self.comparisons];
        of_instruments.into_iter().chain(of_laboratories).map(Rows::table).chain([planted]).collect()
    }
}

impl Histories {
    /// The recipe that comes with the program: `demo-calibrations`.
    pub fn builtin() -> Self {
        Self::from_toml(BUILTIN, "demo-calibrations").expect("the recipe of the program is one")
    }

    /// Reads a recipe; `origin` is the file name that error messages give.
    ///
    /// # Errors
    /// When the text is not TOML, has a key or a kind of fault that is not known, or says something that can't be drawn; each
    /// with its line.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, DocumentError> {
        text::read(text, origin)
    }

    /// The kinds of faults that a recipe may plant: the name of the check that ought to find it, and what is done.
    pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
        KINDS.iter().map(|kind| (kind.name, kind.note))
    }

    /// How much is drawn.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The name of the recipe.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same recipe to another extent; shares of faults stay. Nothing where an extent is 0, more faults would be than there
    /// are instruments of which everything is known, or the history would not end before 2262.
    pub fn with(&self, extent: Extent) -> Option<Self> {
        let Extent { instruments, recalibrations, detail, .. } = extent;
        let years = i64::try_from(recalibrations).ok()?.checked_add(2)?.checked_mul(self.course.interval_ns)?;
        years.checked_add(self.course.start_ns)?;
        if instruments == 0 || recalibrations == 0 || detail == 0 {
            return None;
        }
        let plan = Plan::of(&self.plants, instruments, detail, self.course.laboratories)?;
        Some(Self { extent, plan, ..self.clone() })
    }

    /// The same recipe without faults.
    #[must_use]
    pub fn honest(&self) -> Self {
        Self { plants: Vec::new(), plan: Plan::default(), ..self.clone() }
    }

    /// Every table in memory with its name, the truth `planted` last: for histories that fit.
    pub fn tables(&self) -> Vec<(&'static str, Table)> {
        let mut all = Tables::empty();
        (0..self.extent.instruments).for_each(|instrument| self.instrument(instrument, &mut all));
        laboratory::draw(self, &mut all);
        TABLES.into_iter().zip(all.finished(self.planted())).collect()
    }

    /// Writes every table to `TABLE.parquet` in `folder`, each whole or not at all; `each` is told how many instruments
    /// are done and says whether to go on.
    ///
    /// The memory is that of some blocks of 2¹⁵ rows and one row group of each table, however many instruments there are. The
    /// bytes do not depend on the number of threads. Returns whether it went to the end; if not, nothing is left.
    ///
    /// # Errors
    /// When the folder does not exist or the disk is full.
    pub fn write(&self, folder: &Path, mut each: impl FnMut(usize) -> bool) -> Result<bool, DataError> {
        let create = |name: &str| TableWriter::create(&folder.join(format!("{name}.parquet")), Metadata::default());
        let mut writers: Vec<TableWriter> = TABLES.iter().map(|name| create(name)).collect::<Result<_, _>>()?;
        for (done, tables) in self.pieces().enumerate() {
            writers.iter_mut().zip(&tables).try_for_each(|(writer, table)| writer.write(table))?;
            if !each(self.extent.instruments.min((done + 1) * self.block())) {
                return Ok(false);
            }
        }
        writers.into_iter().try_for_each(TableWriter::finish)?;
        Ok(true)
    }

    /// Every table, in the order of [`TABLES`], piece by piece: the blocks of instruments, and in the end what belongs to
    /// laboratories.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Vec<Table>> {
        let span = self.block() * rayon::current_num_threads().max(1);
        let blocks = (0..self.extent.instruments).step_by(span).flat_map(move |start| self.drawn(start, start + span));
        blocks.chain(std::iter::once_with(|| self.rest()))
    }

    /// How many pieces there are.
    pub(super) fn count(&self) -> usize {
        self.extent.instruments.div_ceil(self.block()) + 1
    }

    /// The time between two certificates in s.
    pub(super) fn interval(&self) -> f64 {
        self.course.interval_ns as f64 / crate::import::epoch::SECOND_NS as f64
    }

    /// The instruments whose rows make a block.
    fn block(&self) -> usize {
        (BLOCK / (self.course.points.len() * self.extent.recalibrations)).max(1)
    }

    /// The tables of some instruments, in blocks that are drawn at once.
    fn drawn(&self, start: usize, end: usize) -> Vec<Vec<Table>> {
        let (block, end) = (self.block(), self.extent.instruments.min(end));
        let starts: Vec<usize> = (start..end).step_by(block).collect();
        let draw = |start: usize| {
            let mut tables = Tables::empty();
            (start..end.min(start + block)).for_each(|instrument| self.instrument(instrument, &mut tables));
            tables.finished(schema::planted::SCHEMA.empty())
        };
        starts.into_par_iter().map(draw).collect()
    }

    /// What belongs to laboratories, and what was planted.
    fn rest(&self) -> Vec<Table> {
        let mut tables = Tables::empty();
        laboratory::draw(self, &mut tables);
        tables.finished(self.planted())
    }

    fn instrument(&self, instrument: usize, tables: &mut Tables) {
        certificate::draw(self, instrument, tables);
        if self.is_detailed(instrument) {
            log::draw(self, instrument, tables);
        }
    }

    /// What was planted, in the schema [`planted`](crate::schema::planted).
    pub fn planted(&self) -> Table {
        let mut rows = Rows::of(&schema::planted::SCHEMA);
        for (place, Plant { kind, size, .. }) in self.plan.all() {
            let subject = match kind.whose {
                Whose::Instrument => self.instrument_name(place),
                Whose::Laboratory => self.laboratory_name(place),
            };
            rows.push([
                schema::Cell::from(kind.table),
                (self.row(kind.name, kind.table, place) as i64).into(),
                subject.into(),
                kind.name.into(),
                size.into(),
                kind.note.into(),
            ]);
        }
        rows.table()
    }

    /// The first row of a fault in its table.
    fn row(&self, kind: &str, table: &str, place: usize) -> usize {
        let (rows, last) = (self.course.points.len() * self.extent.recalibrations, self.extent.recalibrations - 1);
        let beginning = Place { instrument: place, point: 0, certificate: 0 };
        let first = if beginning.is_hit(kind, self.extent.recalibrations) { 0 } else { last };
        let detailed = place / self.extent.detail * rows + first;
        let half = self.course.log.div_ceil(2);
        match (table, kind) {
            ("calibrations", _) => match fault::kind(kind).map(|kind| kind.whose) {
                Some(Whose::Laboratory) => self.first_of(place) * rows,
                _ => place * rows + first,
            },
            ("budgets", "guf-valid") => 5 * detailed + 2,
            ("budgets", _) => 5 * detailed,
            ("correlations", _) => 3 * detailed,
            ("repeats", _) => self.course.repeats * detailed,
            ("logs", "digit-pref") => self.first_detailed_of(place) * self.course.log,
            ("logs", "utc-sync") => place / self.extent.detail * self.course.log,
            ("logs", _) => place / self.extent.detail * self.course.log + half,
            ("chain", _) => last * (self.course.laboratories + 1) + 1 + place,
            ("check_standards", _) => place * self.course.checks + self.course.checks.div_ceil(2),
            _ => place * self.course.points.len(),
        }
    }

    /// The first instrument of a laboratory.
    fn first_of(&self, laboratory: usize) -> usize {
        (0..self.extent.instruments).find(|instrument| self.laboratory(*instrument) == laboratory).unwrap_or(0)
    }

    /// The first instrument of a laboratory that has a log, counted among those that do.
    fn first_detailed_of(&self, laboratory: usize) -> usize {
        let detailed = (0..self.extent.instruments).step_by(self.extent.detail);
        detailed.enumerate().find(|(_, at)| self.laboratory(*at) == laboratory).map_or(0, |(number, _)| number)
    }

    /// Tells whether everything is known of an instrument.
    fn is_detailed(&self, instrument: usize) -> bool {
        instrument.is_multiple_of(self.extent.detail)
    }

    /// The laboratory of an instrument; they take turns, one further on in each round.
    fn laboratory(&self, instrument: usize) -> usize {
        (instrument + instrument / self.course.laboratories) % self.course.laboratories
    }

    fn laboratory_name(&self, laboratory: usize) -> String {
        format!("lab-{:03}", laboratory + 1)
    }

    fn instrument_name(&self, instrument: usize) -> String {
        format!("meter-{:07}", instrument + 1)
    }

    fn point_name(&self, point: usize) -> String {
        format!("{} {}", self.course.points[point], self.course.unit)
    }

    fn certificate_name(&self, place: Place) -> String {
        format!("cal-{:07}-{:02}", place.instrument + 1, place.certificate + 1)
    }

    fn standard_name(&self, laboratory: usize, certificate: usize) -> String {
        format!("lab-{:03}-standard-{:02}", laboratory + 1, certificate + 1)
    }
}

#[cfg(test)]
mod tests;
