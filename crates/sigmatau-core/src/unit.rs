//! Units of measurement: parsed from field metadata, checked, converted exactly where that is possible.
//!
//! A unit is a scale factor to SI, kept as a ratio of integers and a power of π so that conversions
//! round once, and a [`Dimension`]. The named units stand in the table file `unit/table.rs`, their
//! names in digital certificates in `unit/dsi.rs`.

mod dsi;
mod table;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The exponents of length, mass, time, current, temperature, amount, luminous intensity and angle.
///
/// Angle is kept apart although SI counts it as a number: a phase in rad and a ratio in 1 are
/// different columns, and confusing them is the commonest unit error of the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension(pub(crate) [i8; 8]);

/// The factor from a unit to SI: numerator / denominator · π^pi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Factor {
    numerator: u128,
    denominator: u128,
    pi: i32,
}

/// A unit of measurement.
///
/// Grammar: factors joined by `·`, `*`, `.` or a space, each a named unit with an optional SI prefix
/// and an optional exponent (`s^-1`, `s-1`, `m²`); everything after a `/` divides.
///
/// ```
/// use sigmatau_core::Unit;
/// let nanosecond = Unit::parse("ns")?;
/// assert_eq!(nanosecond.convert(2.5, &Unit::SECOND)?, 2.5e-9);
/// assert_eq!(Unit::parse("kWh")?.convert(1.0, &Unit::parse("MJ")?)?, 3.6);
/// assert!(nanosecond.convert(1.0, &Unit::parse("V")?).is_err());
/// # Ok::<(), sigmatau_core::UnitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Unit {
    symbol: Cow<'static, str>,
    dimension: Dimension,
    factor: Factor,
    /// The reading, in this unit, at which the SI quantity is zero; only thermometer scales have one.
    zero: f64,
}

/// Why a unit was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// A word is no unit.
    #[error("read the unit `{text}`: `{word}` is not a unit{hint}")]
    Unknown {
        /// The whole unit as written.
        text: String,
        /// The factor that was not understood.
        word: String,
        /// The nearest known units.
        hint: String,
    },
    /// The factor to SI does not fit.
    #[error("read the unit `{0}`: its factor to SI is out of range")]
    Range(String),
    /// A text is no unit of the D-SI.
    #[error("read the D-SI unit `{text}`: {problem}")]
    Dsi {
        /// The whole unit as written.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A unit has no name in the D-SI.
    #[error("write `{unit}` as a D-SI unit: `{word}` has no name there; convert the values to SI first")]
    Nameless {
        /// The whole unit.
        unit: String,
        /// The factor without a name.
        word: String,
    },
    /// Two units measure different things.
    #[error("convert `{from}` to `{to}`: they measure different quantities")]
    Dimension {
        /// The unit of the value.
        from: String,
        /// The unit that was wanted.
        to: String,
    },
}

impl Unit {
    /// The unit one, `1`.
    pub const ONE: Self = Self::si("1", [0; 8]);
    /// The second.
    pub const SECOND: Self = Self::si("s", [0, 0, 1, 0, 0, 0, 0, 0]);
    /// The hertz.
    pub const HERTZ: Self = Self::si("Hz", [0, 0, -1, 0, 0, 0, 0, 0]);
    /// The radian.
    pub const RADIAN: Self = Self::si("rad", [0, 0, 0, 0, 0, 0, 0, 1]);

    const fn si(symbol: &'static str, exponents: [i8; 8]) -> Self {
        let factor = Factor { numerator: 1, denominator: 1, pi: 0 };
        Self { symbol: Cow::Borrowed(symbol), dimension: Dimension(exponents), factor, zero: 0.0 }
    }

