//! Waveforms of sensors from tables of any size: what went in and what came out, read in bounded memory.
//!
//! A *long* table has a column of names (`sensor`) and the rows of each sensor in the order of time; without that
//! column the table is one record. Two or more columns are the channels: see
//! [`schema::waveform`](crate::schema::waveform). What the columns mean is found in `waveform/layout.rs`, the rows
//! of a sensor are brought together by `rows.rs`, `waveform/pace.rs` finds the sampling rate from instants,
//! `waveform/ends.rs` where the channels of a record end, and `waveform/steady.rs` reads a record while it is
//! worked on.

mod ends;
mod layout;
mod pace;
mod steady;

use crate::document::{DocumentError, Parameter, Section};
use crate::parquet_file::ParquetFile;
use crate::rows::gather::{Lane, gather};
use crate::rows::index::{self, Segment};
use crate::rows::key::Key;
use crate::rows::rule::Rule;
use crate::rows::store::Store;
use crate::{DataError, Table};
use ends::Ends;
use layout::{Layout, TimeColumn};
use pace::{Pace, Rate};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity, Unit};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
pub use steady::SteadyWaveform;

/// What the user states about a table of waveforms; what is left out is taken from the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaveformOptions {
    /// The channels in the wanted order, where they are not those of an excitation and a response.
    pub channels: Vec<Channel>,
    /// The column of what went in; `excitation` where none is stated.
    pub excitation: Option<String>,
    /// The column of what came out; `response` where none is stated.
    pub response: Option<String>,
    /// The column of names.
    pub sensor: Option<String>,
    /// The column of sampling instants.
    pub time: Option<String>,
    /// The sampling rate in Hz.
    pub rate: Option<f64>,
}

impl WaveformOptions {
    /// The keys by which options are stated in manifests and pipelines.
    pub const PARAMETERS: &[Parameter] = &[
        Parameter::new("excitation", "column of what went in, as a reference measured it; `excitation` if left out"),
        Parameter::new("response", "column of what came out of the sensor; `response` if left out"),
        Parameter::new("channels", "columns of samples, in place of excitation and response").or("[]"),
        Parameter::new("sensor", "column with the names of the sensors"),
        Parameter::new("time", "column with the sampling instants"),
        Parameter::new("rate", "sampling rate in Hz, where there are no instants"),
    ];

    /// Reads the options from a section that knows their keys.
    ///
    /// # Errors
    /// When a key holds no word, the rate is not positive, or channels are stated in two ways, with the line.
    pub fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let channels = section.texts("channels")?.iter().map(|(_, column)| Channel::from(column.as_str())).collect();
        let options = Self {
            channels,
            excitation: section.text("excitation")?,
            response: section.text("response")?,
            sensor: section.text("sensor")?,
            time: section.text("time")?,
            rate: section.positive("rate")?,
        };
        match !options.channels.is_empty() && options.names_pair() {
            true => Err(section.refuse_key("channels", "state either `channels` or `excitation` and `response`")),
            false => Ok(options),
        }
    }

    /// These options, and what they leave out as `stated` has it.
    #[must_use]
    pub fn or(self, stated: Self) -> Self {
        let of_channels = if self.names_pair() { Vec::new() } else { stated.channels };
        Self {
            channels: if self.channels.is_empty() { of_channels } else { self.channels },
            excitation: self.excitation.or(stated.excitation),
            response: self.response.or(stated.response),
            sensor: self.sensor.or(stated.sensor),
            time: self.time.or(stated.time),
            rate: self.rate.or(stated.rate),
        }
    }

    /// The channels in the wanted order, by what is stated of them and else by the usual names.
    pub fn wanted(&self) -> Vec<Channel> {
        let named = |stated: &Option<String>, usual| Channel::from(stated.as_deref().unwrap_or(usual));
        match self.channels.as_slice() {
            [] => vec![named(&self.excitation, "excitation"), named(&self.response, "response")],
            stated => stated.to_vec(),
        }
    }

    fn names_pair(&self) -> bool {
        self.excitation.is_some() || self.response.is_some()
    }
}

/// A column of samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// The name of the column.
    pub column: String,
    /// The unit of its numbers.
    pub unit: Option<Unit>,
}

