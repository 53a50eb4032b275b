//! Values that the records of a run must show: how a pipeline proves itself.
//!
//! ```toml
//! [[expect]]
//! step = "stability"
//! rows = { estimator = "oadev", tau_s = 10 }
//! column = "deviation"
//! value = 9.159953420118652e-2
//! tolerance = 1e-12
//! ```
//!
//! Where the record states standard uncertainties, `uncertainty = "magnitude_u"` names their column in place of a
//! tolerance, and the value must lie within `coverage` of them.

use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_data::schema::{Field, Kind};
use sigmatau_data::{Schema, Table, Values};
use std::fmt;

const EXPECT: &[Parameter] = &[
    Parameter::new("step", "the step whose record is looked at"),
    Parameter::new("rows", "which rows, such as { estimator = \"oadev\", tau_s = 10 }"),
    Parameter::new("column", "the column with the value"),
    Parameter::new("value", "the value that it must have"),
    Parameter::new("tolerance", "the largest relative deviation; a value of 0 is exact").or("1e-12"),
    Parameter::new("uncertainty", "column with the standard uncertainty of the value, in place of a tolerance"),
    Parameter::new("coverage", "the largest deviation in standard uncertainties").or("3"),
];

/// A value that a record must show.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The place of the step.
    pub step: usize,
    rows: Vec<Condition>,
    column: String,
    value: f64,
    room: Room,
}

/// How far from the value a record may be.
#[derive(Clone, Debug, PartialEq)]
enum Room {
    /// The largest deviation.
    Deviation(f64),
    /// So many of the standard uncertainties in a column.
    Uncertainties { column: String, coverage: f64 },
}

/// What a column must hold in the rows that are looked at.
#[derive(Clone, Debug, PartialEq)]
struct Condition {
    column: String,
    wanted: Wanted,
}

#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    Word(String),
    Number(f64),
}

impl Expectation {
    /// Understands an `[[expect]]` section; `steps` are the names of the steps and the tables that they make.
    ///
    /// # Errors
    /// When a key, step or column is not known, something is missing, or a word stands for a number.
    pub fn read(section: Section<'_>, steps: &[(&str, &Schema)]) -> Result<Self, DocumentError> {
        let section = section.checked("the expectation", &[EXPECT])?;
        let step = section.one_of("step", "step", steps.iter().map(|(name, _)| *name))?;
        let fields = steps[step].1.fields;
        let rows = section.subsection("rows").ok_or_else(|| section.missing("rows"))?;
        let rows = rows.table("write the rows as { column = value, … }")?;
        let column = section.required("column")?;
        numbers(&section, "column", &column, fields)?;
        let rows = rows.keys().into_iter().map(|name| condition(&rows, name, fields)).collect::<Result<_, _>>()?;
        let value = section.number("value")?.ok_or_else(|| section.missing("value"))?;
        Ok(Self { step, rows, column, value, room: room(&section, value, fields)? })
    }

    /// Looks the value up in a record; the answer to an unmet expectation says what was found.
    ///
    /// # Errors
    /// When no row fits, or a fitting row has another value.
    pub fn check(&self, table: &Table) -> Result<(), String> {
        let fitting = (0..table.rows()).filter(|row| self.rows.iter().all(|condition| condition.holds(table, *row)));
        let found = |row| Some((number(table, &self.column, row)?, self.room.at(table, row)?));
        let mut found = fitting.filter_map(found).peekable();
        if found.peek().is_none() {
            return Err(format!("{self}: there is no such row"));
        }
        let met = |(found, room): &(f64, f64)| (found - self.value).abs() <= *room;
        found.find(|found| !met(found)).map_or(Ok(()), |(found, _)| Err(format!("{self}: found {found:e}")))
    }
}

impl Room {
    /// The largest deviation in a row.
    fn at(&self, table: &Table, row: usize) -> Option<f64> {
        match self {
            Self::Deviation(deviation) => Some(*deviation),
            Self::Uncertainties { column, coverage } => Some(coverage * number(table, column, row)?),
        }
    }
}

fn room(section: &Section<'_>, value: f64, fields: &[Field]) -> Result<Room, DocumentError> {
    let Some(column) = section.text("uncertainty")? else {
        let tolerance = section.number("tolerance")?.ok_or_else(|| section.missing("tolerance"))?;
        return match section.has("coverage") {
            true => Err(section.refuse_key("coverage", "`coverage` goes with `uncertainty`; name the column of both")),
            false => Ok(Room::Deviation(tolerance * value.abs())),
        };
    };
    numbers(section, "uncertainty", &column, fields)?;
    match section.has("tolerance") {
        true => Err(section.refuse_key("tolerance", "state either `tolerance` or `uncertainty`")),
        false => Ok(Room::Uncertainties { column, coverage: section.positive("coverage")?.unwrap_or(f64::NAN) }),
    }
}

/// Makes sure that the column of this name holds numbers.
fn numbers(section: &Section<'_>, key: &str, name: &str, fields: &[Field]) -> Result<(), DocumentError> {
    match field(section, key, name, fields)?.kind {
        Kind::Text => Err(section.refuse_key(key, &format!("the column `{name}` holds words, no numbers"))),
        Kind::Float | Kind::Integer => Ok(()),
    }
}

fn condition(rows: &Section<'_>, name: &str, fields: &[Field]) -> Result<Condition, DocumentError> {
    let wanted = match field(rows, name, name, fields)?.kind {
        Kind::Text => Wanted::Word(rows.required(name)?),
        Kind::Float | Kind::Integer => Wanted::Number(rows.number(name)?.ok_or_else(|| rows.missing(name))?),
    };
    Ok(Condition { column: name.to_owned(), wanted })
}

