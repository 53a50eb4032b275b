//! Table schemas: which columns a kind of table has, in which units, and what they mean.
//!
//! One file per kind of table in the folder `schema/`. Column names are a contract: a name never
//! changes its meaning.

pub mod assessment;
pub mod batch_risk;
pub mod budget;
pub mod budgets;
mod builder;
pub mod calibrations;
pub mod certificate;
pub mod chain;
pub mod check_standards;
pub mod checks;
pub mod clock;
pub mod comparison;
pub mod comparisons;
pub mod conformity;
pub mod consensus;
pub mod consistency;
pub mod correlations;
pub mod covariance;
pub mod drift;
pub mod dynamic;
pub mod energy;
pub mod ensemble;
pub mod equivalence;
pub mod estimates;
pub mod field_check;
pub mod filter;
pub mod finding;
pub mod fit;
pub mod grade;
pub mod hat;
pub mod homogeneity;
pub mod laboratory_correlations;
pub mod lifetime;
pub mod lives;
pub mod logs;
pub mod mask;
pub mod meter_elements;
pub mod meter_state;
pub mod meter_truth;
pub mod meter_validation;
pub mod meters;
pub mod model;
pub mod montecarlo;
pub mod output_covariance;
pub mod phasor;
pub mod planted;
pub mod reading;
pub mod readings;
pub mod recalls;
pub mod reference_energy;
pub mod repeats;
pub mod response;
pub mod robust;
pub mod rules;
pub mod sample_clock;
pub mod sampling_plan;
pub mod scores;
pub mod signal;
pub mod sine;
pub mod site_checks;
pub mod spectrum;
pub mod stability;
pub mod states;
pub mod time_error;
pub mod time_transfer;
pub mod traceability;
pub mod tracks;
pub mod transducer_class;
pub mod waveform;
pub mod youden;

pub use builder::{Cell, Rows};
pub use rules::{Query, Reference, Rules};

use crate::error::Trouble;
use crate::meters::instant;
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
    /// What its values have to be, so far as a row shows by itself.
    pub limits: Limits,
    /// Whether a table may come without it: its values are then missing.
    pub optional: bool,
}

/// What the values of a column have to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Whether none may be missing.
    pub required: bool,
    /// The smallest and the largest value that may be.
    pub range: Option<(f64, f64)>,
    /// The words that may be; any where there are none.
    pub words: &'static [&'static str],
}

impl Limits {
    const NONE: Self = Self { required: false, range: None, words: &[] };
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
        let columns = self.fields.iter().map(|field| field.missing(0));
        Table::new(columns.collect()).expect("a schema names each column once")
    }
}

impl Schema {
    /// The columns of this kind out of a table that stands at `path`, in their order; others are left out,
    /// and an optional one that is not there has no values.
    ///
    /// # Errors
    /// When a column is missing, or holds something else; the message names the nearest there are.
    pub fn select(&self, table: &Table, path: &Path) -> Result<Table, DataError> {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let picked = |field: &Field| match table.column(field.name) {
            Some(column) => field.taken(column).map_err(|trouble| trouble.of(&file, field.name)),
            None if field.optional => Ok(field.missing(table.rows())),
            None => Err(missing(table, field).of(&file, field.name)),
        };
        Ok(Table::new(self.fields.iter().map(picked).collect::<Result<_, _>>()?)?)
    }
}

fn missing(table: &Table, field: &Field) -> Trouble {
    let there: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    Trouble::Unknown { hint: did_you_mean(field.name, &there) }
}

impl Field {
    /// The same column, of which no value may be missing.
    const fn required(self) -> Self {
        Self { limits: Limits { required: true, ..self.limits }, ..self }
    }

    /// The same column with values from `low` to `high`.
    const fn within(self, low: f64, high: f64) -> Self {
        Self { limits: Limits { range: Some((low, high)), ..self.limits }, ..self }
    }

    /// The same column with finite values that are not below `low`.
    const fn at_least(self, low: f64) -> Self {
        self.within(low, f64::MAX)
    }

