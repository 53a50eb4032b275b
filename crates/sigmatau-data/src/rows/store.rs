//! Where the rows of a clock source come from: a Parquet file, or a table in memory.

use super::rule::{Rule, Wholes};
use crate::column::{Described, Storage};
use crate::parquet_file::{Flow, ParquetFile, Stored, WordRuns, pour};
use crate::{DataError, Table, Values, read_table};
use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray, StringArray};
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result as Decoded};
use std::collections::HashMap;
use std::ops::Range;

/// The rows, in groups that are decoded separately; a table in memory is one group.
pub(crate) enum Store {
    Parquet(ParquetFile),
    Memory { name: String, table: Table },
}

impl Store {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Parquet(file) => file.name(),
            Self::Memory { name, .. } => name.clone(),
        }
    }

    pub(crate) fn table(&self) -> Result<Table, DataError> {
        match self {
            Self::Parquet(file) => read_table(file.path()),
            Self::Memory { table, .. } => Ok(table.clone()),
        }
    }

    pub(crate) fn described(&self) -> Result<Vec<Described>, DataError> {
        match self {
            Self::Parquet(file) => file.described(),
            Self::Memory { table, .. } => Ok(table.columns().iter().map(Described::from_column).collect()),
        }
    }

    pub(crate) fn group_rows(&self) -> Vec<usize> {
        match self {
            Self::Parquet(file) => file.group_rows(),
            Self::Memory { table, .. } => vec![table.rows()],
        }
    }

    /// Numbers the words of a column in one group by their first appearance, feeds the number of each run of
    /// rows and their count to `each`, and returns the words. Whole numbers are words too.
    ///
    /// Costs O(runs) where the column has a dictionary, which sorted tables do; O(rows) otherwise.
    pub(crate) fn words(
        &self,
        column: usize,
        group: usize,
        mut each: impl FnMut(u32, u32),
    ) -> Result<Vec<String>, DataError> {
        let mut words = Words::default();
        if let Self::Memory { table, .. } = self
            && let Values::Text(column) = &table.columns()[column].values
        {
            column.chunk_by(|one, other| one == other).for_each(|run| each(words.number(&run[0]), run.len() as u32));
        } else if let Self::Parquet(file) = self
            && self.described()?[column].storage == Storage::Text
        {
            match file.word_runs(column, group)? {
                Some(runs) => words.number_runs(&runs, &mut each),
                None => file.words(column, group, |batch| words.number_batch(batch, &mut each))?,
            }
        } else {
            self.numbers(column, group, 0..self.group_rows()[group], Wholes, |_, chunk| {
                chunk
                    .chunk_by(|one, other| one == other)
                    .for_each(|run| each(words.number_whole(run[0]), run.len() as u32));
            })?;
        }
        Ok(words.list)
    }

    /// Feeds the given rows of a column in one group to `sink`, in chunks with the number of their first row.
    pub(crate) fn numbers<R: Rule>(
        &self,
        column: usize,
        group: usize,
        rows: Range<usize>,
        rule: R,
        sink: impl FnMut(usize, &[R::Out]),
    ) -> Result<(), DataError> {
        match self {
            Self::Parquet(file) => file.decode(|| pour(&mut *flow(file, column, group, rule)?, rows, sink)),
            Self::Memory { table, .. } => {
                in_memory(&table.columns()[column].values, rows, rule, sink);
                Ok(())
            }
        }
    }
}

