//! From numbers in a stated unit to the time error x in s or the fractional frequency y: one rule for tables
//! and for texts.

use super::ClockKind;
use crate::error::Trouble;
use crate::rows::rule::Way;
use sigmatau_core::Unit;
use sigmatau_core::unit::Conversion;

/// What numbers in hertz are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hertz {
    /// The frequency ν itself, of which y = (ν − ν₀)/ν₀.
    #[default]
    Absolute,
    /// Its offset Δν = ν − ν₀ from the nominal frequency, such as a beat note, of which y = Δν/ν₀.
    Offset,
}

impl Hertz {
    /// The words in options.
    pub const WORDS: [&str; 2] = ["absolute", "offset"];

    /// Reads a word of [`Hertz::WORDS`].
    pub fn from_word(word: &str) -> Option<Self> {
        let place = Self::WORDS.iter().position(|known| *known == word)?;
        Some([Self::Absolute, Self::Offset][place])
    }
}

impl ClockKind {
    /// What numbers in `unit` measure: time and angle are phase, ratios and hertz frequency.
    pub(crate) fn of(unit: &Unit) -> Option<Self> {
        match unit {
            unit if unit.is_convertible_to(&Unit::SECOND) || is_angle(unit) => Some(Self::Phase),
            unit if unit.is_convertible_to(&Unit::ONE) || is_hertz(unit) => Some(Self::Frequency),
            _ => None,
        }
    }

    /// The SI unit: s or 1.
    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Phase => Unit::SECOND,
            Self::Frequency => Unit::ONE,
        }
    }
}

/// Tells whether numbers in `unit` say something of a clock only with its nominal frequency.
pub(crate) fn needs_nominal(unit: &Unit) -> bool {
    is_angle(unit) || is_hertz(unit)
}

/// The angle 2π rad.
pub(crate) fn cycle() -> Unit {
    Unit::parse("cycle").expect("cycle is a unit")
}

fn is_angle(unit: &Unit) -> bool {
    unit.is_convertible_to(&Unit::RADIAN)
}

fn is_hertz(unit: &Unit) -> bool {
    unit.is_convertible_to(&Unit::HERTZ)
}

/// The way from numbers in a unit to x in s or y in 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measure {
    /// To s, 1, cycles or Hz, where the numbers are not in these already.
    conversion: Option<Conversion>,
    nominal: Option<Nominal>,
}

/// The step by the nominal frequency: what is taken off, and what the rest is divided by, in Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Nominal {
    zero: f64,
    frequency: f64,
}

impl Measure {
    /// The way for numbers in `unit`, by the nominal frequency ν₀ in Hz where it takes one: phase φ in an angle
    /// is x = φ/(2π ν₀), a frequency ν in hertz y = (ν − ν₀)/ν₀, an offset Δν in hertz y = Δν/ν₀.
    ///
    /// The difference is taken first: where ν and ν₀ lie within a factor of two it is exact. Angles go through
    /// cycles, so that cycles and degrees take no rounded π.
    ///
    /// # Errors
    /// When the unit is none of a clock, it needs ν₀ and none is stated, or `hertz` is stated of another unit.
    pub(crate) fn new(unit: &Unit, nominal: Option<f64>, hertz: Option<Hertz>) -> Result<Self, Trouble> {
        let kind = ClockKind::of(unit).ok_or_else(|| Trouble::WrongUnit { found: unit.to_string() })?;
        if hertz.is_some() && !is_hertz(unit) {
            return Err(Trouble::NoHertz { unit: unit.to_string() });
        }
        let (to, absolute, formula) = match hertz {
            _ if is_angle(unit) => (cycle(), false, "x = φ/(2π ν₀)"),
            _ if !is_hertz(unit) => return Ok(Self { conversion: needed(unit, &kind.unit())?, nominal: None }),
            Some(Hertz::Offset) => (Unit::HERTZ, false, "y = Δν/ν₀"),
            Some(Hertz::Absolute) | None => (Unit::HERTZ, true, "y = (ν − ν₀)/ν₀"),
        };
        let frequency = nominal.ok_or_else(|| Trouble::NoNominal { unit: unit.to_string(), formula })?;
        let zero = if absolute { frequency } else { 0.0 };
        Ok(Self { conversion: needed(unit, &to)?, nominal: Some(Nominal { zero, frequency }) })
    }

