//! Readings of meters in service, area by area.
//!
//! Two shapes are read. A **long** table has a row for each meter and interval, with the columns of the schema
//! [`readings`](crate::schema::readings). A **wide** one has a row for each meter and day, and its points of the day in
//! columns that are a letter and a number, such as `p00` … `p95` or `p1` … `p96`, in order and without a hole; there
//! may be 24 to 1440 of them, as long as they divide the day; or a twenty-fourth more, such as 100, for days of 25 hours.
//!
//! | letter | what the column holds |
//! |---|---|
//! | `e` | energy of the interval in kWh |
//! | `p` | mean power of the interval in kW |
//! | `x` | energy back in kWh |
//! | `r` | register at the end of the interval in kWh |
//! | `u` | voltage in V |
//! | `i` | current in A |
//!
//! A column whose unit is stated, in the field metadata or as `energy [Wh]` in a text file, is converted.
//!
//! **Instants** are those of the ends of intervals; in a wide table, where their column is `date`, of the beginning of
//! the day. They are timestamps; numbers in a unit of time; whole numbers without one, which are seconds,
//! milliseconds, microseconds or nanoseconds since 1970 by their size, or a day such as 20260701; or text such as
//! `2026-07-01 00:15`, `2026/07/01` or `2026-07-01T00:15:00+02:00`. Without an offset they are UTC, or local where the
//! [zone](MeterOptions::zone) is stated. An hour that the end of summer time repeats is told apart by the register, or
//! else by the order of the rows.
//!
//! In a wide table with a zone, points for 24 hours are those of the wall clock: on the day that summer time begins, the
//! points of the hour that is skipped are left out; on the day that it ends, those of the hour that comes twice, for one
//! value cannot tell which. Points for 25 hours count from the beginning of the day, whatever its length.

mod day;
mod layout;
mod shown;
mod stamp;
mod zone;

pub use stamp::{instant, written};
pub use zone::{UnknownZone, Zone};

use crate::clock::SeriesInfo;
use crate::document::{DocumentError, Parameter, Section};
use crate::parquet_file::ParquetFile;
use crate::rows::gather::{Lane, gather};
use crate::rows::index::{self, Segment};
use crate::rows::key::BETWEEN;
use crate::rows::rule::ValueRule;
use crate::rows::store::Store;
use crate::{DataError, Table, read_text_table};
use day::Days;
use layout::{Layout, Points};
use rayon::prelude::*;
use shown::Shown;
use sigmatau_core::unit::Conversion;
use sigmatau_core::{Finding, Severity};
use stamp::Stamp;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// What the user states about a table of readings; what is left out has the names of the schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeterOptions {
    /// The column of areas.
    pub area: Option<String>,
    /// The column of meters.
    pub meter: Option<String>,
    /// The column of instants.
    pub time: Option<String>,
    /// The columns of the quantities, in the order energy, energy back, register, voltage, current.
    pub quantities: [Option<String>; 5],
    /// Where local time is kept.
    pub zone: Option<Zone>,
}

impl MeterOptions {
    /// The keys by which options are stated in pipelines.
    pub const PARAMETERS: &[Parameter] = &[
        Parameter::new("area", "column with the names of the areas").or("\"area_id\""),
        Parameter::new("meter", "column with the names of the meters").or("\"meter_id\""),
        Parameter::new("time", "column with the instants; date in a table of a row per day").or("\"timestamp\""),
        Parameter::new("energy", "column with the energy of each interval").or("\"energy_kwh\""),
        Parameter::new("export", "column with the energy back").or("\"export_kwh\""),
        Parameter::new("register", "column with the register").or("\"register_kwh\""),
        Parameter::new("voltage", "column with the voltage").or("\"voltage_v\""),
        Parameter::new("current", "column with the current").or("\"current_a\""),
        Parameter::new("zone", "IANA zone of instants without an offset, such as Asia/Shanghai; UTC if left out"),
    ];

