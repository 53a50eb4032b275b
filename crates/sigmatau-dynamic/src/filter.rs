//! Digital filters with uncertain coefficients: their response, their design, and what they do to a signal and
//! to what is known of its errors.
//!
//! What lives here: [`Fir`] and [`Iir`], the two kinds of filter behind the one trait [`Filter`]; [`design`],
//! filters that imitate or undo a measured response; [`stream`], signals that do not fit into memory;
//! [`verify`](fn@verify), the Monte Carlo check. What never does: the response that a filter is
//! designed from.
//!
//! One direction holds everywhere: a filter delays, y(n) = Σ h(k) x(n − k), and [`Filtered::advanced`] takes the
//! delay back. No record is ever bent to a circle.

mod bank;
pub mod design;
mod fir;
mod iir;
mod noise;
mod polynomial;
mod sources;
pub mod stream;
mod verify;

use crate::covariance::{Bivariate, Covariance, CovarianceError, Variance};
use crate::response::Line;
use crate::verify::VerifyError;
pub use fir::Fir;
pub use iir::Iir;
use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::fft::Complex64;
pub use stream::Stream;
pub use verify::verify;

/// What the input was before its record began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// Zero, and known to be.
    Rest,
    /// This level, for so long that the filter had settled, with the errors of the record: stationary errors
    /// went on before it, independent ones had the variance of its first point. Errors that are known point
    /// by point (banded, of common sources, dense) begin with the record.
    Settled(f64),
}

impl Start {
    /// The input before the record.
    fn level(self) -> f64 {
        match self {
            Self::Rest => 0.0,
            Self::Settled(level) => level,
        }
    }
}

/// A filtered signal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filtered {
    /// The values.
    pub values: Vec<f64>,
    /// The variance of each.
    pub variances: Vec<Variance>,
}

impl Filtered {
    /// The signal with `points` points of delay taken back: place n has what the filter gave at n + `points`. At
    /// the last places, of which the filter had not yet seen enough, value and variance are missing (`NaN`).
    ///
    /// ```
    /// use sigmatau_dynamic::Variance;
    /// use sigmatau_dynamic::filter::Filtered;
    /// let filtered = Filtered { values: vec![0.0, 1.0, 2.0], variances: vec![Variance(4.0); 3] };
    /// let advanced = filtered.advanced(1);
    /// assert_eq!(advanced.values[..2], [1.0, 2.0]);
    /// assert!(advanced.values[2].is_nan() && advanced.variances[2].0.is_nan());
    /// ```
    #[must_use]
    pub fn advanced(mut self, points: usize) -> Self {
        let points = points.min(self.values.len());
        self.values.rotate_left(points);
        self.variances.rotate_left(points);
        let kept = self.values.len() - points;
        self.values[kept..].fill(f64::NAN);
        self.variances[kept..].fill(Variance(f64::NAN));
        self
    }
}

/// What both kinds of filter do.
pub trait Filter: Sized + Sync {
    /// The response at `frequency` for `rate` points a second, with its covariance to first order in the errors of
    /// the coefficients; the coherence is `NaN`, the degrees of freedom are infinite.
    fn line(&self, frequency: f64, rate: f64) -> Line;

    /// The group delay −dφ/dω in s at `frequency`, for `rate` points a second.
    fn group_delay(&self, frequency: f64, rate: f64) -> f64;

    /// The filter followed by a FIR filter of the exactly known `taps`.
    ///
    /// # Panics
    /// When there is no tap.
    #[must_use]
    fn then(&self, taps: &[f64]) -> Self;

    /// The filtered signal, and the variance of each point from the errors of the input and of the coefficients.
    ///
    /// # Errors
    /// When signal and errors differ in length, a point is not finite, or the filter is unstable.
    fn apply(&self, signal: &[f64], errors: &Covariance, start: Start) -> Result<Filtered, FilterError>;

    /// After how many points an input is forgotten: the length of the impulse response, until it changes no bit.
    fn memory(&self) -> usize;

    /// The filtered signal alone.
    fn values(&self, signal: &[f64], start: Start) -> Vec<f64>;

    /// A filter with coefficients drawn from their normal law; nothing where that filter is unstable.
    fn drawn(&self, gaussian: &mut Gaussian) -> Option<Self>;
}

