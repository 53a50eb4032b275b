//! JSON: `{"header": …, "columns": {name: {"unit": …}}, "rows": [{name: value}]}`.
//!
//! Rows are written as they are read, one object per row. Numbers read back as the same value; a
//! missing number is null, an infinite one the word `inf` or `-inf`. A column without a unit has null.

use super::{Format, Holds};
use crate::cell::Cell;
use crate::{Publication, PublishError};
use serde::ser::{Serialize, Serializer};
use sigmatau_core::Unit;
use sigmatau_data::{Column, Header, Record, Table};
use std::io::Write;

/// The entry of the table.
pub static FORMAT: Format = Format {
    name: "json",
    title: "JSON, one object per row",
    extension: "json",
    holds: Holds::OneRecord,
    provenance: true,
    write,
};

fn write(publication: &Publication<'_>, out: &mut dyn Write) -> Result<(), PublishError> {
    publication.records.iter().try_for_each(|record| write_record(record, out))
}

fn write_record(Record { header, table }: &Record, out: &mut dyn Write) -> Result<(), PublishError> {
    serde_json::to_writer(&mut *out, &Document { header, columns: Columns(table), rows: Rows(table) })?;
    Ok(writeln!(out)?)
}

#[derive(serde::Serialize)]
struct Document<'a> {
    header: &'a Header,
    columns: Columns<'a>,
    rows: Rows<'a>,
}

struct Columns<'a>(&'a Table);

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.columns().iter().map(|column| (&column.name, Meaning::of(column))))
    }
}

#[derive(serde::Serialize)]
struct Meaning<'a> {
    unit: Option<&'a str>,
}

impl<'a> Meaning<'a> {
    fn of(column: &'a Column) -> Self {
        Self { unit: column.unit.as_ref().map(Unit::symbol) }
    }
}

struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.0.rows()).map(|row| Row(self.0, row)))
    }
}

struct Row<'a>(&'a Table, usize);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.columns().iter().map(|column| (&column.name, Cell::at(&column.values, self.1))))
    }
}
