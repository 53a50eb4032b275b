//! Tables of a schema that grow row by row.

use super::Schema;
use crate::{Column, Table, Values};

/// The value of a row in one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A number; `NaN` where it is missing.
    Float(f64),
    /// A whole number.
    Integer(i64),
    /// A word; empty where it is missing.
    Text(String),
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Cell {
    fn from(word: &str) -> Self {
        Self::Text(word.to_owned())
    }
}

impl From<String> for Cell {
    fn from(word: String) -> Self {
        Self::Text(word)
    }
}

/// A table of a schema, as it grows.
///
/// ```
/// use sigmatau_data::schema::{Rows, finding};
/// let mut rows = Rows::of(&finding::SCHEMA);
/// rows.push(["acc-1", "clipped", "warning", "seen", "matters", "advice"]);
/// assert_eq!(rows.table().texts("code").map(|codes| codes[0].as_str()), Some("clipped"));
/// ```
#[derive(Clone, Debug)]
pub struct Rows {
    schema: &'static Schema,
    columns: Vec<Column>,
}

impl Rows {
    /// Begins without rows.
    pub fn of(schema: &'static Schema) -> Self {
        Self { schema, columns: schema.empty().columns().to_vec() }
    }

    /// Makes room for as many rows more.
    pub fn reserve(&mut self, rows: usize) {
        self.columns.iter_mut().for_each(|column| column.values.reserve(rows));
    }

    /// Puts a row behind the others, its cells in the order of the fields.
    ///
    /// # Panics
    /// When there are more or fewer cells than fields, or a cell is of another kind.
    pub fn push(&mut self, cells: impl IntoIterator<Item = impl Into<Cell>>) {
        let mut cells = cells.into_iter();
        for (column, field) in self.columns.iter_mut().zip(self.schema.fields) {
            match (&mut column.values, cells.next().map(Into::into)) {
                (Values::Float(column), Some(Cell::Float(number))) => column.push(number),
                (Values::Integer(column), Some(Cell::Integer(number))) => column.push(number),
                (Values::Text(column), Some(Cell::Text(word))) => column.push(word),
                (_, cell) => panic!("{cell:?} is no `{}` of a `{}` table", field.name, self.schema.name),
            }
        }
        assert!(cells.next().is_none(), "a `{}` table has {} columns", self.schema.name, self.columns.len());
    }

    /// The table.
    pub fn table(self) -> Table {
        Table::new(self.columns).expect("every row fills every column")
    }
}
