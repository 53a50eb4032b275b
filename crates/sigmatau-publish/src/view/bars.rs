//! Bars: values with their intervals, one below the other with their names, as comparisons are drawn.

use super::{Axis, Chart, Curve, MOST_TOLD_APART, Point};

/// A named value with the ends of its interval, out of one row of a record.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) row: usize,
    pub(super) ends: [f64; 2],
    pub(super) value: f64,
}

/// What the bars of a chart have in common.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) group: String,
    pub(super) subject: String,
    pub(super) keys: [&'static str; 2],
    pub(super) value: Axis,
    pub(super) interval: [&'static str; 2],
}

impl Frame {
    /// The charts of the bars, the first one on top, with as many in each as are told apart.
    pub(super) fn charts(&self, bars: &[Bar]) -> Vec<Chart> {
        let chart = |bars: &[Bar]| Chart {
            group: self.group.clone(),
            subject: self.subject.clone(),
            keys: self.keys,
            abscissa: self.value,
            ordinate: Axis::linear("place", "1"),
            interval: self.interval,
            curves: bars.iter().enumerate().map(|(place, bar)| bar.curve(bars.len() - place)).collect(),
            stretch: 1,
        };
        bars.chunks(MOST_TOLD_APART).map(chart).collect()
    }
}

impl Bar {
    fn curve(&self, height: usize) -> Curve {
        let point = |x| Point { row: self.row, x, y: height as f64, lower: f64::NAN, upper: f64::NAN };
        Curve { name: self.name.clone(), points: [self.ends[0], self.value, self.ends[1]].map(point).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_from_the_top_and_no_chart_has_more_than_are_told_apart() {
        let frame = Frame {
            group: "lead".into(),
            subject: "weighted-mean".into(),
            keys: ["laboratory", "method"],
            value: Axis::linear("d", "1"),
            interval: ["expanded_u"; 2],
        };
        let bar = |row: usize| Bar { name: format!("lab-{row}"), row, ends: [-1.0, 1.0], value: 0.5 };
        let charts = frame.charts(&(0..11).map(bar).collect::<Vec<_>>());
        assert_eq!(charts.iter().map(|chart| chart.curves.len()).collect::<Vec<_>>(), [8, 3]);
        assert!(charts.iter().all(|chart| !chart.is_fleet()));
        let points = &charts[1].curve("lab-8").unwrap().points;
        assert_eq!(
            points.iter().map(|point| (point.row, point.x, point.y)).collect::<Vec<_>>(),
            [(8, -1.0, 3.0), (8, 0.5, 3.0), (8, 1.0, 3.0)]
        );
    }
}
