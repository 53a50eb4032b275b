//! Filters of finite impulse response.

use super::noise::{Moments, after, filtered};
use super::sources::{matrix, sources};
use super::{Filter, FilterError, Filtered, Start, bank, check, check_coefficients, line, polynomial};
use crate::covariance::standard;
use crate::covariance::{Covariance, Variance};
use crate::response::Line;
use nalgebra::DMatrix;
use sigmatau_spectrum::{Gaussian, Window};
use std::f64::consts::TAU;

/// A filter y(n) = Σ h(k) x(n − k) of L taps h(0) … h(L − 1), with their covariance U.
///
/// The variance of an output from independent errors in signal and taps is exact for normal errors, with its
/// second-order term (C. Elster and A. Link, Metrologia 45, 2008):
///
/// u²(n) = hᵀ R h + xᵀ U x + tr(R U)
///
/// where x are the last L points and R is the covariance of their errors.
///
/// ```
/// use sigmatau_dynamic::filter::{Filter, Fir, Start};
/// use sigmatau_dynamic::{Covariance, StandardUncertainty};
/// let mean = Fir::certain(vec![0.5, 0.5])?;
/// let noise = Covariance::White { variance: StandardUncertainty(2.0).into(), length: 3 };
/// let filtered = mean.apply(&[1.0, 3.0, 5.0], &noise, Start::Rest)?;
/// assert_eq!(filtered.values, [0.5, 2.0, 4.0]);
/// assert_eq!(filtered.variances[2].0, 2.0); // 2²/2
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fir {
    taps: Vec<f64>,
    covariance: Covariance,
    /// B, with U = B Bᵀ.
    sources: DMatrix<f64>,
}

impl Fir {
    /// A filter of these taps, from the latest point on, with their covariance.
    ///
    /// # Errors
    /// When there is no tap, one is not finite, or the covariance is of another size or none.
    pub fn new(taps: Vec<f64>, covariance: Covariance) -> Result<Self, FilterError> {
        check_coefficients(&taps)?;
        if covariance.length() != taps.len() {
            return Err(FilterError::Size { given: covariance.length(), expected: taps.len() });
        }
        let sources = sources(&covariance)?;
        Ok(Self { taps, covariance, sources })
    }

    /// A filter of exactly known taps.
    ///
    /// # Errors
    /// When there is no tap, or one is not finite.
    pub fn certain(taps: Vec<f64>) -> Result<Self, FilterError> {
        let covariance = Covariance::White { variance: Variance(0.0), length: taps.len() };
        Self::new(taps, covariance)
    }

    /// A low-pass filter of `taps` taps: h(k) ∝ w(k) sin(2π f_c t)/t, t = (k − (L − 1)/2)/f_s, with the window w
    /// and the gain 1 at zero frequency. Its delay is (L − 1)/2 points at all frequencies, its gain about ½ at the
    /// cut-off f_c.
    ///
    /// # Errors
    /// When there is no tap, or `cutoff` is not below half of `rate`.
    pub fn low_pass(cutoff: f64, rate: f64, taps: usize, window: &Window) -> Result<Self, FilterError> {
        if !(cutoff > 0.0 && cutoff < 0.5 * rate) {
            return Err(FilterError::Frequency { frequency: cutoff, rate });
        }
        let middle = 0.5 * (taps as f64 - 1.0);
        let sinc = |turn: f64| if turn == 0.0 { 1.0 } else { turn.sin() / turn };
        let ideal = (0..taps).map(|k| sinc(TAU * cutoff / rate * (k as f64 - middle)));
        // The periodic window of a point more is symmetric behind its first point.
        let shaped: Vec<f64> = ideal.zip(&window.samples(taps + 1)[1..]).map(|(h, w)| h * w).collect();
        let gain: f64 = shaped.iter().sum();
        Self::certain(shaped.into_iter().map(|tap| tap / gain).collect())
    }

    /// The taps h.
    pub fn taps(&self) -> &[f64] {
        &self.taps
    }

    /// Their covariance U.
    pub fn covariance(&self) -> &Covariance {
        &self.covariance
    }

    /// The covariance of the filtered signal, from rest, in the cheapest exact form.
    ///
    /// Certain taps make banded errors of white, independent, stationary and banded ones, and leave common sources
    /// common: O(N L²) steps and O(N L) numbers. Uncertain taps tie every point to every other: N² numbers.
    ///
    /// # Errors
    /// As [`Filter::apply`].
    pub fn output_covariance(&self, signal: &[f64], errors: &Covariance) -> Result<Covariance, FilterError> {
        check(signal, errors)?;
        let noise = self.moments().covariance(errors);
        if self.sources.ncols() == 0 {
            return Ok(noise);
        }
        let extended = after(0.0, self.taps.len() - 1, signal);
        let of_source = |source: nalgebra::DVectorView<'_, f64>| bank::convolve(&extended, source.as_slice());
        let common: Vec<f64> = self.sources.column_iter().flat_map(of_source).collect();
        let common = DMatrix::from_vec(signal.len(), self.sources.ncols(), common);
        Ok(Covariance::Dense(matrix(&noise) + &common * common.transpose()))
    }

    fn moments(&self) -> Moments<'_> {
        Moments { taps: &self.taps, sources: &self.sources }
    }

    /// xᵀ U x of the last L points, at every point.
    fn of_taps(&self, extended: &[f64]) -> Vec<f64> {
        match &self.covariance {
            Covariance::White { .. } | Covariance::Independent(_) => {
                let squares: Vec<f64> = extended.iter().map(|x| x * x).collect();
                let variances: Vec<f64> = self.covariance.variances().iter().map(|variance| variance.0).collect();
                bank::convolve(&squares, &variances)
            }
            _ => bank::sum_of_squares(extended, &self.sources),
        }
    }
}

impl Filter for Fir {
    fn line(&self, frequency: f64, rate: f64) -> Line {
        let omega = TAU * frequency / rate;
        let errors = self.sources.column_iter().map(|source| polynomial::at(source.as_slice(), omega));
        line(frequency, polynomial::at(&self.taps, omega), errors)
    }

    fn group_delay(&self, frequency: f64, rate: f64) -> f64 {
        polynomial::group_delay(&self.taps, TAU * frequency / rate) / rate
    }

    fn then(&self, taps: &[f64]) -> Self {
        let both = polynomial::product(&self.taps, taps);
        let padded = self.sources.clone().resize_vertically(both.len(), 0.0);
        let sources = filtered(&padded, taps);
        let covariance = Covariance::LowRank { sources: sources.clone() };
        Self { taps: both, covariance, sources }
    }

    fn apply(&self, signal: &[f64], errors: &Covariance, start: Start) -> Result<Filtered, FilterError> {
        check(signal, errors)?;
        let extended = after(start.level(), self.taps.len() - 1, signal);
        let noise = self.moments().variances(errors, start);
        let variances = noise.iter().zip(self.of_taps(&extended)).map(|(noise, taps)| Variance(noise + taps));
        Ok(Filtered { values: bank::convolve(&extended, &self.taps), variances: variances.collect() })
    }

    fn memory(&self) -> usize {
        self.taps.len() - 1
    }

    fn values(&self, signal: &[f64], start: Start) -> Vec<f64> {
        bank::convolve(&after(start.level(), self.taps.len() - 1, signal), &self.taps)
    }

    fn drawn(&self, gaussian: &mut Gaussian) -> Option<Self> {
        let errors = &self.sources * standard(gaussian, self.sources.ncols());
        Self::certain(self.taps.iter().zip(&errors).map(|(tap, error)| tap + error).collect()).ok()
    }
}
