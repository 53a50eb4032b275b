//! Errors drawn at random with a given covariance.

use super::spectral::{Form, SpectralCovariance};
use super::{Bivariate, Covariance, CovarianceError};
use nalgebra::{DMatrix, DVector};
use sigmatau_spectrum::Gaussian;

/// How far below zero an eigenvalue may lie by rounding, relative to the largest one.
const ROUNDING: f64 = 1e-10;

/// Draws Gaussian errors with a given covariance.
///
/// Independent errors cost O(N) a draw, common sources O(N K). Errors that are correlated over D points are factored
/// once, in O(N D²) steps and 8 N D bytes, and cost O(N D) a draw; a matrix has D = N.
#[derive(Clone, Debug)]
pub struct Sampler(Factor);

#[derive(Clone, Debug)]
enum Factor {
    Diagonal(Vec<f64>),
    Matrix(DMatrix<f64>),
    /// The Cholesky factor L, row by row: L(n, n − d) at place d, as far as neighbours are correlated.
    Banded(Vec<Vec<f64>>),
    /// For each bin the root of the variance of Re, and what Im has of Re's source and of its own.
    Bins(Vec<[f64; 3]>),
}

impl Sampler {
    /// Factors the covariance.
    ///
    /// # Errors
    /// When some sum of the errors would have a negative variance.
    pub fn new(covariance: &Covariance) -> Result<Self, CovarianceError> {
        covariance.check(covariance.length())?;
        Ok(Self(match covariance {
            Covariance::White { .. } | Covariance::Independent(_) => {
                Factor::Diagonal(covariance.standard_uncertainties())
            }
            Covariance::LowRank { sources } => Factor::Matrix(sources.clone()),
            Covariance::Stationary { autocovariance, .. } => {
                Factor::Banded(banded(covariance, autocovariance.0.len())?)
            }
            Covariance::Banded { diagonals } => Factor::Banded(banded(covariance, diagonals.len())?),
            Covariance::Mirrored { .. } | Covariance::Dense(_) => Factor::Matrix(root(covariance.to_dense())?),
        }))
    }

    /// Factors the covariance of a spectrum. Draws are real parts above imaginary parts, as in a stacked vector; bins
    /// that are independent cost O(N) a draw.
    ///
    /// # Errors
    /// When some sum of the errors would have a negative variance.
    pub fn of_spectrum(covariance: &SpectralCovariance) -> Result<Self, CovarianceError> {
        Ok(Self(match covariance.only_form() {
            Some(Form::White(_) | Form::PerBin(_)) => {
                Factor::Bins(covariance.each_bin().iter().map(bin_root).collect())
            }
            Some(Form::LowRank(sources)) => Factor::Matrix(sources.clone()),
            _ => Factor::Matrix(root(covariance.clone().into_dense())?),
        }))
    }

    /// The errors of all points, from the next numbers of `gaussian`.
    ///
    /// ```
    /// use sigmatau_dynamic::{Covariance, Variance, covariance::Sampler};
    /// use sigmatau_spectrum::Gaussian;
    /// let sampler = Sampler::new(&Covariance::White { variance: Variance(4.0), length: 3 })?;
    /// let errors = sampler.draw(&mut Gaussian::new(1, 0));
    /// assert_eq!(errors[0], 2.0 * Gaussian::new(1, 0).draw());
    /// # Ok::<(), sigmatau_dynamic::covariance::CovarianceError>(())
    /// ```
    pub fn draw(&self, gaussian: &mut Gaussian) -> Vec<f64> {
        match &self.0 {
            Factor::Diagonal(u) => u.iter().map(|u| u * gaussian.draw()).collect(),
            Factor::Matrix(root) => (root * standard(gaussian, root.ncols())).as_slice().to_vec(),
            Factor::Banded(rows) => {
                let white: Vec<f64> = gaussian.take(rows.len()).collect();
                let before = |n: usize| white[..=n].iter().rev();
                rows.iter().enumerate().map(|(n, row)| row.iter().zip(before(n)).map(|(l, z)| l * z).sum()).collect()
            }
            Factor::Bins(roots) => {
                let parts: Vec<[f64; 2]> = roots
                    .iter()
                    .map(|[real, shared, own]| {
                        let (one, other) = (gaussian.draw(), gaussian.draw());
                        [real * one, shared * one + own * other]
                    })
                    .collect();
                parts.iter().map(|part| part[0]).chain(parts.iter().map(|part| part[1])).collect()
            }
        }
    }
}

/// Independent numbers of mean 0 and variance 1.
pub(crate) fn standard(gaussian: &mut Gaussian, count: usize) -> DVector<f64> {
    DVector::from_fn(count, |_, _| gaussian.draw())
}

/// The Cholesky factor of errors of which `width` neighbours are correlated.
fn banded(covariance: &Covariance, width: usize) -> Result<Vec<Vec<f64>>, CovarianceError> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(covariance.length());
    for n in 0..covariance.length() {
        let row = row(covariance, &rows, n.min(width.saturating_sub(1)))?;
        rows.push(row);
    }
    Ok(rows)
}

