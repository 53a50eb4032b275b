//! Where things stand on the canvas: logarithmic axes counted in decades, and names that keep apart.

use super::{HEIGHT, WIDTH, interval_ends};
use crate::view::{Chart, Point};
use std::ops::Range;

/// The most decades with a figure on one axis.
const MOST_FIGURES: i32 = 8;

/// A stretch of a logarithmic axis, in decades: 0 stands for 1, −3 for 10⁻³.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    start: f64,
    end: f64,
}

impl Span {
    /// The stretch that holds these numbers with a margin, and at least two whole decades; nothing
    /// without numbers.
    fn around(numbers: impl Iterator<Item = f64>) -> Option<Self> {
        let (start, end) = numbers
            .map(f64::log10)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(start, end), decade| (start.min(decade), end.max(decade)));
        let margin = (0.03 * (end - start)).max(0.05);
        let span = Self { start: start - margin, end: end + margin };
        let wide = Self { start: span.start.floor(), end: span.end.ceil() };
        start.is_finite().then_some(if span.whole().count() < 2 { wide } else { span })
    }

    fn whole(self) -> impl Iterator<Item = i32> {
        (self.start.ceil() as i32)..=(self.end.floor() as i32)
    }

    /// The whole decades that get a line and a figure.
    pub(super) fn decades(self) -> impl Iterator<Item = i32> {
        let step = (self.whole().count() as i32 + MOST_FIGURES - 1) / MOST_FIGURES;
        self.whole().filter(move |decade| decade.rem_euclid(step) == 0)
    }

    /// The places of 2, 3 … 9 times a power of ten.
    pub(super) fn between_decades(self) -> impl Iterator<Item = f64> {
        let decades = (self.start.floor() as i32)..(self.end.ceil() as i32);
        let places = decades.flat_map(|decade| (2..10).map(move |digit| f64::from(decade) + f64::from(digit).log10()));
        places.filter(move |place| (self.start..=self.end).contains(place))
    }

    /// How far along the stretch a decade stands, from 0 to 1.
    fn fraction(self, decade: f64) -> f64 {
        (decade - self.start) / (self.end - self.start)
    }
}

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
        let points = || chart.curves.iter().flat_map(|curve| &curve.points).filter(|point| point.is_drawable());
        let told_apart = chart.told_apart();
        let ends =
            told_apart.iter().flat_map(|curve| &curve.points).filter(|p| p.is_drawable()).flat_map(interval_ends);
        Some(Self {
            left: 620,
            right: WIDTH as i32 - names_width,
            top: 420,
            bottom: HEIGHT as i32 - 560,
            x: Span::around(points().map(|point| point.x))?,
            y: Span::around(points().map(|point| point.y).chain(ends))?,
        })
    }

    /// The place of a decade of the abscissa.
    pub(super) fn across(&self, decade: f64) -> i32 {
        self.left + (f64::from(self.right - self.left) * self.x.fraction(decade)).round() as i32
    }

    /// The place of a decade of the ordinate.
    pub(super) fn upwards(&self, decade: f64) -> i32 {
        self.bottom - (f64::from(self.bottom - self.top) * self.y.fraction(decade)).round() as i32
    }

    /// The place of a drawable point.
    pub(super) fn place(&self, point: &Point) -> (i32, i32) {
        (self.across(point.x.log10()), self.upwards(point.y.log10()))
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
    fn axis_within_one_decade_is_widened_to_its_ends() {
        let span = Span::around([2e-13, 3e-13].into_iter()).unwrap();
        assert_eq!(span, Span { start: -13.0, end: -12.0 });
        assert_eq!(span.decades().collect::<Vec<_>>(), [-13, -12]);
    }

    #[test]
    fn single_number_has_an_axis() {
        assert_eq!(Span::around([1.0].into_iter()).unwrap(), Span { start: -1.0, end: 1.0 });
        assert_eq!(Span::around(std::iter::empty()), None);
    }

    #[test]
    fn long_axes_leave_out_figures() {
        let span = Span::around([1e-20, 1.0].into_iter()).unwrap();
        assert_eq!(span.decades().collect::<Vec<_>>(), [-18, -15, -12, -9, -6, -3, 0]);
    }

    #[test]
    fn names_keep_apart_and_in_order() {
        assert_eq!(spread(&[100, 105, 102], 10, 0..200), [100, 120, 110]);
        assert_eq!(spread(&[195, 190], 10, 0..200), [200, 190]);
        assert_eq!(spread(&[0, 0, 0], 10, 0..200), [0, 10, 20]);
    }
}
