//! Series and spectra with the covariance of all their errors, and the ways between them.
//!
//! The transform is unscaled and one-sided: X(k) = Σ x(n) e^(-2πi kn/N) for k = 0 … ⌊N/2⌋, of any length N, odd or
//! even, which is never changed unasked. The imaginary parts at zero frequency and, for even N, at the Nyquist
//! frequency are no numbers but zeros, and have no uncertainty. All covariances are exact for linear operations, and
//! of first order for products, ratios, amplitudes and phases (JCGM 102; Eichstädt and Wilkens, Meas. Sci. Technol.
//! 27 (2016) 055001).
//!
//! What lives here: [`Signal`], [`Spectrum`], transforms, windows and zero padding; products and ratios; [`Polar`],
//! amplitudes and phases; the stacked convention of other programs. What never does: regularisation, which is in
//! [`crate::deconvolution`].

mod moments;
mod polar;
mod product;
mod stacked;

#[cfg(test)]
mod tests;

use crate::covariance::spectral::{expect_bins, is_real};
use crate::covariance::{Covariance, CovarianceError, SpectralCovariance};
use sigmatau_spectrum::fft::Complex64;
use sigmatau_spectrum::{RealFft, Window};

pub use polar::{Doubtful, Polar};

/// A real series with the covariance of its errors.
#[derive(Clone, Debug)]
pub struct Signal {
    values: Vec<f64>,
    covariance: Covariance,
}

/// The one-sided, unscaled spectrum of a real series, with the covariance of its errors.
#[derive(Clone, Debug)]
pub struct Spectrum {
    length: usize,
    values: Vec<Complex64>,
    covariance: SpectralCovariance,
}

/// Why a transform or what follows it was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DftError {
    /// There are no points.
    #[error("transform a series: it has no points")]
    Empty,
    /// A value is not a number.
    #[error("transform a series: the value {value} at {index} is not finite")]
    Value {
        /// Its place.
        index: usize,
        /// The value.
        value: f64,
    },
    /// The transform would cut the series off.
    #[error(
        "transform a series: {points} points do not fit in a transform of {length}; cut the series \
         first, if that is meant"
    )]
    Short {
        /// The points of the series.
        points: usize,
        /// The points of the transform.
        length: usize,
    },
    /// Two spectra, or a list of values, do not belong to series of one length.
    #[error("combine spectra: one has {found} points, the other {expected}")]
    Length {
        /// The length of the first.
        expected: usize,
        /// The length of the second.
        found: usize,
    },
    /// A response is zero.
    #[error("deconvolve: the response is zero in bin {0}; regularise, or leave the bin out")]
    Zero(usize),
    /// The covariance does not fit.
    #[error(transparent)]
    Covariance(#[from] CovarianceError),
}

impl Signal {
    /// A series with the covariance of its errors.
    ///
    /// # Errors
    /// When there are no points, one is not finite, or the covariance is impossible or of another length.
    pub fn new(values: Vec<f64>, covariance: Covariance) -> Result<Self, DftError> {
        expect_finite(&values)?;
        covariance.check(values.len())?;
        Ok(Self { values, covariance })
    }

    /// A series whose covariance came of one that was checked.
    pub(crate) fn derived(values: Vec<f64>, covariance: Covariance) -> Self {
        Self { values, covariance }
    }

    /// The values.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The covariance of their errors.
    pub fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// Both.
    pub fn into_parts(self) -> (Vec<f64>, Covariance) {
        (self.values, self.covariance)
    }
}

fn expect_finite(values: &[f64]) -> Result<(), DftError> {
    match values.iter().position(|value| !value.is_finite()) {
        _ if values.is_empty() => Err(DftError::Empty),
        Some(index) => Err(DftError::Value { index, value: values[index] }),
        None => Ok(()),
    }
}

impl Spectrum {
    /// The spectrum of a series of `length` points. Imaginary parts of bins that have none are taken as zero.
    ///
    /// # Errors
    /// When there are not ⌊`length`/2⌋ + 1 values, one is not finite, or the covariance is of another length.
    pub fn new(length: usize, mut values: Vec<Complex64>, covariance: SpectralCovariance) -> Result<Self, DftError> {
        expect_bins(length, values.len())?;
        let parts: Vec<f64> = values.iter().flat_map(|value| [value.re, value.im]).collect();
        expect_finite(&parts)?;
        if covariance.length() != length {
            return Err(DftError::Length { expected: length, found: covariance.length() });
        }
        values.iter_mut().enumerate().filter(|(k, _)| is_real(length, *k)).for_each(|(_, value)| value.im = 0.0);
        Ok(Self { length, values, covariance })
    }

    /// N, the number of points of the series.
    pub fn length(&self) -> usize {
        self.length
    }

    /// X(k) for k = 0 … ⌊N/2⌋.
    pub fn values(&self) -> &[Complex64] {
        &self.values
    }

    /// The covariance of their errors.
    pub fn covariance(&self) -> &SpectralCovariance {
        &self.covariance
    }

    /// Both.
    pub fn into_parts(self) -> (Vec<Complex64>, SpectralCovariance) {
        (self.values, self.covariance)
    }

