//! What inputs share: a matrix of correlation coefficients that is known to be one.

use nalgebra::{DMatrix, SymmetricEigen};

/// How far below 0 the smallest eigenvalue may lie, per input, and be taken for rounding.
const ROUNDING: f64 = 1e-10;

/// Correlation coefficients of n inputs: symmetric, 1 on the diagonal, no negative eigenvalue.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation(DMatrix<f64>);

/// Why coefficients were refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CorrelationError {
    /// A coefficient is none.
    #[error("correlate inputs {first} and {second} by {coefficient}: a coefficient lies between -1 and 1")]
    Coefficient {
        /// The place of one input, from 0.
        first: usize,
        /// The place of the other.
        second: usize,
        /// What was given.
        coefficient: f64,
    },
    /// The two coefficients of a pair differ, or an input correlates with itself by less than 1.
    #[error("take the correlations: row {first} column {second} is {coefficient}, its counterpart {counterpart}")]
    Symmetry {
        /// The row, from 0.
        first: usize,
        /// The column, from 0.
        second: usize,
        /// The coefficient there.
        coefficient: f64,
        /// What it has to equal.
        counterpart: f64,
    },
    /// No quantities can be correlated so.
    #[error(
        "take the correlations: no quantities have them, the smallest eigenvalue is {smallest:.3e}; \
         the nearest coefficients that quantities can have differ by {distance:.3e} (root of the sum of squares)"
    )]
    Indefinite {
        /// The smallest eigenvalue.
        smallest: f64,
        /// The distance in the Frobenius norm to the nearest positive semidefinite matrix.
        distance: f64,
    },
}

impl Correlation {
    /// Inputs that share nothing.
    pub fn none(inputs: usize) -> Self {
        Self(DMatrix::identity(inputs, inputs))
    }

    /// The coefficients of pairs of inputs (first, second, coefficient), all others being 0.
    ///
    /// # Errors
    /// When a coefficient lies outside of −1 to 1, or no quantities can be correlated so.
    ///
    /// # Panics
    /// When a place is not below `inputs`.
    pub fn of_pairs(inputs: usize, pairs: &[(usize, usize, f64)]) -> Result<Self, CorrelationError> {
        let mut matrix = DMatrix::identity(inputs, inputs);
        for &(first, second, coefficient) in pairs {
            if first == second {
                return Err(CorrelationError::Symmetry { first, second, coefficient, counterpart: 1.0 });
            }
            matrix[(first, second)] = coefficient;
            matrix[(second, first)] = coefficient;
        }
        Self::of_matrix(matrix)
    }

    /// The coefficients of a matrix.
    ///
    /// # Errors
    /// When the matrix is not symmetric with 1 on its diagonal and −1 to 1 elsewhere, or has a negative eigenvalue
    /// beyond rounding.
    ///
    /// # Panics
    /// When the matrix is not square.
    pub fn of_matrix(matrix: DMatrix<f64>) -> Result<Self, CorrelationError> {
        let inputs = matrix.nrows();
        assert_eq!(inputs, matrix.ncols(), "a matrix of correlations is square");
        for (first, second) in (0..inputs).flat_map(|row| (0..=row).map(move |column| (row, column))) {
            let (coefficient, mirrored) = (matrix[(first, second)], matrix[(second, first)]);
            let counterpart = if first == second { 1.0 } else { mirrored };
            if !(-1.0..=1.0).contains(&coefficient) {
                return Err(CorrelationError::Coefficient { first, second, coefficient });
            }
            if coefficient != counterpart {
                return Err(CorrelationError::Symmetry { first, second, coefficient, counterpart });
            }
        }
        definite(&matrix)?;
        Ok(Self(matrix))
    }

    /// The coefficient of two inputs.
    pub fn between(&self, first: usize, second: usize) -> f64 {
        self.0[(first, second)]
    }

    /// The coefficients.
    pub fn matrix(&self) -> &DMatrix<f64> {
        &self.0
    }

    /// How many inputs there are.
    pub fn inputs(&self) -> usize {
        self.0.nrows()
    }

    /// The pairs of inputs that share something, the lower place first.
    pub fn pairs(&self) -> Vec<(usize, usize, f64)> {
        let all = (0..self.inputs()).flat_map(|first| (first + 1..self.inputs()).map(move |second| (first, second)));
        let pairs = all.map(|(first, second)| (first, second, self.between(first, second)));
        pairs.filter(|(_, _, coefficient)| *coefficient != 0.0).collect()
    }
}

fn definite(matrix: &DMatrix<f64>) -> Result<(), CorrelationError> {
    let eigenvalues = SymmetricEigen::new(matrix.clone()).eigenvalues;
    let smallest = eigenvalues.iter().copied().fold(1.0, f64::min);
    if smallest >= -ROUNDING * matrix.nrows() as f64 {
        return Ok(());
    }
    // The nearest semidefinite matrix leaves the negative eigenvalues out (Higham).
    let negative = eigenvalues.iter().filter(|value| **value < 0.0);
    let distance = negative.map(|value| value * value).sum::<f64>().sqrt();
    Err(CorrelationError::Indefinite { smallest, distance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_inputs_cannot_all_be_opposed() {
        let opposed = [(0, 1, -0.9), (0, 2, -0.9), (1, 2, -0.9)];
        let error = Correlation::of_pairs(3, &opposed).unwrap_err();
        let CorrelationError::Indefinite { smallest, distance } = error else { panic!("{error}") };
        assert!((smallest + 0.8).abs() < 1e-12 && (distance - 0.8).abs() < 1e-12);
    }

    #[test]
    fn full_correlation_is_one() {
        assert!(Correlation::of_pairs(2, &[(0, 1, 1.0)]).is_ok());
        assert!(Correlation::of_pairs(2, &[(0, 1, 1.01)]).is_err());
        assert!(Correlation::of_pairs(2, &[(1, 1, 0.5)]).is_err());
    }
}
