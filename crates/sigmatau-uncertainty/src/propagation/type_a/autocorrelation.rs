//! Indications that depend on the ones before.

use super::Repeated;

/// The mean of evenly spaced indications of a stationary quantity that are correlated with each other:
///
/// u² = s²/n · r/(1 − (r − 1)/(n − 1)) with r = 1 + 2 Σ (1 − k/n) ρₖ over the lags k = 1 … K,
///
/// the denominator undoing by how much correlation makes s² too small. The sum ends before the first lag whose estimated
/// coefficient lies within twice its own standard deviation √((1 + 2 Σ ρⱼ²)/n), the sum over the lags before. The degrees of
/// freedom are those of n/(1 + 2 Σ (1 − k/n) ρₖ²) independent indications, less one. `None` for fewer than two.
///
/// Coefficients estimated from few indications are too small, and so is u then: the record has to be some fifty times as long
/// as the correlation lasts for its intervals to hold what they claim. Time O(n K).
///
/// Reference: N. F. Zhang, Calculation of the uncertainty of the mean of autocorrelated measurements, Metrologia 43 (2006)
/// S276–S281; G. V. Bayley, J. M. Hammersley, The "effective" number of independent observations in an autocorrelated time
/// series, J. R. Stat. Soc. Suppl. 8 (1946) 184–197.
pub fn autocorrelated(indications: &[f64]) -> Option<Repeated> {
    let plain = Repeated::of(indications)?;
    let n = plain.count as f64;
    let coefficients = coefficients(indications, plain.mean);
    let weighted = |power: i32| {
        let term = |(k, rho): (usize, &f64)| (1.0 - (k + 1) as f64 / n) * rho.powi(power);
        1.0 + 2.0 * coefficients.iter().enumerate().map(term).sum::<f64>()
    };
    // Never below what n indications could at best be worth, were they to alternate.
    let ratio = weighted(1).max(1.0 / n);
    let variance = plain.standard_uncertainty.powi(2) * ratio / (1.0 - (ratio - 1.0) / (n - 1.0)).max(1.0 / n);
    let dof = (n / weighted(2) - 1.0).max(f64::MIN_POSITIVE);
    Some(Repeated { standard_uncertainty: variance.sqrt(), dof, ..plain })
}

/// The coefficients of autocorrelation from lag 1 up to the last that differs from 0.
fn coefficients(indications: &[f64], mean: f64) -> Vec<f64> {
    let n = indications.len();
    let product = |lag: usize| {
        let pairs = indications.iter().zip(&indications[lag..]);
        pairs.map(|(earlier, later)| (earlier - mean) * (later - mean)).sum::<f64>()
    };
    let (squares, mut found) = (product(0), Vec::new());
    let mut spread = 1.0;
    for rho in (1..n / 2).map(|lag| product(lag) / squares) {
        let stands_out = rho.abs() > 2.0 * f64::sqrt(spread / n as f64);
        if !stands_out {
            break;
        }
        spread += 2.0 * rho * rho;
        found.push(rho);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uniform numbers of a small generator.
    fn noise(count: usize) -> Vec<f64> {
        let mut n: u64 = 88_172_645_463_325_252;
        let mut uniform = || {
            n ^= n << 13;
            n ^= n >> 7;
            n ^= n << 17;
            (n >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..count).map(|_| uniform()).collect()
    }

    #[test]
    fn independent_indications_are_left_alone() {
        let indications = [5.007, 4.994, 5.005, 4.990, 4.999];
        let (plain, adjusted) = (Repeated::of(&indications).unwrap(), autocorrelated(&indications).unwrap());
        assert!((adjusted.standard_uncertainty / plain.standard_uncertainty - 1.0).abs() < 1e-15);
        assert_eq!(adjusted.dof, plain.dof);
    }

    #[test]
    fn repeating_each_indication_adds_nothing() {
        let once = noise(400);
        let often: Vec<f64> = once.iter().flat_map(|x| [*x; 5]).collect();
        let (plain, adjusted) = (Repeated::of(&once).unwrap(), autocorrelated(&often).unwrap());
        let ratio = adjusted.standard_uncertainty / plain.standard_uncertainty;
        assert!((ratio - 1.0).abs() < 0.1, "{ratio}");
        assert!(Repeated::of(&often).unwrap().standard_uncertainty < 0.5 * plain.standard_uncertainty);
    }

    #[test]
    fn a_constant_is_known_exactly() {
        assert_eq!(autocorrelated(&[3.0; 9]).unwrap().standard_uncertainty, 0.0);
        assert_eq!(autocorrelated(&[3.0]), None);
    }
}
