//! Assessments of meters: the map of verdicts, and the errors of each area with their intervals.
//!
//! Nothing but errors, verdicts and sums over the whole time is shown; no load curve is in the record.

use super::{Axis, Chart, Curve, Point, distinct};
use sigmatau_data::Table;
use std::collections::HashMap;

/// The verdicts in the order of their curves.
const VERDICTS: [&str; 4] = ["keep", "watch", "replace", "not assessable"];
/// The most areas on the map, and with a chart of their own: those with the most to replace.
const MOST_MAPPED: usize = 200;
const MOST_CHARTED: usize = 12;

/// The rows of an assessment.
struct Assessed<'a> {
    verdicts: &'a [String],
    errors: &'a [f64],
    u95: &'a [f64],
}

/// The charts of an `assessment/1` table; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (areas, verdicts) = (table.texts("area")?, table.texts("verdict")?);
    let assessed = Assessed { verdicts, errors: table.floats("error_pct")?, u95: table.floats("u95_pct")? };
    let mut rows: HashMap<&str, Vec<usize>> = HashMap::new();
    areas.iter().enumerate().for_each(|(row, area)| rows.entry(area).or_default().push(row));
    let mut named: Vec<(&str, Vec<usize>)> =
        distinct(areas.iter().map(String::as_str)).into_iter().map(|area| (area, rows[area].clone())).collect();
    let to_replace = |rows: &[usize]| rows.iter().filter(|row| verdicts[**row] == "replace").count();
    named.sort_by_key(|(_, rows)| std::cmp::Reverse(to_replace(rows)));
    named.truncate(MOST_MAPPED);
    let charted = named.iter().take(MOST_CHARTED).filter_map(|(area, rows)| assessed.errors_of(area, rows));
    Some(assessed.map(&named).into_iter().chain(charted).collect())
}

impl Assessed<'_> {
    /// A mark for each meter, one line for each area; nothing without meters.
    fn map(&self, areas: &[(&str, Vec<usize>)]) -> Option<Chart> {
        let mark = |line: usize| {
            move |(place, row): (usize, &usize)| point(*row, (place + 1) as f64, (line + 1) as f64, f64::NAN)
        };
        let marks = areas.iter().enumerate().flat_map(|(line, (_, rows))| rows.iter().enumerate().map(mark(line)));
        let axes = [Axis::linear("meter", "1"), Axis::linear("area", "1")];
        self.chart("", "verdict-map", axes, marks.collect())
    }

    /// The errors of an area by rising size, with their intervals; nothing where none is known.
    fn errors_of(&self, area: &str, rows: &[usize]) -> Option<Chart> {
        let mut known: Vec<usize> = rows.iter().copied().filter(|row| self.errors[*row].is_finite()).collect();
        known.sort_by(|one, other| self.errors[*one].total_cmp(&self.errors[*other]));
        let marks = known.iter().enumerate();
        let marks = marks.map(|(place, row)| point(*row, (place + 1) as f64, self.errors[*row], self.u95[*row]));
        self.chart(area, "meter-errors", [Axis::linear("meter", "1"), Axis::linear("error_pct", "%")], marks.collect())
    }

    /// A chart with a curve for each verdict that is there.
    fn chart(&self, group: &str, subject: &str, [abscissa, ordinate]: [Axis; 2], marks: Vec<Point>) -> Option<Chart> {
        let curve = |verdict: &str| {
            let own = marks.iter().filter(|mark| self.verdicts[mark.row] == verdict);
            // A point without a height keeps meters from being joined by a line.
            let alone = own.flat_map(|mark| [*mark, Point { y: f64::NAN, lower: f64::NAN, upper: f64::NAN, ..*mark }]);
            Curve { name: verdict.to_owned(), points: alone.collect() }
        };
        let curves: Vec<Curve> = VERDICTS.into_iter().map(curve).filter(|curve| !curve.points.is_empty()).collect();
        (!curves.is_empty()).then(|| Chart {
            group: group.to_owned(),
            subject: subject.to_owned(),
            keys: ["verdict"; 2],
            abscissa,
            ordinate,
            interval: ["u95_pct"; 2],
            curves,
            stretch: 1,
        })
    }
}

fn point(row: usize, x: f64, y: f64, reach: f64) -> Point {
    Point { row, x, y, lower: y - reach, upper: y + reach }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_data::schema::{Cell, Rows, assessment};

    fn table(meters: &[(&str, &str, f64, &str)]) -> Table {
        let mut rows = Rows::of(&assessment::SCHEMA);
        for (area, meter, error, verdict) in meters {
            let numbers = [*error, 0.25, 0.5, 0.5, 0.8].map(Cell::from);
            let head = [Cell::from(*area), (*meter).into()].into_iter().chain(numbers);
            rows.push(head.chain([(*verdict).into(), "".into(), 100.0.into(), 10.into(), "".into()]));
        }
        rows.table()
    }

    #[test]
    fn areas_with_the_most_to_replace_lead_and_errors_rise_with_their_intervals() {
        let table = table(&[
            ("a", "1", 0.1, "keep"),
            ("a", "2", f64::NAN, "not assessable"),
            ("b", "3", 2.0, "replace"),
            ("b", "4", -0.5, "keep"),
        ]);
        let charts = charts(&table).unwrap();
        let subjects: Vec<(&str, &str)> = charts.iter().map(|chart| (&*chart.group, &*chart.subject)).collect();
        assert_eq!(subjects, [("", "verdict-map"), ("b", "meter-errors"), ("a", "meter-errors")]);
        let drawn = |chart: usize, name: &str| {
            let chart = &charts[chart];
            chart.drawable(chart.curve(name).unwrap()).map(|point| (point.x, point.y)).collect::<Vec<_>>()
        };
        assert_eq!((drawn(0, "replace"), drawn(0, "not assessable")), (vec![(1.0, 1.0)], vec![(2.0, 2.0)]));
        assert_eq!((drawn(1, "keep"), drawn(1, "replace")), (vec![(1.0, -0.5)], vec![(2.0, 2.0)]));
        let bad = charts[1].curve("replace").unwrap().points[0];
        assert_eq!((bad.lower, bad.upper, charts[0].has_intervals()), (1.5, 2.5, false));
    }

    #[test]
    fn areas_without_an_error_have_their_line_on_the_map_alone() {
        let charts = charts(&table(&[("a", "1", f64::NAN, "not assessable")])).unwrap();
        assert_eq!(charts.iter().map(|chart| &*chart.subject).collect::<Vec<_>>(), ["verdict-map"]);
        assert!(super::charts(&assessment::SCHEMA.empty()).unwrap().is_empty());
    }
}
