//! Tables of the page: labels and units in the head, typeset numbers below.

use crate::Language;
use crate::number::typeset;
use crate::sheet::{Heading, Sheet};
use crate::view::Chart;
use serde::Serialize;
use sigmatau_data::Column;

/// Tables behind one fold.
#[derive(Serialize)]
pub(super) struct Drawer {
    pub(super) name: String,
    pub(super) grids: Vec<Grid>,
}

/// One table.
#[derive(Serialize)]
pub(super) struct Grid {
    /// What stands above it; empty where the surroundings say enough.
    caption: String,
    /// The unit of all numbers; empty where the heads state it.
    unit: &'static str,
    heads: Vec<Head>,
    rows: Vec<Vec<String>>,
    /// What stands below it; empty where all rows are shown.
    note: String,
}

/// The head of a column.
#[derive(Serialize)]
struct Head {
    /// The name of the column in the record.
    name: String,
    /// Its label.
    label: String,
    unit: String,
    is_number: bool,
}

impl Grid {
    /// Prints these rows of these columns.
    pub(super) fn of(columns: &[&Column], rows: &[usize], language: Language) -> Self {
        let Sheet { headings, mut rows } = Sheet::of(columns, rows);
        for row in &mut rows {
            let numbers = row.iter_mut().zip(&headings).filter(|(_, heading)| heading.is_number);
            numbers.for_each(|(cell, _)| *cell = typeset(cell));
        }
        let heads = headings.into_iter().map(|heading| head(heading, language)).collect();
        Self { caption: String::new(), unit: "", heads, rows, note: String::new() }
    }

    /// The same table under a caption.
    pub(super) fn under(self, caption: &str) -> Self {
        Self { caption: caption.to_owned(), ..self }
    }

    /// The same table with a note below.
    pub(super) fn with_note(self, note: String) -> Self {
        Self { note, ..self }
    }

    /// The first cell.
    pub(super) fn first(&self) -> Option<&str> {
        self.rows.first()?.first().map(String::as_str)
    }

    /// The unit of the first column, if it has one.
    pub(super) fn unit_of_first(&self) -> Option<&str> {
        self.heads.first().map(|head| head.unit.as_str()).filter(|unit| !unit.is_empty())
    }

    /// The same table with the ordinate and its interval in the unit of the chart, which depends on the
    /// statistic and is not stated by the column.
    pub(super) fn with_ordinates_of(mut self, chart: &Chart) -> Self {
        let measured = |head: &&mut Head| head.name == chart.ordinate.column || chart.interval.contains(&&*head.name);
        self.heads.iter_mut().filter(measured).for_each(|head| unit_of(chart).clone_into(&mut head.unit));
        self
    }

    /// The same table with all numbers in the unit of the chart's ordinate.
    pub(super) fn in_unit_of(self, chart: &Chart) -> Self {
        Self { unit: unit_of(chart), ..self }
    }
}

/// The unit of the ordinate as it is shown: nothing for ratios.
fn unit_of(chart: &Chart) -> &'static str {
    if chart.ordinate.unit == "1" { "" } else { chart.ordinate.unit }
}

fn head(Heading { name, unit, is_number }: Heading, language: Language) -> Head {
    Head { label: language.name(&name).to_owned(), name, unit, is_number }
}