    /// Reads a unit.
    ///
    /// # Errors
    /// When a factor is no known unit (the nearest known ones are named), or the factor to SI is
    /// out of range.
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        let text = text.trim();
        if let Some(unit) = table::named(text) {
            return Ok(unit);
        }
        let mut unit = Self::ONE;
        for (word, sign) in words(text) {
            unit = unit.times(&factor(word, text)?, sign).ok_or_else(|| UnitError::Range(text.to_owned()))?;
        }
        Ok(Self { symbol: Cow::Owned(text.to_owned()), ..unit })
    }

    /// The unit as it was written.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// What the unit measures.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// Tells whether values can be converted to `other`.
    pub fn is_convertible_to(&self, other: &Self) -> bool {
        self.dimension == other.dimension
    }

    /// The coherent SI unit of the same quantity: its own name where it has one, else a product of base units.
    ///
    /// ```
    /// use sigmatau_core::Unit;
    /// let symbol = |text| Unit::parse(text).map(|unit| unit.coherent().to_string());
    /// assert_eq!((symbol("mV")?, symbol("gn")?, symbol("deg")?), ("V".into(), "m/s^2".into(), "rad".into()));
    /// # Ok::<(), sigmatau_core::UnitError>(())
    /// ```
    #[must_use]
    pub fn coherent(&self) -> Self {
        self.dimension.unit()
    }

    /// Converts one value: value · a/b with the ratio of the two factors reduced, so that the result
    /// is correctly rounded whenever the ratio or its inverse is an integer below 2⁵³ or a power of
    /// ten up to 10²².
    ///
    /// # Errors
    /// When the two units measure different quantities.
    pub fn convert(&self, value: f64, to: &Self) -> Result<f64, UnitError> {
        Ok(self.conversion(to)?.apply(value))
    }

    /// Prepares the conversion of many values.
    ///
    /// # Errors
    /// When the two units measure different quantities.
    pub fn conversion(&self, to: &Self) -> Result<Conversion, UnitError> {
        if !self.is_convertible_to(to) {
            return Err(UnitError::Dimension { from: self.symbol().to_owned(), to: to.symbol().to_owned() });
        }
        let ratio = self.factor.over(to.factor).ok_or_else(|| UnitError::Range(self.symbol().to_owned()))?;
        Ok(Conversion {
            multiply: ratio.numerator as f64,
            divide: ratio.denominator as f64,
            pi: std::f64::consts::PI.powi(ratio.pi),
            zero_from: self.zero,
            zero_to: to.zero,
        })
    }

    /// The product of two units, such as that of a covariance; nothing when its factor to SI is out of range.
    ///
    /// ```
    /// use sigmatau_core::Unit;
    /// let volt = Unit::parse("mV")?;
    /// assert_eq!(volt.times_unit(&volt), Some(Unit::parse("mV^2")?));
    /// # Ok::<(), sigmatau_core::UnitError>(())
    /// ```
    pub fn times_unit(&self, other: &Self) -> Option<Self> {
        let symbol = spelled(words(self.symbol()).chain(words(other.symbol())));
        Some(Self { symbol: Cow::Owned(symbol), ..self.times(other, 1)? })
    }

    /// The quotient of two units, such as that of a sensitivity; nothing when its factor to SI is out of range.
    ///
    /// ```
    /// use sigmatau_core::Unit;
    /// let (volt, acceleration) = (Unit::parse("mV")?, Unit::parse("m/s^2")?);
    /// assert_eq!(volt.over_unit(&acceleration).map(|unit| unit.to_string()), Some("mV·s^2/m".to_owned()));
    /// assert_eq!(volt.over_unit(&volt), Some(Unit::ONE));
    /// # Ok::<(), sigmatau_core::UnitError>(())
    /// ```
    pub fn over_unit(&self, other: &Self) -> Option<Self> {
        let inverse = words(other.symbol()).map(|(word, sign)| (word, -sign));
        let symbol = if self == other { "1".to_owned() } else { spelled(words(self.symbol()).chain(inverse)) };
        Some(Self { symbol: Cow::Owned(symbol), ..self.times(other, -1)? })
    }

    /// This unit times `other` to the power `exponent`; nothing when the factor overflows.
    fn times(&self, other: &Self, exponent: i32) -> Option<Self> {
        let mut dimension = self.dimension;
        for (mine, its) in dimension.0.iter_mut().zip(other.dimension.0) {
            *mine = i8::try_from(i32::from(*mine) + i32::from(its) * exponent).ok()?;
        }
        let factor = (0..exponent.abs()).try_fold(self.factor, |product, _| match exponent > 0 {
            true => product.by(other.factor),
            false => product.over(other.factor),
        })?;
        Some(Self { symbol: self.symbol.clone(), dimension, factor, zero: 0.0 })
    }
}

impl Dimension {
    /// The dimension with these exponents of length, mass, time, current, temperature, amount, luminous intensity and
    /// angle.
    pub const fn of(exponents: [i8; 8]) -> Self {
        Self(exponents)
    }

    /// The exponents of length, mass, time, current, temperature, amount, luminous intensity and angle.
    pub const fn exponents(self) -> [i8; 8] {
        self.0
    }

