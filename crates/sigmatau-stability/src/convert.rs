//! Phase, angle, fractional frequency and hertz, with the nominal frequency ν₀ between them.
//!
//! A positive nominal frequency is assumed throughout. IEEE 1139 defines x = φ/(2π ν₀) and
//! y = (ν − ν₀)/ν₀ = dx/dt. Tables of clock data go through the same definitions at the door, where
//! unit and nominal frequency are stated.

use std::f64::consts::TAU;

/// The time error x in s of a phase deviation of `phi` rad: x = φ/(2π ν₀), with ν₀ = `nominal` in Hz.
///
/// ```
/// use sigmatau_stability::convert::radians_to_seconds;
/// assert_eq!(radians_to_seconds(std::f64::consts::PI, 10e6), 50e-9); // half a cycle of 10 MHz
/// ```
pub fn radians_to_seconds(phi: f64, nominal: f64) -> f64 {
    phi / TAU / nominal
}

/// The phase deviation φ in rad of a time error of `x` s: φ = 2π ν₀ x, with ν₀ = `nominal` in Hz.
pub fn seconds_to_radians(x: f64, nominal: f64) -> f64 {
    x * nominal * TAU
}

/// The time error x in s of `cycles` periods of the nominal frequency ν₀ = `nominal` in Hz.
pub fn cycles_to_seconds(cycles: f64, nominal: f64) -> f64 {
    cycles / nominal
}

/// The periods of the nominal frequency ν₀ = `nominal` in Hz in a time error of `x` s.
pub fn seconds_to_cycles(x: f64, nominal: f64) -> f64 {
    x * nominal
}

/// The fractional frequency y = (ν − ν₀)/ν₀ of the frequency ν = `hertz`, with ν₀ = `nominal` in Hz.
///
/// The difference is taken first: where ν and ν₀ lie within a factor of two it is exact.
///
/// ```
/// use sigmatau_stability::convert::hertz_to_fraction;
/// assert_eq!(hertz_to_fraction(10_000_000.5, 10e6), 5e-8);
/// ```
pub fn hertz_to_fraction(hertz: f64, nominal: f64) -> f64 {
    (hertz - nominal) / nominal
}

/// The frequency ν = ν₀ (1 + y) in Hz of the fractional frequency `y`, with ν₀ = `nominal` in Hz.
pub fn fraction_to_hertz(y: f64, nominal: f64) -> f64 {
    nominal.mul_add(y, nominal)
}

/// The fractional frequency y = Δν/ν₀ of a frequency that lies `offset` Hz above ν₀ = `nominal` in Hz,
/// such as a beat note.
pub fn offset_to_fraction(offset: f64, nominal: f64) -> f64 {
    offset / nominal
}

/// The offset Δν = ν₀ y in Hz of the fractional frequency `y`, with ν₀ = `nominal` in Hz.
pub fn fraction_to_offset(y: f64, nominal: f64) -> f64 {
    y * nominal
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_and_back_returns_the_value(value in -1e3..1e3_f64, nominal in 1.0..1e15_f64) {
            let backs = [
                seconds_to_radians(radians_to_seconds(value, nominal), nominal),
                seconds_to_cycles(cycles_to_seconds(value, nominal), nominal),
                fraction_to_offset(offset_to_fraction(value, nominal), nominal),
            ];
            for back in backs {
                prop_assert!((back - value).abs() <= 4.0 * f64::EPSILON * value.abs());
            }
        }

        #[test]
        fn hertz_come_back_to_their_own_rounding(y in -1e-6..1e-6_f64, nominal in 1.0..1e15_f64) {
            prop_assert!((hertz_to_fraction(fraction_to_hertz(y, nominal), nominal) - y).abs() <= f64::EPSILON);
        }
    }

    #[test]
    fn a_turn_is_a_cycle() {
        assert_eq!(radians_to_seconds(TAU, 5e6), cycles_to_seconds(1.0, 5e6));
        assert_eq!(
            hertz_to_fraction(429_228_004_229_874.0, 429_228_004_229_873.0),
            offset_to_fraction(1.0, 429_228_004_229_873.0)
        );
    }
}