/// The column of this name; `key` is where it was typed.
fn field<'f>(section: &Section<'_>, key: &str, name: &str, fields: &'f [Field]) -> Result<&'f Field, DocumentError> {
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let unknown =
        || section.refuse_key(key, &format!("the record has no column `{name}`{}", did_you_mean(name, &names)));
    fields.iter().find(|field| field.name == name).ok_or_else(unknown)
}

impl Condition {
    fn holds(&self, table: &Table, row: usize) -> bool {
        match &self.wanted {
            Wanted::Word(word) => table.texts(&self.column).is_some_and(|words| words[row] == *word),
            Wanted::Number(wanted) => number(table, &self.column, row) == Some(*wanted),
        }
    }
}

fn number(table: &Table, column: &str, row: usize) -> Option<f64> {
    match &table.column(column)?.values {
        Values::Float(values) => Some(values[row]),
        Values::Integer(values) => Some(values[row] as f64),
        _ => None,
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|condition| write!(f, "{condition} "))?;
        write!(f, "{} = {:e} ± ", self.column, self.value)?;
        match &self.room {
            Room::Deviation(deviation) => write!(f, "{deviation:e}"),
            Room::Uncertainties { column, coverage } => write!(f, "{coverage} {column}"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wanted {
            Wanted::Word(word) => write!(f, "{}={word}", self.column),
            Wanted::Number(number) => write!(f, "{}={number}", self.column),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_core::Unit;
    use sigmatau_data::{Column, schema};

    fn read(text: &str) -> Result<Expectation, String> {
        let document = Document::parse(&format!("step = \"s\"\n{text}"), "a.toml").unwrap();
        let steps = [("r", &schema::finding::SCHEMA), ("s", &schema::stability::SCHEMA)];
        Expectation::read(document.section(), &steps).map_err(|error| error.to_string())
    }

    fn expectation(tau: u32, value: f64) -> Expectation {
        let rows = format!("{{ estimator = \"oadev\", tau_s = {tau} }}");
        read(&format!("rows = {rows}\ncolumn = \"deviation\"\nvalue = {value:e}\n")).unwrap()
    }

    fn table() -> Table {
        Table::new(vec![
            Column::text("estimator", vec!["oadev".into(), "mdev".into(), "oadev".into()]),
            Column::float("tau_s", Unit::SECOND, vec![10.0, 10.0, 40.0]),
            Column::float("deviation", Unit::ONE, vec![0.25, 0.5, f64::NAN]),
        ])
        .unwrap()
    }

    #[test]
    fn a_value_within_the_tolerance_is_met() {
        assert_eq!(expectation(10, 0.25 * (1.0 + 5e-13)).check(&table()), Ok(()));
        assert!(expectation(10, 0.25 * (1.0 + 2e-12)).check(&table()).is_err());
    }

    #[test]
    fn an_unmet_value_says_what_was_found() {
        let message = expectation(10, 0.26).check(&table()).unwrap_err();
        assert_eq!(message, "estimator=oadev tau_s=10 deviation = 2.6e-1 ± 2.6e-13: found 2.5e-1");
        assert!(expectation(20, 0.25).check(&table()).unwrap_err().ends_with("there is no such row"));
    }

    #[test]
    fn a_value_may_be_off_by_some_of_its_uncertainties() {
        let of = |value: f64| {
            let rows = "rows = { tau_s = 10, estimator = \"mdev\" }";
            read(&format!("{rows}\ncolumn = \"deviation\"\nvalue = {value}\nuncertainty = \"lower\"\ncoverage = 2\n"))
        };
        let lower = Column::float("lower", Unit::ONE, vec![f64::NAN, 0.1, f64::NAN]);
        let table = Table::new(table().columns().iter().cloned().chain([lower]).collect()).unwrap();
        assert_eq!((of(0.31).unwrap().check(&table), of(0.69).unwrap().check(&table)), (Ok(()), Ok(())));
        let message = of(0.29).unwrap().check(&table).unwrap_err();
        assert_eq!(message, "tau_s=10 estimator=mdev deviation = 2.9e-1 ± 2 lower: found 5e-1");
    }

    #[test]
    fn a_missing_value_meets_nothing() {
        assert!(expectation(40, 0.25).check(&table()).unwrap_err().ends_with("found NaN"));
    }

    #[test]
    fn every_word_is_checked_before_anything_runs() {
        let cases = [
            (
                "rows = { estimatr = \"mdev\" }\ncolumn = \"m\"",
                "line 2: the record has no column `estimatr`; did you mean",
            ),
            ("rows = { tau_s = \"x\" }\ncolumn = \"m\"", "line 2: `tau_s` of the expectation must be a number"),
            ("rows = {}\ncolumn = \"tau\"", "line 3: the record has no column `tau`; did you mean `tau_s`"),
            ("rows = {}\ncolumn = \"noise\"", "line 3: the column `noise` holds words"),
            ("rows = {}\ncolumn = \"m\"", "the expectation needs the key `value`"),
            ("column = \"m\"", "the expectation needs the key `rows`"),
            (
                "rows = {}\ncolumn = \"m\"\nvalue = 1\nuncertainty = \"lower\"\ntolerance = 1",
                "line 6: state either `tolerance` or `uncertainty`",
            ),
            ("rows = {}\ncolumn = \"m\"\nvalue = 1\ncoverage = 2", "line 5: `coverage` goes with `uncertainty`"),
            ("rows = {}\ncolumn = \"m\"\nvalue = 1\nuncertainty = \"noise\"", "line 5: the column `noise` holds words"),
        ];
        for (text, reason) in cases {
            let message = read(text).unwrap_err();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
