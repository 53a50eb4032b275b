//! Stationary errors: their autocovariance, also that of an ARMA process.

use super::Variance;
use nalgebra::{DMatrix, DVector};

/// The autocovariance r(d) of stationary errors at the lags d = 0, 1, …; zero beyond the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct Autocovariance(pub Vec<f64>);

impl Autocovariance {
    /// r(d), for lags of either sign.
    pub fn at(&self, lag: isize) -> f64 {
        self.0.get(lag.unsigned_abs()).copied().unwrap_or(0.0)
    }
}

/// Coloured noise x(n) = Σ φ_i x(n − i) + e(n) + Σ θ_j e(n − j), driven by white e.
///
/// The first coefficient of either list belongs to the last value, i = 1 and j = 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Arma {
    /// φ₁, φ₂, …
    pub autoregressive: Vec<f64>,
    /// θ₁, θ₂, …
    pub moving_average: Vec<f64>,
    /// The variance of e.
    pub innovation: Variance,
}

/// Why a process has no autocovariance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArmaError {
    /// The recursion grows.
    #[error(
        "find the autocovariance of an ARMA process: φ = {coefficients:?} is not stable, its partial autocorrelation \
         at lag {lag} is {reflection}; every one must lie between −1 and 1"
    )]
    Unstable {
        /// φ.
        coefficients: Vec<f64>,
        /// The lag.
        lag: usize,
        /// The partial autocorrelation.
        reflection: f64,
    },
    /// The variance of the innovations is negative or not finite.
    #[error(
        "find the autocovariance of an ARMA process: the variance {0} of its innovations is not a number of at least 0"
    )]
    Innovation(f64),
}

impl Arma {
    /// r(0) … r(`lags` − 1), the solution of the Yule–Walker equations
    ///
    /// r(d) = Σ φ_i r(d − i) + σ² Σ_(j ≥ d) θ_j ψ(j − d), θ₀ = 1,
    ///
    /// with the response ψ of the process to a unit innovation (Brockwell and Davis, Time Series, section 3.3).
    /// Takes O(p³ + p · `lags`) steps.
    ///
    /// # Errors
    /// When the process is not stable or σ² no variance.
    ///
    /// ```
    /// use sigmatau_dynamic::covariance::Arma;
    /// use sigmatau_dynamic::Variance;
    /// let noise = Arma { autoregressive: vec![0.5], moving_average: vec![], innovation: Variance(3.0) };
    /// assert_eq!(noise.autocovariance(3)?.0, [4.0, 2.0, 1.0]); // σ² φ^d / (1 − φ²)
    /// # Ok::<(), sigmatau_dynamic::covariance::ArmaError>(())
    /// ```
    pub fn autocovariance(&self, lags: usize) -> Result<Autocovariance, ArmaError> {
        self.check()?;
        let order = self.autoregressive.len();
        let forcing = self.forcing();
        let mut r = self.first_lags(&forcing);
        for lag in order + 1..lags {
            let recursion: f64 = (1..=order).map(|i| self.autoregressive[i - 1] * r[lag - i]).sum();
            r.push(recursion + forcing.get(lag).copied().unwrap_or(0.0));
        }
        r.truncate(lags);
        Ok(Autocovariance(r))
    }

    /// Steps the recursion down order by order; what is left over at each is a partial autocorrelation.
    fn check(&self) -> Result<(), ArmaError> {
        if !(self.innovation.0 >= 0.0 && self.innovation.0.is_finite()) {
            return Err(ArmaError::Innovation(self.innovation.0));
        }
        let mut polynomial = self.autoregressive.clone();
        while let Some(reflection) = polynomial.pop() {
            if reflection.is_nan() || reflection.abs() >= 1.0 {
                let (coefficients, lag) = (self.autoregressive.clone(), polynomial.len() + 1);
                return Err(ArmaError::Unstable { coefficients, lag, reflection });
            }
            let lower = |(i, a): (usize, &f64)| {
                (a + reflection * polynomial[polynomial.len() - 1 - i]) / (1.0 - reflection * reflection)
            };
            polynomial = polynomial.iter().enumerate().map(lower).collect();
        }
        Ok(())
    }

