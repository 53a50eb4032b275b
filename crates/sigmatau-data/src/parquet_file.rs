//! An open Parquet file: its footer, its fields, and its columns piece by piece.

mod runs;

use crate::DataError;
use crate::column::Described;
use crate::panic::guarded;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_schema};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType as Physical;
use parquet::errors::{ParquetError, Result as Decoded};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use runs::WordRuns;

/// Rows that are decoded at a time: small enough for the second-level cache.
pub(crate) const CHUNK: usize = 1 << 16;

/// An open file. Every read goes to the file that was opened, even when another takes over its name.
pub(crate) struct ParquetFile {
    path: PathBuf,
    shared: Shared,
    footer: ArrowReaderMetadata,
}

impl ParquetFile {
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        let file = File::open(path).map_err(DataError::io("open", path))?;
        let length = file.metadata().map_err(DataError::io("open", path))?.len();
        let shared = Shared { file: Arc::new(file), length };
        match guarded(|| ArrowReaderMetadata::load(&shared, ArrowReaderOptions::new())) {
            Ok(footer) => Ok(Self { path: path.to_owned(), shared, footer }),
            Err(refused) => Err(shared.diagnose(path, refused)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path as messages name it.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub(crate) fn footer(&self) -> &ParquetMetaData {
        self.footer.metadata()
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.footer.schema().fields().iter().map(AsRef::as_ref)
    }

    /// What each column holds, in order.
    pub(crate) fn described(&self) -> Result<Vec<Described>, DataError> {
        let describe =
            |field: &Field| Described::from_field(field).map_err(|trouble| trouble.of(&self.name(), field.name()));
        self.fields().map(describe).collect()
    }

    /// The entry of this name in the key–value metadata of the file.
    pub(crate) fn metadata(&self, key: &str) -> Option<&str> {
        let entries = self.footer().file_metadata().key_value_metadata()?;
        entries.iter().find(|entry| entry.key == key)?.value.as_deref()
    }

    /// The rows of each row group.
    pub(crate) fn group_rows(&self) -> Vec<usize> {
        self.footer().row_groups().iter().map(|group| usize::try_from(group.num_rows()).unwrap_or(0)).collect()
    }

    /// Reads all rows, in batches.
    pub(crate) fn batches(&self) -> Result<Vec<RecordBatch>, DataError> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.shared.clone(), self.footer.clone());
        self.decode(|| Ok(builder.with_batch_size(CHUNK).build()?.collect::<Result<_, _>>()?))
    }

    /// Reads a column of words in one row group, as keys into dictionaries, in batches.
    pub(crate) fn words(
        &self,
        column: usize,
        group: usize,
        mut each: impl FnMut(&DictionaryArray<Int32Type>),
    ) -> Result<(), DataError> {
        self.decode(|| {
            let footer = self.footer_with_dictionaries(&[column])?;
            let mask = ProjectionMask::roots(footer.parquet_schema(), [column]);
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.shared.clone(), footer);
            let builder = builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(CHUNK);
            for batch in builder.build()? {
                each(batch?.column(0).as_dictionary());
            }
            Ok(())
        })
    }

    /// The footer under a schema that reads these columns as dictionaries, whatever their layout of strings.
    fn footer_with_dictionaries(&self, columns: &[usize]) -> Decoded<ArrowReaderMetadata> {
        let plain = parquet_to_arrow_schema(self.footer.parquet_schema(), None)?;
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let fields = plain.fields().iter().enumerate().map(|(index, field)| match columns.contains(&index) {
            true => Arc::new(field.as_ref().clone().with_data_type(dictionary.clone())),
            false => Arc::clone(field),
        });
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        ArrowReaderMetadata::try_new(Arc::clone(self.footer.metadata()), ArrowReaderOptions::new().with_schema(schema))
    }

    /// Some columns in the order of the file, in batches one after the other; those of `words` as keys into dictionaries.
    pub(crate) fn stream(&self, columns: &[usize], words: &[usize]) -> Result<ParquetRecordBatchReader, DataError> {
        self.decode(|| {
            let footer = self.footer_with_dictionaries(words)?;
            let mask = ProjectionMask::roots(footer.parquet_schema(), columns.iter().copied());
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.shared.clone(), footer);
            builder.with_projection(mask).with_batch_size(CHUNK).build()
        })
    }

    /// Opens a column of numbers in one row group.
    pub(crate) fn numbers(&self, column: usize, group: usize) -> Decoded<ColumnReader> {
        let leaf = self.leaf(column).ok_or_else(|| ParquetError::General("a column without data".to_owned()))?;
        let group = self.footer().row_group(group);
        let rows = usize::try_from(group.num_rows())?;
        let pages = SerializedPageReader::new(Arc::new(self.shared.clone()), group.column(leaf), rows, None)?;
        Ok(get_column_reader(self.footer.parquet_schema().column(leaf), Box::new(pages)))
    }

    /// What the footer says of the first leaf of a column in each row group.
    pub(crate) fn chunks(&self, column: usize) -> impl Iterator<Item = &ColumnChunkMetaData> {
        let leaf = self.leaf(column);
        self.footer().row_groups().iter().filter_map(move |group| leaf.map(|leaf| group.column(leaf)))
    }

    fn leaf(&self, column: usize) -> Option<usize> {
        let schema = self.footer.parquet_schema();
        (0..schema.num_columns()).find(|&leaf| schema.get_column_root_idx(leaf) == column)
    }

    /// Runs a piece of decoding.
    pub(crate) fn decode<T>(&self, decode: impl FnOnce() -> Decoded<T>) -> Result<T, DataError> {
        guarded(decode).map_err(|refused| self.damaged(refused))
    }

    /// The error that the content of this file can't be decoded.
    fn damaged(&self, reason: impl std::fmt::Display) -> DataError {
        DataError::Damaged { path: self.path.clone(), reason: reason.to_string() }
    }
}

