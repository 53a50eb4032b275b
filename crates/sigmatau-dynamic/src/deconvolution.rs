//! Regularised deconvolution: what went into a sensor, from what came out, with the price of the regularisation.
//!
//! Each bin of the record is divided by the response and multiplied by a gain 0 ≤ g ≤ 1 that keeps noise down where the
//! response is small,
//!
//! X̂(k) = g(k) Y(k) / H(k).
//!
//! The error of X̂ has two parts that have to be told apart. Noise and the uncertainty of the response give, with the
//! gains as they are, g (δY − X̂₀ δH) / H with X̂₀ = Y/H, a covariance. What the gain takes away is (g − 1) X, which
//! no covariance knows: it is bounded by what is known of the spectrum, |X(k)| ≤ B(k). In time the bound is the same
//! at all points, Δ = N⁻¹ Σ |1 − g(k)| B(k) over both halves of the spectrum, and enters the budget as a rectangular
//! distribution of half-width Δ (GUM 4.3.7; Eichstädt, Elster, Esward and Hessling, Metrologia 47 (2010) 522).
//!
//! One entry per file in the folder `deconvolution/`; pipelines and tests walk [`REGULARISATIONS`].

mod calibration;
mod low_pass;
mod tikhonov;
mod water_level;
mod wiener;

#[cfg(test)]
mod tests;

use crate::covariance::spectral::{expect_bins, is_real, rotation};
use crate::covariance::{CovarianceError, Sampler};
use crate::dft::{DftError, Signal, Spectrum, dft, idft};
use crate::verify::{Check, Claim, Verification, VerifyError, verify};
use crate::{Complex64, SpectralCovariance};
pub use calibration::{Budgeted, Calibration};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity};

/// Every regularisation.
pub static REGULARISATIONS: &[&Regularisation] =
    &[&tikhonov::REGULARISATION, &wiener::REGULARISATION, &low_pass::REGULARISATION, &water_level::REGULARISATION];

/// A way to keep noise down where the response is small.
pub struct Regularisation {
    /// The word for it.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub title: &'static str,
    /// What its strength means, with its unit.
    pub strength: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The gain g of a bin, for a strength above 0.
    pub gain: fn(&Bin, f64) -> f64,
}

/// What a gain depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// The frequency in Hz.
    pub frequency: f64,
    /// |H|.
    pub response: f64,
    /// The largest |H| of all bins.
    pub largest: f64,
    /// E|δY|², the power of the noise.
    pub noise: f64,
    /// B, the bound on |X|.
    pub bound: f64,
}

/// A regularisation with its strength.
#[derive(Clone, Copy, Debug)]
pub struct Deconvolution {
    /// The regularisation.
    pub regularisation: &'static Regularisation,
    /// Its strength, see [`Regularisation::strength`].
    pub strength: f64,
}

/// What was measured and what is known.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// What came out of the sensor.
    pub signal: &'a Signal,
    /// The points per second in Hz.
    pub rate: f64,
    /// The response of the sensor at the bins of the record.
    pub response: &'a Spectrum,
    /// B(k) for each bin, the largest that the spectrum of what went in can be, unscaled.
    pub bound: &'a [f64],
}

/// What went into the sensor.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The estimate, with the covariance from noise and response alone.
    pub signal: Signal,
    /// Δ, the largest that regularisation can have taken from any point.
    pub bias: f64,
    /// The gain of each bin.
    pub gains: Vec<f64>,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

/// Why a deconvolution was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeconvolutionError {
    /// There is no regularisation of this name.
    #[error("find the regularisation `{name}`: there is none of this name{}", did_you_mean(name, &REGULARISATIONS.iter().map(|entry| entry.name).collect::<Vec<_>>()))]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// A strength or a rate is not positive.
    #[error("deconvolve: the {what} {value} is not a positive number")]
    Positive {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A bound is negative or not finite.
    #[error("deconvolve: the bound {value} on bin {bin} is not a number of at least 0")]
    Bound {
        /// The bin.
        bin: usize,
        /// Its bound.
        value: f64,
    },
    /// Lines do not rise in frequency.
    #[error("deconvolve: the line at {frequency} Hz is not above the one before; merge lines of one frequency first")]
    Order {
        /// The frequency in Hz.
        frequency: f64,
    },
    /// A line is zero or not finite.
    #[error(
        "deconvolve: the line at {frequency} Hz with the value {value} has no inverse with an uncertainty; leave it out"
    )]
    Line {
        /// The frequency in Hz.
        frequency: f64,
        /// Its value.
        value: Complex64,
    },
    /// The spectra do not fit each other.
    #[error(transparent)]
    Dft(#[from] DftError),
    /// There is not one bound for each bin.
    #[error(transparent)]
    Covariance(#[from] CovarianceError),
    /// The check by Monte Carlo was refused.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

impl Regularisation {
    /// The regularisation of this name.
    ///
    /// # Errors
    /// When there is none; the message names the nearest.
    pub fn named(name: &str) -> Result<&'static Self, DeconvolutionError> {
        let unknown = || DeconvolutionError::Unknown { name: name.to_owned() };
        REGULARISATIONS.iter().copied().find(|entry| entry.name == name).ok_or_else(unknown)
    }
}

impl std::fmt::Debug for Regularisation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Regularisation").field(&self.name).finish()
    }
}

