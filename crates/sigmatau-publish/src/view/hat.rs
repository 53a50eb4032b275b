//! Hats: one σ–τ chart for each estimator, the upper bounds as curves of their own.

use super::stability::unit_of;
use super::{Axis, Chart, Curve, Point, distinct};
use sigmatau_data::Table;

/// The charts of a `hat/1` table; nothing where a column is missing.
///
/// Where an estimate is negative or not significant, its upper bound is a point of the curve `NAME ≤`.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (series, estimators) = (table.texts("series")?, table.texts("estimator")?);
    let columns = ["tau_s", "deviation", "lower", "upper"].map(|name| table.floats(name));
    let [Some(tau), Some(deviation), Some(lower), Some(upper)] = columns else { return None };
    let rows_of = |name: &str, estimator: &str| -> Vec<usize> {
        (0..table.rows()).filter(|row| series[*row] == name && estimators[*row] == estimator).collect()
    };
    let estimate = |row: usize| Point { row, x: tau[row], y: deviation[row], lower: lower[row], upper: upper[row] };
    let bound = |row: usize| Point { y: upper[row], lower: f64::NAN, upper: f64::NAN, ..estimate(row) };
    let curves = |name: &str, estimator: &str| {
        let rows = rows_of(name, estimator);
        let bounds: Vec<Point> = rows.iter().filter(|row| lower[**row] == 0.0).map(|row| bound(*row)).collect();
        let estimates = Curve { name: name.to_owned(), points: rows.iter().map(|row| estimate(*row)).collect() };
        [estimates, Curve { name: format!("{name} ≤"), points: bounds }]
            .into_iter()
            .filter(|curve| !curve.points.is_empty())
    };
    let names = distinct(series.iter().map(String::as_str));
    let chart = |estimator: &str| Chart {
        group: String::new(),
        subject: estimator.to_owned(),
        keys: ["series", "estimator"],
        abscissa: Axis::logarithmic("tau_s", "s"),
        ordinate: Axis::logarithmic("deviation", unit_of(estimator)),
        interval: ["lower", "upper"],
        curves: names.iter().flat_map(|name| curves(name, estimator)).collect(),
        stretch: 1,
    };
    Some(distinct(estimators.iter().map(String::as_str)).into_iter().map(chart).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn a_negative_estimate_is_drawn_as_its_upper_bound() {
        let float = |name, values: [f64; 3]| Column::float(name, Unit::ONE, values.to_vec());
        let table = Table::new(vec![
            Column::text("series", ["a", "a", "b"].map(String::from).into()),
            Column::text("estimator", vec!["oadev".into(); 3]),
            float("tau_s", [1.0, 2.0, 1.0]),
            float("deviation", [3e-13, f64::NAN, 1e-12]),
            float("lower", [2e-13, 0.0, 9e-13]),
            float("upper", [4e-13, 2e-13, 2e-12]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        let curves: Vec<(&str, usize)> = charts[0].curves.iter().map(|c| (&*c.name, c.points.len())).collect();
        assert_eq!(curves, [("a", 2), ("a ≤", 1), ("b", 1)]);
        let bound = charts[0].curves[1].points[0];
        assert_eq!((bound.row, bound.x, bound.y), (1, 2.0, 2e-13));
    }
}
