//! Algorithm S: one standard deviation from those of many laboratories.

use super::median;
use crate::tail::Law;

/// The share of laboratories that the limit is expected to move.
const MOVED: f64 = 0.1;

/// The standard deviation, relative, at which it no longer moves.
const STILL: f64 = 1e-13;

/// The most repetitions.
const REPETITIONS: usize = 10_000;

/// The robust pooled value of standard deviations with ν degrees of freedom each, or of ranges of pairs with ν = 1
/// after division by √2: what is above η w* is moved to there, and w* = ξ √(Σw²/p), until nothing moves.
///
/// η² = χ²(0.9; ν)/ν and ξ² = 1/(P(χ²(ν + 2) < ν η²) + 0.1 η²), of which the standard prints three decimals for ν up to
/// 10. Nothing where there are no deviations or all are 0.
///
/// Reference: ISO 13528, annex C; ISO 5725-5.
///
/// ```
/// use sigmatau_uncertainty::robust::pooled_standard_deviation;
/// let alike = pooled_standard_deviation(&[0.2, 0.21, 0.19, 0.2], 2.0).unwrap();
/// let with_outlier = pooled_standard_deviation(&[0.2, 0.21, 0.19, 0.2, 9.0], 2.0).unwrap();
/// assert!(with_outlier < 1.4 * alike);
/// ```
pub fn pooled_standard_deviation(deviations: &[f64], dof: f64) -> Option<f64> {
    let (limit, factor) = constants(dof);
    let start = Some(deviations).filter(|deviations| !deviations.is_empty()).map(median)?;
    let mut last = if start > 0.0 { start } else { root_mean_square(deviations) };
    for _ in 0..REPETITIONS {
        let moved: Vec<f64> = deviations.iter().map(|deviation| deviation.min(limit * last)).collect();
        let next = factor * root_mean_square(&moved);
        let still = (next - last).abs() <= STILL * next;
        last = next;
        if still {
            break;
        }
    }
    (last > 0.0).then_some(last)
}

/// η and ξ.
pub(super) fn constants(dof: f64) -> (f64, f64) {
    let square = Law::ChiSquared { dof }.exceeded(MOVED) / dof;
    let below = Law::ChiSquared { dof: dof + 2.0 }.lower(dof * square);
    (square.sqrt(), (below + MOVED * square).sqrt().recip())
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
}
