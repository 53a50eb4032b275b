//! Ensembles: for each group of clocks, and for the scale itself, one chart of the time error over time.

use super::{Axis, Chart, Curve, MOST_STRETCHES, Point, distinct, groups, picked, runs};
use sigmatau_data::Table;

/// The charts of an `ensemble/1` table, group by group; nothing where a column is missing.
///
/// A record has a row for every reading. Of a long one, equal stretches of rows are shown by their lowest and
/// their highest point, so that no excursion is lost; a stretch without a reading breaks the curve.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (series, time, offset) = (table.texts("series")?, table.floats("time_s")?, table.floats("offset_s")?);
    let runs = runs(series);
    let longest = runs.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
    let stretch = if longest > 2 * MOST_STRETCHES { longest.div_ceil(MOST_STRETCHES) } else { 1 };
    let point = |row: usize| Point { row, x: time[row], y: offset[row], lower: f64::NAN, upper: f64::NAN };
    let curve = |name: &str| Curve {
        name: name.to_owned(),
        points: (runs.iter().filter(|(run, _)| *run == name))
            .flat_map(|(_, rows)| picked(offset, rows.clone(), stretch))
            .map(point)
            .collect(),
    };
    let chart = |(group, members): (&str, Vec<&str>)| Chart {
        group: group.to_owned(),
        subject: "offset_s".to_owned(),
        keys: ["series"; 2],
        abscissa: Axis::linear("time_s", "s"),
        ordinate: Axis::linear("offset_s", "s"),
        interval: ["offset_s"; 2],
        curves: members.into_iter().map(curve).collect(),
        stretch,
    };
    Some(groups(&distinct(runs.iter().map(|(name, _)| *name))).into_iter().map(chart).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    fn table(clocks: &[&str], offsets: &[f64]) -> Table {
        let names = clocks.iter().flat_map(|name| vec![(*name).to_owned(); offsets.len()]).collect();
        let times = clocks.iter().flat_map(|_| (0..offsets.len()).map(|k| k as f64)).collect();
        Table::new(vec![
            Column::text("series", names),
            Column::float("time_s", Unit::SECOND, times),
            Column::float("offset_s", Unit::SECOND, clocks.iter().flat_map(|_| offsets).copied().collect()),
        ])
        .unwrap()
    }

    #[test]
    fn short_records_are_shown_whole() {
        let charts = charts(&table(&["maser-1", "maser-2", "ensemble"], &[-1e-9, 2e-9])).unwrap();
        let told: Vec<_> = charts.iter().map(|chart| (&*chart.group, chart.curves.len(), chart.stretch)).collect();
        assert_eq!(told, [("maser", 2, 1), ("ensemble", 1, 1)]);
        assert_eq!(charts[0].curves[1].points.iter().map(|point| point.row).collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn a_single_excursion_of_a_long_record_is_shown() {
        let mut offsets = vec![0.0; 12_000];
        (offsets[4_321], offsets[8_765]) = (-5e-9, 7e-9);
        let chart = charts(&table(&["maser-1"], &offsets)).unwrap().remove(0);
        let heights: Vec<f64> = chart.curves[0].points.iter().map(|point| point.y).collect();
        assert!(heights.len() <= 2 * MOST_STRETCHES && heights.contains(&-5e-9) && heights.contains(&7e-9));
        assert!(chart.curves[0].points.is_sorted_by_key(|point| point.row));
        assert_eq!(chart.stretch, 100);
    }

    #[test]
    fn a_stretch_without_readings_is_a_gap_in_the_curve() {
        let offsets = [f64::NAN, f64::NAN, 3.0, f64::NAN, 5.0];
        assert_eq!(picked(&offsets, 0..5, 2), [0, 2, 4]);
    }
}
