//! Reads a whole Parquet file as a table.

use crate::parquet_file::ParquetFile;
use crate::{Column, DataError, Table, column};
use arrow_array::ArrayRef;
use std::path::Path;

/// Reads all columns and rows. Memory: the file twice, decoded; long clock data is read by
/// [`ClockSource`](crate::ClockSource) instead.
///
/// # Errors
/// When the file is missing, no Parquet, truncated or damaged, or holds a type that is no number,
/// instant or text, or a unit that is not known.
pub fn read_table(path: &Path) -> Result<Table, DataError> {
    let file = ParquetFile::open(path)?;
    let batches = file.batches()?;
    let columns = file.described()?.into_iter().enumerate().map(|(index, described)| {
        let chunks: Vec<ArrayRef> = batches.iter().map(|batch| batch.column(index).clone()).collect();
        column::column(&described, &chunks).map_err(|trouble| trouble.of(&file.name(), &described.name))
    });
    Ok(Table::new(columns.collect::<Result<Vec<Column>, DataError>>()?)?)
}
