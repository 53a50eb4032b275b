//! Frequency stability: one σ–τ chart for each group of series and estimator.

use super::{Axis, Chart, Curve, Point, distinct, groups};
use sigmatau_data::Table;
use std::collections::HashMap;

/// The estimators whose deviation is a time, in seconds; the others are fractional frequencies.
const TIME_STATISTICS: &[&str] = &["tdev", "ttotdev", "mtie", "tierms"];

/// The rows of one series and one estimator.
type Rows<'a> = HashMap<(&'a str, &'a str), Vec<usize>>;

/// The charts of a `stability/1` table, group by group; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (series, estimators) = (table.texts("series")?, table.texts("estimator")?);
    let mut rows = Rows::new();
    for (row, key) in series.iter().zip(estimators).enumerate() {
        rows.entry((key.0, key.1)).or_default().push(row);
    }
    let columns = Columns::of(table)?;
    let series = distinct(series.iter().map(String::as_str));
    let estimators = distinct(estimators.iter().map(String::as_str));
    let mut charts = Vec::new();
    for (group, members) in groups(&series) {
        charts.extend(estimators.iter().map(|estimator| columns.chart(group, estimator, &members, &rows)));
    }
    charts.retain(|chart| !chart.curves.is_empty());
    Some(charts)
}

/// The unit of the deviations of an estimator.
pub(crate) fn unit_of(estimator: &str) -> &'static str {
    if TIME_STATISTICS.contains(&estimator) { "s" } else { "1" }
}

struct Columns<'a> {
    tau: &'a [f64],
    deviation: &'a [f64],
    lower: &'a [f64],
    upper: &'a [f64],
}

impl<'a> Columns<'a> {
    fn of(table: &'a Table) -> Option<Self> {
        Some(Self {
            tau: table.floats("tau_s")?,
            deviation: table.floats("deviation")?,
            lower: table.floats("lower")?,
            upper: table.floats("upper")?,
        })
    }

    fn chart(&self, group: &str, estimator: &str, members: &[&str], rows: &Rows<'_>) -> Chart {
        let curve = |name: &&str| rows.get(&(*name, estimator)).map(|rows| self.curve(name, rows));
        Chart {
            group: group.to_owned(),
            subject: estimator.to_owned(),
            keys: ["series", "estimator"],
            abscissa: Axis::logarithmic("tau_s", "s"),
            ordinate: Axis::logarithmic("deviation", unit_of(estimator)),
            interval: ["lower", "upper"],
            curves: members.iter().filter_map(curve).collect(),
            stretch: 1,
        }
    }

    fn curve(&self, name: &str, rows: &[usize]) -> Curve {
        let point = |row: usize| Point {
            row,
            x: self.tau[row],
            y: self.deviation[row],
            lower: self.lower[row],
            upper: self.upper[row],
        };
        let mut points: Vec<Point> = rows.iter().map(|row| point(*row)).collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        Curve { name: name.to_owned(), points }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    fn table(rows: &[(&str, &str, f64, f64)]) -> Table {
        let words = |word: fn(&(&str, &str, f64, f64)) -> String| rows.iter().map(word).collect::<Vec<_>>();
        let numbers = |number: fn(&(&str, &str, f64, f64)) -> f64| rows.iter().map(number).collect::<Vec<_>>();
        Table::new(vec![
            Column::text("series", words(|row| row.0.to_owned())),
            Column::text("estimator", words(|row| row.1.to_owned())),
            Column::float("tau_s", Unit::SECOND, numbers(|row| row.2)),
            Column::float("deviation", Unit::ONE, numbers(|row| row.3)),
            Column::float("lower", Unit::ONE, numbers(|row| row.3 * 0.9)),
            Column::float("upper", Unit::ONE, numbers(|row| row.3 * 1.1)),
        ])
        .unwrap()
    }

    #[test]
    fn each_group_and_estimator_has_one_chart() {
        let rows = [("G01", "oadev", 1.0, 1e-12), ("maser-1", "oadev", 1.0, 1e-13), ("G02", "tdev", 1.0, 1e-9)];
        let charts = charts(&table(&rows)).unwrap();
        let titles: Vec<_> = charts.iter().map(|chart| (&*chart.group, &*chart.subject, chart.ordinate.unit)).collect();
        assert_eq!(titles, [("G", "oadev", "1"), ("G", "tdev", "s"), ("maser", "oadev", "1")]);
    }

    #[test]
    fn time_statistics_are_in_seconds() {
        let units = ["mtie", "tierms", "tdev", "ttotdev", "theo1", "pdev"].map(unit_of);
        assert_eq!(units, ["s", "s", "s", "s", "1", "1"]);
    }

    #[test]
    fn points_stand_by_rising_averaging_time_and_know_their_row() {
        let rows = [("G01", "oadev", 4.0, 1e-13), ("G01", "oadev", 1.0, 1e-12)];
        let charts = charts(&table(&rows)).unwrap();
        let points: Vec<_> = charts[0].curves[0].points.iter().map(|point| (point.row, point.x)).collect();
        assert_eq!(points, [(1, 1.0), (0, 4.0)]);
    }

    #[test]
    fn table_without_intervals_has_no_charts() {
        let columns = table(&[("G01", "oadev", 1.0, 1e-12)]).columns()[..4].to_vec();
        assert_eq!(charts(&Table::new(columns).unwrap()), None);
    }
}
