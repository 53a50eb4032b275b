//! How numbers are printed for people: five significant digits, one notation for a whole column.

/// The most significant digits that are printed.
const DIGITS: usize = 5;
/// What stands for a missing number.
pub(crate) const MISSING: &str = "–";

/// The notation of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// Every number is whole: printed in full.
    Whole,
    /// Decimals, each number with so many significant digits.
    Plain { digits: usize },
    /// A mantissa with so many digits and a power of ten.
    Scientific { digits: usize },
}

impl Notation {
    /// Chooses the notation of a column: the plainest one in which no number is too long to read.
    ///
    /// Digits that no number of the column needs are not printed: 0.95 stays 0.95.
    pub(crate) fn of(numbers: &[f64]) -> Self {
        let finite = || numbers.iter().copied().filter(|number| number.is_finite() && *number != 0.0);
        if finite().all(|number| number.fract() == 0.0 && number.abs() < 1e9) {
            return Self::Whole;
        }
        let digits = finite().map(digits_needed).max().unwrap_or(DIGITS).min(DIGITS);
        match finite().all(|number| (-3..=6).contains(&exponent(number))) {
            true => Self::Plain { digits },
            false => Self::Scientific { digits },
        }
    }

    /// Prints a number of the column: `1.2346e-13`, `0.95`, `32768`, `∞`, or `–` where it is missing.
    pub(crate) fn print(self, number: f64) -> String {
        if number.is_nan() {
            return MISSING.to_owned();
        }
        if number.is_infinite() {
            return if number > 0.0 { "∞" } else { "−∞" }.to_owned();
        }
        match self {
            _ if number == 0.0 => "0".to_owned(),
            Self::Whole => format!("{number:.0}"),
            Self::Plain { digits } => format!("{number:.*}", decimals(number, digits)),
            Self::Scientific { digits } => format!("{number:.*e}", digits - 1),
        }
    }
}

/// The decimal places that give `number` so many significant digits, after rounding.
fn decimals(number: f64, digits: usize) -> usize {
    let rounded: f64 = format!("{number:.*e}", digits - 1).parse().expect("a printed number reads back");
    let places = digits as i32 - 1 - exponent(rounded);
    usize::try_from(places).unwrap_or(0)
}

/// The decimal exponent of a finite number other than zero.
pub(crate) fn exponent(number: f64) -> i32 {
    let scientific = format!("{number:e}");
    let (_, exponent) = scientific.split_once('e').expect("Rust prints an exponent");
    exponent.parse().expect("Rust prints an integer exponent")
}

/// The significant digits of the shortest text that reads back as `number`.
fn digits_needed(number: f64) -> usize {
    let scientific = format!("{number:e}");
    scientific.chars().take_while(|c| *c != 'e').filter(char::is_ascii_digit).count()
}

/// Sets `1.2346e-13` as `1.2346×10⁻¹³`; other texts stay as they are.
pub(crate) fn typeset(printed: &str) -> String {
    match printed.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}×10{}", superscript(exponent)).replace('-', "−"),
        None => printed.replace('-', "−"),
    }
}

/// Writes an integer in superscript figures.
pub(crate) fn superscript(integer: &str) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    };
    integer.chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(numbers: &[f64]) -> Vec<String> {
        let notation = Notation::of(numbers);
        numbers.iter().map(|number| notation.print(*number)).collect()
    }

    #[test]
    fn whole_numbers_are_printed_in_full() {
        assert_eq!(printed(&[1.0, 131_072.0, f64::NAN]), ["1", "131072", "–"]);
    }

    #[test]
    fn small_numbers_carry_five_digits_and_an_exponent() {
        assert_eq!(printed(&[1.234_567e-13, 9.999_996e-14, 0.0]), ["1.2346e-13", "1.0000e-13", "0"]);
    }

    #[test]
    fn digits_that_no_number_needs_are_left_out() {
        assert_eq!(printed(&[0.95, 0.683]), ["0.950", "0.683"]);
        assert_eq!(printed(&[0.95, 0.95]), ["0.95", "0.95"]);
    }

    #[test]
    fn rounding_up_a_decade_keeps_five_digits() {
        assert_eq!(printed(&[9.999_996, 131_071.6]), ["10.000", "131072"]);
    }

    #[test]
    fn infinite_degrees_of_freedom_are_printed() {
        assert_eq!(printed(&[f64::INFINITY, 2.5]), ["∞", "2.5"]);
    }

    #[test]
    fn column_without_numbers_has_dashes() {
        assert_eq!(printed(&[f64::NAN, f64::NAN]), ["–", "–"]);
    }

    #[test]
    fn exponents_are_typeset_raised() {
        assert_eq!(typeset("1.2346e-13"), "1.2346×10⁻¹³");
        assert_eq!(typeset("-2.5e9"), "−2.5×10⁹");
        assert_eq!(typeset("32768"), "32768");
        assert_eq!(superscript("-1234567890"), "⁻¹²³⁴⁵⁶⁷⁸⁹⁰");
    }
}
