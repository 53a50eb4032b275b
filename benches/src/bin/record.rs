//! Writes clock records to measure on: `record FILE POINTS [CLOCKS]`.
//!
//! One clock is a table of one column, without epochs; several are a long table with their names. The
//! phases are those of [`sigmatau_benches::clock`], stored as the program stores them. Memory: one row group.

use sigmatau_benches::clock_phases;
use sigmatau_core::Unit;
use sigmatau_data::{Column, Metadata, Table, TableWriter};
use std::error::Error;
use std::path::Path;

/// Rows that are made at a time.
const CHUNK: usize = 1 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (file, points, clocks) = match words.as_slice() {
        [file, points] => (file, points.parse()?, None),
        [file, points, clocks] => (file, points.parse()?, Some(clocks.parse::<usize>()?)),
        _ => return Err("usage: record FILE POINTS [CLOCKS]".into()),
    };
    let mut writer = TableWriter::create(Path::new(file), Metadata::default().with_field("phase", "tau0_s", "1"))?;
    for clock in 0..clocks.unwrap_or(1) {
        let name = clocks.map(|_| format!("clock-{clock:05}"));
        write(&mut writer, name.as_deref(), points)?;
    }
    Ok(writer.finish()?)
}

/// Puts one clock behind those that are written.
fn write(writer: &mut TableWriter, name: Option<&str>, points: usize) -> Result<(), Box<dyn Error>> {
    let mut phases = clock_phases(points);
    for start in (0..points).step_by(CHUNK) {
        let chunk: Vec<f64> = phases.by_ref().take(CHUNK.min(points - start)).collect();
        let names = name.map(|name| Column::text("series", vec![name.to_owned(); chunk.len()]));
        let columns = names.into_iter().chain([Column::float("phase", Unit::SECOND, chunk)]);
        writer.write(&Table::new(columns.collect())?)?;
    }
    Ok(())
}
