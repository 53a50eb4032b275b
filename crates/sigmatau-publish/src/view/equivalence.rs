//! Degrees of equivalence: for each point the laboratories with their expanded uncertainties about the consensus value.

use super::bars::{Bar, Frame};
use super::{Axis, Chart, distinct, named};
use sigmatau_data::Table;

/// The charts of an `equivalence/1` table, point by point; nothing where a column is missing. Pairs of laboratories have
/// none.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let [comparison, point, method] = ["comparison", "point", "method"].map(|name| table.texts(name));
    let (comparison, point, method) = (comparison?, point?, method?);
    let (laboratory, other) = (table.texts("laboratory")?, table.texts("other")?);
    let (d, expanded) = (table.floats("d")?, table.floats("expanded_u")?);
    let title = |row: &usize| named([&comparison[*row], &point[*row]]);
    let rows: Vec<usize> = (0..table.rows()).filter(|row| other[*row].is_empty()).collect();
    let titles: Vec<String> = rows.iter().map(title).collect();
    let bar = |row: usize| Bar {
        name: laboratory[row].clone(),
        row,
        ends: [d[row] - expanded[row], d[row] + expanded[row]],
        value: d[row],
    };
    let charts_of = |group: &str| {
        let mine: Vec<usize> = rows.iter().copied().filter(|row| title(row) == group).collect();
        let frame = Frame {
            group: group.to_owned(),
            subject: method[mine[0]].clone(),
            keys: ["laboratory", "method"],
            value: Axis::linear("d", "1"),
            interval: ["expanded_u"; 2],
        };
        frame.charts(&mine.into_iter().map(bar).collect::<Vec<_>>())
    };
    Some(distinct(titles.iter().map(String::as_str)).into_iter().flat_map(charts_of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_data::schema::{Cell, Rows, equivalence};

    #[test]
    fn laboratories_are_bars_about_the_consensus_value_and_pairs_are_left_out() {
        let mut rows = Rows::of(&equivalence::SCHEMA);
        for (laboratory, other, d) in [("a", "", 0.1), ("b", "", -0.2), ("a", "b", 0.3)] {
            let row: [Cell; 11] = [
                "CCQM-K30".into(),
                "lead".into(),
                "weighted-mean".into(),
                laboratory.into(),
                other.into(),
                d.into(),
                0.1.into(),
                0.2.into(),
                "mg".into(),
                (d / 0.2).into(),
                "yes".into(),
            ];
            rows.push(row);
        }
        let charts = charts(&rows.table()).unwrap();
        assert_eq!((charts.len(), &*charts[0].group, charts[0].curves.len()), (1, "CCQM-K30 lead", 2));
        let ends: Vec<f64> = charts[0].curve("b").unwrap().points.iter().map(|point| point.x).collect();
        assert_eq!(ends, [-0.4, -0.2, 0.0]);
    }
}