impl From<&str> for Channel {
    /// The column of this name, in the unit that its field states.
    fn from(column: &str) -> Self {
        Self { column: column.to_owned(), unit: None }
    }
}

/// A sensor in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensorInfo {
    /// The name; that of the file where the table has no column of names.
    pub name: String,
    /// The number of rows.
    pub points: u64,
}

/// A channel as it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelInfo {
    /// The name of the column.
    pub name: String,
    /// The coherent SI unit of the samples; nothing where the table states none and the numbers are as stored.
    pub unit: Option<Unit>,
    /// The step between neighbouring values in that unit, where the samples are stored as scaled whole numbers.
    pub step: Option<f64>,
}

/// The record of one sensor in SI.
#[derive(Clone, Debug, PartialEq)]
pub struct Waveform {
    /// The name of the sensor.
    pub sensor: String,
    /// The sampling rate in Hz; `NaN` where the instants show none.
    pub rate: f64,
    /// The samples of each channel, equally many; `NaN` where one is missing.
    pub channels: Vec<Vec<f64>>,
    /// What was remarked on the way.
    pub findings: Vec<Finding>,
}

/// A table of waveforms, opened and indexed.
///
/// Opening reads the column of names alone, if there is one, and keeps 20 bytes for each sensor in each row group.
/// [`WaveformSource::read`] decodes the row groups that hold some sensors once and takes 8 bytes for each sample,
/// and for each sampling instant; [`WaveformSource::steady`] is the way for records too long for that. The result
/// does not depend on the number of threads.
///
/// ```
/// use sigmatau_core::Unit;
/// use sigmatau_data::waveform::{WaveformOptions, WaveformSource};
/// use sigmatau_data::{Column, Table};
/// let table = Table::new(vec![
///     Column::text("sensor", ["a", "a", "b", "b"].map(String::from).to_vec()),
///     Column::float("excitation", Unit::parse("gn")?, vec![0.0, 1.0, 0.0, 2.0]),
///     Column::float("response", Unit::parse("mV")?, vec![0.0, 10.0, 0.0, 21.0]),
/// ])?;
/// let options = WaveformOptions { rate: Some(1000.0), ..Default::default() };
/// let source = WaveformSource::from_table("bench", table, &options)?;
/// let record = &source.read(1..2)?[0];
/// assert_eq!((record.sensor.as_str(), record.rate), ("b", 1000.0));
/// assert_eq!(record.channels, [[0.0, 19.6133], [0.0, 0.021]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct WaveformSource {
    store: Store,
    layout: Layout,
    sensors: Vec<SensorInfo>,
    channels: Vec<ChannelInfo>,
    /// The rows of each sensor.
    rows: Vec<Arc<[Segment]>>,
}

impl WaveformSource {
    /// Opens a Parquet file.
    ///
    /// # Errors
    /// When the file can't be read, a column that is named is not there or holds no numbers, a unit is not known or
    /// stated twice, or the sampling rate is not stated or stated twice.
    pub fn open(path: &Path, options: &WaveformOptions) -> Result<Self, DataError> {
        Self::new(Store::Parquet(ParquetFile::open(path)?), options)
    }

    /// Takes over a table in memory, as importers make it; `name` stands in messages.
    ///
    /// # Errors
    /// As [`WaveformSource::open`].
    pub fn from_table(name: impl Into<String>, table: Table, options: &WaveformOptions) -> Result<Self, DataError> {
        Self::new(Store::Memory { name: name.into(), table }, options)
    }

    fn new(store: Store, options: &WaveformOptions) -> Result<Self, DataError> {
        let layout = Layout::new(&store.name(), &store.described()?, options)?;
        let named = match layout.key {
            Some(key) => index::by_name(&store, Key::One(key))?,
            None => vec![(stem(&store.name()), index::whole(&store)?)],
        };
        let info = |(name, rows): index::Named| (SensorInfo { name, points: index::rows(&rows) }, rows);
        let (sensors, rows) = named.into_iter().map(info).unzip();
        let channels = layout.channels.iter().map(|channel| channel.info.clone()).collect();
        Ok(Self { store, layout, sensors, channels, rows })
    }

