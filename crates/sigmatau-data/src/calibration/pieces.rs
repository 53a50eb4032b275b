//! A table of a schema, read in pieces that end where a key changes.

use super::vocabulary::{NO_WORD, Vocabulary};
use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::parquet_file::ParquetFile;
use crate::schema::{Kind, Schema};
use crate::{DataError, column};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use sigmatau_core::nearest::did_you_mean;
use std::path::Path;

/// A time that is missing.
pub const NO_TIME: i64 = i64::MIN;

/// A piece has at least so many rows, but for the last.
const LEAST: usize = 1 << 16;

/// The values of a column of a piece.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cells {
    Numbers(Vec<f64>),
    Wholes(Vec<i64>),
    Words(Vec<u32>),
}

/// Some rows of a table, as columns. A column that the file lacks is empty; a number that is missing is `NaN`, a whole
/// number [`NO_TIME`], a word [`NO_WORD`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    first_row: u64,
    rows: usize,
    columns: Vec<(&'static str, Cells)>,
}

impl Piece {
    /// The row of the whole table with which the piece begins, from 0.
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The numbers of a column.
    pub fn numbers(&self, name: &str) -> &[f64] {
        match self.cells(name) {
            Some(Cells::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// The whole numbers of a column.
    pub fn wholes(&self, name: &str) -> &[i64] {
        match self.cells(name) {
            Some(Cells::Wholes(wholes)) => wholes,
            _ => &[],
        }
    }

    /// The words of a column, by their numbers in the vocabulary.
    pub fn words(&self, name: &str) -> &[u32] {
        match self.cells(name) {
            Some(Cells::Words(words)) => words,
            _ => &[],
        }
    }

    fn cells(&self, name: &str) -> Option<&Cells> {
        self.columns.iter().find(|(column, _)| *column == name).map(|(_, cells)| cells)
    }

    /// The rows from `at` on, which are taken away from this piece.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let columns = self.columns.iter_mut().map(|(name, cells)| (*name, cells.split_off(at))).collect();
        let behind = Self { first_row: self.first_row + at as u64, rows: self.rows - at, columns };
        self.rows = at;
        behind
    }

    /// Puts the rows of the next piece behind these; one without rows takes them over.
    pub(super) fn append(&mut self, next: Self) {
        if self.rows == 0 {
            *self = next;
            return;
        }
        self.rows += next.rows;
        let columns = self.columns.iter_mut().zip(next.columns);
        columns.for_each(|((_, mine), (_, its))| mine.append(its));
    }

    /// Tells whether a row and the one before have the same words in these columns.
    fn goes_on(&self, key: &[&str], row: usize) -> bool {
        key.iter().all(|name| self.words(name).get(row - 1) == self.words(name).get(row))
    }
}

impl Cells {
    fn split_off(&mut self, at: usize) -> Self {
        match self {
            Self::Numbers(values) => Self::Numbers(values.split_off(at)),
            Self::Wholes(values) => Self::Wholes(values.split_off(at)),
            Self::Words(values) => Self::Words(values.split_off(at)),
        }
    }

    fn append(&mut self, next: Self) {
        match (self, next) {
            (Self::Numbers(mine), Self::Numbers(mut its)) => mine.append(&mut its),
            (Self::Wholes(mine), Self::Wholes(mut its)) => mine.append(&mut its),
            (Self::Words(mine), Self::Words(mut its)) => mine.append(&mut its),
            _ => unreachable!("a column keeps its kind"),
        }
    }
}

/// A table that is read piece by piece.
pub struct Pieces {
    file: ParquetFile,
    batches: ParquetRecordBatchReader,
    columns: Vec<Wanted>,
    key: &'static [&'static str],
    /// Rows that were decoded and not yet given out.
    pending: Piece,
    decoded: u64,
    ended: bool,
}

/// A column that is read: its name and kind in the schema, and what the file says of it.
struct Wanted {
    name: &'static str,
    kind: Kind,
    described: Described,
}

impl Pieces {
    /// Opens the table at `path`, whose pieces end where the words of the columns `key` change. Only the columns of the
    /// schema are read.
    ///
    /// # Errors
    /// When the file can't be read or is damaged, a column of the key is missing, or one is of another kind than the
    /// schema says.
    pub fn open(path: &Path, schema: &Schema, key: &'static [&'static str]) -> Result<Self, DataError> {
        let file = ParquetFile::open(path)?;
        let described = file.described()?;
        for name in key {
            there(&file, &described, name)?;
        }
        let mut columns = Vec::new();
        let (mut places, mut words) = (Vec::new(), Vec::new());
        for (place, described) in described.into_iter().enumerate() {
            let Some(field) = schema.fields.iter().find(|field| field.name == described.name) else { continue };
            fits(&described, field.kind).map_err(|trouble| trouble.of(&file.name(), field.name))?;
            places.push(place);
            words.extend((field.kind == Kind::Text).then_some(place));
            columns.push(Wanted { name: field.name, kind: field.kind, described });
        }
        let batches = file.stream(&places, &words)?;
        Ok(Self { file, batches, columns, key, pending: Piece::default(), decoded: 0, ended: false })
    }