impl Deconvolution {
    /// What went into the sensor. Record and response have errors that are independent of each other.
    ///
    /// Takes O(N log N) steps where the noise is white and the lines of the response are independent, which gives
    /// errors U(n, m) = t(n − m) + h(n + m); other noise costs whole matrices, see
    /// [`SpectralCovariance::back_bytes`].
    ///
    /// # Errors
    /// When lengths differ, or strength, rate or a bound are no sensible numbers.
    ///
    /// ```
    /// use sigmatau_dynamic::covariance::SpectralCovariance;
    /// use sigmatau_dynamic::deconvolution::{Deconvolution, Recorded, Regularisation};
    /// use sigmatau_dynamic::{Complex64, Covariance, Signal, Spectrum, Variance};
    /// let signal = Signal::new(vec![2.0; 4], Covariance::White { variance: Variance(0.04), length: 4 })?;
    /// let response = Spectrum::new(4, vec![Complex64::from(2.0); 3], SpectralCovariance::none(4))?;
    /// let recorded = Recorded { signal: &signal, rate: 1.0, response: &response, bound: &[4.0, 0.0, 0.0] };
    /// let tikhonov = Deconvolution { regularisation: Regularisation::named("tikhonov")?, strength: 1.0 };
    /// let restored = tikhonov.apply(&recorded)?;
    /// assert_eq!(restored.signal.values()[0], 0.5); // half of what went in …
    /// assert_eq!(restored.bias, 0.5); // … and the bound says that as much can be missing
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&self, recorded: &Recorded<'_>) -> Result<Restored, DeconvolutionError> {
        let spectrum = dft(recorded.signal);
        let gains = self.gains(recorded, &spectrum)?;
        let signal = idft(divided(spectrum, recorded.response.clone(), &gains)?);
        let bias = bias(recorded.response.length(), &gains, recorded.bound);
        let findings = dominating(&signal, bias).into_iter().collect();
        Ok(Restored { signal, bias, gains, findings })
    }

    /// Puts draws of record and response through the same gains: tells where first order fails, as it does where the
    /// response is uncertain by much of its magnitude or by more than some 0.2 rad of phase.
    ///
    /// # Errors
    /// As for [`Deconvolution::apply`], or when the check is refused.
    pub fn verify(&self, recorded: &Recorded<'_>, check: Check) -> Result<Verification, DeconvolutionError> {
        let restored = self.apply(recorded)?;
        let (length, values) = (recorded.response.length(), recorded.signal.values());
        let noise = Sampler::new(recorded.signal.covariance())?;
        let errors = Sampler::of_spectrum(recorded.response.covariance())?;
        let bins = recorded.response.values();
        let none = crate::Covariance::White { variance: crate::Variance(0.0), length };
        let trial = |gaussian: &mut sigmatau_spectrum::Gaussian| {
            let noisy = values.iter().zip(noise.draw(gaussian)).map(|(value, error)| value + error).collect();
            let drawn = errors.draw(gaussian);
            let error = |k: usize| Complex64::new(drawn[k], drawn[bins.len() + k]);
            let response = bins.iter().enumerate().map(|(k, bin)| bin + error(k)).collect();
            let certain = SpectralCovariance::none(length);
            let record = Signal::new(noisy, none.clone()).expect("draws of finite values are finite");
            let response = Spectrum::new(length, response, certain).expect("it is of the same length");
            let found = divided(dft(&record), response, &restored.gains).expect("the lengths were compared");
            Some(idft(found).into_parts().0)
        };
        let u = restored.signal.covariance().standard_uncertainties();
        let claims = restored.signal.values().iter().zip(u).map(|(value, u)| Claim { value: *value, u });
        Ok(verify(&claims.collect::<Vec<_>>(), trial, check)?)
    }

    fn gains(&self, recorded: &Recorded<'_>, spectrum: &Spectrum) -> Result<Vec<f64>, DeconvolutionError> {
        expect_positive("strength", self.strength)?;
        expect_positive("sampling rate", recorded.rate)?;
        spectrum.expect_length(recorded.response)?;
        expect_bounds(spectrum.length(), recorded.bound)?;
        let responses = recorded.response.values();
        let largest = responses.iter().map(|h| h.norm()).fold(0.0, f64::max);
        let bin = |k: usize| Bin {
            frequency: k as f64 * recorded.rate / spectrum.length() as f64,
            response: responses[k].norm(),
            largest,
            noise: spectrum.covariance().bin(k).power(),
            bound: recorded.bound[k],
        };
        let gain = |k: usize| {
            if responses[k] == Complex64::ZERO { 0.0 } else { (self.regularisation.gain)(&bin(k), self.strength) }
        };
        Ok((0..responses.len()).map(gain).collect())
    }
}

