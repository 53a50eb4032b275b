//! Normal equations of a balance, and what is left of them for the lacks alone.

use crate::loss::{Part, Term};
use crate::prior::Evidence;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// How many columns of a product are reckoned at a time.
const BLOCK: usize = 96;

/// X'WX and X'Wz: what whitened and weighted rows say, the lacks first and the terms behind them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Information {
    pub(crate) matrix: DMatrix<f64>,
    pub(crate) vector: DVector<f64>,
}

impl Information {
    /// Of whitened columns and a whitened target, taken at `rows`, each divided by its standard deviation.
    pub(crate) fn of(columns: &[Vec<f64>], target: &[f64], rows: &[(usize, f64)]) -> Self {
        let across = DMatrix::from_fn(columns.len(), rows.len(), |p, t| columns[p][rows[t].0] * rows[t].1);
        let target = DVector::from_iterator(rows.len(), rows.iter().map(|(row, scale)| target[*row] * scale));
        Self { matrix: square(&across), vector: &across * target }
    }

    /// Both together.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self { matrix: &self.matrix + &other.matrix, vector: &self.vector + &other.vector }
    }

    /// The same with every variance multiplied.
    pub(crate) fn inflated(&self, by: f64) -> Self {
        Self { matrix: &self.matrix / by, vector: &self.vector / by }
    }

    /// What it says of the first `lacks` quantities when all others are integrated out with their priors.
    pub(crate) fn marginal(&self, lacks: usize, terms: &[Term]) -> Marginal {
        let others = terms.len();
        let mut inner = self.matrix.view((lacks, lacks), (others, others)).into_owned();
        let mut vector = self.vector.rows(lacks, others).into_owned();
        for (place, term) in terms.iter().enumerate() {
            let precision = 1.0 / (term.deviation * term.deviation);
            inner[(place, place)] += precision;
            vector[place] += precision * term.mean;
        }
        let factor = cholesky(inner);
        let cross = self.matrix.view((lacks, 0), (others, lacks)).into_owned();
        let shielded = factor.solve(&cross);
        let across = cross.transpose();
        let information = self.matrix.view((0, 0), (lacks, lacks)) - &across * &shielded;
        let means = factor.solve(&vector);
        let vector = self.vector.rows(0, lacks) - &across * &means;
        Marginal { information, vector, means, shielded }
    }
}

/// What is said of the lacks when the terms are integrated out.
pub(crate) struct Marginal {
    pub(crate) information: DMatrix<f64>,
    pub(crate) vector: DVector<f64>,
    /// The terms, were all lacks 0.
    means: DVector<f64>,
    /// What one lack takes from each of the terms.
    shielded: DMatrix<f64>,
}

impl Marginal {
    /// The same as evidence on the lacks of these parts.
    pub(crate) fn evidence(&self, parts: &[Part], master: f64) -> Evidence {
        let (meters, free) = parts.iter().map(|part| (part.meter, part.free)).unzip();
        Evidence { information: self.information.clone(), vector: self.vector.clone(), meters, free, master }
    }

    /// The terms, given the lacks.
    pub(crate) fn terms(&self, lacks: &DVector<f64>) -> DVector<f64> {
        &self.means - &self.shielded * lacks
    }
}

/// A A', by blocks of its lower half.
fn square(across: &DMatrix<f64>) -> DMatrix<f64> {
    let size = across.nrows();
    let down = across.transpose();
    let mut square = DMatrix::zeros(size, size);
    for first in (0..size).step_by(BLOCK) {
        let width = BLOCK.min(size - first);
        let below = size - first;
        let mut block = square.view_mut((first, first), (below, width));
        block.gemm(1.0, &across.rows(first, below), &down.columns(first, width), 0.0);
    }
    square.fill_upper_triangle_with_lower_triangle();
    square
}

/// The Cholesky factor of a matrix that is positive definite but for rounding.
pub(crate) fn cholesky(matrix: DMatrix<f64>) -> Cholesky<f64, Dyn> {
    let ridge = 1e-12 * matrix.diagonal().max().max(1e-12);
    Cholesky::new(matrix.clone()).unwrap_or_else(|| {
        let size = matrix.nrows();
        let lifted = matrix + DMatrix::identity(size, size) * (1e6 * ridge);
        Cholesky::new(lifted).expect("a Gram matrix with a ridge is positive definite")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Kind;

    #[test]
    fn marginal_and_whole_solution_agree() {
        let column =
            |k: usize| (0..300).map(|t| ((t * (k + 3) % 17) as f64 * 0.7).sin() + 0.1 * k as f64).collect::<Vec<f64>>();
        let columns: Vec<_> = (0..5).map(column).collect();
        let target: Vec<f64> =
            (0..300).map(|t| columns.iter().enumerate().map(|(k, x)| k as f64 * x[t]).sum()).collect();
        let rows: Vec<_> = (0..300).map(|t| (t, 1.0)).collect();
        let information = Information::of(&columns, &target, &rows);
        let term = |k: usize| Term { kind: Kind::Fixed, column: columns[k].clone(), mean: 0.0, deviation: 1e6 };
        let marginal = information.marginal(2, &[term(2), term(3), term(4)]);
        let lacks = cholesky(marginal.information.clone()).solve(&marginal.vector);
        let terms = marginal.terms(&lacks);
        for (k, value) in lacks.iter().chain(terms.iter()).enumerate() {
            assert!((value - k as f64).abs() < 1e-6, "{k}: {value}");
        }
    }

    #[test]
    fn a_square_by_blocks_is_the_square() {
        let across = DMatrix::from_fn(2 * BLOCK + 5, 40, |row, column| ((row * 7 + column * 3) % 11) as f64);
        assert_eq!(square(&across), &across * across.transpose());
    }
}