    /// Reads the options from a section that knows their keys.
    ///
    /// # Errors
    /// When there is no zone of the name, with its line.
    pub fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let zone = |name: String| {
            Zone::named(&name).map_err(|error| section.refuse_key("zone", &format!("failed to {error}")))
        };
        let [energy, export, register, voltage, current] =
            ["energy", "export", "register", "voltage", "current"].map(|key| stated(section, key));
        Ok(Self {
            area: stated(section, "area")?,
            meter: stated(section, "meter")?,
            time: stated(section, "time")?,
            quantities: [energy?, export?, register?, voltage?, current?],
            zone: section.text("zone")?.map(zone).transpose()?,
        })
    }
}

/// The word of a key where it was typed, without its default.
fn stated(section: &Section<'_>, key: &str) -> Result<Option<String>, DocumentError> {
    if section.has(key) { section.text(key) } else { Ok(None) }
}

/// What the meters of an area sent, in the order of the rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AreaReadings {
    /// The name of the area.
    pub id: String,
    /// Its meters, by first appearance.
    pub meters: Vec<MeterReadings>,
    /// What was seen while they were read.
    pub findings: Vec<Finding>,
}

/// What a meter sent. A column that it did not send is empty, a missing value `NaN`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeterReadings {
    /// The name of the meter.
    pub id: String,
    /// The end of each interval in seconds since 1970 UTC; `i64::MIN` where that cannot be read.
    pub times: Vec<i64>,
    /// Energy towards the customers in the interval, in kWh.
    pub energy: Vec<f64>,
    /// Energy back in the interval, in kWh.
    pub exported: Vec<f64>,
    /// The register of the energy towards the customers, in kWh.
    pub register: Vec<f64>,
    /// Voltage in V.
    pub voltage: Vec<f64>,
    /// Current in A.
    pub current: Vec<f64>,
}

/// A table of readings, opened and indexed by area and meter.
///
/// Opening decodes the two columns of names alone and keeps 20 bytes for each meter in each row group. Reading some
/// areas decodes the rows from their first to their last, once; its memory is 16 to 48 bytes for each of those rows.
/// Rows that are not sorted by area and meter are read too, and every read then decodes whole row groups. The result
/// does not depend on the number of threads.
///
/// ```
/// use sigmatau_core::Unit;
/// use sigmatau_data::{Column, MeterOptions, MeterSource, Table};
/// let words = |words: [&str; 2]| words.map(String::from).to_vec();
/// let table = Table::new(vec![
///     Column::text("area_id", words(["a", "a"])),
///     Column::text("meter_id", words(["m1", "m1"])),
///     Column::text("timestamp", words(["2026-07-01 00:15", "2026-07-01 00:30"])),
///     Column::float("energy_kwh", Unit::parse("Wh")?, vec![120.0, 80.0]),
/// ])?;
/// let source = MeterSource::from_table("readings", table, &MeterOptions::default())?;
/// let area = &source.read(0..1)?[0];
/// assert_eq!((area.meters[0].times[0], area.meters[0].energy[0]), (1_782_864_900, 0.12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MeterSource {
    store: Store,
    layout: Layout,
    zone: Option<Zone>,
    areas: Vec<SeriesInfo>,
    /// The meters of each area.
    meters: Vec<Vec<Filed>>,
    findings: Vec<Finding>,
}

/// A meter and its rows.
struct Filed {
    id: String,
    segments: Arc<[Segment]>,
}

impl MeterSource {
    /// Opens a Parquet file; a text file is read as [`read_text_table`] does.
    ///
    /// # Errors
    /// When the file can't be read, a column that is needed is not there, or is of no use.
    pub fn open(path: &Path, options: &MeterOptions) -> Result<Self, DataError> {
        match path.extension().is_some_and(|extension| ["csv", "tsv", "txt"].iter().any(|text| extension == *text)) {
            true => Self::from_table(path.display().to_string(), read_text_table(path)?, options),
            false => Self::new(Store::Parquet(ParquetFile::open(path)?), options),
        }
    }

    /// Takes a table in memory; `name` stands in messages.
    ///
    /// # Errors
    /// As [`MeterSource::open`].
    pub fn from_table(name: impl Into<String>, table: Table, options: &MeterOptions) -> Result<Self, DataError> {
        Self::new(Store::Memory { name: name.into(), table }, options)
    }

