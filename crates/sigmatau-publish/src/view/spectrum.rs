//! Spectral densities: one chart for each group of series and quantity.

use super::{Axis, Chart, Curve, Point, distinct, groups};
use sigmatau_data::Table;

/// The charts of a `spectrum/1` table, group by group; nothing where a column is missing.
pub(super) fn charts(table: &Table) -> Option<Vec<Chart>> {
    let columns = Columns::of(table)?;
    let series = distinct(columns.series.iter().map(String::as_str));
    let quantities = distinct(columns.quantity.iter().map(String::as_str));
    let mut charts = Vec::new();
    for (group, members) in groups(&series) {
        charts.extend(quantities.iter().map(|quantity| columns.chart(group, quantity, &members)));
    }
    charts.retain(|chart| !chart.curves.is_empty());
    Some(charts)
}

/// The unit of a density.
fn unit_of(quantity: &str) -> &'static str {
    match quantity {
        "s_x" => "s²/Hz",
        "s_phi" => "rad²/Hz",
        _ => "1/Hz",
    }
}

struct Columns<'a> {
    series: &'a [String],
    quantity: &'a [String],
    frequency: &'a [f64],
    density: &'a [f64],
    lower: &'a [f64],
    upper: &'a [f64],
}

impl<'a> Columns<'a> {
    fn of(table: &'a Table) -> Option<Self> {
        Some(Self {
            series: table.texts("series")?,
            quantity: table.texts("quantity")?,
            frequency: table.floats("frequency_hz")?,
            density: table.floats("density")?,
            lower: table.floats("lower")?,
            upper: table.floats("upper")?,
        })
    }

    fn chart(&self, group: &str, quantity: &str, members: &[&str]) -> Chart {
        let curves = members.iter().map(|name| self.curve(name, quantity));
        Chart {
            group: group.to_owned(),
            subject: quantity.to_owned(),
            keys: ["series", "quantity"],
            abscissa: Axis::logarithmic("frequency_hz", "Hz"),
            ordinate: Axis::logarithmic("density", unit_of(quantity)),
            interval: ["lower", "upper"],
            curves: curves.filter(|curve| !curve.points.is_empty()).collect(),
            stretch: 1,
        }
    }

    /// The record has the frequencies of a series in rising order.
    fn curve(&self, name: &str, quantity: &str) -> Curve {
        let belongs = |row: &usize| self.series[*row] == name && self.quantity[*row] == quantity;
        let point = |row: usize| Point {
            row,
            x: self.frequency[row],
            y: self.density[row],
            lower: self.lower[row],
            upper: self.upper[row],
        };
        Curve { name: name.to_owned(), points: (0..self.series.len()).filter(belongs).map(point).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::Unit;
    use sigmatau_data::Column;

    #[test]
    fn each_group_and_quantity_has_one_chart_in_its_unit() {
        let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        let table = Table::new(vec![
            Column::text("series", words(["maser-1", "maser-1", "maser-2"])),
            Column::text("quantity", words(["s_y", "s_x", "s_y"])),
            Column::float("frequency_hz", Unit::parse("Hz").unwrap(), vec![0.1, 0.1, 0.2]),
            Column::float("density", Unit::ONE, vec![1e-24, 1e-22, 2e-24]),
            Column::float("lower", Unit::ONE, vec![f64::NAN; 3]),
            Column::float("upper", Unit::ONE, vec![f64::NAN; 3]),
        ]);
        let charts = charts(&table.unwrap()).unwrap();
        let told: Vec<_> = charts.iter().map(|c| (&*c.group, &*c.subject, c.ordinate.unit, c.curves.len())).collect();
        assert_eq!(told, [("maser", "s_y", "1/Hz", 2), ("maser", "s_x", "s²/Hz", 1)]);
    }
}
