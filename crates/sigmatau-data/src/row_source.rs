//! The rows of a table of any size, by columns that are named when they are wanted, row group by row group.

use crate::clock::SeriesInfo;
use crate::column::{Described, Storage};
use crate::error::Trouble;
use crate::parquet_file::ParquetFile;
use crate::rows::rule::ValueRule;
use crate::rows::store::{Store, flow};
use crate::{DataError, Table, read_text_table};
use parquet::errors::Result as Decoded;
use sigmatau_core::Unit;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::unit::Conversion;
use std::path::Path;

/// A table whose rows are read group by group: the row groups of a Parquet file, or a table in memory as one group.
///
/// Memory of a read: the wanted columns of one group.
pub struct RowSource {
    store: Store,
    columns: Vec<Described>,
    groups: Vec<SeriesInfo>,
}

/// A column of numbers that was found in a [`RowSource`], with the way to SI.
#[derive(Clone, Copy, Debug)]
pub struct NumberColumn {
    column: usize,
    rule: ValueRule<Conversion>,
}

/// A column of words that was found in a [`RowSource`]; whole numbers are words too, such as the numbers of meters.
#[derive(Clone, Copy, Debug)]
pub struct WordColumn {
    column: usize,
}

impl RowSource {
    /// Opens a Parquet file; a text file is read as [`read_text_table`] does.
    ///
    /// # Errors
    /// When the file is missing, empty, damaged, or no table.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        match path.extension().is_some_and(|extension| ["csv", "tsv", "txt"].iter().any(|text| extension == *text)) {
            true => Ok(Self::from_table(path.display().to_string(), read_text_table(path)?)),
            false => Self::of(Store::Parquet(ParquetFile::open(path)?)),
        }
    }

    /// Takes a table in memory.
    pub fn from_table(name: impl Into<String>, table: Table) -> Self {
        Self::of(Store::Memory { name: name.into(), table }).expect("a table in memory describes itself")
    }

    fn of(store: Store) -> Result<Self, DataError> {
        let columns = store.described()?;
        let mut first = 1;
        let group = |rows: usize| {
            let info = SeriesInfo { name: format!("rows {first} to {}", first + rows - 1), points: rows as u64 };
            first += rows;
            info
        };
        let groups = store.group_rows().into_iter().filter(|rows| *rows > 0).map(group).collect();
        Ok(Self { store, columns, groups })
    }

    /// The groups: which rows each has, counted from 1.
    pub fn groups(&self) -> &[SeriesInfo] {
        &self.groups
    }

    /// The number of the first row of a group, counted from 0.
    pub fn first_row(&self, group: usize) -> u64 {
        self.groups[..group].iter().map(|group| group.points).sum()
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// Tells whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// Finds a column of numbers that measure what `unit` does. A column that states no unit is taken to be in `unit`.
    ///
    /// # Errors
    /// When there is no such column (the nearest are named), it holds words, or it measures something else.
    pub fn number(&self, name: &str, unit: &Unit) -> Result<NumberColumn, DataError> {
        self.number_by(name, unit, |way| way)
    }

    /// Finds a column of differences of what `unit` measures, such as uncertainties: where the zero of a unit lies does
    /// not matter to them.
    ///
    /// # Errors
    /// As [`RowSource::number`].
    pub fn difference(&self, name: &str, unit: &Unit) -> Result<NumberColumn, DataError> {
        self.number_by(name, unit, Conversion::of_differences)
    }

    fn number_by(
        &self,
        name: &str,
        unit: &Unit,
        meant: fn(Conversion) -> Conversion,
    ) -> Result<NumberColumn, DataError> {
        let column = self.find(name)?;
        let described = &self.columns[column];
        let way = || {
            let stated = described.parsed_unit()?;
            let from = stated.as_ref().unwrap_or(unit);
            from.conversion(unit)?;
            Ok(meant(from.conversion(&unit.coherent())?))
        };
        let scaled = match described.storage {
            Storage::Float | Storage::Integer => None,
            Storage::Scaled { scale, offset } => Some((scale, offset)),
            _ => return Err(self.unfit(name, described, "numbers")),
        };
        let way = way().map_err(|trouble: Trouble| trouble.of(&self.store.name(), name))?;
        Ok(NumberColumn { column, rule: ValueRule { scaled, way } })
    }

    /// Finds a column of numbers that measure what `unit` does, to be read as they are stored, and the unit that they are
    /// stored in: `unit` where the column states none.
    ///
    /// # Errors
    /// As [`RowSource::number`].
    pub fn number_as_stored(&self, name: &str, unit: &Unit) -> Result<(NumberColumn, Unit), DataError> {
        let NumberColumn { column, rule } = self.number(name, unit)?;
        let stated = self.columns[column].parsed_unit().map_err(|trouble| trouble.of(&self.store.name(), name))?;
        let stored = stated.unwrap_or_else(|| unit.clone());
        let way = stored.conversion(&stored).expect("a unit measures what it does");
        Ok((NumberColumn { column, rule: ValueRule { way, ..rule } }, stored))
    }

    /// The unit that a column states.
    ///
    /// # Errors
    /// When there is no such column (the nearest are named), or its unit is not known.
    pub fn unit(&self, name: &str) -> Result<Option<Unit>, DataError> {
        let column = self.find(name)?;
        self.columns[column].parsed_unit().map_err(|trouble| trouble.of(&self.store.name(), name))
    }

    /// Finds a column of words.
    ///
    /// # Errors
    /// When there is no such column (the nearest are named), or it holds numbers that are not whole.
    pub fn word(&self, name: &str) -> Result<WordColumn, DataError> {
        let column = self.find(name)?;
        match &self.columns[column] {
            Described { storage: Storage::Text | Storage::Integer, .. } => Ok(WordColumn { column }),
            described => Err(self.unfit(name, described, "words")),
        }
    }

    /// Reads a column of numbers in one group, in coherent SI units; a missing one is `NaN`.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn numbers(&self, column: NumberColumn, group: usize) -> Result<Vec<f64>, DataError> {
        let rows = self.store_rows(group);
        let mut values = Vec::with_capacity(rows);
        let NumberColumn { column, rule } = column;
        self.store
            .numbers(column, self.store_group(group), 0..rows, rule, |_, chunk| values.extend_from_slice(chunk))?;
        Ok(values)
    }

    /// Reads columns of numbers in one group side by side, `at_once` rows at a time, and feeds them to `each` with the number
    /// of their first row in the group; numbers are as [`RowSource::numbers`] gives them. Memory: the pieces, and of a table in
    /// memory the columns.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn numbers_beside(
        &self,
        columns: &[NumberColumn],
        group: usize,
        at_once: usize,
        mut each: impl FnMut(usize, &[&[f64]]),
    ) -> Result<(), DataError> {
        let rows = self.store_rows(group);
        let pieces = (0..rows).step_by(at_once).map(|start| start..rows.min(start + at_once));
        match &self.store {
            Store::Parquet(file) => {
                let open = |column: &NumberColumn| flow(file, column.column, self.store_group(group), column.rule);
                let mut flows: Vec<_> = file.decode(|| columns.iter().map(open).collect())?;
                for piece in pieces {
                    let (flows, wanted) = (&mut flows, piece.len());
                    let next =
                        file.decode(move || flows.iter_mut().map(|flow| flow.next(wanted)).collect::<Decoded<_>>());
                    let columns: Vec<&[f64]> = next?;
                    each(piece.start, &columns);
                }
            }
            Store::Memory { .. } => {
                let whole = columns.iter().map(|column| self.numbers(*column, group));
                let whole: Vec<Vec<f64>> = whole.collect::<Result<_, _>>()?;
                for piece in pieces {
                    each(piece.start, &whole.iter().map(|column| &column[piece.clone()]).collect::<Vec<_>>());
                }
            }
        }
        Ok(())
    }

    /// Reads a column of words in one group: the distinct words, and the place of each row's word among them.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn words(&self, column: WordColumn, group: usize) -> Result<(Vec<String>, Vec<u32>), DataError> {
        let mut places = Vec::with_capacity(self.store_rows(group));
        let words = self.store.words(column.column, self.store_group(group), |place, rows| {
            places.extend(std::iter::repeat_n(place, rows as usize));
        })?;
        Ok((words, places))
    }

    /// The whole table.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn table(&self) -> Result<Table, DataError> {
        self.store.table()
    }

    /// Where a group stands among those of the file, empty ones counted.
    fn store_group(&self, group: usize) -> usize {
        let filled = self.store.group_rows().into_iter().enumerate().filter(|(_, rows)| *rows > 0);
        filled.map(|(place, _)| place).nth(group).expect("the group is one of the source")
    }

    fn store_rows(&self, group: usize) -> usize {
        self.groups[group].points as usize
    }

    fn find(&self, name: &str) -> Result<usize, DataError> {
        let missing = || Trouble::Unknown { hint: did_you_mean(name, &self.names()) }.of(&self.store.name(), name);
        self.columns.iter().position(|column| column.name == name).ok_or_else(missing)
    }

    fn unfit(&self, name: &str, described: &Described, wanted: &'static str) -> DataError {
        let trouble = Trouble::Type { found: described.type_name().to_owned(), wanted };
        trouble.of(&self.store.name(), name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Metadata, TableWriter};

    fn part(values: &[f64]) -> Table {
        let names = values.iter().map(|value| format!("m{}", value.abs() as u32)).collect();
        let millivolts = Unit::parse("mV").unwrap();
        Table::new(vec![Column::text("meter", names), Column::float("u", millivolts, values.to_vec())]).unwrap()
    }

    fn written(parts: &[&[f64]]) -> (tempfile::TempDir, RowSource) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let mut writer = TableWriter::create(&path, Metadata::default()).unwrap();
        parts.iter().for_each(|values| writer.write(&part(values)).unwrap());
        writer.finish().unwrap();
        (folder, RowSource::open(&path).unwrap())
    }

    #[test]
    fn columns_arrive_in_si_group_by_group() {
        let (_folder, source) = written(&[&[1.0, 2.0], &[3.0, f64::NAN, 2.0]]);
        let column = source.number("u", &Unit::parse("V").unwrap()).unwrap();
        let mut values = Vec::new();
        for group in 0..source.groups().len() {
            values.extend(source.numbers(column, group).unwrap());
        }
        assert_eq!(values[..3], [1e-3, 2e-3, 3e-3]);
        assert!(values[3].is_nan() && values.len() == 5);
        let words = source.word("meter").unwrap();
        let (list, places) = source.words(words, source.groups().len() - 1).unwrap();
        assert_eq!(list[places[places.len() - 1] as usize], "m2");
    }

    #[test]
    fn pieces_beside_each_other_make_the_columns() {
        let values: Vec<f64> = (0..1000).map(|n| if n % 7 == 0 { f64::NAN } else { f64::from(n) }).collect();
        let (_folder, stored) = written(&[&values]);
        for source in [stored, RowSource::from_table("t", part(&values))] {
            let columns = ["V", "uV"].map(|unit| source.number("u", &Unit::parse(unit).unwrap()).unwrap());
            let mut found = [Vec::new(), Vec::new()];
            let take = |start: usize, pieces: &[&[f64]]| {
                assert!(start == found[0].len() && pieces[0].len() <= 300);
                found.iter_mut().zip(pieces).for_each(|(found, piece)| found.extend_from_slice(piece));
            };
            source.numbers_beside(&columns, 0, 300, take).unwrap();
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<u64>>();
            let whole = source.numbers(columns[0], 0).unwrap();
            assert!(bits(&found[0]) == bits(&whole) && bits(&found[1]) == bits(&whole) && whole.len() == 1000);
        }
    }

    #[test]
    fn columns_are_read_as_stored_with_the_unit_that_they_state() {
        let source = RowSource::from_table("t", part(&[1.1]));
        let (column, unit) = source.number_as_stored("u", &Unit::parse("V").unwrap()).unwrap();
        assert_eq!((source.numbers(column, 0).unwrap(), unit.symbol()), (vec![1.1], "mV"));
        assert!(source.number_as_stored("u", &Unit::SECOND).is_err());
        assert_eq!(source.unit("u").unwrap(), Some(unit));
    }

    #[test]
    fn uncertainties_of_temperatures_leave_the_zero_alone() {
        let celsius = Unit::parse("degC").unwrap();
        let column = Column::float("t", celsius.clone(), vec![20.0]);
        let source = RowSource::from_table("t", Table::new(vec![column]).unwrap());
        let read = |column: NumberColumn| source.numbers(column, 0).unwrap();
        assert_eq!(read(source.number("t", &celsius).unwrap()), [293.15]);
        assert_eq!(read(source.difference("t", &celsius).unwrap()), [20.0]);
    }

    #[test]
    fn whole_numbers_are_words_too() {
        let meters = Column { name: "meter".into(), unit: None, values: crate::Values::Integer(vec![17, 4, 17]) };
        let source = RowSource::from_table("t", Table::new(vec![meters]).unwrap());
        let (words, places) = source.words(source.word("meter").unwrap(), 0).unwrap();
        assert_eq!((words, places), (vec!["17".to_owned(), "4".to_owned()], vec![0, 1, 0]));
    }

    #[test]
    fn what_is_not_there_or_does_not_fit_is_refused_with_the_nearest() {
        let source = RowSource::from_table("t", part(&[1.0]));
        let message = |error: DataError| error.to_string();
        assert!(message(source.number("metre", &Unit::ONE).unwrap_err()).contains("did you mean `meter`"));
        assert!(message(source.number("u", &Unit::SECOND).unwrap_err()).contains("convert `mV` to `s`"));
        assert!(message(source.number("meter", &Unit::ONE).unwrap_err()).contains("text"));
        assert!(source.word("u").is_err() && source.first_row(0) == 0);
    }
}
