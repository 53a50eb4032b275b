//! The Monte Carlo check of a filtered signal: does the propagated uncertainty hold?

use super::noise::after;
use super::{Filter, FilterError, Start};
use crate::covariance::{Covariance, Sampler, Variance};
use crate::verify::{Check, Claim, Verification};
use sigmatau_spectrum::Gaussian;

/// Simulates the errors of signal and coefficients, and compares with [`Filter::apply`] point by point; filters that
/// are drawn unstable have no result. Takes the memory of a few dozen signals.
///
/// # Errors
/// As [`Filter::apply`], when the errors are no covariance, or the check is refused.
pub fn verify<F: Filter>(
    filter: &F,
    signal: &[f64],
    errors: &Covariance,
    start: Start,
    check: Check,
) -> Result<Verification, FilterError> {
    let propagated = filter.apply(signal, errors, start)?;
    let claim = |(value, variance): (&f64, &Variance)| Claim { value: *value, u: variance.0.sqrt() };
    let claims: Vec<Claim> = propagated.values.iter().zip(&propagated.variances).map(claim).collect();
    let before = if start == Start::Rest { 0 } else { filter.memory() };
    let record = after(start.level(), before, signal);
    let sampler = Sampler::new(&lengthened(errors, before))?;
    let trial = |gaussian: &mut Gaussian| {
        let drawn = filter.drawn(gaussian)?;
        let errors = sampler.draw(gaussian);
        let mut noisy = record.clone();
        let first = noisy.len() - errors.len();
        noisy[first..].iter_mut().zip(errors).for_each(|(value, error)| *value += error);
        Some(drawn.values(&noisy, start).split_off(before))
    };
    Ok(crate::verify::verify(&claims, trial, check)?)
}

/// The errors with those of `before` points before the record, as [`Start::Settled`] has them.
fn lengthened(errors: &Covariance, before: usize) -> Covariance {
    match errors.clone() {
        Covariance::White { variance, length } => Covariance::White { variance, length: length + before },
        Covariance::Stationary { autocovariance, length } => {
            Covariance::Stationary { autocovariance, length: length + before }
        }
        Covariance::Independent(variances) => {
            let first = variances.first().copied().unwrap_or(Variance(0.0));
            Covariance::Independent([vec![first; before], variances].concat())
        }
        pointwise => pointwise,
    }
}
