//! Table schemas: which columns a kind of table has, in which units, and what they mean.
//!
//! One file per kind of table in the folder `schema/`. Column names are a contract: a name never
//! changes its meaning.

pub mod certificate;
pub mod clock;
pub mod covariance;
pub mod dynamic;
pub mod energy;
pub mod ensemble;
pub mod finding;
pub mod hat;
pub mod mask;
pub mod response;
pub mod spectrum;
pub mod stability;
pub mod time_error;
pub mod time_transfer;
pub mod tracks;

use crate::{Column, Table, Values};
use sigmatau_core::Unit;

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
    &response::SCHEMA,
    &certificate::SCHEMA,
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
    fn every_schema_makes_an_empty_table() {
        for schema in SCHEMAS {
            assert_eq!(schema.empty().columns().len(), schema.fields.len(), "{}", schema.name);
        }
    }
}
