//! A covariance as the errors of independent common sources: U = B Bᵀ.

use super::FilterError;
use crate::covariance::Covariance;
use nalgebra::{DMatrix, SymmetricEigen};

/// B with one column for each source, no more than are needed: K for a covariance of rank K.
///
/// Uncorrelated errors have a source each; else the columns are the eigenvectors, scaled. Takes O(L³) steps
/// at most.
///
/// # Errors
/// When an eigenvalue is below zero by more than rounding.
pub(super) fn sources(covariance: &Covariance) -> Result<DMatrix<f64>, FilterError> {
    match covariance {
        Covariance::LowRank { sources } => Ok(sources.clone()),
        Covariance::White { .. } | Covariance::Independent(_) => alone(covariance),
        _ => of_matrix(&matrix(covariance)),
    }
}

/// Every entry of a covariance.
pub(super) fn matrix(covariance: &Covariance) -> DMatrix<f64> {
    DMatrix::from_fn(covariance.length(), covariance.length(), |i, j| covariance.entry(i, j))
}

fn alone(covariance: &Covariance) -> Result<DMatrix<f64>, FilterError> {
    let variances: Vec<f64> = covariance.variances().iter().map(|variance| variance.0).collect();
    check(variances.iter().copied())?;
    let uncertain: Vec<usize> = (0..variances.len()).filter(|place| variances[*place] > 0.0).collect();
    let entry = |row: usize, column: usize| if uncertain[column] == row { variances[row].sqrt() } else { 0.0 };
    Ok(DMatrix::from_fn(variances.len(), uncertain.len(), entry))
}

/// The sources of a matrix of which the symmetric part counts.
pub(super) fn of_matrix(matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, FilterError> {
    if matrix.is_empty() {
        return Ok(DMatrix::zeros(matrix.nrows(), 0));
    }
    if let Some(value) = matrix.iter().copied().find(|value| !value.is_finite()) {
        return Err(FilterError::NoCovariance { smallest: value, largest: value });
    }
    let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(0.5 * (matrix + matrix.transpose()));
    let largest = check(eigenvalues.iter().copied())?;
    let floor = matrix.nrows() as f64 * f64::EPSILON * largest;
    let columns = (0..eigenvalues.len()).filter(|place| eigenvalues[*place] > floor);
    let columns: Vec<_> = columns.map(|place| eigenvectors.column(place) * eigenvalues[place].sqrt()).collect();
    if columns.is_empty() { Ok(DMatrix::zeros(matrix.nrows(), 0)) } else { Ok(DMatrix::from_columns(&columns)) }
}

/// The largest of eigenvalues among which none is below zero by more than rounding, 10⁻⁹ of the largest.
fn check(eigenvalues: impl Iterator<Item = f64> + Clone) -> Result<f64, FilterError> {
    let largest = eigenvalues.clone().fold(0.0, f64::max);
    let smallest = eigenvalues.clone().fold(f64::INFINITY, f64::min);
    if eigenvalues.into_iter().any(f64::is_nan) || smallest < -1e-9 * largest || (largest == 0.0 && smallest < 0.0) {
        return Err(FilterError::NoCovariance { smallest, largest });
    }
    Ok(largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance::{Autocovariance, Variance};

    #[test]
    fn sources_give_the_covariance_back_with_no_more_columns_than_its_rank() {
        let column = DMatrix::from_column_slice(3, 1, &[1.0, -2.0, 0.5]);
        let forms = [
            (Covariance::White { variance: Variance(2.0), length: 3 }, 3),
            (Covariance::Independent(vec![Variance(2.0), Variance(0.0), Variance(1.0)]), 2),
            (Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, 0.5]), length: 3 }, 3),
            (Covariance::Dense(&column * column.transpose()), 1),
        ];
        for (covariance, rank) in forms {
            let sources = sources(&covariance).unwrap();
            assert_eq!(sources.ncols(), rank, "{covariance:?}");
            assert!((&sources * sources.transpose() - matrix(&covariance)).amax() < 1e-14, "{covariance:?}");
        }
    }

    #[test]
    fn a_matrix_with_a_lost_sign_is_no_covariance() {
        let matrix = DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0]);
        assert_eq!(
            of_matrix(&matrix).unwrap_err().to_string(),
            "use a covariance: the matrix has the eigenvalue -1e0 beside 3e0, a covariance has none below zero; \
             look for a lost sign, digit or transposition"
        );
    }
}