    /// The same column with one of these words.
    const fn one_of(self, words: &'static [&'static str]) -> Self {
        Self { limits: Limits { words, ..self.limits }, ..self }
    }

    /// The same, but a table may come without it.
    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// A column of missing values.
    fn missing(&self, rows: usize) -> Column {
        Column {
            name: self.name.to_owned(),
            unit: (!self.unit.is_empty()).then(|| Unit::parse(self.unit).expect("schemas name known units")),
            values: match self.kind {
                Kind::Float => Values::Float(vec![f64::NAN; rows]),
                Kind::Integer => Values::Integer(vec![0; rows]),
                Kind::Text => Values::Text(vec![String::new(); rows]),
            },
        }
    }

    /// The column, whose values are of the kind of this field; whole numbers are numbers and names too.
    fn taken(&self, column: &Column) -> Result<Column, Trouble> {
        let values = match (self.kind, &column.values) {
            (Kind::Float, values @ (Values::Integer(_) | Values::Scaled { .. })) => {
                Values::Float(values.to_floats().expect("whole numbers are numbers").into_owned())
            }
            (Kind::Float, Values::Float(_)) | (Kind::Integer, Values::Integer(_)) | (Kind::Text, Values::Text(_)) => {
                column.values.clone()
            }
            (Kind::Text, Values::Integer(names)) => Values::Text(names.iter().map(i64::to_string).collect()),
            (Kind::Integer, values) if self.optional => {
                Values::Integer(self.whole(values).ok_or_else(|| self.unfit(values))?)
            }
            (_, values) => return Err(self.unfit(values)),
        };
        Ok(Column { values, ..column.clone() })
    }

    /// Whole numbers of which some are missing, which are then 0, and instants that are written as text, in ns.
    fn whole(&self, values: &Values) -> Option<Vec<i64>> {
        let number = |value: &f64| match value {
            value if value.is_nan() => Some(0),
            value => (value.fract() == 0.0).then_some(*value as i64),
        };
        let instant = |word: &String| match word.as_str() {
            "" => Some(0),
            word => instant(word)?.checked_mul(1_000_000_000),
        };
        match values {
            Values::Float(values) => values.iter().map(number).collect(),
            Values::Text(words) if self.unit == "ns" => words.iter().map(instant).collect(),
            _ => None,
        }
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
    &fit::SCHEMA,
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
    &calibrations::SCHEMA,
    &repeats::SCHEMA,
    &budgets::SCHEMA,
    &correlations::SCHEMA,
    &chain::SCHEMA,
    &recalls::SCHEMA,
    &check_standards::SCHEMA,
    &comparisons::SCHEMA,
    &logs::SCHEMA,
    &planted::SCHEMA,
    &estimates::SCHEMA,
    &budget::SCHEMA,
    &output_covariance::SCHEMA,
    &montecarlo::SCHEMA,
    &conformity::SCHEMA,
    &batch_risk::SCHEMA,
    &consensus::SCHEMA,
    &equivalence::SCHEMA,
    &scores::SCHEMA,
    &robust::SCHEMA,
    &youden::SCHEMA,
    &consistency::SCHEMA,
    &homogeneity::SCHEMA,
    &laboratory_correlations::SCHEMA,
    &checks::SCHEMA,
    &traceability::SCHEMA,
    &readings::SCHEMA,
    &meters::SCHEMA,
    &meter_truth::SCHEMA,
    &assessment::SCHEMA,
    &grade::SCHEMA,
    &sampling_plan::SCHEMA,
    &lives::SCHEMA,
    &lifetime::SCHEMA,
    &meter_state::SCHEMA,
    &site_checks::SCHEMA,
    &field_check::SCHEMA,
    &states::SCHEMA,
    &meter_elements::SCHEMA,
    &meter_validation::SCHEMA,
];

const fn float(name: &'static str, unit: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Float, unit, doc, limits: Limits::NONE, optional: false }
}

const fn integer(name: &'static str, unit: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Integer, unit, doc, limits: Limits::NONE, optional: false }
}

const fn text(name: &'static str, doc: &'static str) -> Field {
    Field { name, kind: Kind::Text, unit: "", doc, limits: Limits::NONE, optional: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_finds_its_columns_and_tells_which_is_missing() {
        const FIELDS: &[Field] = &[float("a", "1", ""), text("b", ""), float("d", "Hz", "").optional()];
        let schema = Schema { name: "s", version: 1, fields: FIELDS };
        let (a, b) = (Column::integer("a", Unit::ONE, vec![1]), Column::text("b", vec!["x".into()]));
        let table = Table::new(vec![b.clone(), Column::text("c", vec!["y".into()]), a]).unwrap();
        let selected = schema.select(&table, Path::new("t.parquet")).unwrap();
        assert_eq!((selected.columns().len(), selected.floats("a")), (3, Some(&[1.0][..])));
        assert!(selected.floats("d").is_some_and(|missing| missing.len() == 1 && missing[0].is_nan()));
        let message = schema.select(&Table::new(vec![b]).unwrap(), Path::new("t.parquet")).unwrap_err().to_string();
        assert!(message.starts_with("read column `a` of `t.parquet`: there is no such column"), "{message}");
    }

    #[test]
    fn an_optional_instant_may_be_text_or_missing() {
        const FIELDS: &[Field] = &[integer("from", "ns", "").optional()];
        let schema = Schema { name: "s", version: 1, fields: FIELDS };
        let selected = |column| schema.select(&Table::new(vec![column]).unwrap(), Path::new("t"));
        let words = ["", "2026-07-01T00:00:00Z"].map(String::from).to_vec();
        let table = selected(Column::text("from", words)).unwrap();
        assert_eq!(table.integers("from"), Some(&[0, 1_782_864_000_000_000_000][..]));
        let nanoseconds = Unit::parse("ns").unwrap();
        let table = selected(Column::float("from", nanoseconds.clone(), vec![f64::NAN, 3e9])).unwrap();
        assert_eq!(table.integers("from"), Some(&[0, 3_000_000_000][..]));
        assert!(selected(Column::float("from", nanoseconds, vec![0.5])).is_err());
    }

    #[test]
    fn every_schema_makes_an_empty_table() {
        for schema in SCHEMAS {
            assert_eq!(schema.empty().columns().len(), schema.fields.len(), "{}", schema.name);
        }
    }
}
