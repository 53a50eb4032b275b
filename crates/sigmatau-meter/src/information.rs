//! Normal equations of a balance, and what is left of them for the lacks alone.

use crate::factor::{Factor, square};
use crate::loss::{Part, Term};
use crate::prior::Evidence;
use nalgebra::{DMatrix, DVector};

/// X'WX and X'Wz: what whitened and weighted rows say, the lacks first and the terms behind them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Information {
    pub(crate) matrix: DMatrix<f64>,
    pub(crate) vector: DVector<f64>,
}

impl Information {
    /// Of whitened columns and a whitened target, taken at `rows`, each divided by its standard deviation.
    ///
    /// Costs Tp² for T rows and p columns.
    pub(crate) fn of(columns: &[Vec<f64>], target: &[f64], rows: &[(usize, f64)]) -> Self {
        let scaled = |column: &[f64]| rows.iter().map(|(row, scale)| column[*row] * scale).collect::<Vec<f64>>();
        let down: Vec<f64> = columns.iter().flat_map(|column| scaled(column)).collect();
        let down = DMatrix::from_vec(rows.len(), columns.len(), down);
        Self { vector: down.tr_mul(&DVector::from_vec(scaled(target))), matrix: square(&down) }
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
        let factor = Factor::of(inner);
        let across = factor.forward(self.matrix.view((lacks, 0), (others, lacks)).into_owned());
        let means = factor.forward(DMatrix::from_column_slice(others, 1, vector.as_slice())).column(0).into_owned();
        let information = self.matrix.view((0, 0), (lacks, lacks)) - square(&across);
        let vector = self.vector.rows(0, lacks) - across.tr_mul(&means);
        Marginal { information, vector, factor, means, across }
    }
}

/// What is said of the lacks when the terms are integrated out.
pub(crate) struct Marginal {
    pub(crate) information: DMatrix<f64>,
    pub(crate) vector: DVector<f64>,
    /// The factor L of the information on the terms.
    factor: Factor,
    /// L' times the terms, were all lacks 0.
    means: DVector<f64>,
    /// What one lack takes from each of that.
    across: DMatrix<f64>,
}

impl Marginal {
    /// The same as evidence on the lacks of these parts.
    pub(crate) fn evidence(&self, parts: &[Part], master: f64) -> Evidence {
        let (meters, free) = parts.iter().map(|part| (part.meter, part.free)).unzip();
        Evidence { information: self.information.clone(), vector: self.vector.clone(), meters, free, master }
    }

    /// How many of the terms the readings tell, were the lacks known: Σ 1 − u²/s² with the prior's standard deviations s.
    pub(crate) fn fitted(&self, terms: &[Term]) -> f64 {
        let reciprocal = self.factor.reciprocal();
        let told = |(place, term): (usize, &Term)| {
            1.0 - reciprocal.column(place).norm_squared() / (term.deviation * term.deviation)
        };
        terms.iter().enumerate().map(told).sum()
    }

    /// The terms, given the lacks.
    pub(crate) fn terms(&self, lacks: &DVector<f64>) -> DVector<f64> {
        self.factor.backward(&self.means - &self.across * lacks)
    }
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
        let lacks = Factor::of(marginal.information.clone()).solve(&marginal.vector);
        assert!((marginal.fitted(&[term(2), term(3), term(4)]) - 3.0).abs() < 1e-6);
        let terms = marginal.terms(&lacks);
        for (k, value) in lacks.iter().chain(terms.iter()).enumerate() {
            assert!((value - k as f64).abs() < 1e-6, "{k}: {value}");
        }
    }
}
