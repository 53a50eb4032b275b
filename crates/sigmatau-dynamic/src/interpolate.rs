//! Values between those of a series, with the uncertainty of values and of time stamps.
//!
//! An interpolated value is linear in the values of the series, y(t) = Σ w(j) x(j), and to first order in the errors of
//! its time stamps and of the instant itself. Which of two instants is exact matters: an early stamp of a value and a
//! late instant of the result are the same only where the slope is.
//!
//! What lives here: previous, nearest, linear, and cubic spline; resampling to another rate. What never does:
//! extrapolation, and what the signal does between its points that the scheme does not know.

mod rows;
mod spline;

#[cfg(test)]
mod tests;

use crate::covariance::{Covariance, CovarianceError};
use crate::dft::Signal;
use rows::{Row, Rows};
use spline::Curve;

/// How values between points are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// The value of the last point before; a step, whose height errors of time do not change.
    Previous,
    /// The value of the nearest point, of two equally near ones the earlier; a step too.
    Nearest,
    /// On the line between two points.
    Linear,
    /// On the natural cubic spline, whose curvature is zero at both ends.
    Spline,
}

impl Scheme {
    /// Every scheme, by its word.
    pub const ALL: [(&'static str, Self); 4] =
        [("previous", Self::Previous), ("nearest", Self::Nearest), ("linear", Self::Linear), ("spline", Self::Spline)];

    /// The word: `previous`, `nearest`, `linear` or `spline`.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, scheme)| *scheme == self).expect("every scheme has a word").0
    }
}

/// Instants in s, in rising order where they are those of a series, with the covariance of their errors in s².
#[derive(Clone, Debug)]
pub struct Instants {
    times: Vec<f64>,
    covariance: Option<Covariance>,
}

/// Why an interpolation was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InterpolateError {
    /// There are not as many time stamps as values.
    #[error("interpolate: {values} values have {stamps} time stamps")]
    Stamps {
        /// The values.
        values: usize,
        /// The time stamps.
        stamps: usize,
    },
    /// There is nothing between fewer than two points.
    #[error("interpolate: {0} points are too few; take at least 2")]
    Points(usize),
    /// Time stamps do not rise.
    #[error("interpolate: the time stamp {time} s at {index} is not later than the one before")]
    Order {
        /// Its place.
        index: usize,
        /// The time stamp in s.
        time: f64,
    },
    /// An instant is outside of the series.
    #[error("interpolate: the instant {time} s is not between {first} s and {last} s, where the series has values")]
    Outside {
        /// The instant in s.
        time: f64,
        /// The first time stamp in s.
        first: f64,
        /// The last time stamp in s.
        last: f64,
    },
    /// The interval of a series is zero, negative or not finite.
    #[error("resample: the interval {0} s is not a positive number")]
    Interval(f64),
    /// A covariance of time stamps does not fit.
    #[error(transparent)]
    Covariance(#[from] CovarianceError),
}

impl Instants {
    /// Instants without errors.
    pub fn exact(times: Vec<f64>) -> Self {
        Self { times, covariance: None }
    }

    /// Instants with errors.
    ///
    /// # Errors
    /// When the covariance is impossible or of another length.
    pub fn uncertain(times: Vec<f64>, covariance: Covariance) -> Result<Self, InterpolateError> {
        covariance.check(times.len())?;
        Ok(Self { times, covariance: Some(covariance) })
    }

    /// Each in s.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    fn expect_rising(&self) -> Result<(), InterpolateError> {
        let falls = |pair: &[f64]| !(pair[1] > pair[0] && pair[1].is_finite());
        match self.times.windows(2).position(falls) {
            _ if self.times.len() < 2 => Err(InterpolateError::Points(self.times.len())),
            Some(before) => Err(InterpolateError::Order { index: before + 1, time: self.times[before + 1] }),
            None => Ok(()),
        }
    }
}

