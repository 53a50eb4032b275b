//! Least squares in a few unknowns that are not negative.

/// A symmetric matrix by rows.
pub(super) type Matrix = Vec<Vec<f64>>;

/// Returns x ≥ 0 that makes |Ax − b|² smallest, A by rows, b = `values`.
///
/// Every choice of unknowns that are held at 0 is tried; of those with no negative one the smallest
/// remainder wins, which is the minimum since the problem is convex. O(2ᵖ p³) for p unknowns.
pub(super) fn non_negative(rows: &[Vec<f64>], values: &[f64]) -> Vec<f64> {
    let unknowns = rows.first().map_or(0, Vec::len);
    let normal = gram(rows);
    let right: Vec<f64> =
        (0..unknowns).map(|j| rows.iter().zip(values).map(|(row, value)| row[j] * value).sum()).collect();
    let mut best = (0.0, vec![0.0; unknowns]);
    for choice in 1_u32..1 << unknowns {
        let free: Vec<usize> = (0..unknowns).filter(|j| choice >> j & 1 == 1).collect();
        let Some(solution) = solve(&normal, &right, &free) else { continue };
        let gain: f64 = free.iter().map(|j| solution[*j] * right[*j]).sum();
        if gain > best.0 && solution.iter().all(|x| *x >= 0.0) {
            best = (gain, solution);
        }
    }
    best.1
}

/// AᵀA.
pub(super) fn gram(rows: &[Vec<f64>]) -> Matrix {
    let unknowns = rows.first().map_or(0, Vec::len);
    let product = |j: usize, k: usize| rows.iter().map(|row| row[j] * row[k]).sum();
    (0..unknowns).map(|j| (0..unknowns).map(|k| product(j, k)).collect()).collect()
}

/// The solution with all unknowns but the `free` ones held at 0; nothing where it is not unique.
fn solve(normal: &Matrix, right: &[f64], free: &[usize]) -> Option<Vec<f64>> {
    let part: Matrix = free.iter().map(|j| free.iter().map(|k| normal[*j][*k]).collect()).collect();
    let inverse = inverse(&part)?;
    let mut solution = vec![0.0; right.len()];
    for (j, row) in free.iter().zip(&inverse) {
        solution[*j] = row.iter().zip(free).map(|(weight, k)| weight * right[*k]).sum();
    }
    Some(solution)
}

/// The inverse of a positive definite matrix, brought to a diagonal of ones first; nothing where it has
/// none to 13 digits.
pub(super) fn inverse(matrix: &Matrix) -> Option<Matrix> {
    let scale: Vec<f64> = (0..matrix.len()).map(|j| matrix[j][j].sqrt().recip()).collect();
    let mut left: Matrix = scaled(matrix, &scale);
    let mut right: Matrix =
        (0..matrix.len()).map(|j| (0..matrix.len()).map(|k| f64::from(u8::from(j == k))).collect()).collect();
    for pivot in 0..matrix.len() {
        let head = left[pivot][pivot];
        if !(head > 1e-13 && head.is_finite()) {
            return None;
        }
        for side in [&mut left, &mut right] {
            side[pivot].iter_mut().for_each(|value| *value /= head);
        }
        eliminate(&mut left, &mut right, pivot);
    }
    Some(scaled(&right, &scale))
}

/// Clears the column of the pivot in every other row.
fn eliminate(left: &mut Matrix, right: &mut Matrix, pivot: usize) {
    for row in (0..left.len()).filter(|row| *row != pivot) {
        let factor = left[row][pivot];
        for side in [&mut *left, &mut *right] {
            let pivot_row = side[pivot].clone();
            side[row].iter_mut().zip(pivot_row).for_each(|(value, head)| *value -= factor * head);
        }
    }
}

fn scaled(matrix: &Matrix, scale: &[f64]) -> Matrix {
    let row = |(row, s): (&Vec<f64>, &f64)| row.iter().zip(scale).map(|(value, t)| value * s * t).collect();
    matrix.iter().zip(scale).map(row).collect()
}

/// XYX for symmetric X.
pub(super) fn between(outer: &Matrix, inner: &Matrix) -> Matrix {
    product(&product(outer, inner), outer)
}

fn product(one: &Matrix, other: &Matrix) -> Matrix {
    let entry = |row: &[f64], k: usize| row.iter().zip(other).map(|(value, line)| value * line[k]).sum();
    one.iter().map(|row| (0..row.len()).map(|k| entry(row, k)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_one() {
        let matrix = vec![vec![4.0, 1.0, 0.5], vec![1.0, 1e6, 2.0], vec![0.5, 2.0, 3.0]];
        let one = product(&inverse(&matrix).unwrap(), &matrix);
        for (j, row) in one.iter().enumerate() {
            row.iter().enumerate().for_each(|(k, value)| assert!((value - f64::from(u8::from(j == k))).abs() < 1e-9));
        }
        assert_eq!(inverse(&vec![vec![1.0, 1.0], vec![1.0, 1.0]]), None);
    }

    #[test]
    fn unknown_that_would_be_negative_is_held_at_zero() {
        let rows = [vec![1.0, 1.0], vec![1.0, 2.0], vec![1.0, 3.0]];
        let exact = non_negative(&rows, &[3.0, 5.0, 7.0]);
        assert!((exact[0] - 1.0).abs() < 1e-12 && (exact[1] - 2.0).abs() < 1e-12);
        let falling = non_negative(&rows, &[3.0, 2.0, 1.0]);
        assert!((falling[0] - 2.0).abs() < 1e-12 && falling[1] == 0.0);
    }
}
