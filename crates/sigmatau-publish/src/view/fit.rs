//! Models beside the lines that they were fitted to: magnitude and phase of both, and what is left.

use super::{Axis, Chart, Curve, MOST_STRETCHES, Point, distinct, groups, picked, runs};
use sigmatau_data::Table;
use std::ops::Range;

/// The quantities, each with the column of its standard uncertainty, which is drawn to either side.
const QUANTITIES: [(Axis, Option<&str>); 4] = [
    (Axis::logarithmic("magnitude", "1"), Some("magnitude_u")),
    (Axis::linear("phase_rad", "rad"), Some("phase_u")),
    (Axis::linear("residual_along", "1"), None),
    (Axis::linear("residual_across", "1"), None),
];

/// The rows of measured lines.
const MEASURED: &str = "measured";

/// The charts of a `fit/1` table; nothing where a column is missing.
///
/// Measured lines stand under the name of their sensor, those of a model under both names. Of very many lines, equal
/// stretches are shown by their lowest and their highest.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (sensors, sources) = (runs(table.texts("sensor")?), table.texts("source")?);
    let frequency = table.floats("frequency_hz")?;
    let curves: Vec<(&str, Range<usize>)> =
        sensors.iter().flat_map(|(name, rows)| by_source(name, rows, sources)).collect();
    let longest = curves.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
    let stretch = if longest > 2 * MOST_STRETCHES { longest.div_ceil(MOST_STRETCHES) } else { 1 };
    let mut charts = Vec::new();
    for (group, members) in groups(&distinct(sensors.iter().map(|(name, _)| *name))) {
        for (axis, spread) in QUANTITIES {
            let values = table.floats(axis.column)?;
            let u = spread.map_or(Some(&[][..]), |column| table.floats(column))?;
            let point = |row: usize| {
                let (y, u) = (values[row], u.get(row).copied().unwrap_or(f64::NAN));
                Point { row, x: frequency[row], y, lower: y - u, upper: y + u }
            };
            let curve = |(name, rows): &(&str, Range<usize>)| Curve {
                name: curve_name(name, &sources[rows.start]),
                points: picked(values, rows.clone(), stretch).into_iter().map(point).collect(),
            };
            let drawn = curves.iter().filter(|(name, _)| members.contains(name)).map(curve);
            charts.push(Chart {
                group: group.to_owned(),
                subject: "fit".to_owned(),
                keys: ["sensor", "source"],
                abscissa: Axis::logarithmic("frequency_hz", "Hz"),
                ordinate: axis,
                interval: [spread.unwrap_or(axis.column); 2],
                curves: drawn.filter(|curve| curve.points.iter().any(|point| axis.holds(point.y))).collect(),
                stretch,
            });
        }
    }
    charts.retain(|chart| !chart.curves.is_empty());
    Some(charts)
}

/// The rows of a sensor, source by source.
fn by_source<'a>(name: &'a str, rows: &Range<usize>, sources: &[String]) -> Vec<(&'a str, Range<usize>)> {
    let mut first = rows.start;
    let stretch = |part: &[String]| {
        first += part.len();
        (name, first - part.len()..first)
    };
    sources[rows.clone()].chunk_by(|one, next| one == next).map(stretch).collect()
}

fn curve_name(sensor: &str, source: &str) -> String {
    if source == MEASURED { sensor.to_owned() } else { format!("{sensor} {source}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn a_model_is_drawn_beside_its_lines_and_what_is_left_by_itself() {
        let float = |name: &str, values: [f64; 4]| Column::float(name, Unit::ONE, values.to_vec());
        let words = |words: [&str; 4]| words.map(String::from).to_vec();
        let table = Table::new(vec![
            Column::text("sensor", words(["acc-1"; 4])),
            Column::text("source", words(["measured", "measured", "second-order", "second-order"])),
            float("frequency_hz", [10.0, 20.0, 10.0, 20.0]),
            float("magnitude", [1.0, 1.5, 1.1, 1.4]),
            float("magnitude_u", [0.25, 0.5, 0.1, 0.1]),
            float("phase_rad", [0.0, -0.5, 0.0, -0.4]),
            float("phase_u", [0.1; 4]),
            float("residual_along", [-0.4, 0.2, f64::NAN, f64::NAN]),
            float("residual_across", [0.0, -1.0, f64::NAN, f64::NAN]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        let told: Vec<(&str, Vec<&str>)> = charts
            .iter()
            .map(|chart| (chart.ordinate.column, chart.curves.iter().map(|curve| &*curve.name).collect()))
            .collect();
        let both = vec!["acc-1", "acc-1 second-order"];
        let lines = vec!["acc-1"];
        let expected =
            [("magnitude", &both), ("phase_rad", &both), ("residual_along", &lines), ("residual_across", &lines)];
        assert!(told.iter().map(|(column, names)| (*column, names)).eq(expected), "{told:?}");
        assert_eq!((charts[0].curves[1].points[0].row, charts[0].curves[1].points[1].upper), (2, 1.5));
    }
}
