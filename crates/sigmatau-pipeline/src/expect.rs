//! Values that the records of a run must show: how a pipeline proves itself.

use crate::document::{Parameter, Section, SpecError};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_data::{Table, Values};
use std::fmt;

const EXPECT: &[Parameter] = &[
    Parameter { name: "step", default: "", doc: "the step whose record is looked at" },
    Parameter { name: "rows", default: "", doc: "which rows, such as \"estimator=oadev tau_s=10\"" },
    Parameter { name: "column", default: "", doc: "the column with the value" },
    Parameter { name: "value", default: "", doc: "the value that it must have" },
    Parameter { name: "tolerance", default: "1e-12", doc: "the largest relative deviation" },
];

/// A value that a record must show.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The place of the step.
    pub step: usize,
    rows: Vec<(String, String)>,
    column: String,
    value: f64,
    tolerance: f64,
}

impl Expectation {
    /// Understands an `[[expect]]` section.
    ///
    /// # Errors
    /// When a key or step is not known or something is missing.
    pub fn read(section: Section<'_>, steps: &[&str]) -> Result<Self, SpecError> {
        let section = section.checked("the expectation", EXPECT)?;
        let step = section.required("step")?;
        let unknown =
            || section.refuse_key("step", &format!("there is no step `{step}`{}", did_you_mean(&step, steps)));
        let pair = |word: &str| {
            let refused = || section.refuse_key("rows", &format!("`{word}` must be written column=value"));
            word.split_once('=').map(|(column, value)| (column.to_owned(), value.to_owned())).ok_or_else(refused)
        };
        let number = |key| {
            section
                .number(key)?
                .ok_or_else(|| section.refuse(section.line(key), &format!("the expectation needs the key `{key}`")))
        };
        Ok(Self {
            step: steps.iter().position(|known| *known == step).ok_or_else(unknown)?,
            rows: section.required("rows")?.split_whitespace().map(pair).collect::<Result<_, _>>()?,
            column: section.required("column")?,
            value: number("value")?,
            tolerance: number("tolerance")?,
        })
    }

    /// Looks the value up in a record; the answer to an unmet expectation says what was found.
    ///
    /// # Errors
    /// When no row fits, or a fitting row has another value.
    pub fn check(&self, table: &Table) -> Result<(), String> {
        let fitting: Vec<usize> = (0..table.rows()).filter(|row| self.fits(table, *row)).collect();
        if fitting.is_empty() {
            return Err(format!("{self}: there is no such row"));
        }
        let Some(found) = fitting.iter().map(|row| number(table, &self.column, *row)).collect::<Option<Vec<f64>>>()
        else {
            return Err(format!("{self}: there is no such column of numbers"));
        };
        let off = |found: &&f64| {
            ((**found - self.value) / self.value).abs().is_nan()
                || (**found - self.value).abs() > self.tolerance * self.value.abs()
        };
        found.iter().find(off).map_or(Ok(()), |found| Err(format!("{self}: found {found:e}")))
    }

    fn fits(&self, table: &Table, row: usize) -> bool {
        self.rows.iter().all(|(column, wanted)| match table.column(column).map(|column| &column.values) {
            Some(Values::Text(values)) => values[row] == *wanted,
            Some(_) => wanted.parse().ok() == number(table, column, row),
            None => false,
        })
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
        self.rows.iter().try_for_each(|(column, value)| write!(f, "{column}={value} "))?;
        write!(f, "{} = {:e} ± {:e}", self.column, self.value, self.tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    fn expectation(tau: &str, value: f64) -> Expectation {
        let text =
            format!("step = \"s\"\nrows = \"estimator=oadev tau_s={tau}\"\ncolumn = \"deviation\"\nvalue = {value}\n");
        let document = Document::parse(&text, "a.toml").unwrap();
        Expectation::read(document.section(), &["s"]).unwrap()
    }

    fn table() -> Table {
        Table::new(vec![
            Column::text("estimator", vec!["oadev".into(), "mdev".into()]),
            Column::float("tau_s", Unit::SECOND, vec![10.0, 10.0]),
            Column::float("deviation", Unit::ONE, vec![0.25, 0.5]),
        ])
        .unwrap()
    }

    #[test]
    fn a_value_within_the_tolerance_is_met() {
        assert_eq!(expectation("10", 0.25 * (1.0 + 5e-13)).check(&table()), Ok(()));
    }

    #[test]
    fn an_unmet_value_says_what_was_found() {
        let message = expectation("10", 0.26).check(&table()).unwrap_err();
        assert!(message.ends_with("found 2.5e-1"), "{message}");
        assert!(expectation("20", 0.25).check(&table()).unwrap_err().ends_with("there is no such row"));
    }
}
