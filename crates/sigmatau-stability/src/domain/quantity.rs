//! Which density of a clock is meant.

use std::f64::consts::TAU;

/// A one-sided spectral density of a clock (IEEE 1139).
///
/// With the time error x in s, the fractional frequency y = dx/dt and the phase φ = 2π ν₀ x of a clock
/// of nominal frequency ν₀:
///
/// S_y(f) = (2πf)² S_x(f), S_φ(f) = (2πν₀)² S_x(f), 𝓛(f) = ½ S_φ(f).
///
/// ```
/// use sigmatau_stability::domain::Quantity;
/// // White FM of S_y = 2e-24 /Hz, seen at 10 MHz and 1 Hz: S_φ = 2e-10 rad²/Hz, 𝓛 = −100 dBc/Hz.
/// let s_x = Quantity::Frequency.to_time_error(2e-24, 1.0, None).unwrap();
/// let l = Quantity::PhaseNoise.of_time_error(s_x, 1.0, Some(10e6)).unwrap();
/// assert!((10.0 * l.log10() + 100.0).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// S_y, of the fractional frequency, in 1/Hz.
    Frequency,
    /// S_x, of the time error, in s²/Hz.
    TimeError,
    /// S_φ, of the phase, in rad²/Hz.
    Phase,
    /// 𝓛, half of S_φ, in 1/Hz; 10 lg of it is in dBc/Hz.
    PhaseNoise,
}

impl Quantity {
    /// Every quantity.
    pub const ALL: [Self; 4] = [Self::Frequency, Self::TimeError, Self::Phase, Self::PhaseNoise];

    /// The word: `s_y`, `s_x`, `s_phi` or `l`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Frequency => "s_y",
            Self::TimeError => "s_x",
            Self::Phase => "s_phi",
            Self::PhaseNoise => "l",
        }
    }

    /// Whether it depends on the nominal frequency.
    pub fn needs_nominal(self) -> bool {
        matches!(self, Self::Phase | Self::PhaseNoise)
    }

    /// The density that S_x = `density` in s²/Hz at `frequency` in Hz stands for, at the `nominal`
    /// frequency in Hz; nothing where that is needed and not given.
    pub fn of_time_error(self, density: f64, frequency: f64, nominal: Option<f64>) -> Option<f64> {
        Some(density * self.factor(frequency, nominal)?)
    }

    /// S_x in s²/Hz of a density of this quantity; the reverse of [`Quantity::of_time_error`].
    pub fn to_time_error(self, density: f64, frequency: f64, nominal: Option<f64>) -> Option<f64> {
        Some(density / self.factor(frequency, nominal)?)
    }

    fn factor(self, frequency: f64, nominal: Option<f64>) -> Option<f64> {
        match self {
            Self::TimeError => Some(1.0),
            Self::Frequency => Some((TAU * frequency).powi(2)),
            Self::Phase => nominal.map(|nominal| (TAU * nominal).powi(2)),
            Self::PhaseNoise => nominal.map(|nominal| 0.5 * (TAU * nominal).powi(2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversion_there_and_back_changes_nothing() {
        for quantity in Quantity::ALL {
            let there = quantity.of_time_error(3e-20, 0.7, Some(10e6)).unwrap();
            let back = quantity.to_time_error(there, 0.7, Some(10e6)).unwrap();
            assert!((back / 3e-20 - 1.0).abs() < 1e-15, "{}", quantity.word());
        }
    }

    #[test]
    fn phase_without_a_nominal_frequency_is_not_known() {
        for quantity in Quantity::ALL {
            assert_eq!(quantity.of_time_error(1.0, 1.0, None).is_none(), quantity.needs_nominal());
        }
    }

    /// ν₀² S_y = f² S_φ.
    #[test]
    fn phase_and_frequency_are_related_by_the_nominal_frequency() {
        let [s_y, s_phi] =
            [Quantity::Frequency, Quantity::Phase].map(|q| q.of_time_error(1.0, 3.0, Some(5e6)).unwrap());
        assert!((25e12 * s_y / (9.0 * s_phi) - 1.0).abs() < 1e-15);
    }
}