    /// The coherent SI unit: its own name where it has one, else a product of base units.
    ///
    /// ```
    /// use sigmatau_core::unit::Dimension;
    /// assert_eq!(Dimension::of([1, 0, -2, 0, 0, 0, 0, 0]).unit().symbol(), "m/s^2");
    /// ```
    #[must_use]
    pub fn unit(self) -> Unit {
        table::coherent(self).unwrap_or_else(|| Unit {
            symbol: Cow::Owned(self.symbol()),
            dimension: self,
            factor: Factor::new(1, 1, 0),
            zero: 0.0,
        })
    }

    /// The product of base units, such as `kg·m^2/s`.
    fn symbol(self) -> String {
        let base = ["m", "kg", "s", "A", "K", "mol", "cd", "rad"];
        let power = |(name, exponent): (&str, i8)| match exponent.unsigned_abs() {
            1 => name.to_owned(),
            exponent => format!("{name}^{exponent}"),
        };
        let powers = |wanted: fn(i8) -> bool| {
            let named = base.into_iter().zip(self.0).filter(move |(_, exponent)| wanted(*exponent));
            named.map(power).collect::<Vec<String>>()
        };
        let (above, below) = (powers(|exponent| exponent > 0), powers(|exponent| exponent < 0));
        let above = if above.is_empty() { "1".to_owned() } else { above.join("·") };
        below.into_iter().fold(above, |symbol, power| symbol + "/" + &power)
    }
}

impl Factor {
    fn new(numerator: u128, denominator: u128, pi: i32) -> Self {
        let common = gcd(numerator, denominator);
        Self { numerator: numerator / common, denominator: denominator / common, pi }
    }

    fn by(self, other: Self) -> Option<Self> {
        let (a, b) = (Self::new(self.numerator, other.denominator, 0), Self::new(other.numerator, self.denominator, 0));
        let numerator = a.numerator.checked_mul(b.numerator)?;
        let denominator = a.denominator.checked_mul(b.denominator)?;
        Some(Self::new(numerator, denominator, self.pi + other.pi))
    }

    fn over(self, other: Self) -> Option<Self> {
        self.by(Self { numerator: other.denominator, denominator: other.numerator, pi: -other.pi })
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A prepared conversion between two units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion {
    multiply: f64,
    divide: f64,
    pi: f64,
    zero_from: f64,
    zero_to: f64,
}

impl Conversion {
    /// Converts one value.
    pub fn apply(&self, value: f64) -> f64 {
        (value - self.zero_from) * self.multiply / self.divide * self.pi + self.zero_to
    }

    /// Converts a difference of two values, such as an uncertainty: where the zero of a unit lies does not matter to it.
    pub fn apply_to_difference(&self, difference: f64) -> f64 {
        difference * self.multiply / self.divide * self.pi
    }

    /// The same conversion for differences: one that leaves 0 as it is.
    #[must_use]
    pub fn of_differences(self) -> Self {
        Self { zero_from: 0.0, zero_to: 0.0, ..self }
    }

    /// Tells whether the conversion leaves every value as it is.
    pub fn is_identity(&self) -> bool {
        self.multiply == 1.0 && self.divide == 1.0 && self.pi == 1.0 && self.zero_from == self.zero_to
    }
}

/// The factors of a unit, each with 1 where it multiplies and −1 where it divides.
fn words(text: &str) -> impl Iterator<Item = (&str, i32)> {
    let signs = std::iter::once(1).chain(std::iter::repeat(-1));
    let parts = text.split('/').zip(signs);
    let words = parts.flat_map(|(part, sign)| part.split(['·', '*', '.', ' ']).map(move |word| (word, sign)));
    words.filter(|(word, _)| !word.is_empty() && *word != "1")
}

/// The symbol of a product of factors, those with a negative sign behind a `/` each.
fn spelled<'a>(factors: impl Iterator<Item = (&'a str, i32)>) -> String {
    let (above, below): (Vec<_>, Vec<_>) = factors.partition(|(_, sign)| *sign > 0);
    let above = above.into_iter().map(|(word, _)| word).collect::<Vec<_>>().join("·");
    let above = if above.is_empty() { "1".to_owned() } else { above };
    below.into_iter().fold(above, |symbol, (word, _)| symbol + "/" + word)
}

/// Reads one factor: a named unit, with an SI prefix or not, and an optional exponent.
fn factor(word: &str, text: &str) -> Result<Unit, UnitError> {
    let (name, exponent) = split_exponent(word);
    let unit = table::named(name).or_else(|| table::prefixed(name)).ok_or_else(|| UnitError::Unknown {
        text: text.to_owned(),
        word: word.to_owned(),
        hint: crate::nearest::did_you_mean(name, &table::symbols()),
    })?;
    Unit::ONE.times(&unit, exponent).ok_or_else(|| UnitError::Range(text.to_owned()))
}

