//! Products and Cholesky factors by blocks, so that nearly all of the work is products of matrices. The order of the
//! sums is that of the blocks, on any number of threads.

use nalgebra::{Cholesky, DMatrix, DMatrixView, DVector, Dyn};

/// How many columns are taken at a time.
const BLOCK: usize = 64;

/// Matrices of fewer rows or columns are multiplied plainly: below six, nalgebra 0.35 leaves its kernel for a loop that
/// takes the length of a view with strides for the number of its elements.
const SMALL: usize = 6;

/// A as its transpose, without moving a number.
fn turned(matrix: &DMatrix<f64>) -> DMatrixView<'_, f64, Dyn, Dyn> {
    let (rows, columns) = matrix.shape();
    DMatrixView::from_slice_with_strides(matrix.as_slice(), columns, rows, rows, 1)
}

/// A'A, by blocks of its lower half; the last one takes what is left.
pub(crate) fn square(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let (rows, size) = matrix.shape();
    if size < SMALL || rows < SMALL {
        return matrix.tr_mul(matrix);
    }
    let (across, blocks) = (turned(matrix), (size / BLOCK).max(1));
    let mut square = DMatrix::zeros(size, size);
    for block in 0..blocks {
        let (first, below) = (block * BLOCK, size - block * BLOCK);
        let width = if block + 1 == blocks { below } else { BLOCK };
        let mut block = square.view_mut((first, first), (below, width));
        block.gemm(1.0, &across.rows(first, below), &matrix.columns(first, width), 0.0);
    }
    square.fill_upper_triangle_with_lower_triangle();
    square
}

/// The factor L of a positive definite matrix LL'.
#[derive(Clone, Debug)]
pub(crate) struct Factor {
    lower: DMatrix<f64>,
    /// The inverses of the blocks on the diagonal of L.
    corners: Vec<DMatrix<f64>>,
}

impl Factor {
    /// Of a matrix that is positive definite but for rounding; only its lower half is read.
    ///
    /// Costs n³/3.
    pub(crate) fn of(matrix: DMatrix<f64>) -> Self {
        let ridge = 1e-6 * matrix.diagonal().max().max(1e-12);
        Self::exact(matrix.clone()).unwrap_or_else(|| {
            let size = matrix.nrows();
            let lifted = matrix + DMatrix::identity(size, size) * ridge;
            Self::exact(lifted).expect("a Gram matrix with a ridge is positive definite")
        })
    }

    /// The blocks on the diagonal one after the other, each taken out of all that is behind it.
    fn exact(mut lower: DMatrix<f64>) -> Option<Self> {
        let size = lower.nrows();
        let mut corners = Vec::new();
        for first in (0..size).step_by(BLOCK) {
            let width = BLOCK.min(size - first);
            let corner = Cholesky::new(lower.view((first, first), (width, width)).into_owned())?.unpack();
            let inverse = corner.solve_lower_triangular(&DMatrix::identity(width, width))?;
            lower.view_mut((first, first), (width, width)).copy_from(&corner);
            let below = first + width;
            let mut panel = DMatrix::zeros(size - below, width);
            panel.gemm(1.0, &lower.view((below, first), (size - below, width)), &turned(&inverse), 0.0);
            for column in (below..size).step_by(BLOCK) {
                let (wide, from) = (BLOCK.min(size - column), column - below);
                let mut rest = lower.view_mut((column, column), (size - column, wide));
                let columns = panel.rows(from, wide).transpose();
                rest.gemm(-1.0, &panel.rows(from, size - column), &columns, 1.0);
            }
            lower.view_mut((below, first), (size - below, width)).copy_from(&panel);
            corners.push(inverse);
        }
        lower.fill_upper_triangle(0.0, 1);
        Some(Self { lower, corners })
    }

    /// L⁻¹B.
    ///
    /// Costs n² for each column.
    pub(crate) fn forward(&self, mut right: DMatrix<f64>) -> DMatrix<f64> {
        let (size, count) = right.shape();
        for (at, corner) in self.corners.iter().enumerate() {
            let (first, width) = (at * BLOCK, corner.nrows());
            let below = first + width;
            let solved = corner * right.rows(first, width);
            let mut rest = right.view_mut((below, 0), (size - below, count));
            rest.gemm(-1.0, &self.lower.view((below, first), (size - below, width)), &solved, 1.0);
            right.rows_mut(first, width).copy_from(&solved);
        }
        right
    }

    /// L'⁻¹b.
    pub(crate) fn backward(&self, mut right: DVector<f64>) -> DVector<f64> {
        self.lower.tr_solve_lower_triangular_mut(&mut right);
        right
    }

    /// (LL')⁻¹b.
    pub(crate) fn solve(&self, right: &DVector<f64>) -> DVector<f64> {
        let mut solved = right.clone();
        self.lower.solve_lower_triangular_mut(&mut solved);
        self.backward(solved)
    }

    /// L⁻¹, of which the columns beyond a block stay zero above it.
    ///
    /// Costs n³/3.
    pub(crate) fn reciprocal(&self) -> DMatrix<f64> {
        let size = self.lower.nrows();
        let mut inverse = DMatrix::zeros(size, size);
        for (at, corner) in self.corners.iter().enumerate() {
            let (first, width) = (at * BLOCK, corner.nrows());
            let known = inverse.view((0, 0), (first, first)).into_owned();
            let mut before = DMatrix::zeros(width, first);
            before.gemm(1.0, &self.lower.view((first, 0), (width, first)), &known, 0.0);
            inverse.view_mut((first, 0), (width, first)).gemm(-1.0, corner, &before, 0.0);
            inverse.view_mut((first, first), (width, width)).copy_from(corner);
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tall(rows: usize, columns: usize) -> DMatrix<f64> {
        DMatrix::from_fn(rows, columns, |row, column| ((row * 7 + column * column * 3) % 11) as f64 - 5.0)
    }

    #[test]
    fn a_square_by_blocks_is_the_square() {
        for (rows, columns) in [(40, 2 * BLOCK + 5), (40, BLOCK + 1), (40, 3), (3, 40), (0, 7), (7, 0)] {
            let tall = tall(rows, columns);
            assert_eq!(square(&tall), tall.transpose() * &tall, "{rows} {columns}");
        }
    }

    #[test]
    fn a_factor_by_blocks_solves_what_the_plain_one_solves() {
        for size in [1, BLOCK, 2 * BLOCK + 5] {
            let matrix = square(&tall(40, size)) + DMatrix::identity(size, size);
            let plain = Cholesky::new(matrix.clone()).unwrap();
            let factor = Factor::of(matrix);
            let right = tall(size, 3);
            let differs = |one: &DMatrix<f64>, other: &DMatrix<f64>| (one - other).amax() > 1e-9 * other.amax();
            assert!(!differs(&factor.lower, &plain.l()));
            assert!(!differs(&factor.forward(right.clone()), &plain.l().solve_lower_triangular(&right).unwrap()));
            let (column, reciprocal) = (right.column(0).into_owned(), factor.reciprocal());
            assert!((factor.solve(&column) - plain.solve(&column)).amax() < 1e-9 * column.amax());
            assert!(!differs(&square(&reciprocal), &plain.inverse()));
        }
    }

    #[test]
    fn columns_that_are_the_same_get_a_ridge() {
        let same = DMatrix::from_element(5, 3, 1.0);
        assert!(Factor::of(square(&same)).solve(&DVector::from_element(3, 1.0)).iter().all(|value| value.is_finite()));
    }
}
