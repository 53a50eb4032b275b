//! Linear least squares by a QR decomposition.

use crate::filter::FilterError;
use nalgebra::{DMatrix, DVector};

/// A matrix M = Q R with full column rank.
pub(super) struct LeastSquares {
    q: DMatrix<f64>,
    /// R⁻¹.
    inverse: DMatrix<f64>,
}

impl LeastSquares {
    /// Decomposes the matrix, whose rows are the real and the imaginary parts of lines.
    ///
    /// # Errors
    /// When the columns are not independent beyond rounding.
    pub(super) fn new(matrix: DMatrix<f64>) -> Result<Self, FilterError> {
        let (rows, coefficients) = matrix.shape();
        let undetermined = FilterError::Undetermined { lines: rows / 2, coefficients };
        if rows < coefficients {
            return Err(undetermined);
        }
        let (q, r) = matrix.qr().unpack();
        let pivots = r.diagonal().abs();
        if pivots.min() <= rows as f64 * f64::EPSILON * pivots.max() || pivots.iter().any(|pivot| pivot.is_nan()) {
            return Err(undetermined);
        }
        let inverse = r.solve_upper_triangular(&DMatrix::identity(coefficients, coefficients));
        Ok(Self { q, inverse: inverse.ok_or(undetermined)? })
    }

    /// The coefficients of the columns that come nearest to `right`.
    pub(super) fn solve(&self, right: &DVector<f64>) -> DVector<f64> {
        &self.inverse * self.q.tr_mul(right)
    }

    /// |right − M x|², of the nearest x.
    pub(super) fn residual(&self, right: &DVector<f64>) -> f64 {
        (right - &self.q * self.q.tr_mul(right)).norm_squared()
    }

    /// R⁻¹ Qᵀ, how the coefficients change with `right`.
    pub(super) fn pseudo_inverse(&self) -> DMatrix<f64> {
        &self.inverse * self.q.transpose()
    }

    /// (Mᵀ M)⁻¹.
    pub(super) fn inverse_gram(&self) -> DMatrix<f64> {
        &self.inverse * self.inverse.transpose()
    }
}
