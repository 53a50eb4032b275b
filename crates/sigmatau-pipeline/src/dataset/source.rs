//! What stands in a file, as the ops of its dataset read it.

use super::{file_name, files};
use crate::document::{DocumentError, Parameter, Section};
use crate::measurand::Measurement;
use sigmatau_core::Finding;
use sigmatau_data::calibration::{self, Calibrations};
use sigmatau_data::clock::{ClockOptions, ClockSource, SeriesInfo};
use sigmatau_data::import::{self, ImportOptions};
use sigmatau_data::waveform::{Channel, WaveformOptions, WaveformSource};
use sigmatau_data::{DataError, Manifest, MeterOptions, MeterSource, RowSource, Schema, Table};
use std::path::{Path, PathBuf};

/// What an op reads.
#[derive(Clone, Copy, Debug)]
pub enum Reads {
    /// Clocks: phases or frequencies.
    Clocks,
    /// Waveforms of sensors: what went in and what came out.
    Waveforms,
    /// Signals of sensors: what came out alone. The channel that is read is the last one of a waveform.
    Signals,
    /// The rows of a record, or of a table with the same columns.
    Record(&'static Schema),
    /// Rows of any table, whose columns the op names.
    Rows,
    /// Measurands: models with what is known of their inputs.
    Measurands,
    /// Calibrations, and in the same folder the tables that belong to them.
    Calibrations,
    /// Readings of meters in service, area by area.
    Meters,
}

impl Reads {
    /// Tells whether a dataset that is opened for this can be read for that.
    pub(crate) fn suits(self, other: Self) -> bool {
        match (self, other) {
            (Self::Clocks, Self::Clocks) | (Self::Waveforms, Self::Waveforms | Self::Signals) => true,
            (Self::Signals, Self::Signals) | (Self::Rows, Self::Rows) | (Self::Measurands, Self::Measurands) => true,
            (Self::Calibrations, Self::Calibrations) => true,
            (Self::Meters, Self::Meters) => true,
            (Self::Record(_), Self::Rows) => true,
            (Self::Record(one), Self::Record(other)) => one.name == other.name,
            _ => false,
        }
    }

    /// What a dataset is opened for that was to be opened for this and is read for that too.
    pub(crate) fn widened(self, other: Self) -> Self {
        if other.suits(self) { other } else { self }
    }

    /// The keys of a dataset section that say how its files are meant.
    pub fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Clocks => ClockOptions::PARAMETERS,
            Self::Waveforms => WaveformOptions::PARAMETERS,
            Self::Signals => SIGNALS,
            Self::Record(_) | Self::Rows | Self::Measurands | Self::Calibrations => &[],
            Self::Meters => MeterOptions::PARAMETERS,
        }
    }

    /// The flag that names the files on the command line too, where people expect one.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Self::Meters => Some("readings"),
            _ => None,
        }
    }
}

impl std::fmt::Display for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Clocks => f.write_str("clocks"),
            Self::Waveforms => f.write_str("waveforms"),
            Self::Signals => f.write_str("signals"),
            Self::Record(schema) => write!(f, "a `{}` table", schema.name),
            Self::Rows => f.write_str("rows of a table"),
            Self::Measurands => f.write_str("measurands"),
            Self::Calibrations => f.write_str("calibrations.parquet, or the folder that it stands in"),
            Self::Meters => f.write_str("readings of meters"),
        }
    }
}

/// The keys of waveforms of which one channel is read.
const SIGNALS: &[Parameter] = &[
    Parameter::new("response", "column of what came out of the sensor").or("\"response\""),
    Parameter::new("sensor", "column with the names of the sensors"),
    Parameter::new("time", "column with the sampling instants"),
    Parameter::new("rate", "sampling rate in Hz, where there are no instants"),
];

fn signal(section: &Section<'_>) -> Result<WaveformOptions, DocumentError> {
    let channels = vec![Channel::from(section.required("response")?.as_str())];
    Ok(WaveformOptions { channels, response: None, ..WaveformOptions::read(section)? })
}

/// How the files of a dataset are meant.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    Clocks(ClockOptions),
    Waveforms(WaveformOptions),
    Record(&'static Schema),
    Rows,
    Measurands,
    Calibrations,
    Meters(MeterOptions),
}

impl Meaning {
    pub(super) fn read(reads: Reads, section: &Section<'_>) -> Result<Self, DocumentError> {
        match reads {
            Reads::Clocks => ClockOptions::read(section).map(Self::Clocks),
            Reads::Waveforms => WaveformOptions::read(section).map(Self::Waveforms),
            Reads::Signals => signal(section).map(Self::Waveforms),
            Reads::Record(schema) => Ok(Self::Record(schema)),
            Reads::Rows => Ok(Self::Rows),
            Reads::Measurands => Ok(Self::Measurands),
            Reads::Calibrations => Ok(Self::Calibrations),
            Reads::Meters => MeterOptions::read(section).map(Self::Meters),
        }
    }