/// Why a filter was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// There are no coefficients.
    #[error("make a filter: it has no coefficients; give at least one")]
    Empty,
    /// A coefficient is not finite.
    #[error("make a filter: coefficient {place} is {value}")]
    Coefficient {
        /// Its place, counted from 0.
        place: usize,
        /// Its value.
        value: f64,
    },
    /// The denominator does not begin with 1.
    #[error(
        "make a filter: the denominator begins with {0}; divide all coefficients by it, and their covariance by its square"
    )]
    Leading(f64),
    /// A covariance is of another size.
    #[error("make a filter: the covariance is of {given} coefficients, {expected} are uncertain")]
    Size {
        /// Of how many it is.
        given: usize,
        /// Of how many it has to be.
        expected: usize,
    },
    /// A matrix is no covariance.
    #[error(
        "use a covariance: the matrix has the eigenvalue {smallest:e} beside {largest:e}, a covariance has none below zero; look for a lost sign, digit or transposition"
    )]
    NoCovariance {
        /// The smallest eigenvalue.
        smallest: f64,
        /// The largest.
        largest: f64,
    },
    /// A pole is not inside the unit circle.
    #[error(
        "filter a signal: the filter is unstable, a pole has the modulus {0}, at least 1; design it with more delay or a lower order"
    )]
    Unstable(f64),
    /// Signal and errors differ in length.
    #[error("filter a signal: it has {points} points, its covariance {errors}")]
    Lengths {
        /// The points of the signal.
        points: usize,
        /// The points of the covariance.
        errors: usize,
    },
    /// A point of the signal is not finite.
    #[error("filter a signal: point {point} is {value}; fill gaps, or filter the pieces between them")]
    Point {
        /// The point, counted from 0.
        point: usize,
        /// Its value.
        value: f64,
    },
    /// A frequency does not exist at this rate.
    #[error("design a filter: {frequency} Hz is not between 0 and {} Hz, half the rate", rate / 2.0)]
    Frequency {
        /// The frequency in Hz.
        frequency: f64,
        /// The sampling rate in Hz.
        rate: f64,
    },
    /// The rate is not a positive number.
    #[error("design a filter: the sampling rate {0} Hz is not a positive number")]
    Rate(f64),
    /// The response can't be undone.
    #[error(
        "design a filter: the response at {0} Hz is zero or not finite, its inverse does not exist; leave the line out"
    )]
    Zero(f64),
    /// The weights do not fit.
    #[error("design a filter: {0}; give each line a finite weight, none negative")]
    Weights(String),
    /// The errors of the signal are no covariance.
    #[error(transparent)]
    Errors(#[from] CovarianceError),
    /// The check was refused.
    #[error(transparent)]
    Check(#[from] VerifyError),
    /// There are too few lines, or they are too close, to tell all coefficients.
    #[error(
        "design a filter: {lines} lines do not determine {coefficients} coefficients; take fewer, or lines over more of the band"
    )]
    Undetermined {
        /// How many lines there are.
        lines: usize,
        /// How many coefficients were asked for.
        coefficients: usize,
    },
}

/// The response `value` at `frequency`, where each common source of the coefficients has one of these errors.
fn line(frequency: f64, value: Complex64, errors: impl Iterator<Item = Complex64>) -> Line {
    let add = |(power, pseudo): (f64, Complex64), error: Complex64| (power + error.norm_sqr(), pseudo + error * error);
    let (power, pseudo) = errors.fold((0.0, Complex64::ZERO), add);
    let covariance = Bivariate::from_moments(power, pseudo);
    Line { frequency, value, covariance, coherence: f64::NAN, dof: f64::INFINITY }
}

/// Checks a signal and its errors against each other.
fn check(signal: &[f64], errors: &Covariance) -> Result<(), FilterError> {
    let (points, length) = (signal.len(), errors.length());
    if points != length {
        return Err(FilterError::Lengths { points, errors: length });
    }
    match signal.iter().position(|value| !value.is_finite()) {
        Some(point) => Err(FilterError::Point { point, value: signal[point] }),
        None => Ok(()),
    }
}

/// Checks that there are coefficients, all finite.
fn check_coefficients(coefficients: &[f64]) -> Result<(), FilterError> {
    if coefficients.is_empty() {
        return Err(FilterError::Empty);
    }
    match coefficients.iter().position(|value| !value.is_finite()) {
        Some(place) => Err(FilterError::Coefficient { place, value: coefficients[place] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
