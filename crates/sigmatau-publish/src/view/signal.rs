//! Corrected signals: for each group of sensors one chart of the estimate with its standard uncertainty over time.

use super::{Axis, Chart, Curve, MOST_STRETCHES, Point, distinct, groups, picked, runs};
use sigmatau_data::Table;

/// The charts of a `signal/1` table; nothing where a column is missing.
///
/// Of a signal with very many points, equal stretches are shown by their lowest and their highest point.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let runs = runs(table.texts("sensor")?);
    let [time, values, u] = ["time_s", "value", "u"].map(|name| table.floats(name));
    let (time, values, u) = (time?, values?, u?);
    let longest = runs.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
    let stretch = if longest > 2 * MOST_STRETCHES { longest.div_ceil(MOST_STRETCHES) } else { 1 };
    let point = |row: usize| Point {
        row,
        x: time[row],
        y: values[row],
        lower: values[row] - u[row],
        upper: values[row] + u[row],
    };
    let curve = |name: &&str| Curve {
        name: (*name).to_owned(),
        points: (runs.iter().filter(|(run, _)| run == name))
            .flat_map(|(_, rows)| picked(values, rows.clone(), stretch))
            .map(point)
            .collect(),
    };
    let chart = |(group, members): (&str, Vec<&str>)| Chart {
        group: group.to_owned(),
        subject: "signal".to_owned(),
        keys: ["sensor"; 2],
        abscissa: Axis::linear("time_s", "s"),
        ordinate: Axis::linear("value", "1"),
        interval: ["u"; 2],
        curves: members.iter().map(curve).collect(),
        stretch,
    };
    Some(groups(&distinct(runs.iter().map(|(name, _)| *name))).into_iter().map(chart).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn long_signals_are_drawn_by_their_extremes_with_their_uncertainty() {
        let points = 1000;
        let column = |name: &str, of: fn(usize) -> f64| Column::float(name, Unit::ONE, (0..points).map(of).collect());
        let table = Table::new(vec![
            Column::text("sensor", vec!["acc-1".into(); points]),
            column("time_s", |n| n as f64),
            column("value", |n| if n == 503 { 9.0 } else { 0.0 }),
            column("u", |_| 0.5),
        ]);
        let chart = charts(&table.unwrap()).unwrap().remove(0);
        assert_eq!((chart.group.as_str(), chart.stretch, chart.curves.len()), ("acc", 9, 1));
        let peak = chart.curves[0].points.iter().find(|point| point.y == 9.0).unwrap();
        assert_eq!((peak.x, peak.lower, peak.upper), (503.0, 8.5, 9.5));
        assert!(chart.curves[0].points.len() < points / 3);
    }
}
