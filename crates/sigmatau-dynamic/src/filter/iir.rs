//! Filters of infinite impulse response.

use super::noise::Moments;
use super::sources::of_matrix;
use super::stream::{Impulse, Stream, Transposed};
use super::{Filter, FilterError, Filtered, Start, check, check_coefficients, line, polynomial};
use crate::covariance::standard;
use crate::covariance::{Autocovariance, Covariance};
use crate::response::Line;
use nalgebra::DMatrix;
use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

/// A filter y(n) = Σ b(k) x(n − k) − Σ a(k) y(n − k), with the covariance U of θ = (a(1) … a(p), b(0) … b(q)).
///
/// The variance of an output is that of the noise through the filter, exactly, plus that of the coefficients to
/// first order (A. Link and C. Elster, Measurement Science and Technology 20, 2009):
///
/// u²(n) = Σ_ij g(i) g(j) R(n − i, n − j) + φᵀ U φ, φ = ∂y(n)/∂θ
///
/// with the impulse response g. The sensitivities are two filtered signals, η = x/A and ξ = −y/A, and their past:
/// ∂y(n)/∂b(k) = η(n − k), ∂y(n)/∂a(k) = ξ(n − k).
///
/// ```
/// use sigmatau_dynamic::filter::{Filter, Iir, Start};
/// use sigmatau_dynamic::{Covariance, Variance};
/// let smooth = Iir::certain(vec![0.5], vec![1.0, -0.5])?;
/// let noise = Covariance::White { variance: Variance(3.0), length: 2 };
/// let filtered = smooth.apply(&[1.0, 1.0], &noise, Start::Settled(1.0))?;
/// assert_eq!(filtered.values, [1.0, 1.0]);
/// assert!((filtered.variances[0].0 - 1.0).abs() < 1e-12); // 3 · ¼/(1 − ¼)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Iir {
    numerator: Vec<f64>,
    denominator: Vec<f64>,
    covariance: DMatrix<f64>,
    /// B, with U = B Bᵀ.
    sources: DMatrix<f64>,
}

impl Iir {
    /// A filter of the coefficients b and a, where a(0) = 1, with the covariance of (a(1) … a(p), b(0) … b(q)).
    ///
    /// # Errors
    /// When there are no coefficients, one is not finite, a(0) is not 1, or the covariance is of another size or
    /// none. An unstable filter is refused only where it would filter.
    pub fn new(numerator: Vec<f64>, denominator: Vec<f64>, covariance: DMatrix<f64>) -> Result<Self, FilterError> {
        check_coefficients(&numerator)?;
        check_coefficients(&denominator)?;
        if denominator[0] != 1.0 {
            return Err(FilterError::Leading(denominator[0]));
        }
        let expected = numerator.len() + denominator.len() - 1;
        if let Some(given) = [covariance.nrows(), covariance.ncols()].into_iter().find(|size| *size != expected) {
            return Err(FilterError::Size { given, expected });
        }
        let sources = of_matrix(&covariance)?;
        Ok(Self { numerator, denominator, covariance, sources })
    }

    /// A filter of exactly known coefficients.
    ///
    /// # Errors
    /// As [`Iir::new`].
    pub fn certain(numerator: Vec<f64>, denominator: Vec<f64>) -> Result<Self, FilterError> {
        let uncertain = (numerator.len() + denominator.len()).saturating_sub(1);
        Self::new(numerator, denominator, DMatrix::zeros(uncertain, uncertain))
    }

    /// The coefficients b.
    pub fn numerator(&self) -> &[f64] {
        &self.numerator
    }

    /// The coefficients a, from a(0) = 1 on.
    pub fn denominator(&self) -> &[f64] {
        &self.denominator
    }

    /// The covariance of (a(1) … a(p), b(0) … b(q)).
    pub fn covariance(&self) -> &DMatrix<f64> {
        &self.covariance
    }

    /// The poles, the roots z of z^p + a(1) z^(p−1) + … + a(p).
    ///
    /// ```
    /// use sigmatau_dynamic::filter::Iir;
    /// let poles = Iir::certain(vec![1.0], vec![1.0, 0.0, 0.25])?.poles();
    /// assert!(poles.iter().all(|pole| pole.re.abs() < 1e-15 && (pole.im.abs() - 0.5).abs() < 1e-15));
    /// # Ok::<(), sigmatau_dynamic::filter::FilterError>(())
    /// ```
    pub fn poles(&self) -> Vec<Complex64> {
        polynomial::roots(&self.denominator)
    }

    /// Whether all poles are inside the unit circle.
    pub fn is_stable(&self) -> bool {
        polynomial::is_stable(&self.denominator)
    }

    /// The filter with its poles outside of the unit circle reflected into it, z → 1/z*, and its gain kept: the same
    /// magnitude with another phase. The covariance is that of the coefficients before.
    #[must_use]
    pub fn reflected(&self) -> Self {
        let outside = self.poles().into_iter().map(|pole| pole.norm()).filter(|modulus| *modulus > 1.0);
        let gain: f64 = outside.product();
        let numerator = self.numerator.iter().map(|b| b / gain).collect();
        Self { numerator, denominator: polynomial::reflected(&self.denominator), ..self.clone() }
    }

    /// Begins to filter a signal with stationary errors of this autocovariance, piece by piece.
    ///
    /// # Errors
    /// When the filter is unstable.
    pub fn stream(&self, noise: &Autocovariance, start: Start) -> Result<Stream, FilterError> {
        self.check_stable()?;
        Ok(Stream::new(self, noise, start))
    }

