//! Stretches of axes, and the lines and figures along them.

use crate::number::{exponent, superscript, typeset};
use crate::view::Scale;

/// The most lines with a figure on one axis.
const MOST_FIGURES: i32 = 8;

/// A stretch of an axis: in decades where it is logarithmic (0 stands for 1, −3 for 10⁻³), else in the numbers
/// themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    scale: Scale,
    start: f64,
    end: f64,
}

impl Span {
    /// The stretch that holds these numbers with a margin; nothing without numbers. A logarithmic one has at
    /// least two whole decades.
    pub(super) fn around(scale: Scale, numbers: impl Iterator<Item = f64>) -> Option<Self> {
        let (start, end) = numbers
            .map(|number| along(scale, number))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(start, end), place| (start.min(place), end.max(place)));
        let least = match scale {
            Scale::Logarithmic => 0.05,
            Scale::Linear if end > start => 0.0,
            Scale::Linear if end == 0.0 => 1.0,
            Scale::Linear => 0.5 * end.abs(),
        };
        let margin = (0.03 * (end - start)).max(least);
        let span = Self { scale, start: start - margin, end: end + margin };
        let wide = Self { scale, start: span.start.floor(), end: span.end.ceil() };
        let is_narrow = scale == Scale::Logarithmic && span.whole().count() < 2;
        start.is_finite().then_some(if is_narrow { wide } else { span })
    }

    /// How far along the stretch a number stands, from 0 to 1.
    pub(super) fn fraction(self, number: f64) -> f64 {
        (along(self.scale, number) - self.start) / (self.end - self.start)
    }

    /// The numbers that get a line, with their figures.
    pub(super) fn figures(self) -> Vec<(f64, String)> {
        match self.scale {
            Scale::Logarithmic => self.decades().map(|decade| (10_f64.powi(decade), power_of_ten(decade))).collect(),
            Scale::Linear => self.steps(),
        }
    }

    /// The numbers that get a short mark: 2, 3 … 9 times a power of ten.
    pub(super) fn marks(self) -> Vec<f64> {
        if self.scale == Scale::Linear {
            return Vec::new();
        }
        let decades = (self.start.floor() as i32)..(self.end.ceil() as i32);
        let numbers = decades.flat_map(|decade| (2..10).map(move |digit| f64::from(digit) * 10_f64.powi(decade)));
        numbers.filter(|number| (0.0..=1.0).contains(&self.fraction(*number))).collect()
    }

    /// The power of ten that every figure is to be multiplied by, such as `10⁻⁹`; nothing where it is one.
    pub(super) fn factor(self) -> Option<String> {
        (self.thousands() != 0).then(|| power_of_ten(self.thousands()))
    }

    fn whole(self) -> impl Iterator<Item = i32> {
        (self.start.ceil() as i32)..=(self.end.floor() as i32)
    }

    /// The whole decades that get a figure.
    fn decades(self) -> impl Iterator<Item = i32> {
        let step = (self.whole().count() as i32 + MOST_FIGURES - 1) / MOST_FIGURES;
        self.whole().filter(move |decade| decade.rem_euclid(step) == 0)
    }

    /// The multiples of 1, 2 or 5 times a power of ten, as many as get a figure.
    fn steps(self) -> Vec<(f64, String)> {
        let finest = (self.end - self.start) / f64::from(MOST_FIGURES);
        let wide_enough = |(digit, decade): &(f64, i32)| digit * 10_f64.powi(*decade) >= finest;
        let decade = exponent(finest);
        let steps = [(1.0, decade), (2.0, decade), (5.0, decade), (1.0, decade + 1)];
        let (step, decade) = steps.into_iter().find(wide_enough).unwrap_or(steps[3]);
        let unit = 10_f64.powi(decade);
        let (first, last) = ((self.start / (step * unit)).ceil() as i64, (self.end / (step * unit)).floor() as i64);
        let (shift, decimals) = (decade - self.thousands(), usize::try_from(self.thousands() - decade).unwrap_or(0));
        let figure = |number: f64| typeset(&format!("{:.decimals$}", number * 10_f64.powi(shift)));
        let multiples = (first..=last).map(|multiple| multiple as f64 * step);
        multiples.map(|number| (number * unit, figure(number))).collect()
    }

    /// The exponent that is taken out of the figures of a linear axis: a multiple of three.
    fn thousands(self) -> i32 {
        match self.scale {
            Scale::Logarithmic => 0,
            Scale::Linear => exponent(self.start.abs().max(self.end.abs())).div_euclid(3) * 3,
        }
    }
}

/// Where a number stands along an axis.
fn along(scale: Scale, number: f64) -> f64 {
    match scale {
        Scale::Logarithmic => number.log10(),
        Scale::Linear => number,
    }
}

fn power_of_ten(decade: i32) -> String {
    format!("10{}", superscript(&decade.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logarithmic(numbers: &[f64]) -> Option<Span> {
        Span::around(Scale::Logarithmic, numbers.iter().copied())
    }

    fn linear(numbers: &[f64]) -> Span {
        Span::around(Scale::Linear, numbers.iter().copied()).unwrap()
    }

    fn figures(span: Span) -> Vec<String> {
        span.figures().into_iter().map(|(_, figure)| figure).collect()
    }

    #[test]
    fn axis_within_one_decade_is_widened_to_its_ends() {
        let span = logarithmic(&[2e-13, 3e-13]).unwrap();
        assert_eq!((span.start, span.end), (-13.0, -12.0));
        assert_eq!(figures(span), ["10⁻¹³", "10⁻¹²"]);
    }

    #[test]
    fn single_number_has_an_axis() {
        let span = logarithmic(&[1.0]).unwrap();
        assert_eq!((span.start, span.end), (-1.0, 1.0));
        assert_eq!(logarithmic(&[]), None);
        assert_eq!(figures(linear(&[0.0])), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
    }

    #[test]
    fn long_axes_leave_out_figures() {
        let span = logarithmic(&[1e-20, 1.0]).unwrap();
        assert_eq!(span.decades().collect::<Vec<_>>(), [-18, -15, -12, -9, -6, -3, 0]);
    }

    #[test]
    fn marks_of_a_decade_stand_between_its_ends() {
        let marks = logarithmic(&[2.0, 5.0]).unwrap().marks();
        assert_eq!(marks, [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    }

    #[test]
    fn linear_axes_have_round_figures_of_either_sign_and_a_common_factor() {
        let span = linear(&[-2.4e-9, 3.1e-9]);
        assert_eq!(figures(span), ["−2", "−1", "0", "1", "2", "3"]);
        assert_eq!(span.factor().unwrap(), "10⁻⁹");
        assert_eq!(figures(linear(&[0.0, 99_999.0])), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!((linear(&[0.0, 40.0]).factor(), logarithmic(&[1e-9, 1e-3]).unwrap().factor()), (None, None));
    }

    #[test]
    fn a_single_number_other_than_zero_stands_in_the_middle() {
        let span = linear(&[-4e-9]);
        assert!((span.fraction(-4e-9) - 0.5).abs() < 1e-12);
        assert_eq!(span.factor().unwrap(), "10⁻⁹");
    }
}
