//! Linear least squares with a few coefficients, in one pass over the points for each sum.

/// Sums are taken over blocks of this many points first, which keeps their rounding small.
const BLOCK: usize = 1024;

/// Coefficients with their covariance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit<const P: usize> {
    pub(super) coefficients: [f64; P],
    /// (AᵀA)⁻¹ times the mean square of the residuals.
    covariance: [[f64; P]; P],
}

/// A number with its standard uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) value: f64,
    pub(super) u: f64,
}

impl<const P: usize> Fit<P> {
    /// A linear combination of the coefficients.
    pub(super) fn combination(&self, weights: [f64; P]) -> Measured {
        let value = dot(&self.coefficients, &weights);
        let variance: f64 = (0..P).map(|row| weights[row] * dot(&self.covariance[row], &weights)).sum();
        Measured { value, u: variance.max(0.0).sqrt() }
    }
}

/// Fits Σ c_p b_p(t) to points (t, v) of equal weight; the covariance holds for independent residuals.
///
/// The normal equations are solved twice, the second time for the residuals of the first, which takes
/// their rounding away; the basis should be scaled so that its functions are of order 1. Nothing where
/// there are no more points than coefficients or the basis is not independent. Time O(N P²).
pub(super) fn fit<const P: usize>(
    points: impl Iterator<Item = (f64, f64)> + Clone,
    basis: impl Fn(f64) -> [f64; P],
) -> Option<Fit<P>> {
    let count = points.clone().count();
    let normal = blocks(points.clone(), |sums: &mut [[f64; P]; P], (t, _)| {
        let b = basis(t);
        (0..P).for_each(|row| (0..P).for_each(|column| sums[row][column] += b[row] * b[column]));
    });
    let inverse = inverse(normal).filter(|_| count > P)?;
    let mut coefficients = [0.0; P];
    for _ in 0..2 {
        let right = blocks(points.clone(), |sums: &mut [[f64; P]; 1], (t, v)| {
            let b = basis(t);
            let left = v - dot(&coefficients, &b);
            (0..P).for_each(|row| sums[0][row] += b[row] * left);
        });
        (0..P).for_each(|row| coefficients[row] += dot(&inverse[row], &right[0]));
    }
    let squares = blocks(points, |sums: &mut [[f64; 1]; 1], (t, v)| {
        sums[0][0] += (v - dot(&coefficients, &basis(t))).powi(2);
    });
    let variance = squares[0][0] / (count - P) as f64;
    Some(Fit { coefficients, covariance: inverse.map(|row| row.map(|element| element * variance)) })
}

/// Sums that `add` gathers, block by block.
fn blocks<const R: usize, const C: usize>(
    mut points: impl Iterator<Item = (f64, f64)>,
    add: impl Fn(&mut [[f64; C]; R], (f64, f64)),
) -> [[f64; C]; R] {
    let mut total = [[0.0; C]; R];
    loop {
        let mut block = [[0.0; C]; R];
        let taken = points.by_ref().take(BLOCK).map(|point| add(&mut block, point)).count();
        (0..R).for_each(|row| (0..C).for_each(|column| total[row][column] += block[row][column]));
        if taken < BLOCK {
            return total;
        }
    }
}

/// The inverse of a symmetric positive definite matrix by Gauss and Jordan; nothing where a pivot has
/// lost all but three digits of its diagonal element.
fn inverse<const P: usize>(mut a: [[f64; P]; P]) -> Option<[[f64; P]; P]> {
    let diagonal: [f64; P] = std::array::from_fn(|row| a[row][row]);
    let mut inverse: [[f64; P]; P] = std::array::from_fn(|row| std::array::from_fn(|c| f64::from(u8::from(c == row))));
    for pivot in 0..P {
        let scale = a[pivot][pivot];
        if scale.is_nan() || scale <= 1e-13 * diagonal[pivot] {
            return None;
        }
        a[pivot] = a[pivot].map(|element| element / scale);
        inverse[pivot] = inverse[pivot].map(|element| element / scale);
        for row in (0..P).filter(|row| *row != pivot) {
            let share = a[row][pivot];
            a[row] = std::array::from_fn(|c| a[row][c] - share * a[pivot][c]);
            inverse[row] = std::array::from_fn(|c| inverse[row][c] - share * inverse[pivot][c]);
        }
    }
    Some(inverse)
}

fn dot<const P: usize>(a: &[f64; P], b: &[f64; P]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
