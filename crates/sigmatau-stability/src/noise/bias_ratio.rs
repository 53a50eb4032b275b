//! Noise type from ratios of variances: B₁ of the standard to the Allan variance, R(n) of the
//! modified to the Allan variance.

use crate::kernel::{consecutive, modified};
use sigmatau_core::PhaseSeries;

/// Frequency averages below which the ratio B₁ is not trusted: its own scatter, about √(2/n), then
/// exceeds what separates white FM from phase noise. Stable32 stops between 8 and 12 as well.
pub const FEWEST_AVERAGES: usize = 10;

/// Returns the exponent α by B₁, and R(n) between the phase noises (NIST SP 1065, 5.5), or nothing
/// for fewer than ten frequency averages.
pub fn bias_ratio_exponent(phase: &PhaseSeries<'_>, m: usize) -> Option<i8> {
    let averages = averages(phase, m);
    if averages.len() < FEWEST_AVERAGES {
        return None;
    }
    let allan = allan_variance(phase, m)?;
    let ratio = variance(&averages) / allan;
    let alpha = nearest_by_ratio(ratio, &[-2, -1, 0, 2], |alpha| b1(averages.len() as f64, alpha))?;
    if alpha < 2 || m == 1 {
        return Some(alpha);
    }
    nearest_by_ratio(modified_variance(phase, m)? / allan, &[2, 1], |alpha| r(m as f64, alpha))
}

/// The candidate whose expected ratio is nearest to the measured one on a logarithmic scale.
fn nearest_by_ratio(ratio: f64, candidates: &[i8], expected: impl Fn(i8) -> f64) -> Option<i8> {
    let distance = |alpha: &i8| (ratio / expected(*alpha)).ln().abs();
    let measurable = ratio.is_finite() && ratio > 0.0;
    measurable.then(|| candidates.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b))))?
}

/// The ratio B₁ of the standard variance of `n` averages to the Allan variance (NIST SP 1065, 5.6):
/// n(1 − n^μ) / (2(n − 1)(1 − 2^μ)) with σ_y²(τ) ∝ τ^μ.
///
/// ```
/// assert_eq!(sigmatau_stability::noise::b1(100.0, 0), 1.0);
/// ```
pub fn b1(n: f64, alpha: i8) -> f64 {
    match alpha {
        -1 => n * n.ln() / (2.0 * (n - 1.0) * std::f64::consts::LN_2),
        _ => {
            let mu: f64 = if alpha >= 1 { -2.0 } else { f64::from(-alpha) - 1.0 };
            n * (1.0 - n.powf(mu)) / (2.0 * (n - 1.0) * (1.0 - 2f64.powf(mu)))
        }
    }
}

/// The ratio R(n) of the modified to the Allan variance at averaging factor `n` for white phase noise
/// (1/n) and flicker phase noise (with the measurement bandwidth 1/(2τ₀)).
pub fn r(n: f64, alpha: i8) -> f64 {
    match alpha {
        2 => 1.0 / n,
        _ => 1.5 * (256.0_f64 / 27.0).ln() / (1.038 + 3.0 * (std::f64::consts::PI * n).ln()),
    }
}

fn averages(phase: &PhaseSeries<'_>, m: usize) -> Vec<f64> {
    let x: Vec<f64> = phase.values().iter().step_by(m).copied().collect();
    x.windows(2).map(|pair| pair[1] - pair[0]).filter(|y| !y.is_nan()).collect()
}

fn variance(y: &[f64]) -> f64 {
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    y.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / (y.len() as f64 - 1.0)
}

fn allan_variance(phase: &PhaseSeries<'_>, m: usize) -> Option<f64> {
    let terms = consecutive::second_differences(phase, &[m])[0];
    terms.mean_square().map(|mean_square| 0.5 * mean_square)
}

fn modified_variance(phase: &PhaseSeries<'_>, m: usize) -> Option<f64> {
    let terms = modified::second_differences_of_averages(phase, &[m])[0];
    terms.mean_square().map(|mean_square| 0.5 * mean_square / (m * m) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::tests::suite;

    #[test]
    fn bias_ratios_of_the_suite_are_the_published_ones() {
        // NIST SP 1065, table 32: B1 = 0.870, R(n) = 0.384 at m = 10.
        let x = suite();
        let phase = PhaseSeries::new(&x, 1.0).unwrap();
        let allan = allan_variance(&phase, 10).unwrap();
        assert!((variance(&averages(&phase, 10)) / allan - 0.870).abs() < 5e-4);
        assert!((modified_variance(&phase, 10).unwrap() / allan - 0.384).abs() < 5e-4);
    }
}
