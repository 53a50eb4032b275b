//! Moments of amplitude and phase where first order is not enough.

use crate::covariance::Bivariate;
use sigmatau_spectrum::fft::Complex64;
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2, TAU};

/// Rays over which the plane is integrated.
const RAYS: usize = 720;

/// Mean and covariance of two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    pub(super) mean: (f64, f64),
    pub(super) covariance: Bivariate,
}

/// Amplitude and phase of a complex value with Gaussian errors; the phase is that beyond the argument of the value,
/// from −π to π.
///
/// Along each ray r e^(iα) the density is a Gaussian in r; ∫ r^n exp(−(a r² − 2 b r + c)/2) dr over r > 0 is closed,
/// and the sum over rays converges faster than any power. With a circular covariance the amplitude has Rice's
/// distribution. `None` where the covariance is singular.
pub(super) fn amplitude_phase(value: Complex64, covariance: Bivariate) -> Option<Moments> {
    let (amplitude, turned) = (value.norm(), covariance.times(unit(value).conj()));
    let determinant = turned.real * turned.imaginary - turned.cross * turned.cross;
    if determinant <= 1e-12 * turned.power() * turned.power() {
        return None;
    }
    let mut sums = [0.0; 6];
    for ray in 0..RAYS {
        let angle = TAU * (ray as f64 + 0.5) / RAYS as f64 - PI;
        let [weight, first, second] = along_ray(amplitude, turned, determinant, angle);
        let terms = [weight, first, second, weight * angle, weight * angle * angle, first * angle];
        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    let [r, r2, phi, phi2, r_phi] = [1, 2, 3, 4, 5].map(|at| sums[at] / sums[0]);
    let covariance = Bivariate { real: r2 - r * r, imaginary: phi2 - phi * phi, cross: r_phi - r * phi };
    Some(Moments { mean: (r, phi), covariance })
}

/// The direction of a value; that of 1 for zero.
pub(super) fn unit(value: Complex64) -> Complex64 {
    if value.norm_sqr() == 0.0 { Complex64::ONE } else { value / value.norm() }
}

/// ∫ r^(n + 1) p(r cos α, r sin α) dr for n = 0, 1, 2 but for a common factor, of Gaussian errors about (A, 0).
fn along_ray(amplitude: f64, covariance: Bivariate, determinant: f64, angle: f64) -> [f64; 3] {
    let (sin, cos) = angle.sin_cos();
    let (x, y) = (covariance.imaginary / determinant, covariance.real / determinant);
    let xy = -covariance.cross / determinant;
    let a = x * cos * cos + 2.0 * xy * sin * cos + y * sin * sin;
    let b = amplitude * (x * cos + xy * sin);
    let c = amplitude * amplitude * x;
    let (middle, width) = (b / a, a.sqrt().recip());
    let peak = (-0.5 * (c - b * middle)).exp();
    let edge = (-0.5 * c).exp() * width * width;
    let m0 = peak * width * (0.5 * PI).sqrt() * erfc(-middle / (width * SQRT_2));
    let m1 = middle * m0 + edge;
    let m2 = middle * m1 + width * width * m0;
    let m3 = middle * m2 + 2.0 * width * width * m1;
    [m1, m2, m3]
}

/// Real and imaginary part of (A + α) e^(i(φ + ψ)) with Gaussian α and ψ, in closed form.
///
/// With u² the variance of ψ and c = cov(α, ψ), E z = e^(iφ − u²/2) (A + i c), E|z|² = A² + var α and
/// E z² = e^(2iφ − 2u²) ((A + 2 i c)² + var α).
pub(super) fn cartesian(amplitude: f64, phase: f64, covariance: Bivariate) -> Moments {
    let Bivariate { real: spread, imaginary: jitter, cross } = covariance;
    let mean = Complex64::from_polar((-0.5 * jitter).exp(), phase) * Complex64::new(amplitude, cross);
    let square = Complex64::new(amplitude, 2.0 * cross).powi(2) + spread;
    let second = Complex64::from_polar((-2.0 * jitter).exp(), 2.0 * phase) * square;
    let power = amplitude * amplitude + spread - mean.norm_sqr();
    Moments { mean: (mean.re, mean.im), covariance: Bivariate::from_moments(power, second - mean * mean) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    /// Rice (1945): at A = 0 the mean is σ √(π/2) and the second moment 2 σ²; at A = σ the mean 1.5486 σ.
    #[test]
    fn circular_errors_have_rice_moments() {
        let at = |amplitude: f64| amplitude_phase(Complex64::from(amplitude), Bivariate::circular(1.0)).unwrap();
        assert!((at(0.0).mean.0 - (0.5 * PI).sqrt()).abs() < 1e-12);
        assert!((at(0.0).covariance.real - (2.0 - 0.5 * PI)).abs() < 1e-12);
        assert!((at(0.0).covariance.imaginary - PI * PI / 3.0).abs() < 1e-4);
        assert!((at(1.0).mean.0 - 1.548_572_460_551_25).abs() < 1e-10, "{}", at(1.0).mean.0);
        let far = at(20.0);
        assert!((far.mean.0 - 20.025).abs() < 1e-4 && (far.covariance.imaginary * 400.0 - 1.0).abs() < 0.01);
    }

    #[test]
    fn elliptic_errors_have_the_moments_of_their_draws() {
        let covariance = Bivariate { real: 1.0, imaginary: 0.25, cross: 0.3 };
        let value = Complex64::new(0.8, 0.6);
        let found = amplitude_phase(value, covariance).unwrap();
        let (mut gaussian, mut sums) = (Gaussian::new(7, 0), [0.0; 3]);
        let draws = 200_000;
        for _ in 0..draws {
            let (a, b) = (gaussian.draw(), gaussian.draw());
            let z = value + Complex64::new(a, 0.3 * a + (0.25f64 - 0.09).sqrt() * b);
            let angle = (z / unit(value)).arg();
            sums.iter_mut().zip([z.norm(), z.norm_sqr(), angle * angle]).for_each(|(sum, term)| *sum += term);
        }
        let [r, r2, phi2] = sums.map(|sum| sum / f64::from(draws));
        assert!((found.mean.0 - r).abs() < 0.01, "{found:?}");
        assert!((found.covariance.real - (r2 - r * r)).abs() < 0.01);
        assert!((found.covariance.imaginary + found.mean.1.powi(2) - phi2).abs() < 0.02);
    }

    #[test]
    fn uncertain_phases_have_the_moments_of_their_draws() {
        let found = cartesian(2.0, 1.0, Bivariate { real: 0.04, imaginary: 0.25, cross: 0.05 });
        let (mut gaussian, draws, mut sum, mut power) = (Gaussian::new(8, 0), 200_000, Complex64::ZERO, [0.0; 2]);
        for _ in 0..draws {
            let (a, b) = (gaussian.draw(), gaussian.draw());
            let z = Complex64::from_polar(2.0 + 0.2 * a, 1.0 + 0.25 * a + 0.1875f64.sqrt() * b);
            sum += z;
            power = [power[0] + z.re * z.re, power[1] + z.im * z.im];
        }
        let (mean, n) = (sum / f64::from(draws), f64::from(draws));
        assert!((mean.re - found.mean.0).hypot(mean.im - found.mean.1) < 0.006, "{mean} {found:?}");
        assert!((power[0] / n - mean.re.powi(2) - found.covariance.real).abs() < 0.01);
        assert!((power[1] / n - mean.im.powi(2) - found.covariance.imaginary).abs() < 0.01);
    }
}
