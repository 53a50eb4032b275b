//! How far a distribution is from normal, as second-order terms see it.

use crate::Distribution;

/// The third and fourth standardised moments of a quantity about its expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// The skewness μ₃/σ³, 0 where the distribution is symmetric.
    pub skewness: f64,
    /// The excess μ₄/σ⁴ − 3 of the kurtosis, 0 where the distribution is normal.
    pub excess: f64,
}

impl Shape {
    /// That of the normal distribution.
    pub const NORMAL: Self = Self { skewness: 0.0, excess: 0.0 };

    /// The moments of a distribution.
    ///
    /// Student's distribution counts as normal: its scale is the standard uncertainty of the mean of normal indications,
    /// and the degrees of freedom say how well that is known.
    ///
    /// ```
    /// use sigmatau_uncertainty::{Distribution, propagation::Shape};
    /// let rectangular = Shape::of(&Distribution::Rectangular { half_width: 3.0 });
    /// assert!((rectangular.excess + 1.2).abs() < 1e-15);
    /// ```
    pub fn of(distribution: &Distribution) -> Self {
        if distribution.standard_uncertainty() == 0.0 {
            return Self::NORMAL;
        }
        match distribution {
            Distribution::Rectangular { .. } => Self::symmetric(-1.2),
            Distribution::Triangular { .. } => Self::symmetric(-0.6),
            Distribution::Arcsine { .. } => Self::symmetric(-1.5),
            Distribution::Trapezoidal { shape, .. } => Self::symmetric(excess_of_trapezoid(*shape)),
            Distribution::CurvilinearTrapezoid { half_width, inexactness } => {
                Self::symmetric(excess_of_ctrap(*half_width, *inexactness))
            }
            Distribution::Exponential { .. } => Self { skewness: 2.0, excess: 6.0 },
            Distribution::Gamma { shape, .. } => Self { skewness: 2.0 / shape.sqrt(), excess: 6.0 / shape },
            Distribution::Samples(samples) => of_samples(samples),
            Distribution::Histogram { edges, weights } => of_histogram(edges, weights),
            Distribution::Constant | Distribution::Normal { .. } | Distribution::Student { .. } => Self::NORMAL,
        }
    }

    fn symmetric(excess: f64) -> Self {
        Self { skewness: 0.0, excess }
    }

    /// From the second, third and fourth central moment.
    fn of_moments([second, third, fourth]: [f64; 3]) -> Self {
        Self { skewness: third / second.powf(1.5), excess: fourth / (second * second) - 3.0 }
    }
}

/// The trapezoid with a top β times as wide as its base is the sum of two rectangular quantities, whose widths have the
/// ratio (1 + β) to (1 − β) and whose fourth cumulants, −2a⁴/15 each, add.
fn excess_of_trapezoid(beta: f64) -> f64 {
    let fourth = (1.0 + beta).powi(4) + (1.0 - beta).powi(4);
    let second = (1.0 + beta).powi(2) + (1.0 - beta).powi(2);
    -1.2 * fourth / (second * second)
}

/// CTrap is a rectangular quantity whose half width is itself rectangular, w ± d: μ₂ = E(W²)/3, μ₄ = E(W⁴)/5.
fn excess_of_ctrap(w: f64, d: f64) -> f64 {
    let second = (w * w + d * d / 3.0) / 3.0;
    let fourth = (w.powi(4) + 2.0 * (w * d).powi(2) + d.powi(4) / 5.0) / 5.0;
    fourth / (second * second) - 3.0
}

fn of_samples(samples: &[f64]) -> Shape {
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let moment = |power| samples.iter().map(|sample| (sample - mean).powi(power)).sum::<f64>() / count;
    Shape::of_moments([2, 3, 4].map(moment))
}

/// Of uniform bins with centre m and half width h about the mean: E (m+hV)ᵏ with E V² = 1/3, E V⁴ = 1/5.
fn of_histogram(edges: &[f64], weights: &[f64]) -> Shape {
    let total: f64 = weights.iter().sum();
    let bins = || edges.windows(2).zip(weights).map(|(e, w)| (0.5 * (e[0] + e[1]), 0.5 * (e[1] - e[0]), w / total));
    let mean: f64 = bins().map(|(centre, _, weight)| weight * centre).sum();
    let moments = bins().map(|(centre, half, weight)| {
        let (m, v) = (centre - mean, half * half / 3.0);
        [m * m + v, m * (m * m + 3.0 * v), m.powi(4) + 6.0 * m * m * v + half.powi(4) / 5.0]
            .map(|moment| weight * moment)
    });
    let sum = |a: [f64; 3], b: [f64; 3]| std::array::from_fn(|power| a[power] + b[power]);
    Shape::of_moments(moments.fold([0.0; 3], sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(distribution: &Distribution) -> f64 {
        Shape::of(distribution).excess
    }

    #[test]
    fn limits_of_trapezoids_are_triangle_and_rectangle() {
        let trapezoid = |shape| excess(&Distribution::Trapezoidal { half_width: 2.0, shape });
        assert!((trapezoid(0.0) + 0.6).abs() < 1e-14 && (trapezoid(1.0) + 1.2).abs() < 1e-14);
        let exact = Distribution::CurvilinearTrapezoid { half_width: 2.0, inexactness: 0.0 };
        assert!((excess(&exact) + 1.2).abs() < 1e-14);
    }

    /// A fine histogram of the density is the oracle.
    #[test]
    fn moments_agree_with_those_of_a_histogram_of_the_density() {
        let edges: Vec<f64> = (0..=40_000).map(|k| f64::from(k) * 1e-3).collect();
        let weights = edges.windows(2).map(|e| (-e[0]).exp() - (-e[1]).exp()).collect();
        let found = Shape::of(&Distribution::Histogram { edges: edges.into(), weights });
        let exact = Shape::of(&Distribution::Exponential { mean: 1.0 });
        assert!(
            (found.skewness - exact.skewness).abs() < 1e-5 && (found.excess - exact.excess).abs() < 1e-4,
            "{found:?}"
        );
        let gamma = Shape::of(&Distribution::Gamma { shape: 1.0, scale: 7.0 });
        assert_eq!(gamma, exact);
    }

    #[test]
    fn two_samples_are_as_far_from_normal_as_can_be() {
        assert!((excess(&Distribution::Samples([-3.0, 3.0].into())) + 2.0).abs() < 1e-15);
    }
}
