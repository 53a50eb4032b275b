//! The variance τ² between laboratories beyond what they state, in three ways.

use super::{Comparison, Weighted};
use crate::probability::turn;

/// How many places of τ² are looked at before the best is refined.
const PLACES: i32 = 128;

/// τ² of DerSimonian and Laird: (Q − (n − 1))/(Σw − Σw²/Σw) with w = 1/u², at least 0.
pub(super) fn der_simonian_laird(comparison: &Comparison) -> f64 {
    let variances = comparison.variances();
    let q = Weighted::of(comparison.values(), &variances).chi_squared;
    let sum: f64 = variances.iter().map(|variance| variance.recip()).sum();
    let squares: f64 = variances.iter().map(|variance| variance.recip().powi(2)).sum();
    ((q - (comparison.len() - 1) as f64) / (sum - squares / sum)).max(0.0)
}

/// τ² of Mandel and Paule: where Σ(x − μ)²/(u² + τ²) = n − 1, else 0.
pub(super) fn mandel_paule(comparison: &Comparison) -> f64 {
    let dof = (comparison.len() - 1) as f64;
    let enough = |variance: f64| Effects::of(comparison, variance).weighted.chi_squared <= dof;
    // At the variance of the values themselves the sum is n − 1 at most.
    let most = spread(comparison) / dof;
    if enough(0.0) { 0.0 } else { turn(0.0, most * (1.0 + 1e-12), enough) }
}

/// τ² of restricted maximum likelihood: the highest maximum of
/// −½ (Σ ln(u² + τ²) + ln Σw + Σw(x − μ)²), looked for on a grid and refined where the derivative vanishes.
pub(crate) fn restricted_likelihood(comparison: &Comparison) -> f64 {
    let most = spread(comparison).max(f64::MIN_POSITIVE);
    let least = comparison.variances().into_iter().fold(most, f64::min) * 1e-8;
    let place =
        |n: i32| if n == 0 { 0.0 } else { least * (most / least).powf(f64::from(n - 1) / f64::from(PLACES - 1)) };
    let likelihood = |n: i32| Effects::of(comparison, place(n)).likelihood();
    let ranked = (0..=PLACES).map(|n| (n, likelihood(n)));
    let (best, _) = ranked.fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best });
    let falling = |variance: f64| Effects::of(comparison, variance).slope() <= 0.0;
    if falling(place((best - 1).max(0))) {
        0.0
    } else {
        turn(place((best - 1).max(0)), place((best + 1).min(PLACES)), falling)
    }
}

/// Σ(x − x̄)².
fn spread(comparison: &Comparison) -> f64 {
    let even = vec![1.0; comparison.len()];
    Weighted::of(comparison.values(), &even).chi_squared
}

/// Laboratories with a given τ².
struct Effects<'a> {
    comparison: &'a Comparison,
    variances: Vec<f64>,
    weighted: Weighted,
}

impl<'a> Effects<'a> {
    fn of(comparison: &'a Comparison, variance: f64) -> Self {
        let variances: Vec<f64> = comparison.uncertainties().iter().map(|u| u * u + variance).collect();
        let weighted = Weighted::of(comparison.values(), &variances);
        Self { comparison, variances, weighted }
    }

    /// The logarithm of the restricted likelihood, less a constant.
    fn likelihood(&self) -> f64 {
        let logarithms: f64 = self.variances.iter().map(|variance| variance.ln()).sum();
        -0.5 * (logarithms - 2.0 * self.weighted.u.ln() + self.weighted.chi_squared)
    }

    /// Twice its derivative: Σw²(x − μ)² − Σw + Σw²/Σw.
    fn slope(&self) -> f64 {
        let pairs = || self.variances.iter().map(|variance| variance.recip()).zip(self.comparison.values());
        let residuals: f64 = pairs().map(|(w, x)| (w * (x - self.weighted.value)).powi(2)).sum();
        let (sum, squares) = pairs().fold((0.0, 0.0), |(sum, squares), (w, _)| (sum + w, squares + w * w));
        residuals - sum + squares / sum
    }
}

/// The logarithm of the likelihood of τ, μ being integrated over, with the mean and the standard deviation of μ given τ.
pub(super) fn given(comparison: &Comparison, tau: f64) -> (f64, f64, f64) {
    let effects = Effects::of(comparison, tau * tau);
    (effects.likelihood(), effects.weighted.value, effects.weighted.u)
}
