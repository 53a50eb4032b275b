//! Waveforms in tables of named columns.
//!
//! The channels are the columns that are stated, or else `excitation` and `response`; a heading such as `force (N)` or
//! `force [N]` gives the unit of its column. A column `sensor` has the names of the sensors and a column `time` the
//! sampling instants, in s unless its heading says otherwise; other columns may be stated for both. Without the former
//! the file name is the name of the sensor.
//!
//! An empty cell is a missing sample. One that can't be read is a finding and a missing sample.

use super::{BAD_CELL, place, unreadable};
use crate::import::remarks::{Remarks, excerpt};
use crate::import::waveform::{labelled, malformed, rate, record, stated, table};
use crate::import::{ImportError, ImportOptions, Imported, number};
use crate::{Channel, Column};
use ::csv::{Reader, StringRecord};
use sigmatau_core::Unit;
use sigmatau_core::nearest::did_you_mean;

/// Tells whether a table with these headings holds waveforms.
pub(super) fn holds(headings: &StringRecord, options: &ImportOptions) -> bool {
    let names = names(headings);
    !options.channels.is_empty() || ["excitation", "response"].iter().all(|name| place(&names, name).is_some())
}

/// The headings without their units.
fn names(headings: &StringRecord) -> StringRecord {
    headings.iter().map(|heading| labelled(heading).0).collect()
}

/// A column of numbers that is read.
struct Lane {
    place: usize,
    name: String,
    unit: Option<Unit>,
    values: Vec<f64>,
}

/// Reads the rows behind the headings.
pub(super) fn read(
    mut reader: Reader<&[u8]>,
    headings: &StringRecord,
    file: &str,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let names = names(headings);
    let sensor = optional(&names, options.sensor.as_deref(), "sensor", file)?;
    let mut lanes = lanes(&names, headings, file, options)?;
    let (mut row, mut sensors, mut remarks) = (StringRecord::new(), Vec::new(), Remarks::new(file));
    while reader.read_record(&mut row).map_err(|error| unreadable(&error, file))? {
        sensors.extend(sensor.map(|place| row.get(place).unwrap_or_default().to_owned()));
        lanes.iter_mut().for_each(|lane| lane.push(&row, &mut remarks));
    }
    if lanes[0].values.is_empty() {
        return Err(malformed(file, 1, "the file ends without a row"));
    }
    let columns: Vec<Column> = lanes.into_iter().map(Lane::column).collect();
    let rate = rate(file, None, options)?;
    match sensor {
        Some(_) => {
            table([Column::text("sensor", sensors)].into_iter().chain(columns).collect(), file, rate, remarks.finish())
        }
        None => record(columns, file, rate, remarks.finish()),
    }
}

/// The instants, if there are any, and the channels.
fn lanes(
    names: &StringRecord,
    headings: &StringRecord,
    file: &str,
    options: &ImportOptions,
) -> Result<Vec<Lane>, ImportError> {
    let lane = |place: usize, unit: Option<Unit>| {
        let unit = labelled(&headings[place]).1.or(unit);
        Lane { place, name: names[place].to_owned(), unit, values: Vec::new() }
    };
    let time = optional(names, options.time.as_deref(), "time", file)?;
    let time = time.map(|place| Lane { name: "time".to_owned(), ..lane(place, Some(Unit::SECOND)) });
    let usual = || ["excitation", "response"].map(Channel::from).to_vec();
    let wanted = if options.channels.is_empty() { usual() } else { options.channels.clone() };
    let channel = |channel: &Channel| Ok(lane(find(names, &channel.column, file)?, stated(&channel.column, options)));
    let channels: Vec<Lane> = wanted.iter().map(channel).collect::<Result<_, ImportError>>()?;
    Ok(time.into_iter().chain(channels).collect())
}

/// The place of the column that was stated, or of the usual one where there is one.
fn optional(names: &StringRecord, stated: Option<&str>, usual: &str, file: &str) -> Result<Option<usize>, ImportError> {
    stated.map_or(Ok(place(names, usual)), |stated| find(names, stated, file).map(Some))
}

fn find(names: &StringRecord, name: &str, file: &str) -> Result<usize, ImportError> {
    let missing = || {
        let hint = did_you_mean(name, &names.iter().collect::<Vec<_>>());
        ImportError::Column { file: file.to_owned(), column: name.to_owned(), hint }
    };
    place(names, name).ok_or_else(missing)
}

impl Lane {
    fn push(&mut self, row: &StringRecord, remarks: &mut Remarks<'_>) {
        let cell = row.get(self.place).unwrap_or_default();
        let value = if cell.is_empty() { Some(f64::NAN) } else { number(cell) };
        if value.is_none() {
            let line = row.position().map_or(0, ::csv::Position::line) as usize;
            remarks.line(&BAD_CELL, line, || format!("`{}` in column `{}` can't be read", excerpt(cell), self.name));
        }
        self.values.push(value.unwrap_or(f64::NAN));
    }

    /// The column; without a unit it is a number of 1.
    fn column(self) -> Column {
        Column::float(self.name, self.unit.unwrap_or(Unit::ONE), self.values)
    }
}
