//! Frequency responses: for each group of sensors and method one chart of the magnitude, one of the phase and,
//! where the method has it, one of the coherence, over frequency.

use super::{Axis, Chart, Curve, MOST_STRETCHES, Point, distinct, groups, picked, runs};
use sigmatau_data::Table;
use std::ops::Range;

/// The quantities, each with the column of its standard uncertainty, which is drawn to either side.
const QUANTITIES: [(Axis, Option<&str>); 3] = [
    (Axis::logarithmic("magnitude", "1"), Some("magnitude_u")),
    (Axis::linear("phase_rad", "rad"), Some("phase_u")),
    (Axis::linear("coherence", "1"), None),
];

/// The charts of a `response/3` table; nothing where a column is missing.
///
/// Of a response with very many lines, equal stretches are shown by their lowest and their highest line.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let columns = Columns::of(table)?;
    let mut charts = Vec::new();
    for (group, members) in groups(&distinct(columns.runs.iter().map(|(name, _)| *name))) {
        for method in distinct(columns.methods.iter().map(String::as_str)) {
            let chart = |(axis, spread)| columns.chart(group, &members, method, axis, spread);
            charts.extend(QUANTITIES.into_iter().map(chart).collect::<Option<Vec<_>>>()?);
        }
    }
    charts.retain(|chart| !chart.curves.is_empty());
    Some(charts)
}

struct Columns<'a> {
    table: &'a Table,
    /// The sensors with their rows.
    runs: Vec<(&'a str, Range<usize>)>,
    methods: &'a [String],
    frequency: &'a [f64],
    stretch: usize,
}

impl<'a> Columns<'a> {
    fn of(table: &'a Table) -> Option<Self> {
        let runs = runs(table.texts("sensor")?);
        let longest = runs.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
        let stretch = if longest > 2 * MOST_STRETCHES { longest.div_ceil(MOST_STRETCHES) } else { 1 };
        Some(Self { table, runs, methods: table.texts("method")?, frequency: table.floats("frequency_hz")?, stretch })
    }

    fn chart(
        &self,
        group: &str,
        members: &[&str],
        method: &str,
        axis: Axis,
        spread: Option<&'static str>,
    ) -> Option<Chart> {
        let values = self.table.floats(axis.column)?;
        let u = spread.map_or(Some(&[][..]), |column| self.table.floats(column))?;
        let curves = members.iter().map(|name| self.curve(name, method, values, u));
        Some(Chart {
            group: group.to_owned(),
            subject: method.to_owned(),
            keys: ["sensor", "method"],
            abscissa: Axis::logarithmic("frequency_hz", "Hz"),
            ordinate: axis,
            interval: [spread.unwrap_or(axis.column); 2],
            curves: curves.filter(|curve| curve.points.iter().any(|point| axis.holds(point.y))).collect(),
            stretch: self.stretch,
        })
    }

    fn curve(&self, name: &str, method: &str, values: &[f64], u: &[f64]) -> Curve {
        let point = |row: usize| {
            let (y, u) = (values[row], u.get(row).copied().unwrap_or(f64::NAN));
            Point { row, x: self.frequency[row], y, lower: y - u, upper: y + u }
        };
        let rows = self.runs.iter().filter(|(run, rows)| *run == name && self.methods[rows.start] == method);
        let shown = rows.flat_map(|(_, rows)| picked(values, rows.clone(), self.stretch));
        Curve { name: name.to_owned(), points: shown.map(point).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn magnitude_phase_and_coherence_have_a_chart_each_where_they_are_known() {
        let float = |name: &str, values: [f64; 2]| Column::float(name, Unit::ONE, values.to_vec());
        let table = |coherence| {
            Table::new(vec![
                Column::text("sensor", vec!["acc-1".into(), "acc-1".into()]),
                float("frequency_hz", [10.0, 20.0]),
                float("magnitude", [1.0, 1.5]),
                float("magnitude_u", [0.25, 0.5]),
                float("phase_rad", [0.0, -0.5]),
                float("phase_u", [0.1, 0.1]),
                float("coherence", coherence),
                Column::text("method", vec!["h1".into(), "h1".into()]),
            ])
            .unwrap()
        };
        let columns =
            |table: &Table| charts(table).unwrap().iter().map(|chart| chart.ordinate.column).collect::<Vec<_>>();
        assert_eq!(columns(&table([0.9, 0.8])), ["magnitude", "phase_rad", "coherence"]);
        assert_eq!(columns(&table([f64::NAN; 2])), ["magnitude", "phase_rad"]);
        let last = charts(&table([0.9, 0.8])).unwrap()[0].curves[0].points[1];
        assert_eq!((last.x, last.lower, last.upper), (20.0, 1.0, 2.0));
    }
}