impl Restored {
    /// The standard uncertainty of each point, with that of the bias: √(u² + Δ²/3).
    pub fn standard_uncertainties(&self) -> Vec<f64> {
        let of_bias = self.bias * self.bias / 3.0;
        self.signal.covariance().standard_uncertainties().iter().map(|u| (u * u + of_bias).sqrt()).collect()
    }
}

/// g Y / H with the covariance of first order; zero where the response is.
fn divided(record: Spectrum, response: Spectrum, gains: &[f64]) -> Result<Spectrum, DeconvolutionError> {
    let length = record.length();
    let inverse = |(h, gain): (&Complex64, &f64)| if *gain == 0.0 { Complex64::ZERO } else { gain / h };
    let inverses: Vec<Complex64> = response.values().iter().zip(gains).map(inverse).collect();
    let values: Vec<Complex64> = record.values().iter().zip(&inverses).map(|(y, inverse)| y * inverse).collect();
    let turn = |(k, x): (usize, &Complex64)| {
        rotation(if gains[k] == 0.0 { Complex64::ZERO } else { -x / response.values()[k] })
    };
    let turns = values.iter().enumerate().map(turn).collect();
    let of_record = record.into_parts().1.through(inverses.into_iter().map(rotation).collect());
    let of_response = response.into_parts().1.through(turns);
    Ok(Spectrum::new(length, values, of_record.plus(of_response)?)?)
}

/// N⁻¹ Σ |1 − g(k)| B(k) over both halves of the spectrum.
fn bias(length: usize, gains: &[f64], bound: &[f64]) -> f64 {
    let sides = |k: usize| if is_real(length, k) { 1.0 } else { 2.0 };
    let lost = gains.iter().zip(bound).enumerate().map(|(k, (gain, bound))| sides(k) * (1.0 - gain).abs() * bound);
    lost.sum::<f64>() / length as f64
}

/// A remark where the bias rather than noise and response makes up the uncertainty.
fn dominating(signal: &Signal, bias: f64) -> Option<Finding> {
    let variances = signal.covariance().variances();
    let mean = variances.iter().map(|variance| variance.0).sum::<f64>() / variances.len() as f64;
    let (of_bias, of_noise) = (bias / 3.0f64.sqrt(), mean.sqrt());
    let seen = format!(
        "the bias of regularisation has the standard uncertainty {of_bias:.3e}, noise and response {of_noise:.3e}"
    );
    let matters = "the uncertainty is that of the stated bound on the spectrum, not of the measurement";
    let advice = "regularise less, or state a tighter bound if more is known of the signal";
    (of_bias > of_noise).then(|| Finding::new(Severity::Warning, "regularisation-bias", seen, matters, advice))
}

fn expect_positive(what: &'static str, value: f64) -> Result<(), DeconvolutionError> {
    if value > 0.0 && value.is_finite() { Ok(()) } else { Err(DeconvolutionError::Positive { what, value }) }
}

fn expect_bounds(length: usize, bound: &[f64]) -> Result<(), DeconvolutionError> {
    expect_bins(length, bound.len())?;
    let unsound = bound.iter().position(|value| !(*value >= 0.0 && value.is_finite()));
    unsound.map_or(Ok(()), |bin| Err(DeconvolutionError::Bound { bin, value: bound[bin] }))
}
