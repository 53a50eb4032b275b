//! The sample clock of a sensor with digital output, against a reference clock.
//!
//! Such a sensor counts its samples by an oscillator of its own. Its time s is the count over the nominal rate;
//! reference time is t = s + c(s) with c(s) = offset + rate·(s − s̄) + drift·(s − s̄)²/2 about the middle s̄ of the
//! record. [`SampleClock::from_stamps`] finds it from the times at which a host received the samples,
//! [`SampleClock::from_tone`] from a tone that the sensor and a reference channel both recorded. What is left
//! uncertain is u(c), which turns every line of a response by ωu: the same cause for all lines, a [`Effect`].

use crate::covariance::{StandardUncertainty, Variance};
use crate::effect::Effect;
use crate::response::{Line, Response};
use nalgebra::{DMatrix, DVector};
use sigmatau_core::Finding;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

mod design;
mod stamps;
mod tone;

pub use stamps::{Delays, Stamps};
pub use tone::Tone;

/// How much is asked of a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Terms {
    /// The offset, where the rate is exact.
    Offset,
    /// Offset and rate.
    #[default]
    Rate,
    /// Offset, rate and drift.
    Drift,
}

impl Terms {
    /// How many coefficients there are.
    pub fn count(self) -> usize {
        match self {
            Self::Offset => 1,
            Self::Rate => 2,
            Self::Drift => 3,
        }
    }
}

/// The correction of a sensor's time to reference time.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleClock {
    /// The middle s̄ of the record in the sensor's time, in s.
    pub origin: f64,
    /// The offset in s, the rate (a number), the drift in 1/s; as many as were asked for.
    pub coefficients: Vec<f64>,
    /// Their covariance.
    pub covariance: DMatrix<f64>,
    /// Degrees of freedom of the covariance.
    pub dof: f64,
    /// The time error of the reference clock, and of delays that are the same for all stamps, as a standard
    /// uncertainty in s.
    pub reference: StandardUncertainty,
    /// What the stamps say of the delays on their way; nothing where there were no stamps.
    pub delays: Option<Delays>,
    /// What a reader should know.
    pub findings: Vec<Finding>,
}

/// Why the clock of a sensor was not found.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// Two columns of a record are not equally long.
    #[error(
        "compare a sample clock: {one} numbers in one column and {other} in the other; both must be of the same length"
    )]
    Lengths {
        /// The length of the first.
        one: usize,
        /// The length of the second.
        other: usize,
    },
    /// There are not more points than coefficients.
    #[error(
        "compare a sample clock: {points} {what} do not determine {coefficients} coefficients with a residual; take a longer record"
    )]
    TooFew {
        /// How many there are.
        points: usize,
        /// `stamps` or `blocks`.
        what: &'static str,
        /// How many coefficients were asked for.
        coefficients: usize,
    },
    /// A number that must be positive is not.
    #[error("compare a sample clock: the {what} {value} is not a positive finite number")]
    NotPositive {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A stamp or a sample is no number.
    #[error("compare a sample clock: the number at {index} of the column `{column}` is {value}")]
    NotFinite {
        /// The name of the column.
        column: &'static str,
        /// Its index.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A tone has no place in a block.
    #[error(
        "compare a sample clock: a tone of {frequency} Hz needs a rate of more than twice that and blocks of two periods or more, not {rate} Hz and {block} s"
    )]
    Tone {
        /// The frequency in Hz.
        frequency: f64,
        /// The rate in Hz.
        rate: f64,
        /// The length of a block in s.
        block: f64,
    },
}

impl SampleClock {
    /// c(s) in s: what is to be added to the sensor's time s to have reference time.
    pub fn correction(&self, sensor_time: f64) -> f64 {
        let basis = basis(sensor_time - self.origin, self.coefficients.len());
        basis.iter().zip(&self.coefficients).map(|(b, c)| b * c).sum()
    }

    /// The standard uncertainty of c(s) in s, with that of the reference clock.
    pub fn uncertainty(&self, sensor_time: f64) -> StandardUncertainty {
        let basis = DVector::from_vec(basis(sensor_time - self.origin, self.coefficients.len()));
        let Variance(reference) = self.reference.into();
        Variance(basis.dot(&(&self.covariance * &basis)).max(0.0) + reference).into()
    }

    /// The rate in Hz at which the sensor samples in reference time: nominal rate over dt/ds.
    ///
    /// ```
    /// use sigmatau_dynamic::StandardUncertainty;
    /// use sigmatau_dynamic::sample_clock::{SampleClock, Stamps};
    /// let samples: Vec<f64> = (0..=10).map(|k| 1000.0 * f64::from(k)).collect();
    /// let times: Vec<f64> = samples.iter().map(|k| k / 999.9).collect();
    /// let slow = SampleClock::from_stamps(&Stamps { samples: &samples, times: &times, ..Stamps::at(1000.0) })?;
    /// assert!((slow.sampling_rate(1000.0, 5.0) - 999.9).abs() < 1e-6);
    /// # Ok::<(), sigmatau_dynamic::sample_clock::ClockError>(())
    /// ```
    pub fn sampling_rate(&self, nominal: f64, sensor_time: f64) -> f64 {
        let rate = self.coefficients.get(1).copied().unwrap_or(0.0);
        let drift = self.coefficients.get(2).copied().unwrap_or(0.0);
        nominal / (1.0 + rate + drift * (sensor_time - self.origin))
    }

    /// A response that was made with the sensor's time s as if it were reference time, put right: H e^(−jωc(s)).
    ///
    /// A sensor whose clock is late in counting (c > 0) shows its signal early. The frequencies are those of the
    /// excitation, in reference time. The uncertainty of c is the source of [`SampleClock::source`].
    #[must_use]
    pub fn corrected(&self, response: &Response, sensor_time: f64) -> Response {
        let correction = self.correction(sensor_time);
        let turned = |line: &Line| {
            let turn = Complex64::cis(-TAU * line.frequency * correction);
            Line { value: line.value * turn, covariance: line.covariance.times(turn), ..*line }
        };
        Response { lines: response.lines.iter().map(turned).collect(), ..response.clone() }
    }

    /// What the uncertainty of the clock at the sensor's time s does to a response: the phase of each line off by
    /// ωu(c), all by the same cause. [`Effect::added_to`] adds it to single lines, a fit takes it as it is.
    pub fn source(&self, frequencies: &[f64], sensor_time: f64) -> Effect {
        Effect::delay("sample clock", self.uncertainty(sensor_time), frequencies)
    }
}

/// 1, x, x²/2.
fn basis(x: f64, count: usize) -> Vec<f64> {
    [1.0, x, 0.5 * x * x][..count].to_vec()
}

fn positive(what: &'static str, value: f64) -> Result<f64, ClockError> {
    if value > 0.0 && value.is_finite() { Ok(value) } else { Err(ClockError::NotPositive { what, value }) }
}

fn finite(column: &'static str, values: &[f64]) -> Result<(), ClockError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(ClockError::NotFinite { column, index, value: values[index] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
