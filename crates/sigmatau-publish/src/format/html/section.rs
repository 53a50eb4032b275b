//! A record on the page: its groups of series with plots and tables, or its rows where it has no plots.

use super::figure::Figure;
use super::grid::{Drawer, Grid};
use super::provenance::Provenance;
use super::selection;
use crate::cell::Cell;
use crate::number::{Notation, typeset};
use crate::view::traceability::Graph;
use crate::view::{self, Chart, Curve, distinct};
use crate::{Publication, PublishError};
use serde::Serialize;
use sigmatau_data::{Column, Record, Values};

/// The most rows that the tables behind the folds show, all series of a record together.
const MOST_ROWS: usize = 4000;
/// The most rows of a record without plots, and of the ranking of a fleet.
const MOST_LISTED: usize = 200;
/// The most averaging times in the ranking of a fleet.
const MOST_ACROSS: usize = 6;

/// One record.
#[derive(Serialize)]
pub(super) struct Section {
    title: String,
    empty: bool,
    /// What to know first; empty where the kind of record has no headline.
    headline: String,
    constants: Vec<(String, String)>,
    groups: Vec<Group>,
    listed: Option<Grid>,
    selection: String,
    provenance: Provenance,
}

/// The series that share their leading letters.
#[derive(Serialize)]
struct Group {
    name: String,
    figures: Vec<Figure>,
    drawers: Vec<Drawer>,
}

impl Section {
    /// Views the record and prints what the page shows of it.
    pub(super) fn of(record: &Record, publication: &Publication<'_>) -> Result<Self, PublishError> {
        let charts = view::charts(record);
        let printer = Printer::new(record, publication, &charts);
        let mut left = MOST_ROWS;
        let groups: Vec<Group> = charts
            .chunk_by(|a, b| a.group == b.group)
            .map(|charts| printer.group(charts, &mut left))
            .collect::<Result<_, _>>()?;
        let graph = view::traceability::graph(record).map(|graph| printer.graph(&graph)).transpose()?;
        let rows = record.table.rows();
        let listed = charts.is_empty().then(|| printer.list());
        let shown = if charts.is_empty() { rows.min(MOST_LISTED) } else { MOST_ROWS - left };
        Ok(Self {
            title: record.header.step.clone(),
            empty: rows == 0,
            headline: printer.headline(),
            constants: printer.constants(),
            groups: groups.into_iter().chain(graph).collect(),
            listed: listed.filter(|_| rows > 0),
            selection: selection(shown, rows, &record.header.step, publication),
            provenance: Provenance::of(&record.header),
        })
    }
}

/// Prints parts of one record.
struct Printer<'a> {
    record: &'a Record,
    publication: &'a Publication<'a>,
    /// The columns of the tables.
    listed: Vec<&'a Column>,
    /// The columns that say the same in every row, told once above the plots.
    constant: Vec<&'a Column>,
}

