//! Scores of laboratories in a comparison, and what has to hold of its items: homogeneity, stability, consistency.
//!
//! Where the laboratory and the reference share a standard, the covariance belongs in the score: without it E_n and ζ are
//! too small, and everything passes.
//!
//! Reference: ISO 13528; ISO Guide 35; ISO 5725-2.

use crate::tail::Law;

mod consistency;
mod homogeneity;
mod youden;

pub use consistency::{Consistency, consistency, critical_h, critical_k};
pub use homogeneity::{Homogeneity, Trend, homogeneity, shift_is_small, trend};
pub use youden::{Pair, Youden, youden};

/// What a score says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Performance {
    /// |z| ≤ 2, |E_n| ≤ 1.
    Satisfactory,
    /// 2 < |z| < 3.
    Questionable,
    /// |z| ≥ 3, |E_n| > 1.
    Unsatisfactory,
}

impl Performance {
    /// Of z, z′ and ζ: 2 and 3 are the limits.
    pub fn of_z(score: f64) -> Self {
        match score.abs() {
            size if size <= 2.0 => Self::Satisfactory,
            size if size < 3.0 => Self::Questionable,
            _ => Self::Unsatisfactory,
        }
    }

    /// Of E_n: 1 is the limit.
    pub fn of_e_n(score: f64) -> Self {
        if score.abs() <= 1.0 { Self::Satisfactory } else { Self::Unsatisfactory }
    }
}

/// A result or an assigned value as scores see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stated {
    /// The value.
    pub value: f64,
    /// Its standard uncertainty.
    pub u: f64,
    /// The coverage factor of its expanded uncertainty.
    pub k: f64,
}

/// The difference in per cent of the assigned value: D% = 100 (x − x_pt)/x_pt.
pub fn difference_in_percent(value: f64, assigned: f64) -> f64 {
    100.0 * (value - assigned) / assigned
}

/// z = (x − x_pt)/σ_pt.
pub fn z(value: f64, assigned: f64, sigma: f64) -> f64 {
    (value - assigned) / sigma
}

/// z′ = (x − x_pt)/√(σ_pt² + u_pt²): for an assigned value with u_pt ≥ 0.3 σ_pt.
pub fn z_prime(value: f64, assigned: &Stated, sigma: f64) -> f64 {
    (value - assigned.value) / sigma.hypot(assigned.u)
}

/// Whether the uncertainty of the assigned value may be left out of scores: u_pt < 0.3 σ_pt.
pub fn assigned_is_sure(assigned_u: f64, sigma: f64) -> bool {
    assigned_u < 0.3 * sigma
}

/// ζ = (x − x_pt)/√(u_x² + u_pt² − 2 u(x, x_pt)).
///
/// ```
/// use sigmatau_uncertainty::score::{Stated, zeta};
/// let [result, assigned] = [(10.5, 0.3), (10.0, 0.4)].map(|(value, u)| Stated { value, u, k: 2.0 });
/// assert!((zeta(&result, &assigned, 0.0) - 1.0).abs() < 1e-15);
/// assert!((zeta(&result, &assigned, 0.08) - 0.5 / 0.3).abs() < 1e-14);
/// ```
pub fn zeta(result: &Stated, assigned: &Stated, covariance: f64) -> f64 {
    (result.value - assigned.value) / (result.u.powi(2) + assigned.u.powi(2) - 2.0 * covariance).sqrt()
}

/// E_n = (x − x_ref)/√(U_x² + U_ref² − 2 k_x k_ref u(x, x_ref)) with U = k u.
pub fn e_n(result: &Stated, reference: &Stated, covariance: f64) -> f64 {
    let expanded = |stated: &Stated| stated.k * stated.u;
    let shared = 2.0 * result.k * reference.k * covariance;
    (result.value - reference.value) / (expanded(result).powi(2) + expanded(reference).powi(2) - shared).sqrt()
}

/// The covariance of two results through the standards that both use: Σ c_x c_ref u², of each standard the two
/// sensitivities and its standard uncertainty.
pub fn shared_covariance(standards: &[(f64, f64, f64)]) -> f64 {
    standards.iter().map(|(of_one, of_other, u)| of_one * of_other * u * u).sum()
}

fn mean(values: &[f64]) -> f64 {
    values[0] + values.iter().map(|value| value - values[0]).sum::<f64>() / values.len() as f64
}

/// Σ(x − x̄)².
fn squares(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre).powi(2)).sum()
}

#[cfg(test)]
mod tests;