    fn new(store: Store, options: &MeterOptions) -> Result<Self, DataError> {
        let layout = Layout::new(&store.name(), &store.described()?, options)?;
        let (areas, meters) = by_area(index::by_name(&store, layout.key)?);
        let findings = interleaved(&meters).into_iter().collect();
        Ok(Self { store, layout, zone: options.zone.clone(), areas, meters, findings })
    }

    /// The areas, in the order in which they first appear, each with its rows.
    pub fn areas(&self) -> &[SeriesInfo] {
        &self.areas
    }

    /// What was remarked about the table as a whole.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Reads the areas with the given numbers, in one pass over their rows.
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    ///
    /// # Panics
    /// When a number is not below that of the areas.
    pub fn read(&self, which: Range<usize>) -> Result<Vec<AreaReadings>, DataError> {
        let filed: Vec<&Filed> = self.meters[which.clone()].iter().flatten().collect();
        let mut times = self.times(&filed)?;
        let mut findings = self.unreadable(&filed, &times)?.into_iter();
        let mut columns = Vec::new();
        for (quantity, points) in self.layout.quantities() {
            let values = self.values(points, &filed)?;
            columns.push((quantity, values));
        }
        self.expand(&mut times);
        let mut meters: Vec<MeterReadings> =
            filed.iter().zip(times).map(|(filed, times)| MeterReadings::new(&filed.id, times)).collect();
        for (quantity, values) in columns {
            meters.iter_mut().zip(values).for_each(|(meter, values)| meter.put(quantity, values));
        }
        meters.par_iter_mut().for_each(MeterReadings::without_none);
        if let Some(zone) = &self.zone {
            meters.par_iter_mut().for_each(|meter| zone.unfold(meter));
        }
        let mut meters = meters.into_iter();
        let area = |area: usize| {
            let meters = meters.by_ref().take(self.meters[area].len()).collect();
            let findings = findings.by_ref().take(self.meters[area].len()).flatten().collect();
            AreaReadings { id: self.areas[area].name.clone(), meters, findings }
        };
        Ok(which.map(area).collect())
    }

    /// The whole table as it is stored.
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    pub fn table(&self) -> Result<Table, DataError> {
        self.store.table()
    }

    fn times(&self, filed: &[&Filed]) -> Result<Vec<Vec<i64>>, DataError> {
        let (column, count) = self.layout.time;
        let rule = Stamp { count, zone: self.zone.as_ref() };
        let lanes: Vec<Lane<'_, Stamp<'_>>> =
            filed.iter().map(|filed| Lane { column, rule, segments: &filed.segments }).collect();
        gather(&self.store, Some(self.layout.key), &lanes)
    }

    /// The first instant of each meter that can't be read.
    fn unreadable(&self, filed: &[&Filed], times: &[Vec<i64>]) -> Result<Vec<Option<Finding>>, DataError> {
        let finding = |(filed, times): (&&Filed, &Vec<i64>)| {
            let first = times.iter().position(|time| *time == stamp::MISSING);
            first.map(|first| self.unread(filed, first, times)).transpose()
        };
        filed.iter().zip(times).map(finding).collect()
    }

    fn unread(&self, filed: &Filed, first: usize, times: &[i64]) -> Result<Finding, DataError> {
        let (column, _) = self.layout.time;
        let lane = Lane { column, rule: Shown, segments: &filed.segments };
        let value = shown::text(gather(&self.store, Some(self.layout.key), &[lane])?[0][first]);
        let count = times.iter().filter(|time| **time == stamp::MISSING).count();
        let place = match index::row(&filed.segments, first, &self.store.group_rows()) {
            Some(row) => format!("row {}", row + 1),
            None => format!("row {} of the meter", first + 1),
        };
        let (file, column) = (self.store.name(), &self.store.described()?[column].name);
        let seen = format!(
            "{count} instants of `{}` can't be read, the first `{value}` in {place}, column `{column}` of `{file}`",
            filed.id
        );
        let advice = "write instants as 2026-07-01 00:15, as counts since 1970, or as timestamps";
        Ok(Finding::new(Severity::Warning, "instant", seen, "these readings are left out", advice))
    }

