//! Time errors: for each group of series one chart of the predictions with their intervals over the horizon.

use super::{Axis, Chart, Curve, Point, distinct, groups};
use sigmatau_data::Table;

/// The charts of a `time-error/1` table, group by group; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let series = table.texts("series")?;
    let columns = ["horizon_s", "time_error_s", "lower_s", "upper_s"].map(|name| table.floats(name));
    let [Some(horizon), Some(time_error), Some(lower), Some(upper)] = columns else { return None };
    let point = |row: usize| Point { row, x: horizon[row], y: time_error[row], lower: lower[row], upper: upper[row] };
    let curve = |name: &&str| Curve {
        name: (*name).to_owned(),
        points: (0..table.rows()).filter(|row| series[*row] == **name).map(point).collect(),
    };
    let chart = |(group, members): (&str, Vec<&str>)| Chart {
        group: group.to_owned(),
        subject: "time_error_s".to_owned(),
        keys: ["series"; 2],
        abscissa: Axis::logarithmic("horizon_s", "s"),
        ordinate: Axis::linear("time_error_s", "s"),
        interval: ["lower_s", "upper_s"],
        curves: members.iter().map(curve).collect(),
        stretch: 1,
    };
    Some(groups(&distinct(series.iter().map(String::as_str))).into_iter().map(chart).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn predictions_below_zero_are_drawn_with_their_intervals() {
        let seconds = |name, values: [f64; 2]| Column::float(name, Unit::SECOND, values.to_vec());
        let table = Table::new(vec![
            Column::text("series", vec!["maser-1".into(); 2]),
            seconds("horizon_s", [900.0, 86_400.0]),
            seconds("time_error_s", [-1e-9, -3e-9]),
            seconds("lower_s", [-2e-9, -9e-9]),
            seconds("upper_s", [0.0, 3e-9]),
        ]);
        let chart = charts(&table.unwrap()).unwrap().remove(0);
        let ends: Vec<Vec<f64>> =
            chart.drawable(&chart.curves[0]).map(|point| chart.interval_ends(point).collect()).collect();
        assert_eq!(ends, [[-2e-9, 0.0], [-9e-9, 3e-9]]);
    }
}
