//! Tables of named columns in a text file: what CSV files hold when nobody has declared anything (RFC 4180).
//!
//! The first line that does not begin with `#` names the columns, each with its unit in square brackets where it has
//! one: `value [mg/kg]`. A column whose filled cells are all whole numbers holds whole numbers, or else numbers, or else
//! words; a number that begins with a needless 0, such as `017`, is a word, for it is the name of something. An empty
//! cell is a missing number or the empty word, and a column without a filled cell is left out.

use crate::import::csv::{delimiter, heading};
use crate::import::number;
use crate::{Column, DataError, Table, Values};
use csv::{ReaderBuilder, StringRecord, Trim};
use sigmatau_core::Unit;
use std::path::Path;

/// Reads a text file. Memory: the file twice.
///
/// # Errors
/// When the file can't be read, names no columns, names one twice or with a unit that is not known, or a line has
/// another number of cells.
pub fn read_text_table(path: &Path) -> Result<Table, DataError> {
    let bytes = std::fs::read(path).map_err(DataError::io("open", path))?;
    let text = String::from_utf8_lossy(&bytes);
    parse(text.trim_start_matches('\u{feff}')).map_err(|reason| DataError::Text { path: path.to_owned(), reason })
}

fn parse(text: &str) -> Result<Table, String> {
    let separator = delimiter(heading(text).ok_or("it names no columns")?);
    let mut reader =
        ReaderBuilder::new().delimiter(separator).comment(Some(b'#')).trim(Trim::All).from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| error.to_string())?.clone();
    let rows: Vec<StringRecord> = reader.records().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    let column = |(place, heading): (usize, &str)| {
        let cells: Vec<&str> = rows.iter().map(|row| &row[place]).collect();
        column(heading, &cells).transpose()
    };
    let columns = names.iter().enumerate().filter_map(column).collect::<Result<_, String>>()?;
    Table::new(columns).map_err(|error| error.to_string())
}

/// The column of these cells; nothing when none is filled.
fn column(heading: &str, cells: &[&str]) -> Result<Option<Column>, String> {
    if cells.iter().all(|cell| cell.is_empty()) && !cells.is_empty() {
        return Ok(None);
    }
    let (name, unit) = match heading.strip_suffix(']').and_then(|heading| heading.split_once('[')) {
        Some((name, unit)) => (name.trim(), Some(Unit::parse(unit).map_err(|error| error.to_string())?)),
        None => (heading, None),
    };
    let values = wholes(cells).map(Values::Integer).or_else(|| numbers(cells).map(Values::Float));
    let values = values.unwrap_or_else(|| Values::Text(cells.iter().map(|&cell| cell.to_owned()).collect()));
    Ok(Some(Column { name: name.to_owned(), unit, values }))
}

fn wholes(cells: &[&str]) -> Option<Vec<i64>> {
    cells.iter().map(|cell| cell.parse().ok().filter(|_| !is_name(cell))).collect()
}

fn numbers(cells: &[&str]) -> Option<Vec<f64>> {
    let value = |cell: &str| if cell.is_empty() { Some(f64::NAN) } else { number(cell).filter(|_| !is_name(cell)) };
    cells.iter().map(|cell| value(cell)).collect()
}

/// Tells whether digits are the name of something: numbers have no needless 0 in front.
fn is_name(cell: &str) -> bool {
    let digits = cell.trim_start_matches(['+', '-']).as_bytes();
    matches!(digits, [b'0', b'0'..=b'9', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_is_what_all_its_cells_are() {
        let text = "# a remark\nlab;n;value [mg/kg];code;note\nNIST;3;2.5;017;\nPTB;4;;018;\n";
        let table = parse(text).unwrap();
        let names: Vec<_> = table.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["lab", "n", "value", "code"]);
        assert_eq!(table.integers("n"), Some(&[3, 4][..]));
        let values = table.floats("value").unwrap();
        assert!(values[0] == 2.5 && values[1].is_nan());
        assert_eq!(table.texts("code").unwrap()[0], "017");
        assert_eq!(table.column("value").unwrap().unit.as_ref().unwrap().symbol(), "mg/kg");
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        assert!(parse("a,b\n1,2\n3\n").unwrap_err().contains("line: 3"), "{:?}", parse("a,b\n1,2\n3\n"));
        assert!(parse("a [furlong]\n1\n").unwrap_err().contains("furlong"));
        assert!(parse("a,a\n1,2\n").is_err());
        assert!(parse("").is_err());
    }
}
