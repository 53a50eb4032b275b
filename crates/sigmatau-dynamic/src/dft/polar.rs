//! Amplitudes and phases, and back to real and imaginary parts.

use super::moments::{Moments, amplitude_phase, cartesian, unit};
use super::{DftError, Spectrum, expect_finite};
use crate::covariance::spectral::is_real;
use crate::covariance::{Bivariate, CovarianceError, SpectralCovariance};
use nalgebra::Matrix2;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;

/// Amplitudes below this many of their standard uncertainties, and phases whose standard uncertainty is above its
/// inverse in rad, are not converted by first order alone.
const LINEAR: f64 = 5.0;

/// A spectrum as amplitudes and phases.
#[derive(Clone, Debug)]
pub struct Polar {
    length: usize,
    amplitudes: Vec<f64>,
    phases: Vec<f64>,
    covariance: SpectralCovariance,
    doubtful: Vec<Doubtful>,
}

/// A bin that first order does not convert: its uncertainty is too large for that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doubtful {
    /// The bin.
    pub bin: usize,
    /// The amplitude over its larger standard uncertainty, or 1 over that of the phase in rad.
    pub ratio: f64,
    /// The means of what came of the conversion, given Gaussian errors of what went in: amplitude and phase in rad, or
    /// real and imaginary part. They differ from the converted values by the bias of the conversion.
    pub mean: (f64, f64),
    /// Their covariance, which is in the result in place of that of first order.
    pub covariance: Bivariate,
}

impl Doubtful {
    /// The bins and what they mean, for a record; nothing where there are none.
    pub fn finding(doubtful: &[Self]) -> Option<Finding> {
        let first = doubtful.first()?;
        let worst = doubtful.iter().map(|bin| bin.ratio).fold(f64::INFINITY, f64::min);
        let seen = format!(
            "{} bins from {} on are uncertain by more than a fifth of their value, at worst {:.2} of their uncertainty",
            doubtful.len(),
            first.bin,
            worst
        );
        let matters = "amplitude and phase are no linear functions there; means and variances of these bins are those \
                       of the distribution, correlations with other bins those of first order";
        let advice = "lower the noise, or leave these bins out of what follows";
        Some(Finding::new(Severity::Warning, "polar-not-linear", seen, matters, advice))
    }
}

impl Spectrum {
    /// Amplitudes |X| and phases arg X in rad, with the covariance of all of them.
    ///
    /// To first order δA = Re(δX e^(−iφ)), δφ = Im(δX e^(−iφ)) / A. Where A is below five of its uncertainties, the
    /// block of the bin is that of the distribution (Rice's, for equal parts), and the bin is listed as [`Doubtful`];
    /// JCGM 102. Where the phase is certain, at zero and Nyquist frequency, it is 0 or π without uncertainty. O(N)
    /// steps.
    ///
    /// ```
    /// use sigmatau_dynamic::covariance::SpectralCovariance;
    /// use sigmatau_dynamic::dft::Spectrum;
    /// use sigmatau_dynamic::{Complex64, Variance};
    /// let values = vec![Complex64::from(-1.0), Complex64::new(0.0, 2.0)];
    /// let polar = Spectrum::new(3, values, SpectralCovariance::white(Variance(0.01), 3))?.to_polar();
    /// assert_eq!((polar.amplitudes()[1], polar.phases()[1]), (2.0, std::f64::consts::FRAC_PI_2));
    /// let parts = polar.covariance().bin(1);
    /// assert!((parts.real - 0.015).abs() < 1e-15 && (parts.imaginary - 0.015 / 4.0).abs() < 1e-15);
    /// # Ok::<(), sigmatau_dynamic::dft::DftError>(())
    /// ```
    pub fn to_polar(self) -> Polar {
        let covariance = self.covariance.clone().through(self.values.iter().map(|value| to_polar(*value)).collect());
        let exact = |k: usize| {
            let (value, errors) = (self.values[k], self.covariance.bin(k));
            let ratio = value.norm() / errors.along(Complex64::ZERO);
            let doubtful = ratio < LINEAR && !is_real(self.length, k);
            let Moments { mean, covariance } = amplitude_phase(value, errors).filter(|_| doubtful)?;
            Some(Doubtful { bin: k, ratio, mean: (mean.0, value.arg() + mean.1), covariance })
        };
        let doubtful: Vec<Doubtful> = (0..self.values.len()).filter_map(exact).collect();
        let covariance = corrected(covariance, &doubtful);
        let amplitudes = self.values.iter().map(|value| value.norm()).collect();
        let phases = self.values.iter().map(|value| value.arg()).collect();
        Polar { length: self.length, amplitudes, phases, covariance, doubtful }
    }
}

