//! Masks: one chart for each group of series and mask, with the limit as a curve of its own.

use super::{Axis, Chart, Curve, Point, distinct, groups, stability};
use sigmatau_data::Table;

/// The name of the curve of limits.
const LIMIT: &str = "limit";

/// The charts of a `mask/1` table, group by group; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let columns = Columns::of(table)?;
    let series = distinct(columns.series.iter().map(String::as_str));
    let masks = distinct(columns.mask.iter().map(String::as_str));
    let mut charts = Vec::new();
    for (group, members) in groups(&series) {
        charts.extend(masks.iter().filter_map(|mask| columns.chart(group, mask, &members)));
    }
    Some(charts)
}

struct Columns<'a> {
    series: &'a [String],
    mask: &'a [String],
    statistic: &'a [String],
    tau: &'a [f64],
    value: &'a [f64],
    limit: &'a [f64],
}

impl<'a> Columns<'a> {
    fn of(table: &'a Table) -> Option<Self> {
        Some(Self {
            series: table.texts("series")?,
            mask: table.texts("mask")?,
            statistic: table.texts("statistic")?,
            tau: table.floats("tau_s")?,
            value: table.floats("value")?,
            limit: table.floats("limit")?,
        })
    }

    /// Nothing where the group has no row of the mask.
    fn chart(&self, group: &str, mask: &str, members: &[&str]) -> Option<Chart> {
        let rows = members.iter().map(|name| (*name, self.rows(name, mask)));
        let rows: Vec<(&str, Vec<usize>)> = rows.filter(|(_, rows)| !rows.is_empty()).collect();
        let longest = rows.iter().map(|(_, rows)| rows).max_by_key(|rows| rows.len())?;
        let values = rows.iter().map(|(name, rows)| self.curve(name, rows, self.value));
        let limit = self.curve(LIMIT, longest, self.limit);
        Some(Chart {
            group: group.to_owned(),
            subject: mask.to_owned(),
            keys: ["series", "mask"],
            abscissa: Axis::logarithmic("tau_s", "s"),
            ordinate: Axis::logarithmic("value", stability::unit_of(&self.statistic[longest[0]])),
            interval: [LIMIT, LIMIT],
            curves: values.chain([limit]).collect(),
            stretch: 1,
        })
    }

    fn rows(&self, name: &str, mask: &str) -> Vec<usize> {
        (0..self.series.len()).filter(|row| self.series[*row] == name && self.mask[*row] == mask).collect()
    }

    /// The record has the averaging times of a series in rising order.
    fn curve(&self, name: &str, rows: &[usize], heights: &[f64]) -> Curve {
        let (lower, upper) = (f64::NAN, f64::NAN);
        let point = |row: &usize| Point { row: *row, x: self.tau[*row], y: heights[*row], lower, upper };
        Curve { name: name.to_owned(), points: rows.iter().map(point).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn measured_values_and_limit_are_curves_of_one_chart() {
        let words = |word: &str| vec![word.to_owned(); 2];
        let table = Table::new(vec![
            Column::text("series", words("maser-1")),
            Column::text("mask", words("g811-tdev")),
            Column::text("statistic", words("tdev")),
            Column::float("tau_s", Unit::SECOND, vec![1.0, 1000.0]),
            Column::float("value", Unit::ONE, vec![1e-10, f64::NAN]),
            Column::float("limit", Unit::ONE, vec![3e-9, 3e-8]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        assert_eq!((charts.len(), charts[0].ordinate.unit), (1, "s"));
        let heights = |name| charts[0].curve(name).unwrap().points.iter().map(|point| point.y).collect::<Vec<_>>();
        assert_eq!(heights("limit"), [3e-9, 3e-8]);
        assert!(heights("maser-1")[1].is_nan());
    }
}