    /// What was typed in the pipeline, and else what the manifest states.
    pub(super) fn or(self, manifest: &Manifest) -> Self {
        match self {
            Self::Clocks(typed) => Self::Clocks(typed.or(manifest.clock.clone())),
            Self::Waveforms(typed) => Self::Waveforms(typed.or(manifest.waveform.clone())),
            other => other,
        }
    }

    /// Tells whether a file is opened; of calibrations it is the one table that the others stand beside.
    pub(super) fn opens(&self, path: &Path) -> bool {
        !matches!(self, Self::Calibrations) || file_name(path) == calibration::TABLES[0].name.to_owned() + ".parquet"
    }

    /// Opens a file; text is imported.
    pub(super) fn open(&self, path: &Path, importer: Option<&str>) -> Result<(Source, Vec<Finding>), DataError> {
        match self {
            Self::Clocks(options) if files::is_parquet(path) => {
                Ok((Source::Clocks(ClockSource::open(path, options)?.into()), Vec::new()))
            }
            Self::Clocks(options) => clocks(path, importer, options),
            Self::Waveforms(options) if files::is_parquet(path) => {
                Ok((Source::waveforms(WaveformSource::open(path, options)?), Vec::new()))
            }
            Self::Waveforms(options) => waveforms(path, importer, options),
            Self::Record(schema) => {
                let table = RowSource::open(path)?.table()?;
                Ok((Source::record(file_name(path), schema.select(&table, path)?), Vec::new()))
            }
            Self::Rows => Ok((Source::Rows(RowSource::open(path)?.into()), Vec::new())),
            Self::Measurands => Ok((Source::measurand(path)?, Vec::new())),
            Self::Calibrations => Ok((Source::calibrations(path)?, Vec::new())),
            Self::Meters(options) => Ok((Source::Meters(MeterSource::open(path, options)?.into()), Vec::new())),
        }
    }

    /// Opens a table that stands in memory, with so many seconds from row to row.
    pub(super) fn take(&self, name: &str, table: Table, tau0: f64) -> Result<Source, DataError> {
        match self {
            Self::Clocks(options) => Ok(Source::Clocks(ClockSource::from_table(name, table, options)?.into())),
            Self::Waveforms(options) => {
                let paced = WaveformOptions { rate: options.rate.or(Some(tau0.recip())), ..options.clone() };
                Ok(Source::waveforms(WaveformSource::from_table(name, table, &paced)?))
            }
            Self::Record(schema) => Ok(Source::record(name.to_owned(), schema.select(&table, Path::new(name))?)),
            Self::Rows => Ok(Source::Rows(RowSource::from_table(name, table).into())),
            Self::Meters(options) => Ok(Source::Meters(MeterSource::from_table(name, table, options)?.into())),
            Self::Measurands => unreachable!("no recipe draws measurands"),
            Self::Calibrations => unreachable!("calibrations are several tables"),
        }
    }
}

/// What stands in a file.
pub(super) enum Source {
    Clocks(Box<ClockSource>),
    Waveforms { source: Box<WaveformSource>, sensors: Vec<SeriesInfo>, findings: Vec<Finding> },
    Record { whole: [SeriesInfo; 1], rows: Box<RowSource> },
    Rows(Box<RowSource>),
    Measurand { whole: [SeriesInfo; 1], measurement: Box<Measurement> },
    Calibrations { whole: [SeriesInfo; 1], folder: PathBuf },
    Meters(Box<MeterSource>),
}

impl Source {
    fn waveforms(source: WaveformSource) -> Self {
        let info = |sensor: &sigmatau_data::waveform::SensorInfo| SeriesInfo {
            name: sensor.name.clone(),
            points: sensor.points,
        };
        let (sensors, findings) = (source.sensors().iter().map(info).collect(), source.findings());
        Self::Waveforms { source: source.into(), sensors, findings }
    }

    pub(super) fn record(name: String, table: Table) -> Self {
        let whole = [SeriesInfo { name: name.clone(), points: table.rows() as u64 }];
        Self::Record { whole, rows: RowSource::from_table(name, table).into() }
    }

    fn measurand(path: &Path) -> Result<Self, DataError> {
        let text = std::fs::read_to_string(path).map_err(DataError::io("open", path))?;
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let measurement = Measurement::read(&name, &text, &path.display().to_string()).map_err(DataError::Measurand)?;
        Ok(Self::Measurand { whole: [SeriesInfo { name, points: 1 }], measurement: measurement.into() })
    }

    /// Calibrations, whose columns are looked at and no rows read.
    fn calibrations(path: &Path) -> Result<Self, DataError> {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Calibrations::open(&folder)?;
        let points = RowSource::open(path)?.groups().iter().map(|group| group.points).sum();
        Ok(Self::Calibrations { whole: [SeriesInfo { name: file_name(&folder), points }], folder })
    }

