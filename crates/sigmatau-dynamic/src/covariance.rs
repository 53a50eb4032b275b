//! What is known of the errors of a series: a covariance kept in the cheapest exact form.
//!
//! A number alone does not say whether it is a variance, a standard uncertainty or an autocovariance; here each
//! has a type of its own, and one becomes another only by name: what is no variance is refused by the compiler.
//!
//! ```compile_fail
//! use sigmatau_dynamic::{Covariance, StandardUncertainty};
//! let wrong = Covariance::White { variance: StandardUncertainty(0.1), length: 10 };
//! ```
//! ```compile_fail
//! use sigmatau_dynamic::{Autocovariance, Covariance};
//! let wrong = Covariance::Independent(Autocovariance(vec![0.01; 10]));
//! ```
//! ```
//! use sigmatau_dynamic::{Covariance, StandardUncertainty};
//! let right = Covariance::White { variance: StandardUncertainty(0.5).into(), length: 10 };
//! assert_eq!((right.entry(3, 3), right.entry(3, 4)), (0.25, 0.0));
//! ```
//!
//! What lives here: the forms of a covariance, their entries, checks, sums and draws; [`spectral`], the same for the
//! transform of a series. What never does: signals themselves.

mod autocovariance;
mod bivariate;
mod check;
mod dense;
mod sample;
pub mod spectral;
mod sum;

pub use autocovariance::{Arma, ArmaError, Autocovariance};
pub use bivariate::Bivariate;
pub use check::CovarianceError;
pub(crate) use dense::both_sides;
pub use sample::Sampler;
pub(crate) use sample::standard;
pub use spectral::SpectralCovariance;

use nalgebra::DMatrix;

/// A variance: the square of a standard uncertainty.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Variance(pub f64);

/// A standard uncertainty (GUM 2.3.1): the square root of a variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct StandardUncertainty(pub f64);

impl From<StandardUncertainty> for Variance {
    fn from(StandardUncertainty(u): StandardUncertainty) -> Self {
        Self(u * u)
    }
}

impl From<Variance> for StandardUncertainty {
    fn from(Variance(variance): Variance) -> Self {
        Self(variance.sqrt())
    }
}

/// The covariance of the errors of a real series of N points.
#[derive(Clone, Debug, PartialEq)]
pub enum Covariance {
    /// Independent errors of one variance: 1 number.
    White {
        /// The variance of every point.
        variance: Variance,
        /// N.
        length: usize,
    },
    /// Independent errors: N numbers.
    Independent(Vec<Variance>),
    /// Stationary errors: at most N numbers.
    Stationary {
        /// The autocovariance.
        autocovariance: Autocovariance,
        /// N.
        length: usize,
    },
    /// Errors that are correlated with a few neighbours only: `diagonals[d][n]` is the covariance of the points
    /// n and n + d.
    Banded {
        /// The main diagonal and those beside it, the d-th of N − d entries.
        diagonals: Vec<Vec<f64>>,
    },
    /// Errors B z of K common sources z, independent and of variance 1: N × K numbers.
    LowRank {
        /// B, a row for each point and a column for each source.
        sources: DMatrix<f64>,
    },
    /// Errors t(|i − j|) + h((i + j) mod N), which those of a spectrum become whose bins are independent:
    /// 2 N numbers.
    Mirrored {
        /// t, which depends on the distance of two points.
        toeplitz: Autocovariance,
        /// h, which depends on their middle, of N numbers.
        hankel: Vec<f64>,
    },
    /// Any errors: N² numbers.
    Dense(DMatrix<f64>),
}

impl Covariance {
    /// N.
    pub fn length(&self) -> usize {
        match self {
            Self::White { length, .. } | Self::Stationary { length, .. } => *length,
            Self::Independent(variances) => variances.len(),
            Self::Banded { diagonals } => diagonals.first().map_or(0, Vec::len),
            Self::LowRank { sources } => sources.nrows(),
            Self::Mirrored { hankel, .. } => hankel.len(),
            Self::Dense(matrix) => matrix.nrows(),
        }
    }

    /// The covariance of two points. Takes O(1) steps, for common sources O(K).
    ///
    /// # Panics
    /// When a point is not below N.
    pub fn entry(&self, i: usize, j: usize) -> f64 {
        let length = self.length();
        assert!(i < length && j < length, "the points {i} and {j} are not both below {length}");
        let lag = i.abs_diff(j);
        match self {
            Self::White { variance, .. } if lag == 0 => variance.0,
            Self::Independent(variances) if lag == 0 => variances[i].0,
            Self::White { .. } | Self::Independent(_) => 0.0,
            Self::Stationary { autocovariance, .. } => autocovariance.at(lag as isize),
            Self::Banded { diagonals } => diagonals.get(lag).map_or(0.0, |diagonal| diagonal[i.min(j)]),
            Self::LowRank { sources } => sources.row(i).dot(&sources.row(j)),
            Self::Mirrored { toeplitz, hankel } => toeplitz.at(lag as isize) + hankel[(i + j) % length],
            Self::Dense(matrix) => matrix[(i, j)],
        }
    }

    /// The variance of each point. Takes O(N) steps, for common sources O(N K).
    pub fn variances(&self) -> Vec<Variance> {
        (0..self.length()).map(|point| Variance(self.entry(point, point))).collect()
    }

    /// The standard uncertainty of each point. Takes as many steps as [`Covariance::variances`].
    ///
    /// Where a variance of zero was rounded to one below, it is zero.
    pub fn standard_uncertainties(&self) -> Vec<f64> {
        self.variances().into_iter().map(|variance| variance.0.max(0.0).sqrt()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_tells_the_same_entries() {
        let dense = DMatrix::from_row_slice(3, 3, &[2.0, 0.5, 0.0, 0.5, 2.0, 0.5, 0.0, 0.5, 2.0]);
        let forms = [
            Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, 0.5]), length: 3 },
            Covariance::Banded { diagonals: vec![vec![2.0; 3], vec![0.5; 2]] },
            Covariance::LowRank { sources: dense.clone().cholesky().unwrap().l() },
            Covariance::Dense(dense.clone()),
        ];
        for form in forms {
            for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
                assert!((form.entry(i, j) - dense[(i, j)]).abs() < 1e-15, "{form:?} at {i}, {j}");
            }
        }
    }
}
