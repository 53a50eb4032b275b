//! What makes a covariance impossible.

use super::Covariance;
use nalgebra::DMatrix;

/// How far the two halves of a matrix may differ, relative to the standard uncertainties: rounding, not more.
const ROUNDING: f64 = 1e-9;

/// Why a covariance was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CovarianceError {
    /// It belongs to another number of points.
    #[error("use a covariance: it is of {found} points, the series has {expected}")]
    Length {
        /// The points of the series.
        expected: usize,
        /// The points of the covariance.
        found: usize,
    },
    /// A matrix is not square.
    #[error("use a covariance: a matrix of {rows} rows and {columns} columns is not square")]
    Square {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A diagonal of a band is too short or too long.
    #[error("use a covariance: diagonal {diagonal} of the band has {found} entries, it must have {expected}")]
    Diagonal {
        /// Its number, 0 for the main one.
        diagonal: usize,
        /// Its entries.
        found: usize,
        /// The entries that fit.
        expected: usize,
    },
    /// A variance is negative or not finite.
    #[error("use a covariance: the variance {variance} of point {point} is not a number of at least 0")]
    Variance {
        /// The point.
        point: usize,
        /// Its variance.
        variance: f64,
    },
    /// The two halves of a matrix differ.
    #[error("use a covariance: it is not symmetric, the entry ({i}, {j}) is {here} and ({j}, {i}) is {there}")]
    Symmetry {
        /// The row.
        i: usize,
        /// The column.
        j: usize,
        /// The entry.
        here: f64,
        /// Its mirror image.
        there: f64,
    },
    /// Two points are correlated by more than 1.
    #[error(
        "use a covariance: the points {i} and {j} have the covariance {covariance}, which is more \
         than their standard uncertainties allow"
    )]
    Correlation {
        /// One point.
        i: usize,
        /// The other one.
        j: usize,
        /// Their covariance.
        covariance: f64,
    },
    /// There are errors that have a negative variance.
    #[error("draw from a covariance: some sum of its errors would have the variance {0}, which is negative")]
    Indefinite(f64),
}

impl Covariance {
    /// Tells whether the covariance can be that of `length` points: lengths, variances of at least 0, symmetry,
    /// correlations of at most 1. Takes as many steps as the form has numbers.
    ///
    /// # Errors
    /// The first thing found wrong, with its place.
    pub fn check(&self, length: usize) -> Result<(), CovarianceError> {
        self.check_shape()?;
        if self.length() != length {
            return Err(CovarianceError::Length { expected: length, found: self.length() });
        }
        self.check_variances()?;
        match self {
            Self::Stationary { autocovariance, .. } => {
                (1..autocovariance.0.len().min(length)).try_for_each(|lag| self.check_correlation(0, lag))
            }
            Self::Banded { diagonals } => {
                let entries = (1..diagonals.len()).flat_map(|d| (0..length.saturating_sub(d)).map(move |i| (i, i + d)));
                entries.into_iter().try_for_each(|(i, j)| self.check_correlation(i, j))
            }
            Self::Dense(matrix) => check_dense(matrix),
            _ => Ok(()),
        }
    }

    fn check_shape(&self) -> Result<(), CovarianceError> {
        match self {
            Self::Dense(matrix) if !matrix.is_square() => {
                Err(CovarianceError::Square { rows: matrix.nrows(), columns: matrix.ncols() })
            }
            Self::Banded { diagonals } => {
                let expected = |d: usize| self.length().saturating_sub(d);
                let wrong = diagonals.iter().enumerate().find(|(d, entries)| entries.len() != expected(*d));
                wrong.map_or(Ok(()), |(diagonal, entries)| {
                    let (found, expected) = (entries.len(), expected(diagonal));
                    Err(CovarianceError::Diagonal { diagonal, found, expected })
                })
            }
            _ => Ok(()),
        }
    }

    fn check_variances(&self) -> Result<(), CovarianceError> {
        let sound = |variance: f64| variance >= 0.0 && variance.is_finite();
        let variances = self.variances().into_iter().map(|variance| variance.0).enumerate();
        match variances.into_iter().find(|(_, variance)| !sound(*variance)) {
            Some((point, variance)) => Err(CovarianceError::Variance { point, variance }),
            None => Ok(()),
        }
    }

    fn check_correlation(&self, i: usize, j: usize) -> Result<(), CovarianceError> {
        let (covariance, bound) = (self.entry(i, j), (self.entry(i, i) * self.entry(j, j)).sqrt());
        if covariance.abs() <= bound * (1.0 + ROUNDING) {
            return Ok(());
        }
        Err(CovarianceError::Correlation { i, j, covariance })
    }
}

/// Symmetry and correlations of a square matrix whose diagonal is sound.
fn check_dense(matrix: &DMatrix<f64>) -> Result<(), CovarianceError> {
    let u: Vec<f64> = matrix.diagonal().iter().map(|variance| variance.sqrt()).collect();
    let pair = |(i, j): (usize, usize)| {
        let (here, there, bound) = (matrix[(i, j)], matrix[(j, i)], u[i] * u[j]);
        match () {
            () if (here - there).abs() > ROUNDING * bound => Err(CovarianceError::Symmetry { i, j, here, there }),
            () if here.abs() <= bound * (1.0 + ROUNDING) => Ok(()),
            () => Err(CovarianceError::Correlation { i, j, covariance: here }),
        }
    };
    (0..u.len()).flat_map(|j| (0..j).map(move |i| (i, j))).try_for_each(pair)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance::{Autocovariance, Variance};

    fn refusal(covariance: &Covariance) -> String {
        covariance.check(2).unwrap_err().to_string()
    }

    #[test]
    fn each_impossible_covariance_is_refused_with_its_place() {
        let dense = |entries: [f64; 4]| Covariance::Dense(DMatrix::from_row_slice(2, 2, &entries));
        let lags = |lags: &[f64]| Covariance::Stationary { autocovariance: Autocovariance(lags.to_vec()), length: 2 };
        assert!(refusal(&dense([1.0, 0.5, 0.4, 1.0])).contains("(0, 1) is 0.5 and (1, 0) is 0.4"));
        assert!(refusal(&dense([1.0, 2.0, 2.0, 1.0])).contains("points 0 and 1 have the covariance 2"));
        assert!(refusal(&dense([1.0, f64::NAN, f64::NAN, 1.0])).contains("NaN"));
        assert!(refusal(&lags(&[1.0, -1.5])).contains("-1.5"));
        assert!(refusal(&Covariance::Independent(vec![Variance(1.0), Variance(-1.0)])).contains("-1 of point 1"));
        assert!(refusal(&Covariance::White { variance: Variance(1.0), length: 3 }).contains("of 3 points"));
        assert!(refusal(&Covariance::Dense(DMatrix::zeros(2, 3))).contains("2 rows and 3 columns"));
        assert!(refusal(&Covariance::Banded { diagonals: vec![vec![1.0; 2]; 2] }).contains("diagonal 1"));
        assert!(refusal(&Covariance::Banded { diagonals: vec![vec![1.0; 2], vec![1.1]] }).contains("1.1"));
    }

    #[test]
    fn possible_covariances_pass() {
        let lags = Autocovariance(vec![1.0, -0.5]);
        assert_eq!(Covariance::Stationary { autocovariance: lags, length: 2 }.check(2), Ok(()));
        assert_eq!(Covariance::Dense(DMatrix::from_element(2, 2, 1.0)).check(2), Ok(()));
    }
}
