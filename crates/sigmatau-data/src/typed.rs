//! Small tables that people type: CSV with the columns of a schema, such as the results of a comparison.

use crate::import::ImportError;
use crate::schema::{Field, Kind, Schema};
use crate::{Column, DataError, Table, Values};
use csv::{ReaderBuilder, StringRecord, Trim};
use sigmatau_core::Unit;
use sigmatau_core::nearest::did_you_mean;
use std::path::Path;

/// Reads a table of a schema from a CSV file: its first line that does not begin with `#` names columns of the schema, in any
/// order. Columns that are not named are left out of the table; an empty cell is a missing number or word.
///
/// ```
/// use sigmatau_data::{read_typed, schema::comparisons};
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("round.csv");
/// std::fs::write(&path, "laboratory,value,expanded_u,k\nNIST,2.936,0.025,2\n")?;
/// let table = read_typed(&path, &comparisons::SCHEMA)?;
/// assert_eq!((table.rows(), table.floats("value")), (1, Some(&[2.936][..])));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the file can't be read, a column is none of the schema (the nearest ones are named), or a cell holds no number where
/// one is wanted, with its line.
pub fn read_typed(path: &Path, schema: &Schema) -> Result<Table, DataError> {
    let text = std::fs::read_to_string(path).map_err(DataError::io("read", path))?;
    Ok(parse(&text, &path.display().to_string(), schema)?)
}

fn parse(text: &str, file: &str, schema: &Schema) -> Result<Table, ImportError> {
    let mut builder = ReaderBuilder::new();
    let mut reader = builder.comment(Some(b'#')).trim(Trim::All).from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line) as usize;
        ImportError::Format { file: file.to_owned(), line, problem: error.to_string() }
    };
    let names = reader.headers().map_err(unreadable)?.clone();
    let fields: Vec<&Field> = names.iter().map(|name| field(schema, name, file)).collect::<Result<_, _>>()?;
    let mut columns: Vec<Column> = fields.iter().map(|field| empty(field)).collect();
    let mut row = StringRecord::new();
    while reader.read_record(&mut row).map_err(unreadable)? {
        let line = row.position().map_or(1, csv::Position::line) as usize;
        for ((column, field), cell) in columns.iter_mut().zip(&fields).zip(&row) {
            let refused = |wanted: &str| ImportError::Format {
                file: file.to_owned(),
                line,
                problem: format!("`{cell}` in column `{}` is not {wanted}", field.name),
            };
            put(&mut column.values, cell).map_err(refused)?;
        }
    }
    let twice =
        |error: crate::TableError| ImportError::Format { file: file.to_owned(), line: 1, problem: error.to_string() };
    Table::new(columns).map_err(twice)
}

fn field<'a>(schema: &'a Schema, name: &str, file: &str) -> Result<&'a Field, ImportError> {
    let known: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
    let unknown =
        || ImportError::Column { file: file.to_owned(), column: name.to_owned(), hint: did_you_mean(name, &known) };
    schema.fields.iter().find(|field| field.name == name).ok_or_else(unknown)
}

fn empty(field: &Field) -> Column {
    let values = match field.kind {
        Kind::Float => Values::Float(Vec::new()),
        Kind::Integer => Values::Integer(Vec::new()),
        Kind::Text => Values::Text(Vec::new()),
    };
    let unit = (!field.unit.is_empty()).then(|| Unit::parse(field.unit).expect("schemas name known units"));
    Column { name: field.name.to_owned(), unit, values }
}

/// Puts a cell behind a column, or says what it ought to be.
fn put(values: &mut Values, cell: &str) -> Result<(), &'static str> {
    match values {
        Values::Float(values) if cell.is_empty() => values.push(f64::NAN),
        Values::Float(values) => {
            let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
            values.push(number.ok_or("a finite number")?);
        }
        Values::Integer(values) => values.push(cell.parse().map_err(|_| "a whole number")?),
        Values::Text(values) => values.push(cell.to_owned()),
        Values::Scaled { .. } => unreachable!("a schema has no scaled columns"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{comparisons, logs};

    fn told(text: &str, schema: &Schema) -> String {
        parse(text, "t.csv", schema).unwrap_err().to_string()
    }

    #[test]
    fn a_missing_number_is_not_a_number() {
        let table = parse("# round 1\nlaboratory, u\na, 1e-3\nb,\n", "t.csv", &comparisons::SCHEMA).unwrap();
        let u = table.floats("u").unwrap();
        assert!(u[0] == 1e-3 && u[1].is_nan());
        assert_eq!(table.texts("laboratory").unwrap(), ["a", "b"]);
    }

    #[test]
    fn mistakes_are_told_with_line_and_column() {
        let message = told("laboratory,valu\na,1\n", &comparisons::SCHEMA);
        assert!(message.contains("`valu`") && message.contains("did you mean `value`"), "{message}");
        let message = told("laboratory,value\na,1\nb,x\n", &comparisons::SCHEMA);
        assert!(
            message.contains("line 3") && message.contains("`x` in column `value` is not a finite number"),
            "{message}"
        );
        let message = told("instrument,sequence\na,1.5\n", &logs::SCHEMA);
        assert!(message.contains("`1.5` in column `sequence` is not a whole number"), "{message}");
        assert!(told("value,value\n1,2\n", &comparisons::SCHEMA).contains("column `value` appears twice"));
        assert!(told("laboratory,value\na\n", &comparisons::SCHEMA).contains("line 2"));
    }
}
