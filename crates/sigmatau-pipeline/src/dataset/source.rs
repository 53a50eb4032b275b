//! What stands in a file, as the ops of its dataset read it.

use super::{file_name, files};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::Finding;
use sigmatau_data::clock::{ClockOptions, ClockSource, SeriesInfo};
use sigmatau_data::import::{self, ImportOptions};
use sigmatau_data::{DataError, Manifest, Schema, Table, read_table};
use std::path::Path;

/// What an op reads.
#[derive(Clone, Copy, Debug)]
pub enum Reads {
    /// Clocks: phases or frequencies.
    Clocks,
    /// The rows of a record, or of a table with the same columns.
    Record(&'static Schema),
}

impl Reads {
    /// Tells whether a dataset that is opened for this can be read for that.
    pub(crate) fn suits(self, other: Self) -> bool {
        match (self, other) {
            (Self::Clocks, Self::Clocks) => true,
            (Self::Record(one), Self::Record(other)) => one.name == other.name,
            _ => false,
        }
    }

    /// The keys of a dataset section that say how its files are meant.
    pub(super) fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Clocks => ClockOptions::PARAMETERS,
            Self::Record(_) => &[],
        }
    }
}

impl std::fmt::Display for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Clocks => f.write_str("clocks"),
            Self::Record(schema) => write!(f, "a `{}` table", schema.name),
        }
    }
}

/// How the files of a dataset are meant.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    Clocks(ClockOptions),
    Record(&'static Schema),
}

impl Meaning {
    pub(super) fn read(reads: Reads, section: &Section<'_>) -> Result<Self, DocumentError> {
        match reads {
            Reads::Clocks => ClockOptions::read(section).map(Self::Clocks),
            Reads::Record(schema) => Ok(Self::Record(schema)),
        }
    }

    /// What was typed in the pipeline, and else what the manifest states.
    pub(super) fn or(self, manifest: &Manifest) -> Self {
        match self {
            Self::Clocks(typed) => Self::Clocks(stated(typed, manifest.clock.clone())),
            record => record,
        }
    }

    /// Opens a file; text is imported.
    pub(super) fn open(&self, path: &Path, importer: Option<&str>) -> Result<(Source, Vec<Finding>), DataError> {
        match self {
            Self::Clocks(options) if files::is_parquet(path) => {
                Ok((Source::Clocks(ClockSource::open(path, options)?.into()), Vec::new()))
            }
            Self::Clocks(options) => imported(path, importer, options),
            Self::Record(schema) => {
                Ok((Source::record(file_name(path), schema.select(&read_table(path)?, path)?), Vec::new()))
            }
        }
    }

    /// Opens a table that stands in memory.
    pub(super) fn take(&self, name: &str, table: Table) -> Result<Source, DataError> {
        match self {
            Self::Clocks(options) => Ok(Source::Clocks(ClockSource::from_table(name, table, options)?.into())),
            Self::Record(schema) => Ok(Source::record(name.to_owned(), schema.select(&table, Path::new(name))?)),
        }
    }
}

/// What stands in a file.
pub(super) enum Source {
    Clocks(Box<ClockSource>),
    Record { whole: [SeriesInfo; 1], table: Table },
}

impl Source {
    pub(super) fn record(name: String, table: Table) -> Self {
        Self::Record { whole: [SeriesInfo { name, points: table.rows() as u64 }], table }
    }

    /// What can be read one by one.
    pub(super) fn series(&self) -> &[SeriesInfo] {
        match self {
            Self::Clocks(clocks) => clocks.series(),
            Self::Record { whole, table } => &whole[..usize::from(table.rows() > 0)],
        }
    }

    pub(super) fn findings(&self) -> &[Finding] {
        match self {
            Self::Clocks(clocks) => clocks.findings(),
            Self::Record { .. } => &[],
        }
    }

    /// The clocks, which a plan has made sure of.
    pub(super) fn clocks(&self) -> &ClockSource {
        match self {
            Self::Clocks(clocks) => clocks,
            Self::Record { .. } => unreachable!("the plan opens a dataset as its ops read it"),
        }
    }

    /// The whole table.
    pub(super) fn table(&self) -> Result<Table, DataError> {
        match self {
            Self::Clocks(clocks) => clocks.table(),
            Self::Record { table, .. } => Ok(table.clone()),
        }
    }
}

fn imported(path: &Path, importer: Option<&str>, options: &ClockOptions) -> Result<(Source, Vec<Finding>), DataError> {
    let imported = import::import_file(path, importer, &import_options(path, options)?)?;
    let options = ClockOptions { tau0: imported.tau0.or(options.tau0), ..Default::default() };
    let source = ClockSource::from_table(file_name(path), imported.table, &options)?;
    Ok((Source::Clocks(source.into()), imported.findings))
}

fn import_options(path: &Path, options: &ClockOptions) -> Result<ImportOptions, DataError> {
    let ClockOptions { kind, unit, tau0, nominal, hertz, series, time, value } = options.clone();
    if value.len() > 1 {
        let seen = format!("{} columns are named", value.len());
        let advice = "name one, or import the file and use the table";
        return Err(DataError::Choice { file: file_name(path), seen, advice });
    }
    let value = value.into_iter().next();
    Ok(ImportOptions { kind, unit, tau0, nominal, hertz, series, time, value, ..Default::default() })
}

fn stated(typed: ClockOptions, manifest: ClockOptions) -> ClockOptions {
    ClockOptions {
        kind: typed.kind.or(manifest.kind),
        unit: typed.unit.or(manifest.unit),
        tau0: typed.tau0.or(manifest.tau0),
        nominal: typed.nominal.or(manifest.nominal),
        hertz: typed.hertz.or(manifest.hertz),
        series: typed.series.or(manifest.series),
        time: typed.time.or(manifest.time),
        value: if typed.value.is_empty() { manifest.value } else { typed.value },
    }
}
