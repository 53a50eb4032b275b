//! Table schemas: which columns a kind of table has, in which units, and what they mean.
//!
//! One file per kind of table in the folder `schema/`. Column names are a contract: a name never
//! changes its meaning.

mod builder;
pub mod certificate;
pub mod clock;
pub mod comparison;
pub mod covariance;
pub mod drift;
pub mod dynamic;
pub mod energy;
pub mod ensemble;
pub mod filter;
pub mod finding;
pub mod hat;
pub mod mask;
pub mod model;
pub mod phasor;
pub mod reading;
pub mod reference_energy;
pub mod response;
pub mod sample_clock;
pub mod signal;
pub mod sine;
pub mod spectrum;
pub mod stability;
pub mod time_error;
pub mod time_transfer;
pub mod tracks;
pub mod transducer_class;
pub mod waveform;

pub use builder::{Cell, Rows};

use crate::error::Trouble;
use crate::{Column, DataError, Table, Values};
use sigmatau_core::Unit;
use sigmatau_core::nearest::did_you_mean;
use std::path::Path;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Float,
    /// Whole numbers.
    Integer,
    /// Words.
    Text,
}

/// One column of a schema.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The column name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The unit on disk; empty for text and codes.
    pub unit: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
}

/// A kind of table.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The name, such as `stability`.
    pub name: &'static str,
    /// Raised when a column changes.
    pub version: u32,
    /// The columns in order.
    pub fields: &'static [Field],
}

impl Schema {
    /// A table of this kind without rows.
    pub fn empty(&self) -> Table {
        let column = |field: &Field| Column {
            name: field.name.to_owned(),
            unit: (!field.unit.is_empty()).then(|| Unit::parse(field.unit).expect("schemas name known units")),
            values: match field.kind {
                Kind::Float => Values::Float(Vec::new()),
                Kind::Integer => Values::Integer(Vec::new()),
                Kind::Text => Values::Text(Vec::new()),
            },
        };
        Table::new(self.fields.iter().map(column).collect()).expect("a schema names each column once")
    }
}

impl Schema {
    /// The columns of this kind out of a table that stands at `path`, in their order; others are left out.
    ///
    /// # Errors
    /// When a column is missing, or holds something else; the message names the nearest there are.
    pub fn select(&self, table: &Table, path: &Path) -> Result<Table, DataError> {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let picked = |field: &Field| {
            let column = table.column(field.name).ok_or_else(|| missing(table, field).of(&file, field.name))?;
            field.taken(column).map_err(|trouble| trouble.of(&file, field.name))
        };
        Ok(Table::new(self.fields.iter().map(picked).collect::<Result<_, _>>()?)?)
    }
}

fn missing(table: &Table, field: &Field) -> Trouble {
    let there: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    Trouble::Unknown { hint: did_you_mean(field.name, &there) }
}

impl Field {
    /// The column, whose values are of the kind of this field; whole numbers are numbers too.
    fn taken(&self, column: &Column) -> Result<Column, Trouble> {
        let values = match (self.kind, &column.values) {
            (Kind::Float, values @ (Values::Integer(_) | Values::Scaled { .. })) => {
                Values::Float(values.to_floats().expect("whole numbers are numbers").into_owned())
            }
            (Kind::Float, Values::Float(_)) | (Kind::Integer, Values::Integer(_)) | (Kind::Text, Values::Text(_)) => {
                column.values.clone()
            }
            (_, values) => return Err(self.unfit(values)),
        };
        Ok(Column { values, ..column.clone() })
    }

    fn unfit(&self, values: &Values) -> Trouble {
        let word = |kind| match kind {
            Kind::Float => "numbers",
            Kind::Integer => "whole numbers",
            Kind::Text => "words",
        };
        let found = match values {
            Values::Text(_) => Kind::Text,
            Values::Integer(_) => Kind::Integer,
            Values::Float(_) | Values::Scaled { .. } => Kind::Float,
        };
        Trouble::Type { found: word(found).to_owned(), wanted: word(self.kind) }
    }
}

/// Every schema.
pub static SCHEMAS: &[&Schema] = &[
    &clock::SCHEMA,
    &stability::SCHEMA,
    &hat::SCHEMA,
    &covariance::SCHEMA,
    &dynamic::SCHEMA,
    &tracks::SCHEMA,
    &time_transfer::SCHEMA,
    &spectrum::SCHEMA,
    &mask::SCHEMA,
    &ensemble::SCHEMA,
    &time_error::SCHEMA,
    &energy::SCHEMA,
    &waveform::SCHEMA,
    &response::SCHEMA,
    &model::SCHEMA,
    &sine::SCHEMA,
    &sample_clock::SCHEMA,
    &comparison::SCHEMA,
    &phasor::SCHEMA,
    &reference_energy::SCHEMA,
    &transducer_class::SCHEMA,
    &drift::SCHEMA,
    &reading::SCHEMA,
    &certificate::SCHEMA,
    &filter::SCHEMA,
    &signal::SCHEMA,
    &finding::SCHEMA,
];

const fn float(name: &'static str, unit: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Float, unit, doc }
}

const fn integer(name: &'static str, unit: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Integer, unit, doc }
}

const fn text(name: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Text, unit: "", doc }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_finds_its_columns_and_tells_which_is_missing() {
        const FIELDS: &[Field] = &[float("a", "1", ""), text("b", "")];
        let schema = Schema { name: "s", version: 1, fields: FIELDS };
        let (a, b) = (Column::integer("a", Unit::ONE, vec![1]), Column::text("b", vec!["x".into()]));
        let table = Table::new(vec![b.clone(), Column::text("c", vec!["y".into()]), a]).unwrap();
        let selected = schema.select(&table, Path::new("t.parquet")).unwrap();
        assert_eq!((selected.columns().len(), selected.floats("a")), (2, Some(&[1.0][..])));
        let message = schema.select(&Table::new(vec![b]).unwrap(), Path::new("t.parquet")).unwrap_err().to_string();
        assert!(message.starts_with("read column `a` of `t.parquet`: there is no such column"), "{message}");
    }

    #[test]
    fn every_schema_makes_an_empty_table() {
        for schema in SCHEMAS {
            assert_eq!(schema.empty().columns().len(), schema.fields.len(), "{}", schema.name);
        }
    }
}
