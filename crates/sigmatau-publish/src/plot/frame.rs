//! Where things stand on the canvas, and names that keep apart.

use super::span::Span;
use super::{HEIGHT, WIDTH};
use crate::view::{Chart, Point};
use std::ops::Range;

/// The rectangle of the curves on the canvas, and the axes along it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) top: i32,
    pub(super) bottom: i32,
    pub(super) x: Span,
    pub(super) y: Span,
}

impl Frame {
    /// The frame that holds every drawable point, the whiskers of the curves that are told apart, and
    /// leaves room for names at the right; nothing where no point is drawable.
    pub(super) fn around(chart: &Chart, names_width: i32) -> Option<Self> {
        let points = || chart.curves.iter().flat_map(|curve| chart.drawable(curve));
        let told_apart = chart.told_apart();
        let ends = told_apart.iter().flat_map(|curve| chart.drawable(curve)).flat_map(|p| chart.interval_ends(p));
        Some(Self {
            left: 620,
            right: WIDTH as i32 - names_width,
            top: 420,
            bottom: HEIGHT as i32 - 560,
            x: Span::around(chart.abscissa.scale, points().map(|point| point.x))?,
            y: Span::around(chart.ordinate.scale, points().map(|point| point.y).chain(ends))?,
        })
    }

    /// The place of an abscissa.
    pub(super) fn across(&self, x: f64) -> i32 {
        self.left + (f64::from(self.right - self.left) * self.x.fraction(x)).round() as i32
    }

    /// The place of an ordinate.
    pub(super) fn upwards(&self, y: f64) -> i32 {
        self.bottom - (f64::from(self.bottom - self.top) * self.y.fraction(y)).round() as i32
    }

    /// The place of a drawable point.
    pub(super) fn place(&self, point: &Point) -> (i32, i32) {
        (self.across(point.x), self.upwards(point.y))
    }
}

/// Moves `wanted` heights apart so that neighbours keep `distance` and none leaves the `room`, as long
/// as the room suffices; the order from top to bottom stays.
pub(super) fn spread(wanted: &[i32], distance: i32, room: Range<i32>) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|place| wanted[*place]);
    let mut heights = wanted.to_vec();
    let mut least = room.start;
    for place in &order {
        heights[*place] = heights[*place].max(least);
        least = heights[*place] + distance;
    }
    let mut most = room.end;
    for place in order.iter().rev() {
        heights[*place] = heights[*place].min(most);
        most = heights[*place] - distance;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_apart_and_in_order() {
        assert_eq!(spread(&[100, 105, 102], 10, 0..200), [100, 120, 110]);
        assert_eq!(spread(&[195, 190], 10, 0..200), [200, 190]);
        assert_eq!(spread(&[0, 0, 0], 10, 0..200), [0, 10, 20]);
    }
}
