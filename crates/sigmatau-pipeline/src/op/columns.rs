//! What the ops on rows of any table share: columns that a step names, and numbers that stand for whole columns.

use crate::document::{DocumentError, Section};
use sigmatau_core::Unit;
use sigmatau_core::unit::Conversion;
use sigmatau_data::{DataError, RowSource};

/// Words of every row: a column that the step names, or one that is taken where a table has it.
pub(super) struct Words(Column);

/// Numbers of every row: a column as [`Words`] take one, or one number for all.
pub(super) enum Numbers {
    /// The same number in every row, by the key that it stands under.
    Constant(&'static str, f64),
    /// A number of its own in each.
    Each(Column),
}

/// A column by the key under which it can be named.
pub(super) struct Column {
    key: &'static str,
    name: String,
    /// Whether a table must have it.
    wanted: bool,
}

/// How numbers turn into another unit.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// As values, whose unit may have a zero of its own.
    Value,
    /// As differences and uncertainties.
    Difference,
}

impl Words {
    /// The column under a key, which has the name of the key where it is left out and a table has such a one.
    pub(super) fn read(section: &Section<'_>, key: &'static str) -> Result<Self, DocumentError> {
        Column::read(section, key).map(Self)
    }

    /// The column of this name, where a table has it.
    pub(super) fn where_there(name: &'static str) -> Self {
        Self(Column { key: name, name: name.to_owned(), wanted: false })
    }

    /// The key as it was meant; empty where a table need not have the column.
    pub(super) fn toml(&self) -> String {
        self.0.toml()
    }

    /// The words of a group of rows; nothing where the table has no such column and needs none.
    pub(super) fn of(&self, source: &RowSource, group: usize) -> Result<Option<Vec<String>>, DataError> {
        if !self.0.is_in(source) {
            return Ok(None);
        }
        let (words, places) = source.words(source.word(&self.0.name)?, group)?;
        Ok(Some(places.into_iter().map(|place| words[place as usize].clone()).collect()))
    }
}

impl Numbers {
    /// The number or the column under a key, see [`Words::read`].
    pub(super) fn read(section: &Section<'_>, key: &'static str) -> Result<Self, DocumentError> {
        match section.number(key) {
            Ok(Some(number)) => Ok(Self::Constant(key, number)),
            _ => Column::read(section, key).map(Self::Each),
        }
    }

    /// The key as it was meant; empty where a table need not have the column.
    pub(super) fn toml(&self) -> String {
        match self {
            Self::Constant(key, number) => format!("{key} = {number:?}\n"),
            Self::Each(column) => column.toml(),
        }
    }

    /// The numbers of a group of rows in a unit, missing ones `NaN`; nothing where the table has no such column and
    /// needs none.
    pub(super) fn of(
        &self,
        source: &RowSource,
        group: usize,
        unit: &Unit,
        meaning: Of,
    ) -> Result<Option<Vec<f64>>, DataError> {
        match self {
            Self::Constant(_, number) => Ok(Some(vec![*number; source.groups()[group].points as usize])),
            Self::Each(column) if !column.is_in(source) => Ok(None),
            Self::Each(column) => {
                let (found, stored) = source.number_as_stored(&column.name, unit)?;
                let way = stored.conversion(unit).expect("the source has made sure that it can be converted");
                let mut numbers = source.numbers(found, group)?;
                numbers.iter_mut().for_each(|number| *number = meaning.converted(&way, *number));
                Ok(Some(numbers))
            }
        }
    }

    /// The unit that their column states.
    pub(super) fn unit(&self, source: &RowSource) -> Result<Option<Unit>, DataError> {
        match self {
            Self::Each(column) if column.is_in(source) => source.unit(&column.name),
            _ => Ok(None),
        }
    }
}

impl Column {
    fn read(section: &Section<'_>, key: &'static str) -> Result<Self, DocumentError> {
        let named = section.text(key)?;
        Ok(Self { key, wanted: named.is_some(), name: named.unwrap_or_else(|| key.to_owned()) })
    }

    fn toml(&self) -> String {
        if self.wanted { format!("{} = {:?}\n", self.key, self.name) } else { String::new() }
    }

    fn is_in(&self, source: &RowSource) -> bool {
        self.wanted || source.has(&self.name)
    }
}

impl Of {
    fn converted(self, way: &Conversion, number: f64) -> f64 {
        match self {
            Self::Value => way.apply(number),
            Self::Difference => way.apply_to_difference(number),
        }
    }
}

/// A unit under a key.
///
/// # Errors
/// When it is not known.
pub(super) fn unit(section: &Section<'_>, key: &str) -> Result<Option<Unit>, DocumentError> {
    let parsed = section.text(key)?.map(|word| Unit::parse(&word)).transpose();
    parsed.map_err(|error| section.refuse_key(key, &format!("failed to {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Parameter};
    use sigmatau_data::{Column as Stored, Table};

    const KEYS: &[Parameter] = &[Parameter::new("value", "").or("\"value\""), Parameter::new("u", "")];

    fn numbers(text: &str, key: &'static str) -> Result<Numbers, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", &[KEYS]).unwrap();
        Numbers::read(&section, key).map_err(|error| error.to_string())
    }

    fn source() -> RowSource {
        let celsius = Unit::parse("°C").unwrap();
        RowSource::from_table("t", Table::new(vec![Stored::float("value", celsius, vec![20.5])]).unwrap())
    }

    #[test]
    fn uncertainties_of_temperatures_turn_without_the_zero_of_their_unit() {
        let kelvin = Unit::parse("K").unwrap();
        let of = |meaning| numbers("", "value").unwrap().of(&source(), 0, &kelvin, meaning).unwrap().unwrap()[0];
        assert!((of(Of::Value) - 293.65).abs() < 1e-12 && of(Of::Difference) == 20.5);
    }

    #[test]
    fn a_column_that_is_left_out_is_taken_where_it_is_there_and_missed_where_it_is_named() {
        let taken = |text| numbers(text, "u").unwrap().of(&source(), 0, &Unit::ONE, Of::Value);
        assert!(taken("").unwrap().is_none());
        assert_eq!(taken("u = 0.1").unwrap(), Some(vec![0.1]));
        assert!(taken("u = \"valeu\"").unwrap_err().to_string().contains("did you mean `value`"));
        assert!(numbers("u = []", "u").err().unwrap().contains("must be a word"));
    }
}
