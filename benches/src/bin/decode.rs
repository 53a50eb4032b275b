//! Decodes columns of numbers with the parquet crate alone, on one thread: `decode whole|passing FILE COLUMN...`.
//!
//! The limit that a command on these columns is held against: `whole` keeps each column in memory, `passing`
//! overwrites each row group by the next. Prints the rows of each and the wall time in s.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

use parquet::column::reader::ColumnReader;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::time::Instant;

const USAGE: &str = "usage: decode whole|passing FILE COLUMN...";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [mode, file, columns @ ..] = words.as_slice() else { return Err(USAGE.into()) };
    for column in columns {
        let start = Instant::now();
        let rows = decode(file, column, mode == "whole")?;
        println!("{column}: {rows} rows in {:.4} s", start.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Decodes all row groups and returns the number of rows.
fn decode(file: &str, column: &str, whole: bool) -> Result<usize, Box<dyn Error>> {
    let file = SerializedFileReader::new(File::open(file)?)?;
    let metadata = file.metadata().file_metadata();
    let column = metadata.schema_descr().columns().iter().position(|leaf| leaf.name() == column);
    let column = column.ok_or("there is no such column")?;
    let room = if whole { usize::try_from(metadata.num_rows())? } else { 0 };
    let (mut rows, mut values) = (0, Vec::with_capacity(room));
    for group in 0..file.num_row_groups() {
        if !whole {
            values.clear();
        }
        rows += decode_group(&*file.get_row_group(group)?, column, &mut values)?;
        black_box(&values);
    }
    Ok(rows)
}

fn decode_group(group: &dyn RowGroupReader, column: usize, values: &mut Vec<f64>) -> Result<usize, Box<dyn Error>> {
    let rows = usize::try_from(group.metadata().num_rows())?;
    let ColumnReader::DoubleColumnReader(mut reader) = group.get_column_reader(column)? else {
        return Err("the column does not hold doubles".into());
    };
    let mut levels = Vec::with_capacity(rows);
    let (read, ..) = reader.read_records(rows, Some(&mut levels), None, values)?;
    Ok(read)
}