    fn check_stable(&self) -> Result<(), FilterError> {
        if self.is_stable() {
            return Ok(());
        }
        Err(FilterError::Unstable(self.poles().iter().map(|pole| pole.norm()).fold(1.0, f64::max)))
    }

    /// The impulse response, until what is left would not change the variance of white noise by a bit, or for
    /// `points` points.
    fn impulse_response(&self, points: usize) -> Vec<f64> {
        let mut impulse = Impulse::new(self);
        let (mut response, mut energy, mut idle) = (Vec::new(), 0.0, 0);
        while response.len() < points && idle <= 2 * (self.numerator.len() + self.denominator.len()) {
            let g = impulse.next();
            idle = if energy + g * g == energy { idle + 1 } else { 0 };
            energy += g * g;
            response.push(g);
        }
        response
    }

    /// The variances from errors whose covariances are known point by point, by the impulse response.
    fn pointwise(&self, errors: &Covariance) -> Vec<f64> {
        let taps = self.impulse_response(errors.length().max(1));
        Moments { taps: &taps, sources: &DMatrix::zeros(taps.len(), 0) }.variances(errors, Start::Rest)
    }

    /// The variances from common sources: each is a signal.
    fn common(&self, sources: &DMatrix<f64>) -> Vec<f64> {
        let mut variances = vec![0.0; sources.nrows()];
        for source in sources.column_iter() {
            let response = self.values(source.as_slice(), Start::Rest);
            variances.iter_mut().zip(response).for_each(|(sum, y)| *sum += y * y);
        }
        variances
    }
}

impl Filter for Iir {
    fn line(&self, frequency: f64, rate: f64) -> Line {
        let omega = TAU * frequency / rate;
        let inverse = polynomial::at(&self.denominator, omega).inv();
        let value = polynomial::at(&self.numerator, omega) * inverse;
        let poles = self.denominator.len() - 1;
        let turn = |k: usize| Complex64::cis(-omega * k as f64) * inverse;
        let of_coefficient = |place: usize| if place < poles { -value * turn(place + 1) } else { turn(place - poles) };
        let sensitivities: Vec<Complex64> = (0..self.sources.nrows()).map(of_coefficient).collect();
        let errors =
            self.sources.column_iter().map(|source| source.iter().zip(&sensitivities).map(|(b, s)| s * b).sum());
        line(frequency, value, errors)
    }

    fn group_delay(&self, frequency: f64, rate: f64) -> f64 {
        let omega = TAU * frequency / rate;
        let delay = |coefficients: &[f64]| polynomial::group_delay(coefficients, omega);
        (delay(&self.numerator) - delay(&self.denominator)) / rate
    }

    fn then(&self, taps: &[f64]) -> Self {
        let (poles, zeros) = (self.denominator.len() - 1, self.numerator.len());
        let numerator = polynomial::product(&self.numerator, taps);
        let mut spread = DMatrix::zeros(poles + numerator.len(), poles + zeros);
        (0..poles).for_each(|place| spread[(place, place)] = 1.0);
        for (zero, (lag, tap)) in (0..zeros).flat_map(|zero| taps.iter().enumerate().map(move |tap| (zero, tap))) {
            spread[(poles + zero + lag, poles + zero)] = *tap;
        }
        Self {
            numerator,
            denominator: self.denominator.clone(),
            covariance: &spread * &self.covariance * spread.transpose(),
            sources: spread * &self.sources,
        }
    }

    fn apply(&self, signal: &[f64], errors: &Covariance, start: Start) -> Result<Filtered, FilterError> {
        check(signal, errors)?;
        let certain = Autocovariance(Vec::new());
        let (noise, pointwise) = match errors {
            Covariance::White { variance, .. } => (&Autocovariance(vec![variance.0]), Vec::new()),
            Covariance::Stationary { autocovariance, .. } => (autocovariance, Vec::new()),
            Covariance::Independent(variances) => {
                return Ok(self.stream(&certain, start)?.push_with(signal, variances));
            }
            Covariance::Banded { .. } | Covariance::Mirrored { .. } | Covariance::Dense(_) => {
                (&certain, self.pointwise(errors))
            }
            Covariance::LowRank { sources } => (&certain, self.common(sources)),
        };
        let mut filtered = self.stream(noise, start)?.push(signal);
        filtered.variances.iter_mut().zip(pointwise).for_each(|(sum, more)| sum.0 += more);
        Ok(filtered)
    }

    fn memory(&self) -> usize {
        self.impulse_response(usize::MAX).len()
    }

    fn values(&self, signal: &[f64], start: Start) -> Vec<f64> {
        let mut state = Transposed::new(self, start.level());
        signal.iter().map(|x| state.step(*x)).collect()
    }

    fn drawn(&self, gaussian: &mut Gaussian) -> Option<Self> {
        let errors = &self.sources * standard(gaussian, self.sources.ncols());
        let poles = self.denominator.len() - 1;
        let moved = |(value, error): (&f64, &f64)| value + error;
        let numerator = self.numerator.iter().zip(&errors.as_slice()[poles..]).map(moved).collect();
        let denominator = self.denominator[1..].iter().zip(&errors.as_slice()[..poles]).map(moved);
        let denominator = std::iter::once(1.0).chain(denominator).collect();
        Self::certain(numerator, denominator).ok().filter(Self::is_stable)
    }
}
