//! Youden's pairs: the plane of two samples, with the laboratories that stand apart by name.

use super::{Axis, Chart, Curve, MOST_TOLD_APART, Point, distinct};
use sigmatau_data::Table;

/// The curve of the laboratories that do not stand apart.
const OTHERS: &str = "others";
/// The probability below which a laboratory stands apart.
const APART: f64 = 0.05;

/// The charts of a `youden/1` table, comparison by comparison; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (comparison, laboratory) = (table.texts("comparison")?, table.texts("laboratory")?);
    let (a, b, p_value) = (table.floats("a")?, table.floats("b")?, table.floats("p_value")?);
    let point = |row: usize| Point { row, x: a[row], y: b[row], lower: f64::NAN, upper: f64::NAN };
    // A point without a height keeps laboratories from being joined by a line.
    let alone = |row: usize| [point(row), Point { y: f64::NAN, ..point(row) }];
    let chart = |name: &str| {
        let mut rows: Vec<usize> = (0..table.rows()).filter(|row| comparison[*row] == name).collect();
        rows.sort_by(|a, b| p_value[*a].total_cmp(&p_value[*b]));
        let most = rows.iter().take_while(|row| p_value[**row] < APART).count().min(MOST_TOLD_APART - 1);
        let (apart, others) = rows.split_at(most);
        let apart = apart.iter().map(|row| Curve { name: laboratory[*row].clone(), points: alone(*row).into() });
        let others = Curve { name: OTHERS.to_owned(), points: others.iter().flat_map(|row| alone(*row)).collect() };
        Chart {
            group: name.to_owned(),
            subject: "youden".to_owned(),
            keys: ["comparison"; 2],
            abscissa: Axis::linear("a", "1"),
            ordinate: Axis::linear("b", "1"),
            interval: ["a", "b"],
            curves: [others].into_iter().chain(apart).filter(|curve| !curve.points.is_empty()).collect(),
            stretch: 1,
        }
    };
    Some(distinct(comparison.iter().map(String::as_str)).into_iter().map(chart).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn laboratories_that_stand_apart_are_named_and_no_line_joins_the_others() {
        let float = |name, numbers: [f64; 3]| Column::float(name, Unit::ONE, numbers.to_vec());
        let table = Table::new(vec![
            Column::text("comparison", vec!["c".into(); 3]),
            Column::text("laboratory", ["x", "y", "z"].map(String::from).into()),
            float("a", [1.0, 2.0, 9.0]),
            float("b", [1.5, 2.5, 0.5]),
            float("p_value", [0.5, 0.9, 0.001]),
        ]);
        let chart = charts(&table.unwrap()).unwrap().remove(0);
        let names: Vec<&str> = chart.curves.iter().map(|curve| curve.name.as_str()).collect();
        assert_eq!(names, ["others", "z"]);
        let others = &chart.curves[0];
        assert!(others.points.chunk_by(|a, b| chart.holds(a) && chart.holds(b)).all(|run| run.len() == 1));
        assert_eq!(chart.drawable(others).map(|point| point.y).collect::<Vec<_>>(), [1.5, 2.5]);
    }
}
