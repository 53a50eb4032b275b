//! What clocks cost meters: for each group of series one chart of the uncertainty since the clock was set.

use super::{Axis, Chart, Curve, Point, distinct, groups};
use sigmatau_data::Table;

/// The charts of an `energy/1` table, group by group; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (series, elapsed, u) = (table.texts("series")?, table.floats("elapsed_s")?, table.floats("u_pct")?);
    let point = |row: usize| Point { row, x: elapsed[row], y: u[row], lower: f64::NAN, upper: f64::NAN };
    let curve = |name: &&str| Curve {
        name: (*name).to_owned(),
        points: (0..table.rows()).filter(|row| series[*row] == **name).map(point).collect(),
    };
    let chart = |(group, members): (&str, Vec<&str>)| Chart {
        group: group.to_owned(),
        subject: "u_pct".to_owned(),
        keys: ["series"; 2],
        abscissa: Axis::linear("elapsed_s", "s"),
        ordinate: Axis::logarithmic("u_pct", "%"),
        interval: ["u_pct"; 2],
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
    fn the_interval_that_begins_with_the_setting_is_drawn() {
        let table = Table::new(vec![
            Column::text("series", vec!["ocxo-1".into(); 2]),
            Column::float("elapsed_s", Unit::SECOND, vec![0.0, 900.0]),
            Column::float("u_pct", Unit::parse("%").unwrap(), vec![6e-9, 7e-9]),
        ]);
        let chart = charts(&table.unwrap()).unwrap().remove(0);
        assert_eq!((chart.ordinate.unit, chart.drawable(&chart.curves[0]).count()), ("%", 2));
    }
}
