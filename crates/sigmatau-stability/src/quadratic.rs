//! The distribution of a quadratic form in Gaussian numbers: Q = Σ λ_j χ²_j(ν)/ν with independent
//! chi-square numbers of ν degrees of freedom. Sums of products of correlated differences are such forms,
//! with weights λ of both signs.

use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// Q = Σ λ_j χ²_j(ν)/ν.
#[derive(Clone, Debug)]
pub(crate) struct QuadraticForm {
    weights: Vec<f64>,
    nu: f64,
}

/// Distance of Lugannani and Rice's w from 0 within which the limit of their formula is taken.
const NEAR_MEAN: f64 = 1e-3;

impl QuadraticForm {
    /// The form with these weights λ, not all zero, and ν degrees of freedom.
    pub(crate) fn new(weights: Vec<f64>, nu: f64) -> Self {
        Self { weights, nu }
    }

    /// P(Q ≤ x) by the saddlepoint formula of R. Lugannani and S. Rice, "Saddle point approximation for the
    /// distribution of the sum of independent random variables", Advances in Applied Probability 12, 1980.
    ///
    /// With t the root of Σ λ/(1 − tλ) = x, w = sgn(t) √(ν (t x + Σ ln(1 − tλ))) and
    /// u = t √(½ν Σ (λ/(1 − tλ))²): P = Φ(w) + φ(w) (1/w − 1/u).
    pub(crate) fn probability_below(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x <= low || x >= high {
            return if x <= low { 0.0 } else { 1.0 };
        }
        let t = self.saddle(x);
        let exponent = t * x + self.sum(|weight| (-t * weight).ln_1p());
        let w = (self.nu * exponent.max(0.0)).sqrt().copysign(t);
        let correction = if w.abs() < NEAR_MEAN {
            self.skewness() / 6.0
        } else {
            1.0 / w - 1.0 / (t * (0.5 * self.nu * self.sum(|weight| (weight / (1.0 - t * weight)).powi(2))).sqrt())
        };
        let density = (-0.5 * w * w).exp() / (2.0 * PI).sqrt();
        (0.5 * erfc(-w / SQRT_2) + density * correction).clamp(0.0, 1.0)
    }

    fn sum(&self, of: impl Fn(f64) -> f64) -> f64 {
        self.weights.iter().map(|weight| of(*weight)).sum()
    }

    /// E(Q − EQ)³/σ³ = √(8/ν) Σ λ³/(Σ λ²)^(3/2).
    fn skewness(&self) -> f64 {
        (8.0 / self.nu).sqrt() * self.sum(|weight| weight.powi(3)) / self.sum(|weight| weight * weight).powf(1.5)
    }

    /// The values that Q can take.
    fn support(&self) -> (f64, f64) {
        let any = |sign: f64| self.weights.iter().any(|weight| sign * weight > 0.0);
        (if any(-1.0) { f64::NEG_INFINITY } else { 0.0 }, if any(1.0) { f64::INFINITY } else { 0.0 })
    }

    /// The root t of Σ λ/(1 − tλ) = x, which rises with t between the poles next to 0, by bisection.
    fn saddle(&self, x: f64) -> f64 {
        let largest = self.weights.iter().fold(0.0_f64, |largest, weight| largest.max(*weight));
        let smallest = self.weights.iter().fold(0.0_f64, |smallest, weight| smallest.min(*weight));
        let excess = |t: f64| self.sum(|weight| weight / (1.0 - t * weight)) - x;
        // Without a pole on one side, |Σ λ/(1 − tλ)| ≤ k/|t| for k weights bounds the root.
        let far = self.weights.len() as f64 / x.abs();
        let mut low = if smallest < 0.0 { 1.0 / smallest } else { -far };
        let mut high = if largest > 0.0 { 1.0 / largest } else { far };
        while high - low > 1e-15 * low.abs().max(high.abs()) {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if excess(middle) > 0.0 { high = middle } else { low = middle }
        }
        0.5 * (low + high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::function::gamma::gamma_lr;

    #[test]
    fn one_weight_is_the_chi_square_distribution() {
        for (nu, tolerance) in [(1.0, 0.03), (3.0, 0.01), (30.0, 1e-3), (1e4, 1e-5)] {
            let form = QuadraticForm::new(vec![2.0], nu);
            for quantile in [0.2, 0.6, 1.0, 1.5, 3.0] {
                let exact = gamma_lr(0.5 * nu, 0.5 * nu * quantile);
                let found = form.probability_below(2.0 * quantile);
                assert!((found - exact).abs() < tolerance, "ν = {nu}, x = {quantile}: {found} instead of {exact}");
            }
        }
    }

    #[test]
    fn opposite_weights_of_two_degrees_of_freedom_are_the_laplace_distribution() {
        // χ²(2)/2 is exponential, and the difference of two of them follows Laplace's law.
        let form = QuadraticForm::new(vec![1.0, -1.0], 2.0);
        for x in [-3.0, -1.0, -1e-9, 0.5, 2.0] {
            let exact = if x < 0.0 { 0.5 * f64::exp(x) } else { 1.0 - 0.5 * f64::exp(-x) };
            let found = form.probability_below(x);
            assert!((found - exact).abs() < 0.02, "x = {x}: {found} instead of {exact}");
        }
    }

    #[test]
    fn probability_rises_through_the_mean_without_a_step() {
        let form = QuadraticForm::new(vec![1.5, 0.2, -0.7], 6.0);
        let all: Vec<f64> = (-400..400).map(|k| form.probability_below(1.0 + f64::from(k) * 1e-2)).collect();
        assert!(all.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.01));
    }

    #[test]
    fn what_cannot_be_has_no_probability() {
        assert_eq!(QuadraticForm::new(vec![1.0, 2.0], 4.0).probability_below(-0.1), 0.0);
        assert_eq!(QuadraticForm::new(vec![-1.0, -2.0], 4.0).probability_below(0.1), 1.0);
    }
}