/// The next row of the factor, which reaches `reach` points back. A point without variance of its own has none left.
fn row(covariance: &Covariance, rows: &[Vec<f64>], reach: usize) -> Result<Vec<f64>, CovarianceError> {
    let n = rows.len();
    let mut row = vec![0.0; reach + 1];
    for back in (1..=reach).rev() {
        let other = &rows[n - back];
        let shared: f64 = row[back + 1..].iter().zip(&other[1..]).map(|(one, other)| one * other).sum();
        row[back] = if other[0] > 0.0 { (covariance.entry(n, n - back) - shared) / other[0] } else { 0.0 };
    }
    let (variance, explained) = (covariance.entry(n, n), row.iter().map(|l| l * l).sum::<f64>());
    let left = variance - explained;
    if left.is_nan() || left < -ROUNDING * explained.max(variance) {
        return Err(CovarianceError::Indefinite(left));
    }
    row[0] = left.max(0.0).sqrt();
    Ok(row)
}

/// The Cholesky factor of a covariance of two parts, also of a singular one.
fn bin_root(bin: &Bivariate) -> [f64; 3] {
    let real = bin.real.sqrt();
    let shared = if real > 0.0 { bin.cross / real } else { 0.0 };
    [real, shared, (bin.imaginary - shared * shared).max(0.0).sqrt()]
}

/// B with B Bᵀ = C, also of a singular C.
fn root(matrix: DMatrix<f64>) -> Result<DMatrix<f64>, CovarianceError> {
    if let Some(cholesky) = matrix.clone().cholesky() {
        return Ok(cholesky.unpack());
    }
    let eigen = matrix.symmetric_eigen();
    let (least, largest) = (eigen.eigenvalues.min(), eigen.eigenvalues.amax());
    if least < -ROUNDING * largest {
        return Err(CovarianceError::Indefinite(least));
    }
    let mut root = eigen.eigenvectors;
    for (mut column, value) in root.column_iter_mut().zip(eigen.eigenvalues.iter()) {
        column *= value.max(0.0).sqrt();
    }
    Ok(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance::Autocovariance;

    #[test]
    fn draws_have_the_covariance_also_where_it_is_singular() {
        let forms = [
            Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, -0.8]), length: 4 },
            Covariance::Mirrored { toeplitz: Autocovariance(vec![0.5]), hankel: vec![0.5, 0.0, 0.5, 0.0] },
        ];
        for form in forms {
            let (sampler, mut gaussian) = (Sampler::new(&form).unwrap(), Gaussian::new(2, 0));
            let mut sums = DMatrix::zeros(4, 4);
            for _ in 0..40_000 {
                let errors = DVector::from_vec(sampler.draw(&mut gaussian));
                sums += &errors * errors.transpose();
            }
            let apart = (sums / 40_000.0 - form.to_dense()).amax();
            assert!(apart < 0.06, "{form:?}: {apart}");
        }
    }

    #[test]
    fn a_banded_factor_gives_the_covariance_back() {
        let diagonals = vec![vec![2.0; 9], vec![0.9; 8], vec![0.3; 7]];
        let stationary = Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, 0.9, 0.3]), length: 9 };
        for covariance in [stationary, Covariance::Banded { diagonals }] {
            let rows = banded(&covariance, 3).unwrap();
            let entry = |n: usize, m: usize| n.checked_sub(m).and_then(|d| rows[n].get(d)).copied().unwrap_or(0.0);
            let factor = DMatrix::from_fn(9, 9, entry);
            assert!((&factor * factor.transpose() - covariance.to_dense()).amax() < 1e-14);
        }
    }

    #[test]
    fn draws_of_a_spectrum_have_its_covariance() {
        let bin = Bivariate { real: 1.0, imaginary: 0.5, cross: -0.4 };
        let bins = SpectralCovariance::per_bin(4, vec![bin; 3]).unwrap();
        let forms = [bins.clone(), SpectralCovariance::dense(4, bins.into_dense()).unwrap()];
        for form in forms {
            let (sampler, mut gaussian) = (Sampler::of_spectrum(&form).unwrap(), Gaussian::new(4, 0));
            let mut sums = DMatrix::zeros(6, 6);
            for _ in 0..40_000 {
                let errors = DVector::from_vec(sampler.draw(&mut gaussian));
                sums += &errors * errors.transpose();
            }
            let apart = (sums / 40_000.0 - form.clone().into_dense()).amax();
            assert!(apart < 0.03, "{:?}: {apart}", form.forms());
        }
    }

    #[test]
    fn impossible_covariance_is_refused() {
        let lags = Autocovariance(vec![1.0, 0.9, -0.9]);
        let error = Sampler::new(&Covariance::Stationary { autocovariance: lags, length: 3 }).unwrap_err();
        assert!(matches!(error, CovarianceError::Indefinite(least) if least < -0.5), "{error}");
    }
}