impl<'a> Printer<'a> {
    fn new(record: &'a Record, publication: &'a Publication<'a>, charts: &[Chart]) -> Self {
        let names = |names: fn(&Chart) -> [&'static str; 2]| charts.iter().flat_map(names).collect::<Vec<_>>();
        let keys = names(|chart| chart.keys);
        let axes = names(|chart| [chart.abscissa.column, chart.ordinate.column]);
        let is_told_once =
            |column: &&Column| !charts.is_empty() && !axes.contains(&&*column.name) && is_constant(column);
        let columns = record.table.columns().iter().filter(|column| !keys.contains(&&*column.name));
        let (constant, listed) = columns.partition(is_told_once);
        Self { record, publication, listed, constant }
    }

    /// The row to know first, and how many rows have each verdict.
    fn headline(&self) -> String {
        let (table, language) = (&self.record.table, self.publication.language);
        let texts = |row: usize| {
            let text = |column: &Column| {
                let grid = Grid::of(&[column], &[row], language);
                (column.name.clone(), grid.first().unwrap_or_default().to_owned())
            };
            table.columns().iter().map(text).collect::<Vec<(String, String)>>()
        };
        let told = view::headline::headline(self.record).map(|(key, row)| {
            let texts = texts(row);
            let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            language.sentence(key, &texts)
        });
        let sentences: Vec<String> = told.into_iter().chain(self.verdicts()).collect();
        sentences.join(language.text("stop"))
    }

    /// How many rows have each verdict; nothing where there are none.
    fn verdicts(&self) -> Option<String> {
        let (verdicts, language) = (self.record.table.texts("verdict")?, self.publication.language);
        let counted = |word: &str| {
            let count = verdicts.iter().filter(|verdict| *verdict == word).count();
            format!("{} {count}", language.name(word))
        };
        let counts: Vec<String> = distinct(verdicts.iter().map(String::as_str)).into_iter().map(counted).collect();
        let told =
            || [language.text("verdicts"), language.text("colon"), &counts.join(language.text("comma"))].concat();
        (!counts.is_empty()).then(told)
    }

    /// The labels and values of the columns that say the same in every row.
    fn constants(&self) -> Vec<(String, String)> {
        let language = self.publication.language;
        let told = |column: &&Column| {
            let grid = Grid::of(&[column], &[0], language);
            let value = grid.first().filter(|value| !value.is_empty()).unwrap_or_else(|| language.text("none"));
            let label = language.name(&column.name);
            (
                grid.unit_of_first().map_or_else(|| label.to_owned(), |unit| format!("{label} / {unit}")),
                value.to_owned(),
            )
        };
        self.constant.iter().map(told).collect()
    }

    fn group(&self, charts: &[Chart], left: &mut usize) -> Result<Group, PublishError> {
        let language = self.publication.language;
        let name = Some(charts[0].group.as_str()).filter(|name| !name.is_empty());
        Ok(Group {
            name: name.unwrap_or_else(|| language.text("all-series")).to_owned(),
            figures: charts.iter().map(|chart| Figure::of(chart, language)).collect::<Result<_, _>>()?,
            drawers: self.ranking(charts).into_iter().chain(self.series(charts, left)).collect(),
        })
    }

    fn graph(&self, graph: &Graph) -> Result<Group, PublishError> {
        let language = self.publication.language;
        let name = language.text("certificates").to_owned();
        Ok(Group { name, figures: vec![Figure::of_graph(graph, language)?], drawers: Vec::new() })
    }

    /// One drawer for each series that is told apart, as long as rows are `left`.
    fn series(&self, charts: &[Chart], left: &mut usize) -> Vec<Drawer> {
        let told_apart = charts.iter().flat_map(Chart::told_apart).map(|curve| curve.name.as_str());
        let mut drawers = Vec::new();
        for name in distinct(told_apart) {
            let curves = || charts.iter().filter_map(|chart| Some((chart, chart.curve(name)?)));
            let Some(rest) = left.checked_sub(curves().map(|(_, curve)| curve.points.len()).sum()) else { break };
            *left = rest;
            let grids = curves().map(|(chart, curve)| self.curve(chart, curve)).collect();
            drawers.push(Drawer { name: name.to_owned(), grids });
        }
        drawers
    }

    /// The rows of one curve.
    fn curve(&self, chart: &Chart, curve: &Curve) -> Grid {
        let mut rows: Vec<usize> = curve.points.iter().map(|point| point.row).collect();
        rows.dedup();
        let language = self.publication.language;
        Grid::of(&self.listed, &rows, language).with_ordinates_of(chart).under(&chart.subject)
    }

    /// The series of the fleets by falling ordinate, across the common abscissas; nothing where all
    /// groups are small.
    fn ranking(&self, charts: &[Chart]) -> Option<Drawer> {
        let grids: Vec<Grid> = charts.iter().filter(|chart| chart.is_fleet()).map(|chart| self.ranked(chart)).collect();
        let name = self.publication.language.text("ranking").to_owned();
        (!grids.is_empty()).then_some(Drawer { name, grids })
    }

    fn ranked(&self, chart: &Chart) -> Grid {
        let curves: Vec<&Curve> = chart.ranked().take(MOST_LISTED).collect();
        let columns = side_by_side(chart, &curves);
        let rows: Vec<usize> = (0..curves.len()).collect();
        let note = selection(curves.len(), chart.curves.len(), &self.record.header.step, self.publication);
        let grid = Grid::of(&columns.iter().collect::<Vec<_>>(), &rows, self.publication.language);
        grid.in_unit_of(chart).under(&chart.subject).with_note(note)
    }

    /// The first rows of a record without plots.
    fn list(&self) -> Grid {
        let rows: Vec<usize> = (0..self.record.table.rows().min(MOST_LISTED)).collect();
        Grid::of(&self.listed, &rows, self.publication.language)
    }
}

/// The names of the curves, and their ordinates at some of the common abscissas.
fn side_by_side(chart: &Chart, curves: &[&Curve]) -> Vec<Column> {
    let abscissas = evenly(&chart.common(), MOST_ACROSS);
    let notation = Notation::of(&abscissas);
    let heights = |x: f64| curves.iter().map(|curve| chart.at(curve, x).map_or(f64::NAN, |point| point.y)).collect();
    let column = |x: &f64| Column {
        name: format!("{} {}", typeset(&notation.print(*x)), chart.abscissa.unit),
        unit: None,
        values: Values::Float(heights(*x)),
    };
    let names = Column::text(chart.keys[0], curves.iter().map(|curve| curve.name.clone()).collect());
    std::iter::once(names).chain(abscissas.iter().map(column)).collect()
}

/// Tells whether several rows say the same.
fn is_constant(column: &Column) -> bool {
    let exact = |row: usize| Cell::at(&column.values, row).exact();
    let rows = column.values.len();
    rows > 1 && (1..rows).all(|row| exact(row) == exact(0))
}

/// At most `most` of the numbers, evenly picked, the first and the last among them.
fn evenly(numbers: &[f64], most: usize) -> Vec<f64> {
    let Some(last) = numbers.len().checked_sub(1).filter(|last| *last >= most) else { return numbers.to_vec() };
    (0..most).map(|place| numbers[(place * last + (most - 1) / 2) / (most - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;

    #[test]
    fn picks_hold_the_first_and_the_last() {
        let numbers: Vec<f64> = (0..16).map(f64::from).collect();
        assert_eq!(evenly(&numbers, 6), [0.0, 3.0, 6.0, 9.0, 12.0, 15.0]);
        assert_eq!(evenly(&numbers[..4], 6), numbers[..4]);
        assert!(evenly(&[], 6).is_empty());
    }

    #[test]
    fn column_of_missing_numbers_is_constant() {
        let column = |values| Column::float("alpha", Unit::ONE, values);
        assert!(is_constant(&column(vec![f64::NAN, f64::NAN])));
        assert!(!is_constant(&column(vec![f64::NAN, 0.0])));
        assert!(!is_constant(&column(vec![0.0])));
    }
}