    /// The sensors, in the order in which they first appear.
    pub fn sensors(&self) -> &[SensorInfo] {
        &self.sensors
    }

    /// The channels, in the order that was asked for.
    pub fn channels(&self) -> &[ChannelInfo] {
        &self.channels
    }

    /// What was remarked about the table as a whole: `unit-missing` (note) for each channel without a unit.
    pub fn findings(&self) -> Vec<Finding> {
        self.channels.iter().filter(|channel| channel.unit.is_none()).map(without_unit).collect()
    }

    /// Reads the sensors with the given numbers, in one pass over the row groups that hold them.
    ///
    /// Findings: `unequal-lengths` where channels end before others, all of which end with the shortest then (warning,
    /// or failure where nothing is left); from sampling instants `time-missing`, `time-jitter` (warnings),
    /// `time-uneven` (failure) and `rate-mismatch` (warning, from 1 % on failure).
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    ///
    /// # Panics
    /// When a number is not below that of the sensors.
    pub fn read(&self, which: Range<usize>) -> Result<Vec<Waveform>, DataError> {
        let lane = |(sensor, channel): (usize, usize)| {
            let channel = &self.layout.channels[channel];
            Lane { column: channel.column, rule: channel.rule, segments: &self.rows[sensor] }
        };
        let count = self.channels.len();
        let lanes: Vec<_> = which.clone().flat_map(|sensor| (0..count).map(move |c| (sensor, c))).map(lane).collect();
        let mut samples = gather(&self.store, self.layout.key.map(Key::One), &lanes)?.into_iter();
        let rates = self.rates(which.clone())?;
        let records: Vec<(usize, Rate, Vec<Vec<f64>>)> =
            which.zip(rates).map(|(sensor, rate)| (sensor, rate, samples.by_ref().take(count).collect())).collect();
        Ok(records.into_par_iter().map(|(sensor, rate, channels)| self.finish(sensor, rate, channels)).collect())
    }

    /// The sampling rate of each sensor.
    fn rates(&self, which: Range<usize>) -> Result<Vec<Rate>, DataError> {
        let paces = match self.layout.time {
            None => vec![None; which.len()],
            Some(TimeColumn::Whole { column, rule, tick }) => {
                let instants = self.instants(which, column, rule)?;
                instants.iter().map(|instants| Some(Pace::of_ticks(instants, tick))).collect()
            }
            Some(TimeColumn::Real { column, rule }) => {
                let instants = self.instants(which, column, rule)?;
                instants.iter().map(|instants| Some(Pace::of_seconds(instants))).collect()
            }
        };
        Ok(paces.into_iter().map(|pace| Rate::new(pace, self.layout.rate)).collect())
    }

    fn instants<R: Rule>(&self, which: Range<usize>, column: usize, rule: R) -> Result<Vec<Vec<R::Out>>, DataError> {
        let lanes: Vec<Lane<'_, R>> = which.map(|sensor| Lane { column, rule, segments: &self.rows[sensor] }).collect();
        gather(&self.store, self.layout.key.map(Key::One), &lanes)
    }

    fn finish(&self, sensor: usize, rate: Rate, mut channels: Vec<Vec<f64>>) -> Waveform {
        let ends = Ends::of(&channels);
        channels.iter_mut().for_each(|samples| samples.truncate(ends.shortest()));
        Waveform {
            sensor: self.sensors[sensor].name.clone(),
            rate: rate.hertz,
            channels,
            findings: self.remarks(sensor, rate, &ends),
        }
    }

    fn remarks(&self, sensor: usize, rate: Rate, ends: &Ends) -> Vec<Finding> {
        let findings = rate.findings.into_iter().chain(ends.remark(&self.channels));
        findings.map(|finding| finding.about(&self.sensors[sensor].name)).collect()
    }
}

/// The file name without folders and extension.
fn stem(name: &str) -> String {
    Path::new(name).file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn without_unit(channel: &ChannelInfo) -> Finding {
    Finding::new(
        Severity::Note,
        "unit-missing",
        format!("nothing says in which unit the channel `{}` is", channel.name),
        "its numbers are taken as they are, and responses are ratios of such numbers",
        "state the unit, or write the field metadata `unit`",
    )
}

#[cfg(test)]
mod tests;