/// A column of one row group that is read from its first row on, some rows at a time.
pub(crate) trait Flow<V> {
    /// Leaves out the next rows.
    fn skip(&mut self, rows: usize) -> Decoded<()>;

    /// The next rows, exactly as many as are wanted. The memory is that of these.
    fn next(&mut self, wanted: usize) -> Decoded<&[V]>;
}

/// A flow of stored numbers of one physical type.
pub(crate) struct Stored<T: Physical, V, R> {
    column: ColumnReaderImpl<T>,
    missing: V,
    rule: R,
    /// The number of the next row.
    at: usize,
    levels: Vec<i16>,
    packed: Vec<T::T>,
    room: Vec<V>,
    spread: Vec<V>,
}

impl<T: Physical, V: Copy, R> Stored<T, V, R>
where
    R: for<'a> Fn(&'a [T::T], &'a mut Vec<V>) -> &'a [V],
{
    /// `rule` turns stored numbers into the wanted ones, in the room that it is given or in place; a null becomes `missing`.
    pub(crate) fn new(column: ColumnReaderImpl<T>, missing: V, rule: R) -> Self {
        let (levels, packed, room, spread) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { column, missing, rule, at: 0, levels, packed, room, spread }
    }
}

impl<T: Physical, V: Copy, R> Flow<V> for Stored<T, V, R>
where
    R: for<'a> Fn(&'a [T::T], &'a mut Vec<V>) -> &'a [V],
{
    fn skip(&mut self, rows: usize) -> Decoded<()> {
        self.at += self.column.skip_records(rows)?;
        Ok(())
    }

    fn next(&mut self, wanted: usize) -> Decoded<&[V]> {
        let Self { column, missing, rule, at, levels, packed, room, spread } = self;
        levels.clear();
        packed.clear();
        room.clear();
        spread.clear();
        let (read, present, _) = column.read_records(wanted, Some(levels), None, packed)?;
        if read != wanted {
            return Err(ParquetError::EOF(format!("{read} of {wanted} rows from row {at} on")));
        }
        *at += read;
        let mut values = rule(packed, room);
        if present < read {
            spread.extend(with_missing(levels, values, *missing));
            values = spread;
        }
        Ok(values)
    }
}

/// Feeds the given rows of a flow, at most [`CHUNK`] at a time, to `sink` with the number of the first.
pub(crate) fn pour<V>(flow: &mut dyn Flow<V>, rows: Range<usize>, mut sink: impl FnMut(usize, &[V])) -> Decoded<()> {
    flow.skip(rows.start)?;
    for start in rows.clone().step_by(CHUNK) {
        sink(start, flow.next(CHUNK.min(rows.end - start))?);
    }
    Ok(())
}

/// The `present` values where the definition level says so, and `missing` elsewhere.
fn with_missing<'a, V: Copy>(levels: &'a [i16], present: &'a [V], missing: V) -> impl Iterator<Item = V> + 'a {
    let mut present = present.iter().copied();
    levels.iter().map(move |&level| if level > 0 { present.next().unwrap_or(missing) } else { missing })
}

/// A file that many threads read at once, each at its own place.
#[derive(Clone)]
struct Shared {
    file: Arc<File>,
    length: u64,
}

impl Shared {
    /// Says what a file is that did not open as Parquet.
    fn diagnose(&self, path: &Path, refused: ParquetError) -> DataError {
        let not_parquet =
            |seen: &str, advice| DataError::NotParquet { path: path.to_owned(), seen: seen.to_owned(), advice };
        let mut head = [0; 4];
        match (Cursor { shared: self.clone(), at: 0 }).read_exact(&mut head) {
            Err(source) if source.kind() != io::ErrorKind::UnexpectedEof => DataError::io("read", path)(source),
            Err(_) => not_parquet("it is empty", "write it again"),
            Ok(()) if &head != b"PAR1" => {
                not_parquet("it is not a Parquet file", "convert text and instrument files with `sigmatau import`")
            }
            Ok(()) => not_parquet(&format!("it is truncated or damaged ({refused})"), "copy or write it again"),
        }
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = BufReader<Cursor>;

    fn get_read(&self, start: u64) -> Decoded<Self::T> {
        Ok(BufReader::new(Cursor { shared: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Decoded<Bytes> {
        if start.saturating_add(length as u64) > self.length {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} of {} bytes", self.length)));
        }
        let mut bytes = vec![0; length];
        Cursor { shared: self.clone(), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A place in a shared file; it does not move when others read.
struct Cursor {
    shared: Shared,
    at: u64,
}

impl Read for Cursor {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.shared.file, into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}
