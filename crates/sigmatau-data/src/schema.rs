//! Table schemas: which columns a kind of table has, in which units, and what they mean.
//!
//! One file per kind of table in the folder `schema/`. Column names are a contract: a name never
//! changes its meaning.

pub mod clock;
pub mod finding;
pub mod stability;

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

/// Every schema.
pub static SCHEMAS: &[&Schema] = &[&clock::SCHEMA, &stability::SCHEMA, &finding::SCHEMA];

const fn float(name: &'static str, unit: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Float, unit, doc }
}

const fn integer(name: &'static str, unit: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Integer, unit, doc }
}

const fn text(name: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Text, unit: "", doc }
}
