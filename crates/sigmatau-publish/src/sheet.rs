//! Rows of a table as people read them: one notation for each column.

use crate::cell::Cell;
use crate::number::Notation;
use sigmatau_data::{Column, Table};

/// Printed rows under their headings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) headings: Vec<Heading>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The name of the column.
    pub(crate) name: String,
    /// The unit; empty for text, and for numbers of the unit one.
    pub(crate) unit: String,
    /// Numbers stand at the right.
    pub(crate) is_number: bool,
}

impl Sheet {
    /// Prints these rows of these columns.
    pub(crate) fn of(columns: &[&Column], rows: &[usize]) -> Self {
        let printed: Vec<Vec<String>> = columns.iter().map(|column| print(column, rows)).collect();
        let row = |row: usize| printed.iter().map(|column| column[row].clone()).collect();
        Self {
            headings: columns.iter().map(|column| heading(column)).collect(),
            rows: (0..rows.len()).map(row).collect(),
        }
    }

    /// Prints the first rows of a table, `most` at most.
    pub(crate) fn first(table: &Table, most: usize) -> Self {
        let rows: Vec<usize> = (0..table.rows().min(most)).collect();
        Self::of(&table.columns().iter().collect::<Vec<_>>(), &rows)
    }
}

fn heading(column: &Column) -> Heading {
    let unit = column.unit.as_ref().map(|unit| unit.symbol()).filter(|symbol| *symbol != "1").unwrap_or_default();
    let is_number = !matches!(column.values, sigmatau_data::Values::Text(_));
    Heading { name: column.name.clone(), unit: unit.to_owned(), is_number }
}

/// The printed cells of one column.
fn print(column: &Column, rows: &[usize]) -> Vec<String> {
    let cells: Vec<Cell<'_>> = rows.iter().map(|row| Cell::at(&column.values, *row)).collect();
    let numbers: Vec<f64> = cells.iter().filter_map(|cell| cell.number()).collect();
    let notation = Notation::of(&numbers);
    let text = |cell: &Cell<'_>| match cell {
        Cell::Number(number) => notation.print(*number),
        exact => exact.exact().into_owned(),
    };
    cells.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;

    #[test]
    fn cells_are_printed_under_their_units() {
        let table = Table::new(vec![
            Column::text("series", vec!["maser-1".into(), "maser-1".into()]),
            Column::float("tau_s", Unit::SECOND, vec![1.0, 2.0]),
            Column::float("deviation", Unit::ONE, vec![1.234_567e-13, f64::NAN]),
        ])
        .unwrap();
        let sheet = Sheet::first(&table, 10);
        assert_eq!(sheet.rows, [["maser-1", "1", "1.2346e-13"], ["maser-1", "2", "–"]]);
        let units: Vec<&str> = sheet.headings.iter().map(|heading| &*heading.unit).collect();
        assert_eq!(units, ["", "s", ""]);
    }

    #[test]
    fn first_rows_end_at_the_limit() {
        let table = Table::new(vec![Column::integer("m", Unit::ONE, vec![1, 2, 4])]).unwrap();
        assert_eq!(Sheet::first(&table, 2).rows, [["1"], ["2"]]);
    }
}