    /// The next piece; nothing at the end.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn next_piece(&mut self, vocabulary: &mut Vocabulary) -> Result<Option<Piece>, DataError> {
        let mut searched = 1;
        loop {
            if let Some(end) = self.end_of_piece(searched) {
                let behind = self.pending.split_off(end);
                return Ok(Some(std::mem::replace(&mut self.pending, behind)));
            }
            searched = self.pending.rows.max(1);
            if !self.decode(vocabulary)? {
                let last = std::mem::take(&mut self.pending);
                return Ok(Some(last).filter(|piece| piece.rows > 0));
            }
        }
    }

    /// All rows in one piece.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn whole(mut self, vocabulary: &mut Vocabulary) -> Result<Piece, DataError> {
        let mut whole = Piece::default();
        while let Some(piece) = self.next_piece(vocabulary)? {
            whole.append(piece);
        }
        Ok(whole)
    }

    /// The first row behind [`LEAST`] ones and behind those searched before at which the key changes.
    fn end_of_piece(&self, searched: usize) -> Option<usize> {
        (searched.max(LEAST)..self.pending.rows).find(|row| !self.pending.goes_on(self.key, *row))
    }

    /// Decodes a batch more, and tells whether there was one.
    fn decode(&mut self, vocabulary: &mut Vocabulary) -> Result<bool, DataError> {
        if self.ended {
            return Ok(false);
        }
        let batches = &mut self.batches;
        let Some(batch) = self.file.decode(|| Ok(batches.next().transpose()?))? else {
            self.ended = true;
            return Ok(false);
        };
        let piece = self.piece(&batch, vocabulary)?;
        self.decoded += piece.rows as u64;
        self.pending.append(piece);
        Ok(true)
    }

    fn piece(&self, batch: &RecordBatch, vocabulary: &mut Vocabulary) -> Result<Piece, DataError> {
        let cells = |(wanted, array): (&Wanted, &ArrayRef)| {
            let cells = wanted.cells(array, vocabulary);
            Ok((wanted.name, cells.map_err(|trouble| trouble.of(&self.file.name(), wanted.name))?))
        };
        let columns = self.columns.iter().zip(batch.columns()).map(cells).collect::<Result<_, DataError>>()?;
        Ok(Piece { first_row: self.decoded, rows: batch.num_rows(), columns })
    }
}

/// Refuses a table without a column, naming the nearest there are.
fn there(file: &ParquetFile, described: &[Described], name: &str) -> Result<(), DataError> {
    let names: Vec<&str> = described.iter().map(|column| column.name.as_str()).collect();
    match names.contains(&name) {
        true => Ok(()),
        false => Err(Trouble::Unknown { hint: did_you_mean(name, &names) }.of(&file.name(), name)),
    }
}

fn fits(described: &Described, kind: Kind) -> Result<(), Trouble> {
    let (fits, wanted) = match kind {
        Kind::Float => (!matches!(described.storage, Storage::Text | Storage::Other(_)), "a column of numbers"),
        Kind::Integer => {
            (matches!(described.storage, Storage::Integer | Storage::Instant { .. }), "a column of whole numbers")
        }
        Kind::Text => (described.storage == Storage::Text, "a column of words"),
    };
    let refused = || Trouble::Type { found: described.type_name().to_owned(), wanted };
    fits.then_some(()).ok_or_else(refused)
}

impl Wanted {
    fn cells(&self, array: &ArrayRef, vocabulary: &mut Vocabulary) -> Result<Cells, Trouble> {
        Ok(match self.kind {
            Kind::Text => Cells::Words(numbered(array, vocabulary)),
            Kind::Float => Cells::Numbers(self.numbers(array)?),
            Kind::Integer => Cells::Wholes(self.wholes(array)),
        })
    }

    fn numbers(&self, array: &ArrayRef) -> Result<Vec<f64>, Trouble> {
        let read = column::column(&self.described, std::slice::from_ref(array))?;
        Ok(read.values.to_floats().expect("a column of numbers").into_owned())
    }

    fn wholes(&self, array: &ArrayRef) -> Vec<i64> {
        let factor = match self.described.storage {
            Storage::Instant { nanoseconds } => nanoseconds,
            _ => 1,
        };
        column::whole(std::slice::from_ref(array), factor).into_iter().map(|whole| whole.unwrap_or(NO_TIME)).collect()
    }
}

/// Each word of the dictionary is looked up once, at its first row.
fn numbered(array: &ArrayRef, vocabulary: &mut Vocabulary) -> Vec<u32> {
    let batch = array.as_dictionary::<Int32Type>();
    let words: &StringArray = batch.values().as_string();
    let mut known = vec![None; words.len()];
    let mut number = |key: Option<i32>| match key.map(|key| key as usize).filter(|key| words.is_valid(*key)) {
        Some(key) => *known[key].get_or_insert_with(|| vocabulary.number(words.value(key))),
        None => NO_WORD,
    };
    batch.keys().iter().map(&mut number).collect()
}
