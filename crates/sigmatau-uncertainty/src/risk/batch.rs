//! A batch of measured items: what it tells of its own process, and with that of each item and of the decisions on it.

use super::Conformity;
use crate::Distribution;
use crate::consensus::{Comparison, restricted_likelihood};
use crate::rule::Limits;

/// A normal process as a batch tells of it: x_i ~ N(μ, τ² + u_i²).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// The mean μ of the process.
    pub mean: f64,
    /// The standard uncertainty of μ.
    pub mean_u: f64,
    /// The variance τ² of the process.
    pub variance: f64,
    /// The standard uncertainty of τ².
    pub variance_u: f64,
}

/// An expected number of items with its standard uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total {
    /// The expected number.
    pub expected: f64,
    /// The standard uncertainty: the chance of each item and the doubt of the prior together.
    pub u: f64,
}

/// What is said of a batch on which decisions were taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The process behind the batch.
    pub prior: Prior,
    /// Each item, its measured value taken together with the process.
    pub items: Vec<Conformity>,
    /// The items that conform.
    pub conforming: Total,
    /// The items that do not conform and were accepted.
    pub falsely_accepted: Total,
    /// The items that conform and were rejected.
    pub falsely_rejected: Total,
}

impl Prior {
    /// The process of measured items, by restricted maximum likelihood.
    ///
    /// u(μ)² = 1/Σw and u(τ²)² = 2/Σw² with w = 1/(u_i² + τ²).
    pub fn of(items: &Comparison) -> Self {
        let variance = restricted_likelihood(items);
        let weights = || items.uncertainties().iter().map(|u| 1.0 / (u * u + variance));
        let sum: f64 = weights().sum();
        let mean = weights().zip(items.values()).map(|(weight, value)| weight * value).sum::<f64>() / sum;
        let squares: f64 = weights().map(|weight| weight * weight).sum();
        Self { mean, mean_u: sum.sqrt().recip(), variance, variance_u: (2.0 / squares).sqrt() }
    }

    /// What is known of an item of the process once it was measured: its probabilities of conforming.
    ///
    /// The estimate is (τ² y + u² μ)/(τ² + u²), the variance τ² u²/(τ² + u²).
    ///
    /// Reference: JCGM 106:2012.
    pub fn conformity(&self, limits: &Limits, measured: f64, u: f64) -> Conformity {
        let (own, process) = (u * u, self.variance);
        let estimate = (process * measured + own * self.mean) / (process + own);
        let standard_deviation = (process * own / (process + own)).sqrt();
        Conformity::of(limits, estimate, &Distribution::Normal { standard_deviation })
    }
}

impl Batch {
    /// The items and the totals of a batch, given which of its items were accepted. O(n).
    ///
    /// # Panics
    /// When the decisions are not as many as the items.
    pub fn of(limits: &Limits, items: &Comparison, accepted: &[bool]) -> Self {
        assert_eq!(items.len(), accepted.len(), "a decision for each item");
        let prior = Prior::of(items);
        let chances = |prior: &Prior| -> Vec<Conformity> {
            let both = items.values().iter().zip(items.uncertainties());
            both.map(|(value, u)| prior.conformity(limits, *value, *u)).collect()
        };
        let shifted = prior.shifted().map(|pair| pair.map(|prior| chances(&prior)));
        let conformities = chances(&prior);
        let total = |of: &dyn Fn(&Conformity, bool) -> f64| total(&conformities, &shifted, accepted, of);
        Self {
            conforming: total(&|item, _| item.inside),
            falsely_accepted: total(&|item, accepted| if accepted { item.outside() } else { 0.0 }),
            falsely_rejected: total(&|item, accepted| if accepted { 0.0 } else { item.inside }),
            prior,
            items: conformities,
        }
    }
}

impl Prior {
    /// The prior with its mean, then with its variance, moved by one standard uncertainty either way.
    fn shifted(&self) -> [[Self; 2]; 2] {
        let mean = |sign: f64| Self { mean: self.mean + sign * self.mean_u, ..*self };
        let variance = |sign: f64| Self { variance: (self.variance + sign * self.variance_u).max(0.0), ..*self };
        [[mean(-1.0), mean(1.0)], [variance(-1.0), variance(1.0)]]
    }
}

/// Σ p with u² = Σ p(1 − p) + Σ (half the change of Σ p when the prior moves by ± one standard uncertainty)².
fn total(
    items: &[Conformity],
    shifted: &[[Vec<Conformity>; 2]; 2],
    accepted: &[bool],
    of: &dyn Fn(&Conformity, bool) -> f64,
) -> Total {
    let chances =
        |items: &[Conformity]| -> Vec<f64> { items.iter().zip(accepted).map(|(item, yes)| of(item, *yes)).collect() };
    let sum = |items: &[Conformity]| chances(items).iter().sum::<f64>();
    let chance: f64 = chances(items).iter().map(|p| p * (1.0 - p)).sum();
    let doubt: f64 = shifted.iter().map(|[less, more]| (0.5 * (sum(more) - sum(less))).powi(2)).sum();
    Total { expected: sum(items), u: (chance + doubt).sqrt() }
}
