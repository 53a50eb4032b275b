//! The quotient of two phasors whose errors are correlated.

use crate::covariance::Bivariate;
use sigmatau_spectrum::fft::Complex64;

/// The second moments of the errors ε of two phasors, each circular.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Errors {
    /// E|ε_x|².
    pub(super) excitation: f64,
    /// E|ε_y|².
    pub(super) response: f64,
    /// E ε_y ε_x*.
    pub(super) cross: Complex64,
}

impl Errors {
    /// The sums over draws of both errors, divided by `count`.
    pub(super) fn over(draws: impl IntoIterator<Item = (Complex64, Complex64)>, count: f64) -> Self {
        let add = |sum: Self, (x, y): (Complex64, Complex64)| Self {
            excitation: sum.excitation + x.norm_sqr(),
            response: sum.response + y.norm_sqr(),
            cross: sum.cross + y * x.conj(),
        };
        let sum = draws.into_iter().fold(Self::default(), add);
        Self { excitation: sum.excitation / count, response: sum.response / count, cross: sum.cross / count }
    }

    /// H = Y / X, and the covariance of H, to first order:
    /// E|ε_H|² = (E|ε_y|² + |H|² E|ε_x|² − 2 Re H* E ε_y ε_x*) / |X|².
    pub(super) fn ratio(&self, excitation: Complex64, response: Complex64) -> (Complex64, Bivariate) {
        let value = response / excitation;
        let common = 2.0 * (value.conj() * self.cross).re;
        let power = (self.response + value.norm_sqr() * self.excitation - common) / excitation.norm_sqr();
        (value, Bivariate::circular(0.5 * power.max(0.0)))
    }
}

/// The covariance of errors of this variance along a value, and none across it.
pub(super) fn along(value: Complex64, variance: f64) -> Bivariate {
    let direction = value / value.norm();
    Bivariate::from_moments(variance, variance * direction * direction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_both_channels_share_leave_the_ratio_alone() {
        let (excitation, value) = (Complex64::new(2.0, 1.0), Complex64::new(0.5, -0.25));
        let error = Complex64::new(0.1, 0.2);
        let (found, covariance) = Errors::over([(error, value * error)], 1.0).ratio(excitation, value * excitation);
        assert!((found - value).norm() < 1e-15 && covariance.power() < 1e-17);
    }

    #[test]
    fn errors_along_a_value_touch_its_magnitude_alone() {
        let value = Complex64::new(3.0, 4.0);
        let covariance = along(value, 0.01);
        assert!((covariance.along(value) - 0.1).abs() < 1e-15);
        assert!(covariance.along(value * Complex64::I) < 1e-9);
    }
}
