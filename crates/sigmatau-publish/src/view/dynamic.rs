//! Stability over time: for each series and estimator one σ–τ chart with a curve for every window.

use super::stability::unit_of;
use super::{Axis, Chart, Curve, Point, distinct};
use sigmatau_data::Table;

/// The charts of a `dynamic-stability/1` table; nothing where a column is missing.
///
/// A curve is named by the centre of its window; many windows make a fleet of which the highest, the median
/// and the lowest at the longest averaging time are marked.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (series, estimators) = (table.texts("series")?, table.texts("estimator")?);
    let columns = ["tau_s", "deviation", "lower", "upper", "time_s"].map(|name| table.floats(name));
    let [Some(tau), Some(deviation), Some(lower), Some(upper), Some(time)] = columns else { return None };
    let point = |row: usize| Point { row, x: tau[row], y: deviation[row], lower: lower[row], upper: upper[row] };
    let mut charts = Vec::new();
    for name in distinct(series.iter().map(String::as_str)) {
        for estimator in distinct(estimators.iter().map(String::as_str)) {
            let rows = (0..table.rows()).filter(|row| series[*row] == name && estimators[*row] == estimator);
            charts.push(Chart {
                group: name.to_owned(),
                subject: estimator.to_owned(),
                keys: ["time_s", "estimator"],
                abscissa: Axis::logarithmic("tau_s", "s"),
                ordinate: Axis::logarithmic("deviation", unit_of(estimator)),
                interval: ["lower", "upper"],
                curves: windows(rows, time, point),
                stretch: 1,
            });
        }
    }
    charts.retain(|chart| !chart.curves.is_empty());
    Some(charts)
}

/// One curve for each run of rows of one time: the windows stand one after the other.
fn windows(rows: impl Iterator<Item = usize>, time: &[f64], point: impl Fn(usize) -> Point) -> Vec<Curve> {
    let rows: Vec<usize> = rows.collect();
    let windows = rows.chunk_by(|a, b| time[*a] == time[*b]);
    let curve = |rows: &[usize]| Curve {
        name: format!("{} s", time[rows[0]]),
        points: rows.iter().map(|row| point(*row)).collect(),
    };
    windows.map(curve).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn every_window_is_a_curve_named_by_its_time() {
        let float = |name, values: [f64; 4]| Column::float(name, Unit::ONE, values.to_vec());
        let table = Table::new(vec![
            Column::text("series", vec!["a".into(); 4]),
            Column::text("estimator", vec!["oadev".into(); 4]),
            float("tau_s", [1.0, 2.0, 1.0, 2.0]),
            float("deviation", [3e-13, 2e-13, 5e-13, 4e-13]),
            float("lower", [2e-13; 4]),
            float("upper", [6e-13; 4]),
            float("time_s", [50.0, 50.0, 150.0, 150.0]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        let curves: Vec<(&str, f64)> = charts[0].curves.iter().map(|c| (&*c.name, c.points[1].y)).collect();
        assert_eq!((charts.len(), curves), (1, vec![("50 s", 2e-13), ("150 s", 4e-13)]));
    }
}
