//! A measured value with its uncertainty, and how the two are rounded for print.

use crate::{Coverage, Unit};
use std::fmt;

/// A measured quantity value with its standard uncertainty (VIM 2.10, 2.30).
///
/// Printing follows GUM 7.2.6: the uncertainty is given with two significant digits, the value to
/// the same decimal place, both rounded to nearest with ties to even.
///
/// ```
/// use sigmatau_core::{Estimate, Unit};
/// let mass = Estimate::new(100.021_47, 0.000_35, Unit::parse("g")?)?;
/// assert_eq!(mass.to_string(), "100.02147(35) g");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The value, in `unit`.
    pub value: f64,
    /// The standard uncertainty *u*, in `unit`, not negative.
    pub standard_uncertainty: f64,
    /// Effective degrees of freedom ν of *u*; infinite where *u* is exactly known.
    pub degrees_of_freedom: f64,
    /// The coverage that expanded uncertainties are stated for, where one was chosen.
    pub coverage: Option<Coverage>,
    /// The unit of value and uncertainty.
    pub unit: Unit,
}

/// Why an [`Estimate`] was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EstimateError {
    /// The value is infinite or not a number.
    #[error("make an estimate: the value {0} is not finite")]
    Value(f64),
    /// The uncertainty is negative, infinite or not a number.
    #[error("make an estimate: the standard uncertainty {0} is not a finite number of at least 0")]
    Uncertainty(f64),
}

impl Estimate {
    /// Returns a checked estimate with infinite degrees of freedom.
    ///
    /// # Errors
    /// When `value` is not finite, or `standard_uncertainty` is negative or not finite.
    pub fn new(value: f64, standard_uncertainty: f64, unit: Unit) -> Result<Self, EstimateError> {
        if !value.is_finite() {
            return Err(EstimateError::Value(value));
        }
        if !standard_uncertainty.is_finite() || standard_uncertainty < 0.0 {
            return Err(EstimateError::Uncertainty(standard_uncertainty));
        }
        let (degrees_of_freedom, coverage) = (f64::INFINITY, None);
        Ok(Self { value, standard_uncertainty, degrees_of_freedom, coverage, unit })
    }

    /// Returns the expanded uncertainty U = k u (GUM 6.2.1), where a coverage was chosen.
    pub fn expanded_uncertainty(&self) -> Option<f64> {
        self.coverage.map(|coverage| coverage.factor * self.standard_uncertainty)
    }

    /// Returns the decimal place of the last printed digit: `-3` for thousandths.
    ///
    /// The place leaves two significant digits to the uncertainty after rounding, so that 0.0996
    /// counts as 0.10.
    fn last_place(&self) -> i32 {
        let scientific = format!("{:.1e}", self.standard_uncertainty);
        let exponent = scientific.split_once('e').map_or("0", |(_, exponent)| exponent);
        exponent.parse::<i32>().expect("Rust prints an integer exponent") - 1
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit.symbol() {
            "1" => String::new(),
            symbol => format!(" {symbol}"),
        };
        if self.standard_uncertainty == 0.0 {
            return write!(f, "{}{unit}", self.value);
        }
        let exponent = order_of_magnitude(self.value.abs().max(self.standard_uncertainty));
        if (-3..=5).contains(&exponent) {
            return write!(f, "{}{unit}", in_brackets(self.value, self.standard_uncertainty, self.last_place()));
        }
        // Scaled through decimal text, so that the printed digits are those of the value.
        let (value, uncertainty) = (shifted(self.value, -exponent), shifted(self.standard_uncertainty, -exponent));
        write!(f, "{}e{exponent}{unit}", in_brackets(value, uncertainty, self.last_place() - exponent))
    }
}

fn order_of_magnitude(x: f64) -> i32 {
    let scientific = format!("{x:e}");
    let exponent = scientific.split_once('e').map_or("0", |(_, exponent)| exponent);
    exponent.parse().expect("Rust prints an integer exponent")
}

/// Multiplies by a power of ten with a single rounding, by moving the exponent of the decimal text.
fn shifted(x: f64, by: i32) -> f64 {
    let scientific = format!("{x:e}");
    let (digits, exponent) = scientific.split_once('e').expect("Rust prints an exponent");
    let exponent: i32 = exponent.parse().expect("Rust prints an integer exponent");
    format!("{digits}e{}", exponent + by).parse().expect("digits and exponent make a number")
}

/// Writes `1.234(56)`, or `1230(450)` where the last digit stands left of the decimal point.
fn in_brackets(value: f64, uncertainty: f64, last_place: i32) -> String {
    if last_place >= 0 {
        let round = |x: f64| shifted(shifted(x, -last_place).round_ties_even(), last_place);
        return format!("{}({})", round(value), round(uncertainty));
    }
    let places = usize::try_from(-last_place).expect("the place is negative");
    if last_place == -1 {
        return format!("{value:.1}({uncertainty:.1})");
    }
    format!("{value:.places$}({:.0})", shifted(uncertainty, -last_place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: f64, uncertainty: f64) -> String {
        Estimate::new(value, uncertainty, Unit::ONE).unwrap().to_string()
    }

    #[test]
    fn value_and_uncertainty_end_at_the_same_place() {
        assert_eq!(printed(1.234_567, 0.000_123), "1.23457(12)");
        assert_eq!(printed(12.3, 4.56), "12.3(4.6)");
        assert_eq!(printed(12_345.6, 123.0), "12350(120)");
        assert_eq!(printed(-0.5, 0.012), "-0.500(12)");
    }

    #[test]
    fn uncertainty_that_rounds_up_a_decade_keeps_two_digits() {
        assert_eq!(printed(1.0, 0.099_6), "1.00(10)");
        assert_eq!(printed(10.047_62, 0.009_96), "10.048(10)");
    }

    #[test]
    fn small_values_are_written_with_an_exponent() {
        assert_eq!(printed(2.922_319e-12, 0.074e-12), "2.922(74)e-12");
        assert_eq!(printed(-1.5e9, 2.4e7), "-1.500(24)e9");
    }

    #[test]
    fn exact_values_print_without_brackets() {
        assert_eq!(printed(5.0, 0.0), "5");
    }

    #[test]
    fn negative_uncertainty_is_refused() {
        assert!(Estimate::new(1.0, -1.0, Unit::ONE).is_err());
        assert!(Estimate::new(f64::NAN, 1.0, Unit::ONE).is_err());
    }
}
