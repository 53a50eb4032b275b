//! What is known of the errors of a series: a covariance kept in the cheapest exact form.
//!
//! A number alone does not say whether it is a variance, a standard uncertainty or an autocovariance; here each
//! has a type of its own, and one becomes another only by name.

use nalgebra::DMatrix;
use sigmatau_spectrum::fft::Complex64;

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

/// The autocovariance r(d) of stationary errors at the lags d = 0, 1, …; zero beyond the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct Autocovariance(pub Vec<f64>);

impl Autocovariance {
    /// r(d), for lags of either sign.
    pub fn at(&self, lag: isize) -> f64 {
        self.0.get(lag.unsigned_abs()).copied().unwrap_or(0.0)
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
            Self::White { variance, .. } => {
                if lag == 0 {
                    variance.0
                } else {
                    0.0
                }
            }
            Self::Independent(variances) => {
                if lag == 0 {
                    variances[i].0
                } else {
                    0.0
                }
            }
            Self::Stationary { autocovariance, .. } => autocovariance.at(lag as isize),
            Self::Banded { diagonals } => diagonals.get(lag).map_or(0.0, |diagonal| diagonal[i.min(j)]),
            Self::LowRank { sources } => sources.row(i).dot(&sources.row(j)),
            Self::Dense(matrix) => matrix[(i, j)],
        }
    }

    /// The variance of each point. Takes O(N) steps, for common sources O(N K).
    pub fn variances(&self) -> Vec<Variance> {
        (0..self.length()).map(|point| Variance(self.entry(point, point))).collect()
    }
}

/// The covariance of the real and the imaginary part of a complex value (JCGM 102).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bivariate {
    /// The variance of the real part.
    pub real: f64,
    /// The variance of the imaginary part.
    pub imaginary: f64,
    /// Their covariance.
    pub cross: f64,
}

impl Bivariate {
    /// Uncorrelated parts of the same variance.
    pub fn circular(variance: f64) -> Self {
        Self { real: variance, imaginary: variance, cross: 0.0 }
    }

    /// The covariance of z that is stated as E|ε|² = `power` and E ε² = `pseudo` of its complex error ε.
    ///
    /// var Re = (power + Re pseudo)/2, var Im = (power − Re pseudo)/2, cov = Im pseudo / 2.
    pub fn from_moments(power: f64, pseudo: Complex64) -> Self {
        Self { real: 0.5 * (power + pseudo.re), imaginary: 0.5 * (power - pseudo.re), cross: 0.5 * pseudo.im }
    }

    /// E|ε|², the sum of the variances.
    pub fn power(&self) -> f64 {
        self.real + self.imaginary
    }

    /// E ε².
    pub fn pseudo(&self) -> Complex64 {
        Complex64::new(self.real - self.imaginary, 2.0 * self.cross)
    }

    /// The covariance of `factor` · z.
    ///
    /// ```
    /// use sigmatau_dynamic::{Bivariate, Complex64};
    /// let covariance = Bivariate { real: 1.0, imaginary: 0.25, cross: 0.0 };
    /// let turned = covariance.times(Complex64::new(0.0, 2.0));
    /// assert_eq!(turned, Bivariate { real: 1.0, imaginary: 4.0, cross: 0.0 });
    /// ```
    #[must_use]
    pub fn times(&self, factor: Complex64) -> Self {
        Self::from_moments(self.power() * factor.norm_sqr(), self.pseudo() * factor * factor)
    }

    /// The standard uncertainty along a direction of the complex plane; at 0 that along the larger axis.
    pub fn along(&self, direction: Complex64) -> f64 {
        let size = direction.norm();
        if size == 0.0 {
            return (0.5 * (self.power() + self.pseudo().norm())).sqrt();
        }
        let Complex64 { re, im } = direction / size;
        let variance = re * re * self.real + im * im * self.imaginary + 2.0 * re * im * self.cross;
        // An unknown variance stays unknown; `max` would make it 0.
        if variance < 0.0 { 0.0 } else { variance.sqrt() }
    }
}

impl std::ops::Add for Bivariate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            real: self.real + other.real,
            imaginary: self.imaginary + other.imaginary,
            cross: self.cross + other.cross,
        }
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

    #[test]
    fn unknown_covariance_is_unknown_in_every_direction() {
        assert!(Bivariate::circular(f64::NAN).along(Complex64::new(1.0, 2.0)).is_nan());
    }

    #[test]
    fn moments_and_parts_tell_the_same() {
        let covariance = Bivariate { real: 3.0, imaginary: 1.0, cross: -0.5 };
        assert_eq!(Bivariate::from_moments(covariance.power(), covariance.pseudo()), covariance);
    }
}
