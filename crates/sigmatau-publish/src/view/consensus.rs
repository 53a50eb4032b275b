//! Consensus values: for each point the methods with their intervals.

use super::bars::{Bar, Frame};
use super::{Axis, Chart, distinct, named};
use sigmatau_data::Table;

/// The charts of a `consensus/1` table, point by point; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let (comparison, point, method) = (table.texts("comparison")?, table.texts("point")?, table.texts("method")?);
    let (value, low, high) = (table.floats("value")?, table.floats("low")?, table.floats("high")?);
    let title = |row: usize| named([&comparison[row], &point[row]]);
    let titles: Vec<String> = (0..table.rows()).map(title).collect();
    let bar = |row: usize| Bar { name: method[row].clone(), row, ends: [low[row], high[row]], value: value[row] };
    let charts_of = |group: &str| {
        let frame = Frame {
            group: group.to_owned(),
            subject: "consensus".to_owned(),
            keys: ["method", "comparison"],
            value: Axis::linear("value", "1"),
            interval: ["low", "high"],
        };
        let bars: Vec<Bar> = (0..table.rows()).filter(|row| titles[*row] == group).map(bar).collect();
        frame.charts(&bars)
    };
    Some(distinct(titles.iter().map(String::as_str)).into_iter().flat_map(charts_of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn methods_of_a_point_are_bars_of_one_chart() {
        let words = |name, words: [&str; 3]| Column::text(name, words.map(String::from).into());
        let float = |name, numbers: [f64; 3]| Column::float(name, Unit::ONE, numbers.to_vec());
        let table = Table::new(vec![
            words("comparison", ["c", "c", "c"]),
            words("point", ["1 V", "1 V", "10 V"]),
            words("method", ["median", "birge", "median"]),
            float("value", [1.0, 1.1, 10.0]),
            float("low", [0.9, 0.8, 9.0]),
            float("high", [1.2, 1.3, 11.0]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        let seen: Vec<(&str, usize)> = charts.iter().map(|chart| (&*chart.group, chart.curves.len())).collect();
        assert_eq!(seen, [("c 1 V", 2), ("c 10 V", 1)]);
        let ends: Vec<f64> = charts[0].curve("median").unwrap().points.iter().map(|point| point.x).collect();
        assert_eq!(ends, [0.9, 1.0, 1.2]);
    }
}
