//! `sigmatau inspect`: what a table holds.

use crate::args::InspectArguments;
use crate::exit::Exit;
use crate::output::{deliver, remark};
use sigmatau_core::Severity;
use sigmatau_data::calibration;
use sigmatau_data::schema::rules::duckdb;
use sigmatau_data::{ColumnInfo, Header, Inspection, inspect as look};
use std::fmt::Write;
use std::path::Path;

pub(crate) fn inspect(asked: InspectArguments) -> anyhow::Result<Exit> {
    if asked.rules {
        deliver(rules(&asked.table)?.as_bytes(), None)?;
        return Ok(Exit::Done);
    }
    let inspection = look(&asked.table)?;
    deliver(describe(&inspection).as_bytes(), None)?;
    remark(inspection.findings.iter(), true);
    Ok(Exit::done(inspection.findings.iter().all(|finding| finding.severity < Severity::Failure)))
}

/// The plain rules of the tables of calibrations in a folder, as a script for DuckDB.
fn rules(folder: &Path) -> anyhow::Result<String> {
    let files = calibration::files(folder);
    let present: Vec<&str> = files.iter().filter_map(|file| file.file_stem()?.to_str()).collect();
    anyhow::ensure!(!present.is_empty(), "find tables of calibrations in the folder `{}`", folder.display());
    Ok(duckdb(&present))
}

fn describe(inspection: &Inspection) -> String {
    let (groups, largest) = (inspection.row_groups.len(), inspection.row_groups.iter().max().copied().unwrap_or(0));
    let mut text = format!("{} rows in {groups} row groups of at most {largest}\n", inspection.rows);
    if let Some(program) = &inspection.created_by {
        let _ = writeln!(text, "written by {program}");
    }
    for (key, value) in &inspection.metadata {
        let _ = writeln!(text, "{key}: {value}");
    }
    if let Some(header) = &inspection.header {
        text.push_str(&describe_header(header));
    }
    text.push_str(&aligned(&inspection.columns));
    text
}

fn describe_header(header: &Header) -> String {
    let mut text =
        format!("record {} of step {}, {} revision {}\n", header.schema, header.step, header.analysis, header.revision);
    for parameter in header.parameters.lines() {
        let _ = writeln!(text, "  {parameter}");
    }
    for input in &header.inputs {
        let _ = writeln!(text, "  input {} blake3 {}", input.name, input.blake3);
    }
    text
}

/// One line a column, in columns as wide as their widest cell.
fn aligned(columns: &[ColumnInfo]) -> String {
    let titles = ["column", "holds", "unit", "encoding", "compression", "bytes", "minimum", "maximum", "missing"];
    let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    let cells = |column: &ColumnInfo| {
        let nulls = column.nulls.map(|nulls| nulls.to_string());
        let (unit, minimum, maximum) = (or_dash(&column.unit), or_dash(&column.minimum), or_dash(&column.maximum));
        let (encodings, compression) = (column.encodings.clone(), column.compression.clone());
        [
            column.name.clone(),
            column.holds.clone(),
            unit,
            encodings,
            compression,
            column.bytes.to_string(),
            minimum,
            maximum,
            or_dash(&nulls),
        ]
    };
    let rows: Vec<[String; 9]> = std::iter::once(titles.map(str::to_owned)).chain(columns.iter().map(cells)).collect();
    let width = |cell: usize| rows.iter().map(|row| row[cell].chars().count()).max().unwrap_or(0);
    let widths: [usize; 9] = std::array::from_fn(width);
    let line = |row: &[String; 9]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