    /// σ² Σ_(j ≥ d) θ_j ψ(j − d) for d = 0 … q.
    fn forcing(&self) -> Vec<f64> {
        let theta: Vec<f64> = std::iter::once(1.0).chain(self.moving_average.iter().copied()).collect();
        let mut psi: Vec<f64> = Vec::with_capacity(theta.len());
        for j in 0..theta.len() {
            let past = self.autoregressive.iter().take(j).enumerate().map(|(i, phi)| phi * psi[j - 1 - i]);
            psi.push(theta[j] + past.sum::<f64>());
        }
        let sum = |d: usize| theta[d..].iter().zip(&psi).map(|(theta, psi)| theta * psi).sum::<f64>();
        (0..theta.len()).map(|d| self.innovation.0 * sum(d)).collect()
    }

    /// r(0) … r(p), from as many equations.
    fn first_lags(&self, forcing: &[f64]) -> Vec<f64> {
        let unknowns = self.autoregressive.len() + 1;
        let mut equations = DMatrix::identity(unknowns, unknowns);
        for d in 0..unknowns {
            for (i, phi) in self.autoregressive.iter().enumerate() {
                equations[(d, d.abs_diff(i + 1))] -= phi;
            }
        }
        let forced = DVector::from_fn(unknowns, |d, _| forcing.get(d).copied().unwrap_or(0.0));
        equations.lu().solve(&forced).expect("a stable process has one autocovariance").as_slice().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    fn process(autoregressive: &[f64], moving_average: &[f64]) -> Arma {
        let (autoregressive, moving_average) = (autoregressive.to_vec(), moving_average.to_vec());
        Arma { autoregressive, moving_average, innovation: Variance(1.0) }
    }

    /// The lags are applied in the right order: in reverse, this recursion diverges.
    #[test]
    fn second_order_process_has_its_closed_autocovariance() {
        let r = process(&[0.5, -0.8], &[]).autocovariance(50).unwrap();
        let variance = 1.8 / (0.2 * (1.8f64.powi(2) - 0.25));
        assert!((r.at(0) / variance - 1.0).abs() < 1e-14);
        assert!((r.at(1) / r.at(0) - 0.5 / 1.8).abs() < 1e-15);
        for lag in 2..50 {
            let expected = 0.5 * r.at(lag - 1) - 0.8 * r.at(lag - 2);
            assert!((r.at(lag) - expected).abs() < 1e-15 * r.at(0));
        }
    }

    #[test]
    fn autocovariance_is_that_of_the_response_to_innovations() {
        let noise = process(&[0.9, -0.4, 0.1], &[0.7, 0.2]);
        let mut psi = vec![0.0; 400];
        for n in 0..psi.len() {
            let past = noise.autoregressive.iter().enumerate().filter(|(i, _)| *i < n);
            let recursion: f64 = past.map(|(i, phi)| phi * psi[n - 1 - i]).sum();
            psi[n] = recursion + [1.0, 0.7, 0.2].get(n).unwrap_or(&0.0);
        }
        let found = noise.autocovariance(12).unwrap();
        for lag in 0..12 {
            let expected: f64 = psi[lag..].iter().zip(&psi).map(|(a, b)| a * b).sum();
            assert!((found.at(lag as isize) - expected).abs() < 1e-14, "lag {lag}");
        }
    }

    #[test]
    fn simulated_process_shows_its_autocovariance() {
        let (mut e, mut x) = (Gaussian::new(5, 0), vec![0.0; 200_000]);
        for n in 2..x.len() {
            x[n] = 0.5 * x[n - 1] - 0.8 * x[n - 2] + e.draw();
        }
        let expected = process(&[0.5, -0.8], &[]).autocovariance(5).unwrap();
        for lag in 0..5 {
            let sum: f64 = x[lag..].iter().zip(&x).map(|(a, b)| a * b).sum();
            assert!((sum / x.len() as f64 - expected.at(lag as isize)).abs() < 0.08, "lag {lag}");
        }
    }

    #[test]
    fn unstable_process_is_refused_with_the_reason() {
        let error = process(&[-0.8, 1.5], &[]).autocovariance(5).unwrap_err().to_string();
        assert!(error.contains("partial autocorrelation at lag 2 is 1.5"), "{error}");
        assert!(process(&[1.0], &[]).autocovariance(5).is_err());
    }
}
