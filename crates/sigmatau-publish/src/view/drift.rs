//! Drift: for each group of sensors one chart of the change of the magnitude over frequency and one of the phase,
//! each with its standard uncertainty to either side.

use super::{Axis, Chart, Curve, Point, distinct, groups, runs};
use sigmatau_data::Table;

/// The part of the record that has a frequency.
const LINE: &str = "line";

/// The quantities, each with the column of its standard uncertainty.
const QUANTITIES: [(Axis, &str); 2] =
    [(Axis::linear("change", "1"), "change_u"), (Axis::linear("phase_change_rad", "rad"), "phase_change_u")];

/// The charts of a `drift/1` table; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let sensors = runs(table.texts("sensor")?);
    let (parts, frequency) = (table.texts("part")?, table.floats("frequency_hz")?);
    let mut charts = Vec::new();
    for (group, members) in groups(&distinct(sensors.iter().map(|(name, _)| *name))) {
        for (axis, u_column) in QUANTITIES {
            let (values, u) = (table.floats(axis.column)?, table.floats(u_column)?);
            let point = |row: usize| {
                let [lower, upper] = [values[row] - u[row], values[row] + u[row]];
                Point { row, x: frequency[row], y: values[row], lower, upper }
            };
            let curve = |name: &&str| {
                let rows = sensors.iter().filter(|(run, _)| run == name).flat_map(|(_, rows)| rows.clone());
                Curve { name: (*name).to_owned(), points: rows.filter(|row| parts[*row] == LINE).map(point).collect() }
            };
            charts.push(Chart {
                group: group.to_owned(),
                subject: LINE.to_owned(),
                keys: ["sensor", "part"],
                abscissa: Axis::logarithmic("frequency_hz", "Hz"),
                ordinate: axis,
                interval: [u_column; 2],
                curves: members.iter().map(curve).collect(),
                stretch: 1,
            });
        }
    }
    Some(charts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn magnitude_and_phase_have_a_chart_each_without_the_row_of_the_whole() {
        let float = |name: &str, values: [f64; 3]| Column::float(name, Unit::ONE, values.to_vec());
        let table = Table::new(vec![
            Column::text("sensor", vec!["acc-1".into(); 3]),
            Column::text("part", ["line", "line", "overall"].map(String::from).to_vec()),
            float("frequency_hz", [10.0, 20.0, f64::NAN]),
            float("change", [1e-3, -2e-3, 0.0]),
            float("change_u", [1e-4; 3]),
            float("phase_change_rad", [0.5, 0.25, 0.0]),
            float("phase_change_u", [0.125; 3]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        assert_eq!(
            charts.iter().map(|chart| chart.ordinate.column).collect::<Vec<_>>(),
            ["change", "phase_change_rad"]
        );
        let points = &charts[1].curves[0].points;
        assert_eq!((points.len(), points[1].lower, points[1].upper), (2, 0.125, 0.375));
    }
}