    /// The sum of two spectra whose errors are independent of each other.
    ///
    /// # Errors
    /// When the lengths differ.
    pub fn plus(self, other: Self) -> Result<Self, DftError> {
        self.expect_length(&other)?;
        let values = self.values.iter().zip(&other.values).map(|(a, b)| a + b).collect();
        Ok(Self { length: self.length, values, covariance: self.covariance.plus(other.covariance)? })
    }

    pub(crate) fn expect_length(&self, other: &Self) -> Result<(), DftError> {
        let (expected, found) = (self.length, other.length);
        if expected == found { Ok(()) } else { Err(DftError::Length { expected, found }) }
    }
}

/// How a series is laid into a transform.
///
/// Zeros behind the points and weights upon them correlate the bins; the covariance of the result says by how much.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// What each point is multiplied by; nothing where there is none.
    pub window: Option<&'static Window>,
    /// The points of the transform, at least those of the series; as many where there is no number.
    pub length: Option<usize>,
}

/// The spectrum of a series, at its own length. Takes O(N log N) steps, for a dense covariance O(N² log N) and
/// 8 (2 N² + 4 N) bytes more than it has.
///
/// ```
/// use sigmatau_dynamic::dft::{Signal, dft};
/// use sigmatau_dynamic::{Bivariate, Covariance, Variance};
/// let noise = Covariance::White { variance: Variance(0.5), length: 4 };
/// let spectrum = dft(&Signal::new(vec![1.0, 0.0, -1.0, 0.0], noise)?);
/// assert_eq!(spectrum.values()[1].re, 2.0);
/// assert_eq!(spectrum.covariance().bin(1), Bivariate::circular(1.0));
/// # Ok::<(), sigmatau_dynamic::dft::DftError>(())
/// ```
pub fn dft(signal: &Signal) -> Spectrum {
    laid(signal, None, signal.values.len())
}

impl Frame {
    /// The spectrum of a series that is laid so.
    ///
    /// # Errors
    /// When the transform is shorter than the series.
    ///
    /// ```
    /// use sigmatau_dynamic::dft::{Frame, Signal};
    /// use sigmatau_dynamic::{Covariance, Variance};
    /// let signal = Signal::new(vec![1.0; 4], Covariance::White { variance: Variance(1.0), length: 4 })?;
    /// let padded = Frame { length: Some(8), ..Frame::default() }.dft(&signal)?;
    /// assert_eq!(padded.covariance().bin(0).real, 4.0); // of the 4 points, not of 8
    /// assert!(padded.covariance().entry(0, 1)[(0, 0)] > 0.99); // and bins are correlated
    /// # Ok::<(), sigmatau_dynamic::dft::DftError>(())
    /// ```
    pub fn dft(&self, signal: &Signal) -> Result<Spectrum, DftError> {
        let points = signal.values.len();
        let length = self.length.unwrap_or(points);
        if length < points {
            return Err(DftError::Short { points, length });
        }
        let weights = self.window.map(|window| window.samples(points));
        Ok(laid(signal, weights.as_deref(), length))
    }
}

fn laid(signal: &Signal, weights: Option<&[f64]>, length: usize) -> Spectrum {
    let mut series = signal.values.clone();
    if let Some(weights) = weights {
        series.iter_mut().zip(weights).for_each(|(value, weight)| *value *= weight);
    }
    series.resize(length, 0.0);
    let mut fft = RealFft::new(length);
    let mut values = fft.spectrum();
    fft.forward(&mut series, &mut values);
    Spectrum { length, values, covariance: SpectralCovariance::of_series(&signal.covariance, weights, length) }
}

/// The series of N points that has this spectrum: x(n) = N⁻¹ Σ X(k) e^(2πi kn/N) over both halves of the spectrum.
///
/// Independent bins become errors U(n, m) = t(n − m) + h(n + m) in O(N log N) steps. White, banded and stationary
/// errors become what they were before [`dft`]; what has no cheaper form takes whole matrices of
/// [`SpectralCovariance::back_bytes`].
///
/// ```
/// use sigmatau_dynamic::dft::{Signal, dft, idft};
/// use sigmatau_dynamic::{Covariance, Variance};
/// let noise = Covariance::White { variance: Variance(0.5), length: 3 };
/// let back = idft(dft(&Signal::new(vec![1.0, 2.0, 4.0], noise.clone())?));
/// assert_eq!(back.covariance(), &noise);
/// assert!(back.values().iter().zip([1.0, 2.0, 4.0]).all(|(found, known)| (found - known).abs() < 1e-15));
/// # Ok::<(), sigmatau_dynamic::dft::DftError>(())
/// ```
pub fn idft(spectrum: Spectrum) -> Signal {
    let length = spectrum.length;
    let (mut bins, mut values) = (spectrum.values, vec![0.0; length]);
    RealFft::new(length).inverse(&mut bins, &mut values);
    values.iter_mut().for_each(|value| *value /= length as f64);
    Signal { values, covariance: spectrum.covariance.into_series() }
}