/// Splits `m^2`, `m²`, `s-1` into the name and the exponent; without one the exponent is 1.
fn split_exponent(word: &str) -> (&str, i32) {
    let superscript = ["⁻²", "⁻¹", "²", "³"]
        .iter()
        .zip([-2, -1, 2, 3])
        .find_map(|(mark, exponent)| word.strip_suffix(mark).map(|name| (name, exponent)));
    let start = word.find(|c: char| c == '^' || c == '-' || c.is_ascii_digit()).filter(|start| *start > 0);
    let written = start.and_then(|start| {
        let (name, exponent) = word.split_at(start);
        exponent.trim_start_matches('^').parse().ok().map(|exponent| (name, exponent))
    });
    superscript.or(written).unwrap_or((word, 1))
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        Self::parse(text)
    }
}

impl PartialEq for Unit {
    /// Two units are equal when they measure the same on the same scale, however they are written.
    fn eq(&self, other: &Self) -> bool {
        (self.dimension, self.factor) == (other.dimension, other.factor) && self.zero == other.zero
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coherent_units_read_back_as_themselves() {
        for text in ["kV", "gn", "km/h", "degC", "mV/gn", "pC/bar", "kWh", "1/min", "%", "mg", "cycle/s", "ohm m"] {
            let unit = Unit::parse(text).unwrap().coherent();
            assert_eq!(Unit::parse(unit.symbol()).unwrap(), unit, "{text}: {unit}");
            assert_eq!(unit.coherent().symbol(), unit.symbol(), "{text}");
        }
    }

    fn convert(value: f64, from: &str, to: &str) -> f64 {
        Unit::parse(from).unwrap().convert(value, &Unit::parse(to).unwrap()).unwrap()
    }

    #[test]
    fn decimal_conversions_are_correctly_rounded() {
        for picoseconds in 1..20_000_u32 {
            let text: f64 = format!("{picoseconds}e-12").parse().unwrap();
            assert_eq!(convert(f64::from(picoseconds), "ps", "s"), text);
        }
    }

    #[test]
    fn field_units_convert_to_si() {
        assert_eq!(convert(180.0, "deg", "rad"), std::f64::consts::PI);
        assert_eq!(convert(50.0, "%", "1"), 0.5);
        assert_eq!(convert(1.0, "ppm", "1"), 1e-6);
        assert_eq!(convert(1.0, "d", "s"), 86_400.0);
        assert_eq!(convert(25.0, "degC", "K"), 298.15);
        assert_eq!(convert(10.0, "MHz", "1/s"), 1e7);
        assert_eq!(convert(3.6, "km/h", "m/s"), 1.0);
        assert_eq!(convert(1.0, "gn", "m/s^2"), 9.80665);
    }

    #[test]
    fn one_unit_is_equal_to_itself_in_another_spelling() {
        assert_eq!(Unit::parse("V/A").unwrap(), Unit::parse("Ω").unwrap());
        assert_eq!(Unit::parse("m·s⁻²").unwrap(), Unit::parse("m/s^2").unwrap());
        assert_ne!(Unit::parse("rad").unwrap(), Unit::ONE);
    }

    #[test]
    fn conversion_and_back_returns_the_value() {
        for (from, to) in [("ns", "s"), ("kWh", "J"), ("deg", "rad"), ("min", "h")] {
            let there = convert(12.345, from, to);
            assert!((convert(there, to, from) - 12.345).abs() < 4e-15);
        }
    }

    #[test]
    fn products_and_quotients_read_back_as_themselves() {
        let units = ["V", "m/s^2", "mV/gn", "1/min", "1", "kWh"].map(|text| Unit::parse(text).unwrap());
        for (one, other) in units.iter().flat_map(|one| units.iter().map(move |other| (one, other))) {
            for made in [one.times_unit(other).unwrap(), one.over_unit(other).unwrap()] {
                assert_eq!(Unit::parse(made.symbol()).unwrap(), made, "{one}, {other}: {made}");
            }
        }
    }

    #[test]
    fn unknown_unit_names_the_nearest() {
        let message = Unit::parse("nsec").unwrap_err().to_string();
        assert!(message.contains("`nsec` is not a unit"), "{message}");
        assert!(message.contains("`ns`"), "{message}");
    }

    #[test]
    fn different_quantities_do_not_convert() {
        let message = Unit::SECOND.convert(1.0, &Unit::ONE).unwrap_err().to_string();
        assert_eq!(message, "convert `s` to `1`: they measure different quantities");
    }
}
