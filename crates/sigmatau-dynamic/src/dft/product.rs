//! Products and ratios of spectra: each bin of the errors is turned and stretched.

use super::{DftError, Spectrum};
use crate::covariance::spectral::rotation;
use crate::{Bivariate, Complex64, Line, SpectralCovariance};

impl Spectrum {
    /// The product Y = X H, bin by bin, of spectra whose errors are independent of each other.
    ///
    /// To first order δY = H δX + X δH: either covariance is turned and stretched in each bin. O(N) steps.
    ///
    /// # Errors
    /// When the lengths differ.
    pub fn times(self, response: Self) -> Result<Self, DftError> {
        self.expect_length(&response)?;
        let values = self.values.iter().zip(&response.values).map(|(x, h)| x * h).collect();
        let of_signal = self.covariance.through(response.values.iter().map(|h| rotation(*h)).collect());
        let of_response = response.covariance.through(self.values.iter().map(|x| rotation(*x)).collect());
        Ok(Self { length: self.length, values, covariance: of_signal.plus(of_response)? })
    }

    /// The ratio X = Y / H, bin by bin, of spectra whose errors are independent of each other.
    ///
    /// To first order δX = δY / H − X δH / H: either covariance is turned and stretched in each bin. O(N) steps.
    /// Where H is uncertain by much of its magnitude, first order fails; [`crate::verify`] finds out.
    ///
    /// # Errors
    /// When the lengths differ or H is zero in a bin.
    ///
    /// ```
    /// use sigmatau_dynamic::covariance::SpectralCovariance;
    /// use sigmatau_dynamic::dft::Spectrum;
    /// use sigmatau_dynamic::{Complex64, Variance};
    /// let spectrum = |value: f64, variance: f64| {
    ///     let covariance = SpectralCovariance::white(Variance(variance), 3);
    ///     Spectrum::new(3, vec![Complex64::from(value); 2], covariance)
    /// };
    /// let ratio = spectrum(6.0, 0.0)?.over(spectrum(2.0, 0.01)?)?;
    /// assert_eq!(ratio.values()[1], Complex64::from(3.0));
    /// assert!((ratio.covariance().bin(1).real - 0.015 * 2.25).abs() < 1e-16); // (3 σ / 2)²
    /// # Ok::<(), sigmatau_dynamic::dft::DftError>(())
    /// ```
    pub fn over(self, response: Self) -> Result<Self, DftError> {
        self.expect_length(&response)?;
        if let Some(bin) = response.values.iter().position(|h| h.norm_sqr() == 0.0) {
            return Err(DftError::Zero(bin));
        }
        let values: Vec<Complex64> = self.values.iter().zip(&response.values).map(|(y, h)| y / h).collect();
        let of_signal = self.covariance.through(response.values.iter().map(|h| rotation(h.inv())).collect());
        let turns = values.iter().zip(&response.values).map(|(x, h)| rotation(-x / h));
        let of_response = response.covariance.through(turns.collect());
        Ok(Self { length: self.length, values, covariance: of_signal.plus(of_response)? })
    }

    /// The spectrum with each bin multiplied by a number that has no uncertainty.
    ///
    /// # Errors
    /// When there are not as many factors as bins.
    pub fn scaled(self, factors: &[Complex64]) -> Result<Self, DftError> {
        let certain = Self::new(self.length, factors.to_vec(), SpectralCovariance::none(self.length))?;
        self.times(certain)
    }

    /// A measured response, given at the frequencies of the bins of a transform of `length` points; its lines are
    /// independent of each other.
    ///
    /// # Errors
    /// When there are not ⌊`length`/2⌋ + 1 lines, or one has no covariance.
    pub fn of_response(length: usize, lines: &[Line]) -> Result<Self, DftError> {
        let bins: Vec<Bivariate> = lines.iter().map(|line| line.covariance).collect();
        let covariance = SpectralCovariance::per_bin(length, bins)?;
        Self::new(length, lines.iter().map(|line| line.value).collect(), covariance)
    }
}
