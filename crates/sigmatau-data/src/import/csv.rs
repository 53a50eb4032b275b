//! Tables of named columns, separated by commas, semicolons or tabs (RFC 4180).
//!
//! The first line that does not begin with `#` names the columns. Whichever of comma, semicolon and
//! tab is most frequent in it separates the cells; a cell in double quotes may contain anything, a
//! quote doubled. Spaces around a cell do not count.
//!
//! One column holds the numbers: the one that is stated, or `phase` or `frequency`, whichever is
//! there. Its unit must be stated, its kind too unless its name says it. A column `series` names
//! the clocks and a column `time` has the time tags, unless other ones are stated; without the
//! former the file name is the name of the clock, without the latter the rows are taken as evenly
//! spaced.
//!
//! Where several columns of samples are stated, or there are columns `excitation` and `response`, the file holds
//! waveforms: see `csv/waveform.rs`.
//!
//! An empty cell is a missing point. One that can't be read is a finding and a missing point;
//! where it is the time, the row is left out.

mod waveform;

use super::measurand::Measurand;
use super::points::{Point, Points};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, Tags, number, stem};
use crate::ClockKind;
use ::csv::{ReaderBuilder, StringRecord, Trim};
use sigmatau_core::nearest::did_you_mean;

pub(super) static IMPORTER: Importer = Importer {
    name: "csv",
    title: "columns with names, separated by commas, semicolons or tabs",
    extensions: &["csv", "tsv"],
    reference: "RFC 4180",
    form: Form::Text { sniff, parse },
};

static BAD_CELL: Trouble = Trouble {
    code: "bad-cell",
    matters: "its point is missing, and every term that touches it is dropped",
    advice: "correct the cell, or leave it empty where a point is missing",
};

static BAD_TIME: Trouble = Trouble {
    code: "bad-tag",
    matters: "the row was left out, because nothing says when it was",
    advice: "correct the time, or state what the time tags count",
};

static BAD_NAME: Trouble = Trouble {
    code: "bad-name",
    matters: "the row was left out, because nothing says whose it is",
    advice: "fill in the name of the clock",
};

/// The line that names the columns.
pub(crate) fn heading(text: &str) -> Option<&str> {
    text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// The most frequent separator of the heading.
pub(crate) fn delimiter(heading: &str) -> u8 {
    let count = |delimiter: &u8| heading.bytes().filter(|byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn sniff(head: &str) -> bool {
    heading(head).is_some_and(|line| {
        let cells: Vec<&str> =
            line.split(char::from(delimiter(line))).map(|cell| cell.trim().trim_matches('"')).collect();
        let named = |cell: &&str| cell.starts_with(|c: char| c.is_alphabetic()) && number(cell).is_none();
        cells.len() > 1 && cells.iter().all(named) && head.lines().count() > 1
    })
}

/// Where the wanted columns stand, and what is in them.
struct Columns {
    series: Option<usize>,
    time: Option<usize>,
    value: usize,
    measurand: Measurand,
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let delimiter = delimiter(heading(text).unwrap_or_default());
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).comment(Some(b'#')).flexible(true).trim(Trim::All);
    let mut reader = builder.from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| unreadable(&error, file))?.clone();
    if waveform::holds(&names, options) {
        return waveform::read(reader, &names, file, options);
    }
    let columns = columns(&names, file, options)?;
    let mut rows = Rows { columns, file, tags: options.tags, remarks: Remarks::new(file), points: Points::default() };
    let mut row = StringRecord::new();
    while reader.read_record(&mut row).map_err(|error| unreadable(&error, file))? {
        rows.push(&row, &names);
    }
    rows.finish(options)
}

fn unreadable(error: &::csv::Error, file: &str) -> ImportError {
    let line = error.position().map_or(1, ::csv::Position::line) as usize;
    ImportError::Format { file: file.to_owned(), line, problem: error.to_string() }
}

fn columns(names: &StringRecord, file: &str, options: &ImportOptions) -> Result<Columns, ImportError> {
    let series = stated_or_usual(names, file, options.series.as_deref(), "series")?;
    let time = stated_or_usual(names, file, options.time.as_deref(), "time")?;
    let value = value_column(names, file, options)?;
    let named = [ClockKind::Phase, ClockKind::Frequency].into_iter().find(|kind| kind.word() == &names[value]);
    let options = ImportOptions { kind: options.kind.or(named), ..options.clone() };
    Ok(Columns { series, time, value, measurand: Measurand::stated(file, &options)? })
}

fn place(names: &StringRecord, wanted: &str) -> Option<usize> {
    names.iter().position(|name| name == wanted)
}

/// The place of the column that was stated, or of the usual one where there is one.
fn stated_or_usual(
    names: &StringRecord,
    file: &str,
    stated: Option<&str>,
    usual: &str,
) -> Result<Option<usize>, ImportError> {
    let Some(stated) = stated else { return Ok(place(names, usual)) };
    let missing = || {
        let (file, column, known) = (file.to_owned(), stated.to_owned(), names.iter().collect::<Vec<_>>());
        ImportError::Column { file, hint: did_you_mean(&column, &known), column }
    };
    place(names, stated).map(Some).ok_or_else(missing)
}

/// The place of the numbers: as stated, or the one column that is named after a kind.
fn value_column(names: &StringRecord, file: &str, options: &ImportOptions) -> Result<usize, ImportError> {
    let kinds = options.kind.map_or(vec![ClockKind::Phase, ClockKind::Frequency], |kind| vec![kind]);
    let named: Vec<usize> = kinds.iter().filter_map(|kind| place(names, kind.word())).collect();
    let usual = if named.len() == 1 { Some(named[0]) } else { None };
    let unstated = || ImportError::Unstated {
        file: file.to_owned(),
        unstated: "it has no single column `phase` or `frequency`",
        remedy: "the column with the values",
    };
    match options.value.as_deref() {
        Some(stated) => stated_or_usual(names, file, Some(stated), stated)?.ok_or_else(unstated),
        None => usual.ok_or_else(unstated),
    }
}

/// The rows read so far.
struct Rows<'a> {
    columns: Columns,
    file: &'a str,
    tags: Option<Tags>,
    remarks: Remarks<'a>,
    points: Points,
}

