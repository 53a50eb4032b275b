//! The stacked convention of other programs: all real parts, then all imaginary parts, of the one-sided spectrum.

use super::{DftError, Spectrum};
use crate::{Complex64, SpectralCovariance};
use nalgebra::DMatrix;

impl Spectrum {
    /// From (Re X(0) … Re X(K − 1), Im X(0) … Im X(K − 1)) and its covariance, K = ⌊`length`/2⌋ + 1: the convention of
    /// PyDynamic. The length of the series has to be said, since odd and even ones have equally many bins.
    ///
    /// # Errors
    /// When there are not 2 K values, or the covariance does not fit them.
    ///
    /// ```
    /// use nalgebra::DMatrix;
    /// use sigmatau_dynamic::dft::{Spectrum, idft};
    /// let stacked = [4.0, 2.0, 0.0, -1.0];
    /// let odd = Spectrum::from_stacked(3, &stacked, DMatrix::zeros(4, 4))?;
    /// assert_eq!(idft(odd).values().len(), 3);
    /// # Ok::<(), sigmatau_dynamic::dft::DftError>(())
    /// ```
    pub fn from_stacked(length: usize, stacked: &[f64], covariance: DMatrix<f64>) -> Result<Self, DftError> {
        let covariance = SpectralCovariance::dense(length, covariance)?;
        Self::new(length, unstacked(length, stacked)?, covariance)
    }

    /// The values as (Re X(0) … Re X(K − 1), Im X(0) … Im X(K − 1)).
    pub fn stacked(&self) -> Vec<f64> {
        self.values.iter().map(|value| value.re).chain(self.values.iter().map(|value| value.im)).collect()
    }
}

fn unstacked(length: usize, stacked: &[f64]) -> Result<Vec<Complex64>, DftError> {
    let bins = length / 2 + 1;
    if stacked.len() != 2 * bins {
        return Err(DftError::Length { expected: 2 * bins, found: stacked.len() });
    }
    let (real, imaginary) = stacked.split_at(bins);
    Ok(real.iter().zip(imaginary).map(|(re, im)| Complex64::new(*re, *im)).collect())
}
