//! Tails of what is known of a quantity, and the places where tails cross.
//!
//! A probability is reckoned from the side on which it lies, never as 1 minus the other, so that 10⁻¹⁸⁹ comes out as
//! 10⁻¹⁸⁹. Quantiles are where the tails cross, to the last bit that the tails allow.

use crate::Distribution;
use crate::tail::Law;
use std::f64::consts::PI;

/// Where a tail that falls from 1 to 0 is `above`.
pub(crate) fn exceeded(above: f64, tail: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-1.0, 1.0);
    while tail(high) > above && high < f64::MAX / 2.0 {
        high *= 2.0;
    }
    while tail(low) <= above && low > f64::MIN / 2.0 {
        low *= 2.0;
    }
    turn(low, high, |value| tail(value) <= above)
}

/// The place between `low` and `high` from which on `holds` is true, by halving until no number lies between.
pub(crate) fn turn(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = 0.5 * low + 0.5 * high;
        match middle {
            middle if middle <= low || middle >= high => return high,
            middle if holds(middle) => high = middle,
            middle => low = middle,
        }
    }
}

impl Distribution {
    /// The probability that the quantity lies more than `deviation` above its estimate.
    ///
    /// ```
    /// use sigmatau_uncertainty::Distribution;
    /// let normal = Distribution::Normal { standard_deviation: 2.0 };
    /// assert!((normal.probability_above(2.0) - 0.158_655_253_931_457_05).abs() < 1e-16);
    /// ```
    pub fn probability_above(&self, deviation: f64) -> f64 {
        let x = deviation;
        match self {
            Self::Exponential { mean } => (-(x / mean + 1.0).max(0.0)).exp(),
            Self::Gamma { shape, scale } => gamma(*shape).upper(2.0 * (x / scale + shape)),
            Self::Samples(samples) => share(samples, |sample| sample > x),
            Self::Histogram { edges, weights } => bins_above(edges, weights, x),
            symmetric if x < 0.0 => 1.0 - symmetric.probability_above(-x) - symmetric.probability_at(x),
            Self::Constant => 0.0,
            symmetric if symmetric.standard_uncertainty() == 0.0 => 0.0,
            Self::Normal { standard_deviation } => Law::Normal.upper(x / standard_deviation),
            Self::Student { scale, dof } => Law::Student { dof: *dof }.upper(x / scale),
            Self::Rectangular { half_width } => 0.5 * (1.0 - x / half_width).max(0.0),
            Self::Triangular { half_width } => 0.5 * (1.0 - x / half_width).max(0.0).powi(2),
            Self::Trapezoidal { half_width, shape } => trapezoid_above(x / half_width, *shape),
            Self::CurvilinearTrapezoid { half_width, inexactness } => ctrap_above(x, *half_width, *inexactness),
            Self::Arcsine { half_width } => (x / half_width).min(1.0).acos() / PI,
        }
    }

    /// The probability that the quantity lies below its estimate by more than −`deviation`.
    pub fn probability_below(&self, deviation: f64) -> f64 {
        let x = deviation;
        match self {
            Self::Exponential { mean } => -(-(x / mean + 1.0).max(0.0)).exp_m1(),
            Self::Gamma { shape, scale } => gamma(*shape).lower(2.0 * (x / scale + shape)),
            Self::Samples(samples) => share(samples, |sample| sample < x),
            Self::Histogram { edges, weights } => {
                let (edges, weights): (Vec<f64>, Vec<f64>) = (mirrored(edges), weights.iter().rev().copied().collect());
                bins_above(&edges, &weights, -x)
            }
            symmetric => symmetric.probability_above(-x),
        }
    }

    /// The probability that a symmetric distribution puts on one value.
    fn probability_at(&self, deviation: f64) -> f64 {
        f64::from(deviation == 0.0 && self.standard_uncertainty() == 0.0)
    }
}

/// Twice a gamma quantity of scale 1 is χ² with twice its shape as degrees of freedom.
fn gamma(shape: f64) -> Law {
    Law::ChiSquared { dof: 2.0 * shape }
}

fn share(samples: &[f64], holds: impl Fn(f64) -> bool) -> f64 {
    samples.iter().filter(|sample| holds(**sample)).count() as f64 / samples.len() as f64
}