    /// The files that are read where `path` is opened.
    pub(super) fn files(&self, path: &Path) -> Vec<PathBuf> {
        match self {
            Self::Calibrations { folder, .. } => calibration::files(folder),
            _ => vec![path.to_owned()],
        }
    }

    /// What can be read one by one.
    pub(super) fn series(&self) -> &[SeriesInfo] {
        match self {
            Self::Clocks(clocks) => clocks.series(),
            Self::Waveforms { sensors, .. } => sensors,
            Self::Record { whole, rows } => &whole[..rows.groups().len()],
            Self::Rows(rows) => rows.groups(),
            Self::Measurand { whole, .. } => whole,
            Self::Calibrations { whole, .. } => match whole[0].points {
                0 => &[],
                _ => whole,
            },
            Self::Meters(meters) => meters.areas(),
        }
    }

    pub(super) fn findings(&self) -> &[Finding] {
        match self {
            Self::Clocks(clocks) => clocks.findings(),
            Self::Waveforms { findings, .. } => findings,
            Self::Record { .. } | Self::Rows(_) | Self::Measurand { .. } | Self::Calibrations { .. } => &[],
            Self::Meters(meters) => meters.findings(),
        }
    }

    /// The clocks, which a plan has made sure of.
    pub(super) fn clocks(&self) -> &ClockSource {
        match self {
            Self::Clocks(clocks) => clocks,
            _ => unreachable!("the plan opens a dataset as its ops read it"),
        }
    }

    /// The waveforms, which a plan has made sure of.
    pub(super) fn sensors(&self) -> &WaveformSource {
        match self {
            Self::Waveforms { source, .. } => source,
            _ => unreachable!("the plan opens a dataset as its ops read it"),
        }
    }

    /// The whole table.
    pub(super) fn table(&self) -> Result<Table, DataError> {
        match self {
            Self::Clocks(clocks) => clocks.table(),
            Self::Waveforms { .. } => unreachable!("ops on waveforms read their channels"),
            Self::Record { rows, .. } | Self::Rows(rows) => rows.table(),
            Self::Measurand { .. } => unreachable!("ops on measurands read no table"),
            Self::Meters(meters) => meters.table(),
            Self::Calibrations { .. } => unreachable!("ops on calibrations read them in blocks"),
        }
    }

    /// The rows, which a plan has made sure of.
    pub(super) fn rows(&self) -> &RowSource {
        match self {
            Self::Rows(rows) | Self::Record { rows, .. } => rows,
            _ => unreachable!("the plan opens a dataset as its ops read it"),
        }
    }

    /// The measurand, which a plan has made sure of.
    pub(super) fn measurement(&self) -> &Measurement {
        match self {
            Self::Measurand { measurement, .. } => measurement,
            _ => unreachable!("the plan opens a dataset as its ops read it"),
        }
    }

    /// The folder of calibrations, which a plan has made sure of.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Calibrations { folder, .. } => folder,
            _ => unreachable!("the plan opens a dataset as its ops read it"),
        }
    }

    /// The readings of meters, which a plan has made sure of.
    pub(super) fn meters(&self) -> &MeterSource {
        match self {
            Self::Meters(meters) => meters,
            _ => unreachable!("the plan opens a dataset as its ops read it"),
        }
    }
}

/// The clocks of a file that is no table yet, and what was remarked while it was imported.
fn clocks(path: &Path, importer: Option<&str>, options: &ClockOptions) -> Result<(Source, Vec<Finding>), DataError> {
    let imported = import::import_file(path, importer, &of_clocks(path, options)?)?;
    let options = ClockOptions { tau0: imported.tau0.or(options.tau0), ..Default::default() };
    let source = ClockSource::from_table(file_name(path), imported.table, &options)?;
    Ok((Source::Clocks(source.into()), imported.findings))
}

fn of_clocks(path: &Path, options: &ClockOptions) -> Result<ImportOptions, DataError> {
    let ClockOptions { kind, unit, tau0, nominal, hertz, series, time, value } = options.clone();
    if value.len() > 1 {
        let seen = format!("{} columns are named", value.len());
        let advice = "name one, or import the file and use the table";
        return Err(DataError::Choice { file: file_name(path), seen, advice });
    }
    let value = value.into_iter().next();
    Ok(ImportOptions { kind, unit, tau0, nominal, hertz, series, time, value, ..Default::default() })
}

/// The waveforms of a file that is no table yet, and what was remarked while it was imported.
fn waveforms(
    path: &Path,
    importer: Option<&str>,
    options: &WaveformOptions,
) -> Result<(Source, Vec<Finding>), DataError> {
    let WaveformOptions { sensor, time, rate, .. } = options.clone();
    let wanted = ImportOptions { channels: options.wanted(), sensor, time, rate, ..Default::default() };
    let imported = import::import_file(path, importer, &wanted)?;
    let options = WaveformOptions { sensor: None, time: None, rate: imported.rate.or(rate), ..options.clone() };
    let source = WaveformSource::from_table(file_name(path), imported.table, &options)?;
    Ok((Source::waveforms(source), imported.findings))
}
