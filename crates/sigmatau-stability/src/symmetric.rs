//! Small symmetric matrices, as lists of rows.

/// Returns the inverse of a positive semidefinite matrix by Cholesky's factors L Lᵀ.
///
/// Scaled to a unit diagonal; a direction that is known no better than rounding, a pivot below 1e-9, counts
/// as known that well. Takes O(n³).
pub(crate) fn inverse(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = matrix.len();
    let scale: Vec<f64> = (0..n).map(|i| matrix[i][i].max(f64::MIN_POSITIVE).sqrt()).collect();
    let factor =
        cholesky(&(0..n).map(|i| (0..n).map(|j| matrix[i][j] / (scale[i] * scale[j])).collect()).collect::<Vec<_>>());
    let columns: Vec<Vec<f64>> = (0..n).map(|unit| forward(&factor, unit)).collect();
    let entry = |i: usize, j: usize| columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).sum::<f64>();
    (0..n).map(|i| (0..n).map(|j| entry(i, j) / (scale[i] * scale[j])).collect()).collect()
}

/// The least pivot of a matrix of unit diagonal that is told from rounding.
const LEAST_PIVOT: f64 = 1e-9;

fn cholesky(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut factor = vec![vec![0.0; matrix.len()]; matrix.len()];
    for i in 0..matrix.len() {
        for j in 0..=i {
            let left: f64 = matrix[i][j] - (0..j).map(|k| factor[i][k] * factor[j][k]).sum::<f64>();
            factor[i][j] = if i == j { left.max(LEAST_PIVOT).sqrt() } else { left / factor[j][j] };
        }
    }
    factor
}

/// Solves L z = e for the unit vector e of this place.
fn forward(factor: &[Vec<f64>], unit: usize) -> Vec<f64> {
    let mut z = vec![0.0; factor.len()];
    for i in unit..factor.len() {
        let known: f64 = (unit..i).map(|k| factor[i][k] * z[k]).sum();
        z[i] = (f64::from(u8::from(i == unit)) - known) / factor[i][i];
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_one() {
        let matrix = vec![vec![4e6, 2e3, 0.4], vec![2e3, 5.0, 1e-3], vec![0.4, 1e-3, 1e-6]];
        let inverse = inverse(&matrix);
        for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
            let product: f64 = (0..3).map(|k| matrix[i][k] * inverse[k][j]).sum();
            let unit = if i == j { 1.0 } else { 0.0 };
            let scale = (matrix[i][i] / matrix[j][j]).sqrt();
            assert!((product - unit).abs() < 1e-9 * scale, "{i}, {j}: {product}");
        }
    }
}
