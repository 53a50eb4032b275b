//! Coloured noise of rational spectrum.

use super::{Filter, FilterError, Iir, Start};
use crate::covariance::{Autocovariance, Variance};
use nalgebra::{DMatrix, DVector};
use sigmatau_spectrum::Gaussian;

/// Stationary noise e(n) = Σ φ(k) e(n − k) + w(n) + Σ θ(k) w(n − k), k = 1, 2, …, of white w.
///
/// ```
/// use sigmatau_dynamic::Variance;
/// use sigmatau_dynamic::filter::Arma;
/// let noise = Arma::new(&[0.5], &[], Variance(3.0))?;
/// assert!((noise.autocovariance().0[0] - 4.0).abs() < 1e-14); // 3/(1 − ¼)
/// # Ok::<(), sigmatau_dynamic::filter::FilterError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Arma {
    /// What makes e of w.
    shape: Iir,
    variance: Variance,
}

impl Arma {
    /// Noise of the coefficients φ and θ, the nearest lag first, and the variance of w.
    ///
    /// # Errors
    /// When a coefficient is not finite, or the noise would grow without bound.
    pub fn new(autoregressive: &[f64], moving_average: &[f64], variance: Variance) -> Result<Self, FilterError> {
        let numerator = [&[1.0], moving_average].concat();
        let denominator = std::iter::once(1.0).chain(autoregressive.iter().map(|phi| -phi)).collect();
        let shape = Iir::certain(numerator, denominator)?;
        if shape.is_stable() { Ok(Self { shape, variance }) } else { Err(FilterError::Noise) }
    }

    /// The autocovariance, up to the lag from where on it is below rounding beside r(0).
    ///
    /// r(0) … r(p) solve r(d) − Σ φ(k) r(d − k) = σ² Σ θ(j) ψ(j − d), with θ(0) = 1 and the impulse response ψ; the
    /// lags beyond follow one by one.
    pub fn autocovariance(&self) -> Autocovariance {
        let (order, known) = (self.shape.denominator().len() - 1, self.shape.numerator().len());
        let mut r: Vec<f64> = self.first_lags(order).iter().copied().collect();
        let floor = f64::EPSILON * r[0].abs();
        while r.len() < known || r[r.len() - order.min(r.len())..].iter().any(|r| r.abs() > floor) {
            let past = self.shape.denominator()[1..].iter().zip(r.iter().rev());
            let next = self.driven(r.len()) - past.map(|(a, r)| a * r).sum::<f64>();
            r.push(next);
        }
        Autocovariance(r)
    }

    fn first_lags(&self, order: usize) -> DVector<f64> {
        let mut system = DMatrix::zeros(order + 1, order + 1);
        for lag in 0..=order {
            self.shape.denominator().iter().enumerate().for_each(|(k, a)| system[(lag, lag.abs_diff(k))] += a);
        }
        let driven = DVector::from_fn(order + 1, |lag, _| self.driven(lag));
        system.lu().solve(&driven).expect("stable noise has one autocovariance")
    }

    /// E e(n − d) (w(n) + Σ θ(k) w(n − k)).
    fn driven(&self, lag: usize) -> f64 {
        let theta = self.shape.numerator();
        let response = self.shape.values(&unit(theta.len()), Start::Rest);
        self.variance.0 * theta.iter().skip(lag).zip(response).map(|(theta, psi)| theta * psi).sum::<f64>()
    }

    /// So many points of the noise. They begin after as many steps as it takes to forget the first.
    pub fn draw(&self, gaussian: &mut Gaussian, points: usize) -> Vec<f64> {
        let (before, scale) = (self.shape.memory(), self.variance.0.sqrt());
        let white: Vec<f64> = gaussian.take(before + points).map(|w| scale * w).collect();
        self.shape.values(&white, Start::Rest).split_off(before)
    }
}

/// 1, 0, 0, ….
fn unit(points: usize) -> Vec<f64> {
    (0..points).map(|n| f64::from(u8::from(n == 0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Σ ψ(j) ψ(j + d).
    fn by_impulse_response(noise: &Arma, lag: usize) -> f64 {
        let psi = noise.shape.values(&unit(4000), Start::Rest);
        noise.variance.0 * psi.iter().zip(&psi[lag..]).map(|(one, other)| one * other).sum::<f64>()
    }

    #[test]
    fn autocovariance_is_that_of_the_impulse_response() {
        let cases: [(&[f64], &[f64]); 5] = [
            (&[0.5, -0.8], &[]),
            (&[], &[0.4, -0.3]),
            (&[0.9], &[0.5, 0.2, 0.1]),
            (&[0.3, 0.1, 0.2], &[0.7]),
            (&[], &[]),
        ];
        for (phi, theta) in cases {
            let noise = Arma::new(phi, theta, Variance(2.0)).unwrap();
            let r = noise.autocovariance();
            for lag in 0..r.0.len() + 3 {
                assert!(
                    (r.at(lag as isize) - by_impulse_response(&noise, lag)).abs() < 1e-13 * r.0[0],
                    "{phi:?} {theta:?} {lag}"
                );
            }
        }
    }

    /// The peer's `ARMA` applies the lags of this noise in reverse order, which makes it diverge.
    #[test]
    fn a_stable_second_order_noise_stays_bounded_with_its_own_variance() {
        let noise = Arma::new(&[0.5, -0.8], &[], Variance(1.0)).unwrap();
        let drawn = noise.draw(&mut Gaussian::new(1, 0), 100_000);
        let r = noise.autocovariance();
        for lag in 0..4 {
            let found = drawn.iter().zip(&drawn[lag..]).map(|(x, y)| x * y).sum::<f64>() / drawn.len() as f64;
            assert!((found - r.0[lag]).abs() < 0.05 * r.0[0], "lag {lag}: {found} beside {}", r.0[lag]);
        }
    }

    #[test]
    fn noise_that_grows_without_bound_is_refused() {
        assert_eq!(Arma::new(&[-0.8, 1.5], &[], Variance(1.0)).unwrap_err(), FilterError::Noise);
    }
}