impl Rows<'_> {
    fn push(&mut self, row: &StringRecord, names: &StringRecord) {
        let cell = |place: usize| row.get(place).unwrap_or_default();
        let line = row.position().map_or(0, ::csv::Position::line) as usize;
        let seen = |place: usize| format!("`{}` in column `{}` can't be read", excerpt(cell(place)), &names[place]);
        let series = self.columns.series.map_or(stem(self.file), cell);
        if series.is_empty() {
            return self.remarks.line(&BAD_NAME, line, || "the name of the clock is empty".to_owned());
        }
        let Some(time) = self.columns.time.map_or(Some(0), |place| self.time(cell(place))) else {
            return self.remarks.line(&BAD_TIME, line, || seen(self.columns.time.unwrap_or_default()));
        };
        let value = match cell(self.columns.value) {
            "" => Some(f64::NAN),
            text => number(text),
        };
        if value.is_none() {
            self.remarks.line(&BAD_CELL, line, || seen(self.columns.value));
        }
        self.points.push(series, Point { time, value: value.unwrap_or(f64::NAN), uncertainty: f64::NAN });
    }

    /// The instant of a time tag; the first one decides what tags count where nobody stated it.
    fn time(&mut self, tag: &str) -> Option<i64> {
        if self.tags.is_none() {
            self.tags = Some(Tags::guess(tag)?);
        }
        self.tags?.parse(tag)
    }

    fn finish(mut self, options: &ImportOptions) -> Result<Imported, ImportError> {
        if self.points.is_empty() {
            let problem = "the file ends without a row that can be read".to_owned();
            return Err(ImportError::Format { file: self.file.to_owned(), line: 1, problem });
        }
        let timed = self.columns.time.is_some();
        if timed {
            self.points.sort(&mut self.remarks);
        }
        if let (Some(tags), None) = (self.tags.filter(|_| timed), options.tags) {
            self.remarks.push(tags.guessed(self.file));
        }
        let (time_scale, tau0) = (options.time_scale.clone(), options.tau0.filter(|_| !timed));
        let table = self.points.table(&self.columns.measurand, timed);
        Ok(Imported { table, time_scale, tau0, rate: None, findings: self.remarks.finish() })
    }
}

#[cfg(test)]
mod tests;
