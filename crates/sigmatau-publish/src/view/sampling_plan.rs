//! Sampling plans: the operating characteristic of each.

use super::{Axis, Chart, Curve, Point, distinct, named};
use sigmatau_data::Table;

/// The chart of a `sampling-plan/1` table, a curve for each plan; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (lots, kinds) = (table.texts("lot")?, table.texts("plan")?);
    let (sizes, accepts) = (table.integers("size")?, table.integers("accept")?);
    let (shares, chances) = (table.floats("share_nonconforming")?, table.floats("p_accept")?);
    let plan = |row: usize| match kinds[row].as_str() {
        "attribute" => format!("n = {}, Ac = {}", sizes[row], accepts[row]),
        kind => format!("n = {}, {kind}", sizes[row]),
    };
    let names: Vec<String> = (0..table.rows()).map(|row| named([&lots[row], &plan(row)])).collect();
    let point = |row: usize| Point { row, x: shares[row], y: chances[row], lower: f64::NAN, upper: f64::NAN };
    let curve = |name: &str| {
        let mut points: Vec<Point> = (0..table.rows()).filter(|row| names[*row] == name).map(point).collect();
        points.sort_by(|one, other| one.x.total_cmp(&other.x));
        Curve { name: name.to_owned(), points }
    };
    let curves: Vec<Curve> = distinct(names.iter().map(String::as_str)).into_iter().map(curve).collect();
    let chart = Chart {
        group: String::new(),
        subject: "operating-characteristic".to_owned(),
        keys: ["lot", "plan"],
        abscissa: Axis::linear("share_nonconforming", "1"),
        ordinate: Axis::linear("p_accept", "1"),
        interval: ["p_accept"; 2],
        curves,
        stretch: 1,
    };
    Some([chart].into_iter().filter(|chart| !chart.curves.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn every_plan_is_a_curve_by_rising_share() {
        let whole = |name, numbers: [i64; 3]| Column::integer(name, Unit::ONE, numbers.to_vec());
        let float = |name, numbers: [f64; 3]| Column::float(name, Unit::ONE, numbers.to_vec());
        let table = Table::new(vec![
            Column::text("lot", ["x", "x", "y"].map(String::from).into()),
            Column::text("plan", ["attribute", "attribute", "variables"].map(String::from).into()),
            whole("size", [56, 56, 40]),
            whole("accept", [5, 5, 0]),
            float("share_nonconforming", [0.1, 0.05, 0.05]),
            float("p_accept", [0.51, 0.94, 0.9]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        let names: Vec<&str> = charts[0].curves.iter().map(|curve| curve.name.as_str()).collect();
        assert_eq!(names, ["x n = 56, Ac = 5", "y n = 40, variables"]);
        assert_eq!(charts[0].curves[0].points.iter().map(|point| point.y).collect::<Vec<_>>(), [0.94, 0.51]);
    }
}