impl Polar {
    /// Amplitudes and phases in rad of the spectrum of `length` points, with the covariance whose parts are amplitude
    /// and phase. Phases of bins that have no imaginary part are rounded to 0 or π.
    ///
    /// # Errors
    /// When there are not ⌊`length`/2⌋ + 1 of either, one is not finite, or the covariance is of another length.
    pub fn new(
        length: usize,
        amplitudes: Vec<f64>,
        phases: Vec<f64>,
        covariance: SpectralCovariance,
    ) -> Result<Self, DftError> {
        let expected = length / 2 + 1;
        for list in [&amplitudes, &phases] {
            expect_finite(list)?;
            if list.len() != expected {
                return Err(CovarianceError::Length { expected, found: list.len() }.into());
            }
        }
        if covariance.length() != length {
            return Err(DftError::Length { expected: length, found: covariance.length() });
        }
        Ok(Self { length, amplitudes, phases, covariance, doubtful: Vec::new() })
    }

    /// |X(k)|.
    pub fn amplitudes(&self) -> &[f64] {
        &self.amplitudes
    }

    /// arg X(k) in rad.
    pub fn phases(&self) -> &[f64] {
        &self.phases
    }

    /// The covariance; the first part of a bin is the amplitude, the second the phase.
    pub fn covariance(&self) -> &SpectralCovariance {
        &self.covariance
    }

    /// The bins that first order did not convert.
    pub fn doubtful(&self) -> &[Doubtful] {
        &self.doubtful
    }

    /// Real and imaginary parts, with the bins that first order does not convert.
    ///
    /// To first order δX = e^(iφ) (δA + i A δφ). Where a phase is uncertain by more than 0.2 rad, the block of the
    /// bin is the exact one of Gaussian errors: the mean shrinks by e^(−u²/2). O(N) steps.
    pub fn to_spectrum(self) -> (Spectrum, Vec<Doubtful>) {
        let parts = || self.amplitudes.iter().zip(&self.phases);
        let maps = parts().map(|(a, phi)| to_cartesian(*a, *phi)).collect();
        let covariance = self.covariance.clone().through(maps);
        let exact = |k: usize| {
            let errors = self.covariance.bin(k);
            let ratio = errors.imaginary.sqrt().recip();
            let Moments { mean, covariance } = cartesian(self.amplitudes[k], self.phases[k], errors);
            (ratio < LINEAR).then_some(Doubtful { bin: k, ratio, mean, covariance })
        };
        let doubtful: Vec<Doubtful> = (0..self.amplitudes.len()).filter_map(exact).collect();
        let covariance = corrected(covariance, &doubtful);
        let values = parts().map(|(a, phi)| Complex64::from_polar(*a, *phi)).collect();
        let spectrum = Spectrum::new(self.length, values, covariance).expect("amplitudes and phases were checked");
        (spectrum, doubtful)
    }
}

/// (Re, Im) to (A, φ), to first order; without a phase at zero, where it has no derivative.
fn to_polar(value: Complex64) -> Matrix2<f64> {
    let Complex64 { re: cos, im: sin } = unit(value);
    let inverse = if value.norm_sqr() == 0.0 { 0.0 } else { value.norm().recip() };
    Matrix2::new(cos, sin, -sin * inverse, cos * inverse)
}

/// (A, φ) to (Re, Im), to first order.
fn to_cartesian(amplitude: f64, phase: f64) -> Matrix2<f64> {
    let (sin, cos) = phase.sin_cos();
    Matrix2::new(cos, -amplitude * sin, sin, amplitude * cos)
}

/// The covariance with the blocks of doubtful bins replaced; correlations with other bins stay of first order.
fn corrected(covariance: SpectralCovariance, doubtful: &[Doubtful]) -> SpectralCovariance {
    if doubtful.is_empty() {
        return covariance;
    }
    let mut excess = vec![Bivariate::default(); covariance.bins()];
    for Doubtful { bin, covariance: exact, .. } in doubtful {
        let first = covariance.bin(*bin);
        excess[*bin] = Bivariate {
            real: exact.real - first.real,
            imaginary: exact.imaginary - first.imaginary,
            cross: exact.cross - first.cross,
        };
    }
    covariance.plus_excess(excess)
}
