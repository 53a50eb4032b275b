//! Dimensions with exact rational exponents.

use sigmatau_core::Unit;
use sigmatau_core::unit::Dimension;
use std::fmt;

/// A reduced fraction with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ratio {
    numerator: i32,
    denominator: i32,
}

impl Ratio {
    pub(super) const ZERO: Self = Self::whole(0);
    /// The most decimals that are taken exactly.
    const DECIMALS: i32 = 6;

    pub(super) const fn whole(numerator: i32) -> Self {
        Self { numerator, denominator: 1 }
    }

    /// The number as it is written, if it has few decimals.
    pub(super) fn of(number: f64) -> Option<Self> {
        let scale = 10_i32.pow(Self::DECIMALS as u32);
        let scaled = (number * f64::from(scale)).round();
        let ratio = Self::reduced(scaled as i64, i64::from(scale))?;
        (ratio.value() == number).then_some(ratio)
    }

    fn reduced(numerator: i64, denominator: i64) -> Option<Self> {
        let common = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let common = i64::try_from(common).ok().filter(|_| denominator != 0)? * denominator.signum();
        let (numerator, denominator) = (numerator / common, denominator / common);
        Some(Self { numerator: numerator.try_into().ok()?, denominator: denominator.try_into().ok()? })
    }

    pub(super) fn value(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// The whole number that it is, if it is one.
    pub(super) fn as_whole(self) -> Option<i32> {
        (self.denominator == 1).then_some(self.numerator)
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let [a, b, c, d] = [self.numerator, self.denominator, other.numerator, other.denominator].map(i64::from);
        Self::reduced(a * d + c * b, b * d)
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        let [a, b, c, d] = [self.numerator, self.denominator, other.numerator, other.denominator].map(i64::from);
        Self::reduced(a * c, b * d)
    }

    pub(super) fn over(self, other: Self) -> Option<Self> {
        let [a, b, c, d] = [self.numerator, self.denominator, other.numerator, other.denominator].map(i64::from);
        Self::reduced(a * d, b * c)
    }

    pub(super) fn negated(self) -> Option<Self> {
        self.times(Self::whole(-1))
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The exponents of m, kg, s, A, K, mol, cd and rad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exponents([Ratio; 8]);

impl Exponents {
    /// Those of a number.
    pub(super) const NUMBER: Self = Self([Ratio::ZERO; 8]);
    const ANGLE: usize = 7;

    pub(super) fn of(unit: &Unit) -> Self {
        Self(unit.dimension().exponents().map(|exponent| Ratio::whole(i32::from(exponent))))
    }

    /// Those of a product with the other to a power; nothing out of range.
    pub(super) fn times_power(self, other: Self, power: Ratio) -> Option<Self> {
        let mut product = self;
        for (mine, its) in product.0.iter_mut().zip(other.0) {
            *mine = its.times(power).and_then(|its| mine.plus(its))?;
        }
        Some(product)
    }

    pub(super) fn to_power(self, power: Ratio) -> Option<Self> {
        Self::NUMBER.times_power(self, power)
    }

    /// The same without its angles, which SI takes for numbers.
    pub(super) fn without_angle(mut self) -> Self {
        self.0[Self::ANGLE] = Ratio::ZERO;
        self
    }

    /// Whether it is a number or a power of an angle.
    pub(super) fn is_number(self) -> bool {
        self.without_angle() == Self::NUMBER
    }

    /// Those of a sum: nothing for different quantities, no angle unless both have it.
    pub(super) fn alike(self, other: Self) -> Option<Self> {
        match self == other {
            true => Some(self),
            false => (self.without_angle() == other.without_angle()).then_some(self.without_angle()),
        }
    }

    /// The coherent SI unit; nothing for exponents that are broken or too large.
    pub(super) fn unit(self) -> Option<Unit> {
        let mut exponents = [0; 8];
        for (exponent, ratio) in exponents.iter_mut().zip(self.0) {
            *exponent = ratio.as_whole().and_then(|whole| i8::try_from(whole).ok())?;
        }
        Some(Dimension::of(exponents).unit())
    }
}

impl fmt::Display for Exponents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(unit) = self.unit() {
            return write!(f, "{unit}");
        }
        let base = ["m", "kg", "s", "A", "K", "mol", "cd", "rad"];
        let powers = base.iter().zip(self.0).filter(|(_, exponent)| *exponent != Ratio::ZERO);
        let written = |(base, exponent): (&&str, Ratio)| match (exponent.numerator, exponent.denominator) {
            (1, 1) => (*base).to_owned(),
            (numerator, 1) => format!("{base}^{numerator}"),
            (numerator, denominator) => format!("{base}^({numerator}/{denominator})"),
        };
        f.write_str(&powers.map(written).collect::<Vec<_>>().join("·"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_the_ratios_they_are_written_as() {
        assert_eq!(Ratio::of(0.5), Ratio::whole(1).over(Ratio::whole(2)));
        assert_eq!(Ratio::of(-1.2), Ratio::whole(-6).over(Ratio::whole(5)));
        assert_eq!(Ratio::of(1.0 / 3.0), None);
        assert_eq!(Ratio::of(1e300), None);
        assert_eq!(Ratio::of(f64::NAN), None);
    }

    #[test]
    fn half_of_a_square_root_of_a_square_is_a_half_power() {
        let volt = Exponents::of(&Unit::parse("V").unwrap());
        let half = Ratio::of(0.5).unwrap();
        assert_eq!(volt.to_power(Ratio::whole(2)).unwrap().to_power(half), Some(volt));
        assert_eq!(Exponents::of(&Unit::HERTZ).to_power(half).unwrap().to_string(), "s^(-1/2)");
    }
}