    /// The values of a quantity for each meter; points of a day stand one behind the other.
    fn values(&self, points: &Points, filed: &[&Filed]) -> Result<Vec<Vec<f64>>, DataError> {
        let mut lanes: Vec<Lane<'_, ValueRule<Conversion>>> = Vec::new();
        for filed in filed {
            let lane = |(column, rule): &(usize, ValueRule<Conversion>)| Lane {
                column: *column,
                rule: *rule,
                segments: &filed.segments,
            };
            lanes.extend(points.columns.iter().map(lane));
        }
        let values = gather(&self.store, Some(self.layout.key), &lanes)?;
        if points.columns.len() == 1 {
            return Ok(values);
        }
        Ok(values.chunks(points.columns.len()).map(|columns| woven(columns, points.factor)).collect())
    }

    /// Puts the ends of the intervals in the place of the beginning of each day.
    fn expand(&self, times: &mut [Vec<i64>]) {
        let Some(points) = self.layout.points_of_day() else { return };
        let days = Days { points, zone: self.zone.as_ref() };
        times.par_iter_mut().for_each(|times| *times = times.iter().flat_map(|start| days.ends(*start)).collect());
    }
}

impl MeterReadings {
    fn new(id: &str, times: Vec<i64>) -> Self {
        Self { id: id.to_owned(), times, ..Self::default() }
    }

    /// Leaves out the points that their days do not have.
    fn without_none(&mut self) {
        let is_there: Vec<bool> = self.times.iter().map(|time| *time != day::NONE).collect();
        if is_there.iter().all(|there| *there) {
            return;
        }
        let Self { times, energy, exported, register, voltage, current, .. } = self;
        kept(times, &is_there);
        [energy, exported, register, voltage, current].into_iter().for_each(|column| kept(column, &is_there));
    }

    /// Takes a column over, unless all its values are missing.
    fn put(&mut self, quantity: usize, values: Vec<f64>) {
        if values.iter().any(|value| !value.is_nan()) {
            *[&mut self.energy, &mut self.exported, &mut self.register, &mut self.voltage, &mut self.current]
                [quantity] = values;
        }
    }
}

/// Keeps what is there of a column; one that was not sent is empty.
fn kept<T>(column: &mut Vec<T>, is_there: &[bool]) {
    let mut there = is_there.iter();
    column.retain(|_| there.next().is_some_and(|there| *there));
}

/// Columns of points of a day, woven to one curve.
fn woven(columns: &[Vec<f64>], factor: f64) -> Vec<f64> {
    (0..columns[0].len()).flat_map(|day| columns.iter().map(move |column| column[day] * factor)).collect()
}

/// Sorts named rows, area and meter, into areas.
fn by_area(named: Vec<index::Named>) -> (Vec<SeriesInfo>, Vec<Vec<Filed>>) {
    let mut places = std::collections::HashMap::new();
    let (mut areas, mut meters): (Vec<SeriesInfo>, Vec<Vec<Filed>>) = Default::default();
    for (name, segments) in named {
        let (area, meter) = name.split_once(BETWEEN).expect("the key has two columns");
        let place = *places.entry(area.to_owned()).or_insert_with(|| {
            areas.push(SeriesInfo { name: area.to_owned(), points: 0 });
            meters.push(Vec::new());
            areas.len() - 1
        });
        areas[place].points += index::rows(&segments);
        meters[place].push(Filed { id: meter.to_owned(), segments });
    }
    (areas, meters)
}

fn interleaved(meters: &[Vec<Filed>]) -> Option<Finding> {
    let filed = || meters.iter().flatten();
    let scattered = filed().filter(|filed| filed.segments.iter().any(|segment| !segment.is_run())).count();
    let finding = Finding::new(
        Severity::Note,
        "interleaved",
        format!("the rows of {scattered} of {} meters stand between those of others", filed().count()),
        "every area is looked for in the whole of its row groups, which takes long",
        "sort the table by area, meter and time",
    );
    (scattered > 0).then_some(finding)
}

#[cfg(test)]
mod tests;
