//! Linear least squares with columns of any scale.

use nalgebra::{DMatrix, DVector};

/// Columns are told apart down to this share of the one that stands out most.
const RANK: f64 = 1e-11;

/// A matrix J as Q U Σ Vᵀ S, with S the lengths of its columns.
///
/// Scaled columns make the solution indifferent to the units of the parameters, so that coefficients of s^k over wide
/// ranges of frequency are found as well as a static sensitivity.
pub(super) struct Factored {
    lengths: DVector<f64>,
    left: DMatrix<f64>,
    sigma: DVector<f64>,
    right: DMatrix<f64>,
}

impl Factored {
    /// Nothing where an element is not finite.
    pub(super) fn new(mut matrix: DMatrix<f64>) -> Option<Self> {
        let length = |column: nalgebra::DVectorView<'_, f64>| Some(column.norm()).filter(|norm| *norm > 0.0);
        let lengths: Vec<f64> = matrix.column_iter().map(|column| length(column).unwrap_or(1.0)).collect();
        matrix.column_iter_mut().zip(&lengths).for_each(|(mut column, length)| column /= *length);
        if matrix.iter().any(|element| !element.is_finite()) {
            return None;
        }
        let (q, r) = matrix.qr().unpack();
        let svd = r.svd(true, true);
        let (u, right) = (svd.u?, svd.v_t?.transpose());
        Some(Self { lengths: lengths.into(), left: q * u, sigma: svd.singular_values, right })
    }

    /// The share of a right-hand side that the columns can make, in the directions of Σ.
    pub(super) fn reachable(&self, right: &DVector<f64>) -> DVector<f64> {
        self.left.tr_mul(right)
    }

    /// The x that minimises |J x − b|² + λ|S x|², where `reachable` is that share of b.
    pub(super) fn damped(&self, reachable: &DVector<f64>, lambda: f64) -> DVector<f64> {
        let floor = self.floor();
        let shrunk = reachable.zip_map(&self.sigma, |b, sigma| b * sigma / (sigma * sigma + lambda + floor * floor));
        (&self.right * shrunk).component_div(&self.lengths)
    }

    /// J⁺, the matrix that makes x from b.
    pub(super) fn pseudo_inverse(&self) -> DMatrix<f64> {
        let floor = self.floor();
        let scaled = DMatrix::from_fn(self.right.nrows(), self.right.ncols(), |row, column| {
            self.right[(row, column)] / self.sigma[column].max(floor) / self.lengths[row]
        });
        scaled * self.left.transpose()
    }

    /// An orthonormal basis of the columns.
    pub(super) fn basis(&self) -> &DMatrix<f64> {
        &self.left
    }

    /// QQᵀ's diagonal: how much of each row the solution takes up.
    pub(super) fn leverages(&self) -> Vec<f64> {
        self.left.row_iter().map(|row| row.norm_squared()).collect()
    }

    /// The columns that go into a combination which the rows do not see.
    pub(super) fn unseen(&self) -> Vec<usize> {
        let floor = self.floor();
        let lost = |direction: &usize| self.sigma[*direction] <= floor;
        let takes_part = |column: &usize| {
            (0..self.sigma.len()).filter(lost).any(|direction| self.right[(*column, direction)].abs() > 0.1)
        };
        (0..self.lengths.len()).filter(takes_part).collect()
    }

    fn floor(&self) -> f64 {
        RANK * self.sigma.max()
    }
}