/// The upper tail at x ≥ 0 half widths of a trapezoid whose top is `shape` of its base.
fn trapezoid_above(x: f64, shape: f64) -> f64 {
    match x {
        x if x >= 1.0 => 0.0,
        x if x < shape => 0.5 - x / (1.0 + shape),
        x => 0.5 * (1.0 - x).powi(2) / (1.0 - shape * shape),
    }
}

/// The upper tail at x ≥ 0 of a rectangle whose half width is rectangular within a ± d:
/// ½ − x ln((a + d)/(a − d))/(4d) under its flat top, beyond it (a + d − x − x ln((a + d)/x))/(4d).
fn ctrap_above(x: f64, a: f64, d: f64) -> f64 {
    match x {
        x if x >= a + d => 0.0,
        x if d == 0.0 => 0.5 * (1.0 - x / a),
        x if x <= a - d => 0.5 - x * (2.0 * d / (a - d)).ln_1p() / (4.0 * d),
        x => (a + d - x - x * ((a + d) / x).ln()) / (4.0 * d),
    }
}

fn bins_above(edges: &[f64], weights: &[f64], x: f64) -> f64 {
    let part = |ends: &[f64]| ((ends[1] - x) / (ends[1] - ends[0])).clamp(0.0, 1.0);
    let above: f64 = edges.windows(2).zip(weights).map(|(ends, weight)| weight * part(ends)).sum();
    above / weights.iter().sum::<f64>()
}

fn mirrored(edges: &[f64]) -> Vec<f64> {
    edges.iter().rev().map(|edge| -edge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance * expected.abs(), "{found:e} instead of {expected:e}");
    }

    fn all() -> Vec<Distribution> {
        vec![
            Distribution::Normal { standard_deviation: 0.7 },
            Distribution::Student { scale: 0.5, dof: 4.0 },
            Distribution::Rectangular { half_width: 1.0 },
            Distribution::CurvilinearTrapezoid { half_width: 1.0, inexactness: 0.3 },
            Distribution::Triangular { half_width: 1.5 },
            Distribution::Trapezoidal { half_width: 1.5, shape: 0.4 },
            Distribution::Arcsine { half_width: 1.0 },
            Distribution::Exponential { mean: 0.8 },
            Distribution::Gamma { shape: 2.5, scale: 0.4 },
            Distribution::Histogram { edges: [-1.0, 0.25, 1.0].into(), weights: [3.0, 5.0].into() },
        ]
    }

    #[test]
    fn tails_make_one_and_fall() {
        for distribution in all() {
            let places = (-60..=60).map(|step| f64::from(step) * 0.05);
            let tails: Vec<f64> = places.clone().map(|x| distribution.probability_above(x)).collect();
            assert!(tails.windows(2).all(|pair| pair[0] >= pair[1]), "{distribution:?}");
            for (x, above) in places.zip(tails) {
                let below = distribution.probability_below(x);
                assert!((above + below - 1.0).abs() < 1e-14, "{distribution:?} at {x}: {below} and {above}");
            }
        }
    }

    /// Var X = ∫ 2x P(X > x) dx + ∫ 2x P(X < −x) dx − mean², by the trapezoidal rule on a fine grid.
    #[test]
    fn tails_have_the_standard_deviation_of_the_distribution() {
        for distribution in all().into_iter().filter(|distribution| distribution.word() != "t") {
            let step = 1e-3;
            let both = |x: f64| distribution.probability_above(x) + distribution.probability_below(-x);
            let odd = |x: f64| distribution.probability_above(x) - distribution.probability_below(-x);
            let places = || (0..30_000).map(|place| (f64::from(place) + 0.5) * step);
            let square: f64 = places().map(|x| 2.0 * x * both(x) * step).sum();
            let mean: f64 = places().map(|x| odd(x) * step).sum();
            near((square - mean * mean).sqrt(), distribution.standard_deviation(), 1e-5);
        }
    }

    #[test]
    fn a_constant_is_neither_above_nor_below_itself() {
        for distribution in [Distribution::Constant, Distribution::Normal { standard_deviation: 0.0 }] {
            assert_eq!(distribution.probability_above(0.0) + distribution.probability_below(0.0), 0.0);
            assert_eq!((distribution.probability_above(-1.0), distribution.probability_below(-1.0)), (1.0, 0.0));
        }
    }
}
