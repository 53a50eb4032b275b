//! Comma-separated values by RFC 4180: the column names of the schema, then one line per row.
//!
//! Numbers are the shortest text that reads back as the same value; a missing number is empty.

use super::{Format, Holds};
use crate::cell::Cell;
use crate::{Publication, PublishError};
use std::io::Write;

/// The entry of the table.
pub static FORMAT: Format = Format {
    name: "csv",
    title: "comma-separated values, RFC 4180",
    extension: "csv",
    holds: Holds::OneRecord,
    provenance: false,
    write,
};

fn write(publication: &Publication<'_>, out: &mut dyn Write) -> Result<(), PublishError> {
    publication.records.iter().try_for_each(|record| write_table(&record.table, out))
}

fn write_table(table: &sigmatau_data::Table, out: &mut dyn Write) -> Result<(), PublishError> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(table.columns().iter().map(|column| column.name.as_str()))?;
    for row in 0..table.rows() {
        let cells = table.columns().iter().map(|column| Cell::at(&column.values, row).exact());
        writer.write_record(cells.map(|cell| cell.into_owned()))?;
    }
    Ok(writer.flush()?)
}
