//! The covariance of the two parts of a complex value.

use sigmatau_spectrum::fft::Complex64;

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
    fn moments_and_parts_tell_the_same() {
        let covariance = Bivariate { real: 3.0, imaginary: 1.0, cross: -0.5 };
        assert_eq!(Bivariate::from_moments(covariance.power(), covariance.pseudo()), covariance);
    }
}
