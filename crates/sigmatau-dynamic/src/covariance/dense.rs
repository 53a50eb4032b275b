//! Covariances as whole matrices: their memory, and a linear map on both of their sides.

use super::Covariance;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Columns that are mapped before their rows are stored, so that stores come in runs.
const PANEL: usize = 32;

impl Covariance {
    /// The memory in bytes that [`Covariance::to_dense`] takes: 8 N².
    pub fn dense_bytes(&self) -> usize {
        8 * self.length() * self.length()
    }

    /// The whole matrix. Ask for its memory first: [`Covariance::dense_bytes`].
    pub fn to_dense(&self) -> DMatrix<f64> {
        let length = self.length();
        match self {
            Self::Dense(matrix) => matrix.clone(),
            Self::LowRank { sources } => sources * sources.transpose(),
            _ => DMatrix::from_fn(length, length, |i, j| self.entry(i, j)),
        }
    }
}

/// L C Lᵀ for a symmetric C of n × n and a linear map L from n to p numbers.
///
/// `map` takes a scratch made by `scratch`, n numbers and a place for p. It is called n + p times, on several threads;
/// what it writes is all that the result depends on. Takes 8 (n p + p²) bytes, of which 8 p² stay.
pub(crate) fn both_sides<S>(
    matrix: &DMatrix<f64>,
    p: usize,
    scratch: impl Fn() -> S + Sync,
    map: impl Fn(&mut S, &[f64], &mut [f64]) + Sync,
) -> DMatrix<f64> {
    let n = matrix.nrows();
    let mut half = vec![0.0; n * p];
    let mut panel = vec![0.0; PANEL * p];
    for (start, columns) in (0..n).step_by(PANEL).zip(matrix.as_slice().chunks(PANEL * n.max(1))) {
        let mapped = panel.par_chunks_mut(p).zip(columns.par_chunks(n));
        mapped.for_each_init(&scratch, |scratch, (to, from)| map(scratch, from, to));
        let width = columns.len() / n;
        half.par_chunks_mut(n).enumerate().for_each(|(row, to)| {
            for (to, from) in to[start..start + width].iter_mut().zip(panel[row..].iter().step_by(p)) {
                *to = *from;
            }
        });
    }
    let mut whole = DMatrix::zeros(p, p);
    let columns = whole.as_mut_slice().par_chunks_mut(p).zip(half.par_chunks(n));
    columns.for_each_init(&scratch, |scratch, (to, from)| map(scratch, from, to));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance::{Autocovariance, Variance};

    #[test]
    fn map_on_both_sides_is_the_product_of_matrices() {
        let c = DMatrix::from_fn(70, 70, |i, j| 1.0 / (1.0 + i.abs_diff(j) as f64));
        let l = DMatrix::from_fn(41, 70, |i, j| ((3 * i + 5 * j) as f64).sin());
        let found = both_sides(
            &c,
            41,
            || (),
            |(), from, to| {
                to.copy_from_slice((&l * nalgebra::DVector::from_column_slice(from)).as_slice());
            },
        );
        assert!((found - &l * c * l.transpose()).amax() < 1e-11);
    }

    #[test]
    fn whole_matrix_has_the_entries_of_the_form() {
        let forms = [
            Covariance::Independent([1.0, 2.0, 3.0].map(Variance).to_vec()),
            Covariance::LowRank { sources: DMatrix::from_row_slice(3, 2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) },
            Covariance::Mirrored { toeplitz: Autocovariance(vec![3.0, 1.0]), hankel: vec![0.5, -0.25, 0.125] },
        ];
        for form in forms {
            let dense = form.to_dense();
            assert_eq!(form.dense_bytes(), 72);
            assert!((0..9).all(|at| dense[(at / 3, at % 3)] == form.entry(at / 3, at % 3)), "{form:?}");
        }
    }
}
