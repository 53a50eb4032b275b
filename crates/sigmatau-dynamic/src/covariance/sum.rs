//! Sums of independent errors, in the cheapest form that holds both.

use super::{Autocovariance, Covariance, CovarianceError, Variance};
use nalgebra::DMatrix;

impl Covariance {
    /// The covariance of the sum of two series whose errors are independent of each other.
    ///
    /// Bands stay bands, stationary errors stationary, common sources common sources; what has no common form but the
    /// whole matrix becomes one, of [`Covariance::dense_bytes`].
    ///
    /// # Errors
    /// When the lengths differ.
    ///
    /// ```
    /// use sigmatau_dynamic::{Autocovariance, Covariance, Variance};
    /// let white = Covariance::White { variance: Variance(1.0), length: 8 };
    /// let slow = Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, 1.0]), length: 8 };
    /// let sum = Covariance::Stationary { autocovariance: Autocovariance(vec![3.0, 1.0]), length: 8 };
    /// assert_eq!(white.plus(slow)?, sum);
    /// # Ok::<(), sigmatau_dynamic::covariance::CovarianceError>(())
    /// ```
    pub fn plus(self, other: Self) -> Result<Self, CovarianceError> {
        let (length, found) = (self.length(), other.length());
        if length != found {
            return Err(CovarianceError::Length { expected: length, found });
        }
        if let (Self::White { variance: a, .. }, Self::White { variance: b, .. }) = (&self, &other) {
            return Ok(Self::White { variance: Variance(a.0 + b.0), length });
        }
        if let Some((a, b)) = self.diagonals().zip(other.diagonals()) {
            return Ok(Self::from_diagonals(overlaid(a, b, |a, b| overlaid(a, b, |a, b| a + b))));
        }
        if let Some((a, b)) = self.mirror().zip(other.mirror()) {
            let (toeplitz, hankel) = (overlaid(a.0, b.0, |a, b| a + b), overlaid(a.1, b.1, |a, b| a + b));
            return Ok(Self::from_mirror(Autocovariance(toeplitz), hankel, length));
        }
        Ok(match (self, other) {
            (Self::LowRank { sources: a }, Self::LowRank { sources: b }) => Self::LowRank { sources: beside(&a, &b) },
            (Self::Dense(a), Self::Dense(b)) => Self::Dense(a + b),
            (Self::Dense(dense), other) | (other, Self::Dense(dense)) => Self::Dense(with(dense, &other)),
            (a, b) => Self::Dense(with(a.to_dense(), &b)),
        })
    }

    /// The diagonals of a form that has few.
    pub(crate) fn diagonals(&self) -> Option<Vec<Vec<f64>>> {
        match self {
            Self::White { variance, length } => Some(vec![vec![variance.0; *length]]),
            Self::Independent(variances) => Some(vec![variances.iter().map(|variance| variance.0).collect()]),
            Self::Banded { diagonals } => Some(diagonals.clone()),
            _ => None,
        }
    }

    /// A band, or independent errors where it is one diagonal.
    pub(crate) fn from_diagonals(diagonals: Vec<Vec<f64>>) -> Self {
        match <[_; 1]>::try_from(diagonals) {
            Ok([variances]) => Self::Independent(variances.into_iter().map(Variance).collect()),
            Err(diagonals) => Self::Banded { diagonals },
        }
    }

    /// t and h of a form that depends on the distance and the middle of two points only.
    fn mirror(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        match self {
            Self::White { variance, .. } => Some((vec![variance.0], Vec::new())),
            Self::Stationary { autocovariance, .. } => Some((autocovariance.0.clone(), Vec::new())),
            Self::Mirrored { toeplitz, hankel } => Some((toeplitz.0.clone(), hankel.clone())),
            _ => None,
        }
    }

    fn from_mirror(toeplitz: Autocovariance, hankel: Vec<f64>, length: usize) -> Self {
        if hankel.is_empty() {
            return Self::Stationary { autocovariance: toeplitz, length };
        }
        Self::Mirrored { toeplitz, hankel }
    }
}

/// The longer list, with the shorter one added to its beginning.
fn overlaid<T>(a: Vec<T>, b: Vec<T>, add: impl Fn(T, T) -> T) -> Vec<T> {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    let mut short = short.into_iter();
    long.into_iter()
        .map(|x| match short.next() {
            Some(y) => add(x, y),
            None => x,
        })
        .collect()
}

/// The matrix with a covariance added to it in place.
fn with(mut dense: DMatrix<f64>, other: &Covariance) -> DMatrix<f64> {
    let rows = dense.nrows();
    let entries = dense.as_mut_slice().iter_mut().enumerate();
    entries.for_each(|(at, entry)| *entry += other.entry(at % rows, at / rows));
    dense
}

/// The columns of both matrices.
pub(crate) fn beside(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(
        a.nrows(),
        a.ncols() + b.ncols(),
        |i, j| if j < a.ncols() { a[(i, j)] } else { b[(i, j - a.ncols())] },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms() -> Vec<Covariance> {
        vec![
            Covariance::White { variance: Variance(2.0), length: 4 },
            Covariance::Independent([1.0, 2.0, 3.0, 4.0].map(Variance).to_vec()),
            Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, 0.5]), length: 4 },
            Covariance::Banded { diagonals: vec![vec![2.0; 4], vec![0.5, 0.25, 0.125]] },
            Covariance::LowRank { sources: DMatrix::from_row_slice(4, 1, &[1.0, 2.0, 3.0, 4.0]) },
            Covariance::Mirrored { toeplitz: Autocovariance(vec![3.0, 1.0, 0.5]), hankel: vec![0.5, -0.25, 0.1, 0.2] },
            Covariance::Dense(DMatrix::from_fn(4, 4, |i, j| 1.0 / (1.0 + i.abs_diff(j) as f64))),
        ]
    }

    #[test]
    fn sum_of_any_two_forms_is_the_sum_of_their_matrices() {
        for (a, b) in forms().into_iter().flat_map(|a| forms().into_iter().map(move |b| (a.clone(), b))) {
            let expected = a.to_dense() + b.to_dense();
            let sum = a.clone().plus(b.clone()).unwrap();
            assert!((sum.to_dense() - expected).amax() < 1e-15, "{a:?} + {b:?}");
        }
    }

    #[test]
    fn sums_stay_in_the_cheapest_form() {
        let kind = |a: usize, b: usize| std::mem::discriminant(&forms()[a].clone().plus(forms()[b].clone()).unwrap());
        let form = |at: usize| std::mem::discriminant(&forms()[at]);
        let cases = [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 3, 3), (2, 5, 5), (0, 5, 5), (4, 4, 4), (1, 2, 6), (3, 4, 6)];
        for (a, b, sum) in cases {
            assert_eq!(kind(a, b), form(sum), "{a} and {b}");
        }
    }

    #[test]
    fn lengths_that_differ_are_refused() {
        let short = Covariance::White { variance: Variance(1.0), length: 3 };
        assert_eq!(forms().remove(0).plus(short), Err(CovarianceError::Length { expected: 4, found: 3 }));
    }
}