/// The values of a series at other instants, with the covariance of all of them.
///
/// U = W U_x Wᵀ + T U_t Tᵀ + S U_s S, with the weights W of the values, the derivatives T by the time stamps, and the
/// slopes S by the new instants; the three kinds of errors are independent of each other. Independent errors give a
/// band, or common sources where the points are fewer than the band is wide; only what is stationary, mirrored or
/// dense before gives a dense result. Takes O(1) steps for each entry that is not zero.
///
/// # Errors
/// When there are too few points, or stamps that do not rise, or instants outside of the series.
///
/// ```
/// use sigmatau_dynamic::interpolate::{Instants, Scheme, interpolate};
/// use sigmatau_dynamic::{Covariance, Signal, Variance};
/// let signal = Signal::new(vec![0.0, 2.0], Covariance::White { variance: Variance(1.0), length: 2 })?;
/// let stamps = Instants::uncertain(vec![0.0, 1.0], Covariance::White { variance: Variance(0.25), length: 2 })?;
/// let middle = interpolate(&signal, &stamps, &Instants::exact(vec![0.5]), Scheme::Linear)?;
/// assert_eq!(middle.values(), [1.0]);
/// assert_eq!(middle.covariance().entry(0, 0), 0.5 + 0.5); // of values, and of stamps with the slope 2 per s
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn interpolate(
    signal: &Signal,
    stamps: &Instants,
    at: &Instants,
    scheme: Scheme,
) -> Result<Signal, InterpolateError> {
    let (values, times) = (signal.values(), stamps.times());
    if values.len() != times.len() {
        return Err(InterpolateError::Stamps { values: values.len(), stamps: times.len() });
    }
    stamps.expect_rising()?;
    expect_inside(times, at.times())?;
    let curve = Curve::new(times, values, scheme == Scheme::Spline);
    let points: Vec<Point> = at.times().iter().map(|time| point(&curve, *time, scheme)).collect();
    let by_value = Rows(points.iter().map(|point| point.by_value.clone()).collect());
    let mut covariance = by_value.both_sides(signal.covariance());
    if let Some(errors) = &stamps.covariance {
        let by_stamp = Rows(points.iter().map(|point| point.by_stamp.clone()).collect());
        covariance = covariance.plus(by_stamp.both_sides(errors))?;
    }
    if let Some(errors) = &at.covariance {
        let slope = |(index, point): (usize, &Point)| Row { first: index, weights: vec![point.slope] };
        let by_instant = Rows(points.iter().enumerate().map(slope).collect());
        covariance = covariance.plus(by_instant.both_sides(errors))?;
    }
    let found = points.iter().map(|point| point.by_value.dot(values)).collect();
    Ok(Signal::derived(found, covariance))
}

/// A series with a point every `interval` seconds, at every `new_interval` seconds from its first point to its last.
///
/// # Errors
/// When an interval is not positive, or there are too few points.
pub fn resample(signal: &Signal, interval: f64, new_interval: f64, scheme: Scheme) -> Result<Signal, InterpolateError> {
    if let Some(wrong) = [interval, new_interval].into_iter().find(|value| !(*value > 0.0 && value.is_finite())) {
        return Err(InterpolateError::Interval(wrong));
    }
    let every = |step: f64, points: usize| Instants::exact((0..points).map(|n| n as f64 * step).collect());
    let points = signal.values().len();
    let stamps = every(interval, points);
    let last = points.saturating_sub(1) as f64 * interval;
    let mut at = every(new_interval, (last / new_interval * (1.0 + f64::EPSILON)) as usize + 1);
    at.times.iter_mut().for_each(|time| *time = time.min(last));
    interpolate(signal, &stamps, &at, scheme)
}

fn expect_inside(stamps: &[f64], at: &[f64]) -> Result<(), InterpolateError> {
    let (first, last) = (stamps[0], stamps[stamps.len() - 1]);
    let outside = at.iter().find(|time| !(first..=last).contains(*time));
    outside.map_or(Ok(()), |time| Err(InterpolateError::Outside { time: *time, first, last }))
}

/// What an interpolated value depends on.
#[derive(Clone, Debug)]
struct Point {
    by_value: Row,
    by_stamp: Row,
    slope: f64,
}

fn point(curve: &Curve<'_>, time: f64, scheme: Scheme) -> Point {
    let before = curve.interval(time);
    let [start, end] = [before, before + 1].map(|at| curve.times[at]);
    let step = |index: usize| {
        let by_value = Row { first: index, weights: vec![1.0] };
        Point { by_value, by_stamp: Row { first: index, weights: Vec::new() }, slope: 0.0 }
    };
    match scheme {
        Scheme::Previous => step(if time < end { before } else { before + 1 }),
        Scheme::Nearest => step(if time - start <= end - time { before } else { before + 1 }),
        Scheme::Linear | Scheme::Spline => curve.point(before, time),
    }
}