/// Opens a column of numbers in one row group.
pub(crate) fn flow<'r, R: Rule + 'r>(
    file: &ParquetFile,
    column: usize,
    group: usize,
    rule: R,
) -> Decoded<Box<dyn Flow<R::Out> + 'r>> {
    Ok(match file.numbers(column, group)? {
        ColumnReader::DoubleColumnReader(column) => {
            Box::new(Stored::new(column, R::NULL, move |stored, room| rule.reals(stored, room)))
        }
        ColumnReader::FloatColumnReader(column) => {
            Box::new(Stored::new(column, R::NULL, move |stored, room| single(rule, stored, room)))
        }
        ColumnReader::Int64ColumnReader(column) => {
            Box::new(Stored::new(column, R::NULL, move |stored, room| rule.wholes(stored, room)))
        }
        ColumnReader::Int32ColumnReader(column) => {
            Box::new(Stored::new(column, R::NULL, move |stored, room| short(rule, stored, room)))
        }
        ColumnReader::ByteArrayColumnReader(column) => {
            Box::new(Stored::new(column, R::NULL, move |stored, room| words(rule, stored, room)))
        }
        _ => {
            let given_up = "numbers of a physical type that was given up, such as INT96";
            return Err(ParquetError::General(given_up.to_owned()));
        }
    })
}

fn single<'a, R: Rule>(rule: R, stored: &[f32], room: &'a mut Vec<R::Out>) -> &'a [R::Out] {
    room.extend(stored.iter().map(|&stored| rule.real(f64::from(stored))));
    room
}

fn short<'a, R: Rule>(rule: R, stored: &[i32], room: &'a mut Vec<R::Out>) -> &'a [R::Out] {
    room.extend(stored.iter().map(|&stored| rule.whole(i64::from(stored))));
    room
}

fn words<'a, R: Rule>(rule: R, stored: &[ByteArray], room: &'a mut Vec<R::Out>) -> &'a [R::Out] {
    room.extend(stored.iter().map(|word| word.as_utf8().map_or(R::NULL, |word| rule.word(word))));
    room
}

fn in_memory<R: Rule>(values: &Values, rows: Range<usize>, rule: R, mut sink: impl FnMut(usize, &[R::Out])) {
    let start = rows.start;
    let mut room = Vec::new();
    match values {
        Values::Float(values) => sink(start, rule.reals(&values[rows], &mut room)),
        Values::Integer(values) | Values::Scaled { steps: values, .. } => {
            sink(start, rule.wholes(&values[rows], &mut room));
        }
        Values::Text(values) => {
            room.extend(values[rows].iter().map(|word| rule.word(word)));
            sink(start, &room);
        }
    }
}

/// Words numbered by their first appearance.
#[derive(Default)]
struct Words {
    numbers: HashMap<String, u32>,
    /// The last whole number, which mostly comes again.
    last: Option<(i64, u32)>,
    list: Vec<String>,
}

impl Words {
    fn number(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.numbers.get(word) {
            return number;
        }
        let number = self.list.len() as u32;
        self.numbers.insert(word.to_owned(), number);
        self.list.push(word.to_owned());
        number
    }

    /// The number of a whole number as a word; a missing one is the empty word.
    fn number_whole(&mut self, whole: i64) -> u32 {
        if let Some((last, number)) = self.last
            && last == whole
        {
            return number;
        }
        let number = if whole == Wholes::NULL { self.number("") } else { self.number(&whole.to_string()) };
        self.last = Some((whole, number));
        number
    }

    /// Looks each word of the dictionary up once, at its first run. A null is the empty word.
    fn number_runs(&mut self, found: &WordRuns, each: &mut impl FnMut(u32, u32)) {
        let mut known = vec![None; found.words.len()];
        for (key, rows) in &found.runs {
            let number = match key.map(|key| key as usize) {
                Some(key) => *known[key].get_or_insert_with(|| self.number(&found.words[key])),
                None => self.number(""),
            };
            each(number, *rows);
        }
    }

    /// The same of keys row by row.
    fn number_batch(&mut self, batch: &DictionaryArray<Int32Type>, each: &mut impl FnMut(u32, u32)) {
        let words: &StringArray = arrow_array::cast::AsArray::as_string(batch.values());
        let mut known = vec![None; words.len()];
        for key in batch.keys() {
            let key = key.map(|key| key as usize).filter(|&key| words.is_valid(key));
            let number = match key {
                Some(key) => *known[key].get_or_insert_with(|| self.number(words.value(key))),
                None => self.number(""),
            };
            each(number, 1);
        }
    }
}
