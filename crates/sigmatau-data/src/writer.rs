//! Writes tables to Parquet, chunk by chunk, whole or not at all.
//!
//! The bytes depend on the rows and the metadata alone: no clock time, no host, and the chunks in
//! which the rows arrive leave no trace. Memory: the encoded columns of one row group.

use crate::atomic::AtomicFile;
use crate::table::{Column, Values};
use crate::{DataError, Table, TableError, column};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows in a row group: a unit of parallel reading.
const GROUP: usize = 1 << 20;

/// Rows that are encoded at a time.
const PIECE: usize = 1 << 16;

/// What a file says beside its columns and their units.
///
/// ```
/// use sigmatau_data::writer::Metadata;
/// let metadata = Metadata::default().with("note", "cold start").with_field("phase", "tau0_s", "1");
/// # let _ = metadata;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    file: Vec<(String, String)>,
    fields: Vec<(String, String, String)>,
}

impl Metadata {
    /// Adds an entry about the file.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.file.push((key.into(), value.into()));
        self
    }

    /// Adds an entry about one column, such as `tau0_s` or `time_scale`.
    #[must_use]
    pub fn with_field(mut self, column: impl Into<String>, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((column.into(), key.into(), value.into()));
        self
    }

    fn of_field(&self, column: &str) -> impl Iterator<Item = (String, String)> {
        let its = self.fields.iter().filter(move |(name, ..)| name == column);
        its.map(|(_, key, value)| (key.clone(), value.clone()))
    }
}

/// Writes `table` to `path` at once.
///
/// # Errors
/// As [`TableWriter`].
pub fn write_table(path: &Path, table: &Table, metadata: Metadata) -> Result<(), DataError> {
    let mut writer = TableWriter::create(path, metadata)?;
    writer.write(table)?;
    writer.finish()
}

/// Encodes `table` as the bytes of a Parquet file, the same that [`write_table`] writes.
///
/// # Errors
/// When a column can't be encoded.
pub fn encode_table(table: &Table, metadata: Metadata) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, Path::new("table.parquet"), metadata);
    encoder.write(table)?;
    encoder.finish()?;
    Ok(bytes)
}

/// Writes a table that arrives in chunks.
///
/// Floats are split into byte streams and compressed by Zstandard at level 1; whole and scaled numbers
/// are stored as packed differences; text is stored with a dictionary. A row group has 2²⁰ rows.
///
/// ```
/// use sigmatau_core::Unit;
/// use sigmatau_data::{Column, Table, TableWriter, read_table, writer::Metadata};
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("clock.parquet");
/// let table = Table::new(vec![Column::float("phase", Unit::SECOND, vec![0.0, 1e-9])])?;
///
/// let mut writer = TableWriter::create(&path, Metadata::default())?;
/// writer.write(&table)?;
/// assert!(!path.exists(), "the name is given at the end");
/// writer.finish()?;
/// assert_eq!(read_table(&path)?, table);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TableWriter {
    file: AtomicFile,
    encoder: Encoder<File>,
}

impl TableWriter {
    /// Opens a temporary file beside `path`. It is removed when the writer is dropped before the end.
    ///
    /// # Errors
    /// When the directory does not exist or can't be written.
    pub fn create(path: &Path, metadata: Metadata) -> Result<Self, DataError> {
        let file = AtomicFile::create(path)?;
        Ok(Self { encoder: Encoder::new(file.handle()?, path, metadata), file })
    }

    /// Puts the rows of `table` behind those written before.
    ///
    /// # Errors
    /// When the columns differ from those of the first chunk, or the disk is full.
    pub fn write(&mut self, table: &Table) -> Result<(), DataError> {
        self.encoder.write(table)
    }

    /// Makes the file durable and gives it its name. Without any chunk it is a table without columns.
    ///
    /// # Errors
    /// When the disk is full or the name can't be given; nothing half-written is left.
    pub fn finish(self) -> Result<(), DataError> {
        self.encoder.finish()?;
        self.file.commit()
    }
}

/// The encoder above any sink; the schema is that of the first chunk.
struct Encoder<W: Write + Send> {
    path: PathBuf,
    metadata: Metadata,
    sink: Option<W>,
    rows: Option<ArrowWriter<W>>,
    schema: SchemaRef,
    /// Rows that do not yet fill a piece. Pieces are cut at the same rows however the chunks are cut.
    pending: Vec<Values>,
}

impl<W: Write + Send> Encoder<W> {
    fn new(sink: W, path: &Path, metadata: Metadata) -> Self {
        let (path, schema) = (path.to_owned(), Arc::new(Schema::empty()));
        Self { path, metadata, sink: Some(sink), rows: None, schema, pending: Vec::new() }
    }