    /// Tells whether the nominal frequency has a part in it.
    pub(crate) fn is_by_nominal(&self) -> bool {
        self.nominal.is_some()
    }
}

impl Way for Measure {
    fn apply(&self, value: f64) -> f64 {
        let value = self.conversion.map_or(value, |conversion| conversion.apply(value));
        self.nominal.map_or(value, |nominal| (value - nominal.zero) / nominal.frequency)
    }

    fn is_identity(&self) -> bool {
        self.conversion.is_none() && self.nominal.is_none()
    }
}

fn needed(from: &Unit, to: &Unit) -> Result<Option<Conversion>, Trouble> {
    Ok(Some(from.conversion(to)?).filter(|conversion| !conversion.is_identity()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::{PI, TAU};

    fn measure(unit: &str, nominal: Option<f64>, hertz: Option<Hertz>) -> Result<Measure, String> {
        Measure::new(&Unit::parse(unit).unwrap(), nominal, hertz).map_err(|trouble| trouble.to_string())
    }

    fn by(nominal: f64, unit: &str, value: f64) -> f64 {
        measure(unit, Some(nominal), None).unwrap().apply(value)
    }

    #[test]
    fn half_a_cycle_of_ten_megahertz_is_fifty_nanoseconds() {
        for (unit, half) in [("rad", PI), ("mrad", 1e3 * PI), ("deg", 180.0), ("°", 180.0), ("cycle", 0.5)] {
            assert!((by(10e6, unit, half) / 50e-9 - 1.0).abs() < 4.0 * f64::EPSILON, "{unit}");
        }
        assert_eq!((by(10e6, "cycle", 0.5), by(10e6, "deg", 180.0)), (50e-9, 50e-9));
    }

    #[test]
    fn an_offset_keeps_the_digits_that_an_absolute_frequency_has_lost() {
        let offset = measure("mHz", Some(429_228_004_229_873.0), Some(Hertz::Offset)).unwrap();
        assert_eq!(offset.apply(1.0), 1e-3 / 429_228_004_229_873.0);
        let absolute = measure("Hz", Some(429_228_004_229_873.0), Some(Hertz::Absolute)).unwrap();
        assert_eq!(absolute.apply(429_228_004_229_873.0 + 1e-3), 0.0);
    }

    #[test]
    fn what_is_in_si_stays_untouched() {
        for unit in ["s", "1"] {
            assert!(measure(unit, Some(10e6), None).unwrap().is_identity(), "{unit}");
        }
        assert!(!measure("cycle", Some(10e6), None).unwrap().is_identity());
    }

    #[test]
    fn a_missing_nominal_frequency_is_told_with_its_formula() {
        let message = |unit, hertz| measure(unit, None, hertz).unwrap_err();
        let expected =
            "it is in `rad`, and x = φ/(2π ν₀) needs the nominal frequency; state `nominal`, a positive number of Hz";
        assert_eq!(message("rad", None), expected);
        assert!(message("kHz", None).starts_with("it is in `kHz`, and y = (ν − ν₀)/ν₀ needs"));
        assert!(message("Hz", Some(Hertz::Offset)).starts_with("it is in `Hz`, and y = Δν/ν₀ needs"));
    }

    #[test]
    fn a_word_on_hertz_about_another_unit_is_refused() {
        let message = measure("rad", Some(10e6), Some(Hertz::Offset)).unwrap_err();
        assert_eq!(message, "it is in `rad`, but `hertz` speaks of values in Hz; drop `hertz`, or mend the unit");
    }

    proptest! {
        #[test]
        fn an_absolute_frequency_and_its_offset_agree(offset in -1e3..1e3_f64, nominal in 1e6..1e9_f64) {
            let beat = measure("Hz", Some(nominal), Some(Hertz::Offset)).unwrap().apply(offset);
            let rounding = f64::EPSILON * (nominal + offset.abs()) / nominal;
            prop_assert!((by(nominal, "Hz", nominal + offset) - beat).abs() <= rounding);
        }

        #[test]
        fn every_angle_tells_the_same_time(phi in -1e6..1e6_f64, nominal in 1.0..1e15_f64) {
            let x = phi / TAU / nominal;
            for (unit, value) in [("rad", phi), ("deg", phi.to_degrees()), ("cycle", phi / TAU)] {
                prop_assert!((by(nominal, unit, value) - x).abs() <= 4.0 * f64::EPSILON * x.abs());
            }
        }
    }
}
