//! Errors drawn from their covariance.

use super::FilterError;
use crate::covariance::Covariance;
use nalgebra::{DMatrix, DVector};
use sigmatau_spectrum::Gaussian;

/// A covariance, ready to draw normal errors from.
pub(super) enum Draws {
    /// B of common sources.
    Common(DMatrix<f64>),
    /// The Cholesky factor L, row by row: L(n, n − d) at place d, as far as neighbours are correlated.
    Banded(Vec<Vec<f64>>),
}

impl Draws {
    /// Takes O(N D²) steps and O(N D) numbers for errors that are correlated over D points; a matrix has D = N.
    ///
    /// # Errors
    /// When the numbers are no covariance.
    pub(super) fn new(covariance: &Covariance) -> Result<Self, FilterError> {
        let width = match covariance {
            Covariance::LowRank { sources } => return Ok(Self::Common(sources.clone())),
            Covariance::White { .. } | Covariance::Independent(_) => 1,
            Covariance::Stationary { autocovariance, .. } => autocovariance.0.len(),
            Covariance::Banded { diagonals } => diagonals.len(),
            Covariance::Mirrored { .. } | Covariance::Dense(_) => covariance.length(),
        };
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(covariance.length());
        for n in 0..covariance.length() {
            let row = row(covariance, &rows, n.min(width.saturating_sub(1)))?;
            rows.push(row);
        }
        Ok(Self::Banded(rows))
    }

    /// The errors of all points.
    pub(super) fn draw(&self, gaussian: &mut Gaussian) -> Vec<f64> {
        match self {
            Self::Common(sources) => {
                let drawn = sources * standard(gaussian, sources.ncols());
                drawn.as_slice().to_vec()
            }
            Self::Banded(rows) => {
                let white: Vec<f64> = gaussian.take(rows.len()).collect();
                let before = |n: usize| white[..=n].iter().rev();
                rows.iter().enumerate().map(|(n, row)| row.iter().zip(before(n)).map(|(l, z)| l * z).sum()).collect()
            }
        }
    }
}

/// Independent numbers of mean 0 and variance 1.
pub(super) fn standard(gaussian: &mut Gaussian, count: usize) -> DVector<f64> {
    DVector::from_fn(count, |_, _| gaussian.draw())
}

/// The next row of the factor, which reaches `reach` points back. A point without variance of its own has none left.
fn row(covariance: &Covariance, rows: &[Vec<f64>], reach: usize) -> Result<Vec<f64>, FilterError> {
    let n = rows.len();
    let mut row = vec![0.0; reach + 1];
    for back in (1..=reach).rev() {
        let other = &rows[n - back];
        let shared: f64 = row[back + 1..].iter().zip(&other[1..]).map(|(one, other)| one * other).sum();
        row[back] = if other[0] > 0.0 { (covariance.entry(n, n - back) - shared) / other[0] } else { 0.0 };
    }
    let (variance, explained) = (covariance.entry(n, n), row.iter().map(|l| l * l).sum::<f64>());
    let left = variance - explained;
    if left.is_nan() || left < -1e-9 * explained.max(variance.abs()) {
        return Err(FilterError::NoCovariance { smallest: left, largest: variance });
    }
    row[0] = left.max(0.0).sqrt();
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::super::sources::matrix;
    use super::*;
    use crate::covariance::Autocovariance;

    #[test]
    fn the_factor_gives_the_covariance_back() {
        let stationary = Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, 0.9, 0.3]), length: 9 };
        for covariance in [stationary.clone(), Covariance::Dense(matrix(&stationary))] {
            let Draws::Banded(rows) = Draws::new(&covariance).unwrap() else { unreachable!("it is no low rank") };
            let entry = |n: usize, m: usize| n.checked_sub(m).and_then(|d| rows[n].get(d)).copied().unwrap_or(0.0);
            let factor = DMatrix::from_fn(9, 9, entry);
            assert!((&factor * factor.transpose() - matrix(&covariance)).amax() < 1e-14);
        }
    }

    #[test]
    fn numbers_that_are_no_autocovariance_are_refused() {
        let impossible = Covariance::Stationary { autocovariance: Autocovariance(vec![1.0, 0.9]), length: 9 };
        assert!(matches!(Draws::new(&impossible), Err(FilterError::NoCovariance { .. })));
    }
}