    fn write(&mut self, table: &Table) -> Result<(), DataError> {
        self.open(table)?;
        let mut start = 0;
        while start < table.rows() {
            let end = table.rows().min(start + PIECE - self.pending.first().map_or(0, Values::len));
            let columns = self.pending.iter_mut().zip(table.columns());
            columns.for_each(|(pending, column)| pending.extend(&column.values, start..end));
            self.append(PIECE)?;
            start = end;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), DataError> {
        if self.rows.is_none() {
            self.open(&Table::default())?;
        }
        self.append(1)?;
        match self.rows.as_mut().map(ArrowWriter::finish) {
            Some(Err(refused)) => Err(error(&self.path, refused)),
            _ => Ok(()),
        }
    }

    /// Begins the file with the schema of `table`, or checks that it goes on as it began.
    fn open(&mut self, table: &Table) -> Result<(), DataError> {
        let schema = self.schema_of(table);
        match self.sink.take() {
            Some(sink) => self.begin(sink, schema, table.columns()),
            None => same(&self.schema, &schema),
        }
    }

    fn begin(&mut self, sink: W, schema: Schema, columns: &[Column]) -> Result<(), DataError> {
        self.schema = Arc::new(schema);
        self.pending = columns.iter().map(|column| column.values.emptied()).collect();
        let rows = ArrowWriter::try_new(sink, Arc::clone(&self.schema), Some(properties(columns, &self.metadata)));
        self.rows = Some(rows.map_err(|refused| error(&self.path, refused))?);
        Ok(())
    }

    /// Encodes the pending rows if there are `enough` of them.
    fn append(&mut self, enough: usize) -> Result<(), DataError> {
        let Some(rows) = &mut self.rows else { return Ok(()) };
        if self.pending.first().is_none_or(|values| values.len() < enough) {
            return Ok(());
        }
        let take = |values: &mut Values| column::array(std::mem::replace(values, values.emptied()));
        let arrays: Vec<ArrayRef> = self.pending.iter_mut().map(take).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(ParquetError::from);
        batch.and_then(|batch| rows.write(&batch)).map_err(|refused| error(&self.path, refused))
    }

    fn schema_of(&self, table: &Table) -> Schema {
        let field = |column: &Column| column::field(column, self.metadata.of_field(&column.name));
        Schema::new(table.columns().iter().map(field).collect::<Vec<_>>())
    }
}

/// Tells the first column in which a later chunk differs from the first one.
fn same(first: &Schema, later: &Schema) -> Result<(), DataError> {
    let length = first.fields().len().max(later.fields().len());
    let odd = (0..length).find(|&index| first.fields().get(index) != later.fields().get(index));
    match odd.and_then(|index| later.fields().get(index).or_else(|| first.fields().get(index))) {
        Some(field) => Err(TableError::Differ(field.name().clone()).into()),
        None => Ok(()),
    }
}

/// What the operating system said when it is the cause, else what the encoder said.
fn error(path: &Path, refused: ParquetError) -> DataError {
    match refused {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(source) => DataError::io("write", path)(*source),
            Err(other) => DataError::Encode { path: path.to_owned(), reason: other.to_string() },
        },
        other => DataError::Encode { path: path.to_owned(), reason: other.to_string() },
    }
}

fn properties(columns: &[Column], metadata: &Metadata) -> WriterProperties {
    let entries = metadata.file.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    let general = WriterProperties::builder()
        .set_created_by(concat!("sigmatau ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(entries))
        .set_max_row_group_row_count(Some(GROUP))
        .set_dictionary_enabled(false);
    columns.iter().fold(general, encoded).build()
}

/// The encoding that measured best for the kind of values.
fn encoded(properties: WriterPropertiesBuilder, column: &Column) -> WriterPropertiesBuilder {
    let path = ColumnPath::from(column.name.as_str());
    match column.values {
        Values::Float(_) => properties
            .set_column_encoding(path.clone(), Encoding::BYTE_STREAM_SPLIT)
            .set_column_compression(path, Compression::ZSTD(ZstdLevel::default())),
        Values::Integer(_) | Values::Scaled { .. } => {
            properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
        }
        Values::Text(_) => properties
            .set_column_dictionary_enabled(path.clone(), true)
            .set_column_compression(path, Compression::ZSTD(ZstdLevel::default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_table;
    use sigmatau_core::Unit;

    fn table(values: Vec<f64>) -> Table {
        let words = values.iter().map(|value| format!("{value:.0}")).collect();
        Table::new(vec![Column::float("phase", Unit::SECOND, values), Column::text("series", words)]).unwrap()
    }

    fn written(chunks: &[Table]) -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.parquet");
        let metadata =
            Metadata::default().with("note", "x").with_field("phase", "tau0_s", "1").with_field("phase", "b", "2");
        let mut writer = TableWriter::create(&path, metadata).unwrap();
        chunks.iter().for_each(|chunk| writer.write(chunk).unwrap());
        writer.finish().unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn bytes_do_not_depend_on_the_chunks_nor_on_the_run() {
        let values: Vec<f64> = (0..200_000).map(|k| f64::from(k) * 0.7).collect();
        let whole = written(&[table(values.clone())]);
        assert!(whole == written(&[table(values.clone())]));
        let (head, tail) = values.split_at(70_001);
        assert!(whole == written(&[table(head.to_vec()), table(tail.to_vec())]));
    }

    #[test]
    fn a_table_without_columns_is_written_and_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.parquet");
        TableWriter::create(&path, Metadata::default()).unwrap().finish().unwrap();
        assert_eq!(read_table(&path).unwrap(), Table::default());
    }

    #[test]
    fn a_chunk_of_another_shape_is_refused_by_column() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = TableWriter::create(&directory.path().join("x.parquet"), Metadata::default()).unwrap();
        writer.write(&table(vec![1.0])).unwrap();
        let other = Table::new(vec![Column::float("phase", Unit::ONE, vec![1.0])]).unwrap();
        let message = writer.write(&other).unwrap_err().to_string();
        assert_eq!(message, "append rows: the tables differ at column `phase`");
    }

    #[test]
    fn a_writer_that_is_dropped_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = TableWriter::create(&directory.path().join("x.parquet"), Metadata::default()).unwrap();
        writer.write(&table(vec![1.0])).unwrap();
        drop(writer);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_with_the_path_and_the_remedy() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut encoder = Encoder::new(full, Path::new("out/x.parquet"), Metadata::default());
        let outcome = encoder.write(&table(vec![1.0])).and_then(|()| encoder.finish().map(drop));
        let message = outcome.unwrap_err().to_string();
        assert!(message.starts_with("write `out/x.parquet`: No space left"), "{message}");
        assert!(message.ends_with("free some space or choose another disk"), "{message}");
    }
}
