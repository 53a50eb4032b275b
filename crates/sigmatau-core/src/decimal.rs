//! Products and quotients of numbers as they are printed, so that U = k u and u = U / k lose no digit.
//!
//! In binary the product and the quotient round, and k u / k need not be u. In decimal the product of two
//! printed numbers is exact, and dividing it gives the printed number back.

/// The most digits that fit a `u128`.
const MOST: usize = 38;

/// A decimal number ± digits · 10^exponent.
#[derive(Clone, Copy)]
struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

/// Prints the exact product of the shortest decimals that read back as `a` and `b`; `NaN` where one of them is
/// not finite.
///
/// ```
/// use sigmatau_core::decimal::product;
/// assert_eq!(product(0.1, 3.0), "0.3");
/// assert_eq!(product(2.4477, 1.25e-13), "3.059625e-13");
/// ```
pub fn product(a: f64, b: f64) -> String {
    let (Some(a), Some(b)) = (Decimal::of(a), Decimal::of(b)) else { return "NaN".to_owned() };
    let digits = a.digits * b.digits;
    Decimal { negative: a.negative != b.negative, digits, exponent: a.exponent + b.exponent }.print()
}

/// Divides one printed number by another: the nearest number where the decimal quotient ends within 19 digits,
/// else one of the two nearest. Nothing where one of them is no finite number or the divisor is zero.
///
/// ```
/// use sigmatau_core::decimal::quotient;
/// assert_eq!(quotient("0.3", "3"), Some(0.1));
/// assert_eq!(quotient("3.059625e-13", "2.4477"), Some(1.25e-13));
/// assert_eq!(quotient("1", "0"), None);
/// ```
pub fn quotient(dividend: &str, divisor: &str) -> Option<f64> {
    let (dividend, divisor) = (Decimal::read(dividend, MOST)?.widened(), Decimal::read(divisor, MOST / 2)?);
    let whole = dividend.digits.checked_div(divisor.digits)?;
    let beyond = u8::from(whole * divisor.digits != dividend.digits);
    let sign = if dividend.negative == divisor.negative { "" } else { "-" };
    format!("{sign}{whole}{beyond}e{}", dividend.exponent.checked_sub(divisor.exponent)?.checked_sub(1)?).parse().ok()
}

impl Decimal {
    /// The shortest decimal of a finite number: at most 17 digits.
    fn of(number: f64) -> Option<Self> {
        Self::read(&format!("{number:e}"), MOST)
    }

    /// Reads a printed number; digits behind the `most` first ones are cut.
    fn read(text: &str, most: usize) -> Option<Self> {
        text.parse::<f64>().ok().filter(|number| number.is_finite())?;
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = whole.trim_start_matches(['+', '-']).to_owned() + fraction;
        let digits = digits.trim_start_matches('0');
        let kept = digits.len().min(most);
        let places = i32::try_from(fraction.len()).ok()? - i32::try_from(digits.len() - kept).ok()?;
        Some(Self {
            negative: mantissa.starts_with('-'),
            digits: digits[..kept].parse().unwrap_or(0),
            exponent: exponent.parse::<i32>().ok()?.checked_sub(places)?,
        })
    }

    /// The same number with as many digits as fit.
    fn widened(self) -> Self {
        let places = MOST as u32 - 1 - self.digits.checked_ilog10().unwrap_or(0);
        Self {
            digits: self.digits * 10_u128.pow(places),
            exponent: self.exponent.saturating_sub_unsigned(places),
            ..self
        }
    }

    /// The number without trailing zeros: plain from 1e-5 to 1e15, with an exponent beyond.
    fn print(self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let all = self.digits.to_string();
        let digits = all.trim_end_matches('0');
        if digits.is_empty() {
            return "0".to_owned();
        }
        let (first, rest) = digits.split_at(1);
        let point = self.exponent + all.len() as i32;
        match usize::try_from(point) {
            _ if !(-4..=15).contains(&point) => {
                let fraction = if rest.is_empty() { String::new() } else { format!(".{rest}") };
                format!("{sign}{first}{fraction}e{}", point - 1)
            }
            Err(_) => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
            Ok(0) => format!("{sign}0.{digits}"),
            Ok(whole) if whole >= digits.len() => format!("{sign}{digits}{}", "0".repeat(whole - digits.len())),
            Ok(whole) => format!("{sign}{}.{}", &digits[..whole], &digits[whole..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence of numbers of all magnitudes with 53 random bits.
    fn numbers() -> impl Iterator<Item = f64> {
        let mut state = 1_u64;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let exponent = (state >> 58) as i32 - 40;
            (1.0 + (state >> 12) as f64 / (1_u64 << 52) as f64) * 10_f64.powi(exponent)
        })
    }

    #[test]
    fn dividing_the_product_gives_the_number_back() {
        for (number, k) in numbers().take(20_000).zip([1.96, 2.0, 2.4477, 2.0518, 12.7062].into_iter().cycle()) {
            let printed = product(number, k);
            assert_eq!(quotient(&printed, &k.to_string()), Some(number), "{printed} / {k}");
        }
    }

    #[test]
    fn binary_products_lose_what_decimal_ones_keep() {
        let lost = numbers().take(1000).filter(|u| u * 2.4477 / 2.4477 != *u).count();
        assert!(lost > 0);
    }

    #[test]
    fn printed_products_read_as_the_binary_product_does() {
        for number in numbers().take(5000) {
            let read: f64 = product(number, 1.96).parse().unwrap();
            // Three roundings by half a unit each: of 1.96, of the binary product and of the decimal one.
            assert!((read - number * 1.96).abs() <= 1.5 * f64::EPSILON * read, "{number}");
        }
    }

    #[test]
    fn products_are_printed_plainly_where_they_are_short() {
        assert_eq!(product(25.0, 4.0), "100");
        assert_eq!(product(-0.001, 2.5), "-0.0025");
        assert_eq!(product(0.0, 2.0), "0");
        assert_eq!(product(1e-9, 2.0), "2e-9");
        assert_eq!(product(1.5, 3.0), "4.5");
        assert_eq!(product(f64::NAN, 2.0), "NaN");
    }

    #[test]
    fn what_is_no_number_has_no_quotient() {
        assert_eq!(quotient("NaN", "2"), None);
        assert_eq!(quotient("1", "two"), None);
        assert_eq!(quotient("0.0610", "2"), Some(0.0305));
        assert_eq!(quotient("-1", "3"), Some(-1.0 / 3.0));
        assert_eq!(quotient("1e999999999", "1e-999999999"), None);
    }
}
