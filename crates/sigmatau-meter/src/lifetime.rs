//! How long meters live: from records with meters that still work, and meters that were seen from some age on only, to
//! what will fail in the next years.
//!
//! Early failures hide wear: one Weibull distribution put through both reads a small shape and promises too few failures.
//! [`Fit::with_early`] therefore gives the early ones a part of their own.
//!
//! What is *optimal* to replace is a matter of costs: [`Weibull::optimal_age`], [`Fit::ranking`].

use nalgebra::{DMatrix, DVector};

mod forecast;
mod law;
mod maximum;

pub use forecast::Forecast;
pub use law::{Early, Law, Weibull};

/// What is known of the life of one meter, or of several that share it. Ages are in years since it was installed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Life {
    /// The age from which on it was observed: had it failed before, it would not be in the record. 0 where it was from new.
    pub from: f64,
    /// The age at which it failed, or up to which it worked.
    pub until: f64,
    /// Whether it failed then.
    pub failed: bool,
    /// How many meters share this life.
    pub meters: f64,
}

/// A distribution of lives fitted to a record by maximum likelihood.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The distribution.
    pub law: Law,
    /// The covariance of its parameters as [`Law::parameters`] has them: the inverse of the observed information.
    pub covariance: DMatrix<f64>,
    /// The logarithm of the likelihood.
    pub log_likelihood: f64,
}

/// Why no distribution could be fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LifetimeError {
    /// A life is none.
    #[error("take life {row}, from {from} to {until} years: 0 ≤ from < until is needed, of a number of meters above 0")]
    Life {
        /// Its place in the record, from 0.
        row: usize,
        /// Where it begins.
        from: f64,
        /// Where it ends.
        until: f64,
    },
    /// Too few meters failed.
    #[error(
        "fit lives with {failures} failures: at least {needed} at different ages are needed; take several lots together"
    )]
    Failures {
        /// How many failed.
        failures: f64,
        /// How many are needed.
        needed: usize,
    },
    /// The likelihood has no maximum that can be told from its surroundings.
    #[error(
        "fit {what}: the record does not tell its parameters apart; fit one Weibull distribution instead, or add lots"
    )]
    Flat {
        /// What was fitted.
        what: &'static str,
    },
}

impl Fit {
    /// One Weibull distribution, S(t) = exp(−(t/η)^β), its score equation solved by bisection.
    ///
    /// # Errors
    /// When a life is none, or fewer than two meters failed.
    ///
    /// ```
    /// use sigmatau_meter::lifetime::{Fit, Life};
    /// let life = |until, failed, meters| Life { from: 0.0, until, failed, meters };
    /// let record = [life(2.0, true, 3.0), life(4.0, true, 5.0), life(6.0, true, 9.0), life(7.0, false, 400.0)];
    /// let fit = Fit::weibull(&record)?;
    /// assert!(fit.law.survival(7.0) > 0.95 && fit.law.wear.shape > 1.0);
    /// # Ok::<(), sigmatau_meter::lifetime::LifetimeError>(())
    /// ```
    pub fn weibull(record: &[Life]) -> Result<Self, LifetimeError> {
        checked(record, 2)?;
        let wear = maximum::weibull(record).ok_or(LifetimeError::Flat { what: "a Weibull distribution" })?;
        Self::at(record, Law { wear, early: None }).ok_or(LifetimeError::Flat { what: "a Weibull distribution" })
    }

    /// A Weibull distribution of wear beside a share π of meters that fail early with the mean life θ:
    /// S(t) = (1 − π) exp(−(t/η)^β) + π exp(−t/θ), by damped Newton steps from several starts.
    ///
    /// # Errors
    /// When a life is none, fewer than eight meters failed, or there is no sign of two parts.
    pub fn with_early(record: &[Life]) -> Result<Self, LifetimeError> {
        const WHAT: &str = "a Weibull distribution with early failures";
        checked(record, 8)?;
        let starts = maximum::starts(record);
        let found = starts.iter().filter_map(|start| maximum::newton(record, *start));
        let fits = found.filter_map(|law| Self::at(record, law));
        let best = fits.max_by(|one, other| one.log_likelihood.total_cmp(&other.log_likelihood));
        best.ok_or(LifetimeError::Flat { what: WHAT })
    }

    /// The fit of a law that is already the most likely one; nothing where the likelihood is flat there.
    fn at(record: &[Life], law: Law) -> Option<Self> {
        let parameters = law.parameters();
        let log_likelihood = law.log_likelihood(record);
        let covariance = maximum::information(record, &law, &parameters).cholesky()?.inverse();
        covariance.iter().all(|entry| entry.is_finite()).then_some(Self { law, covariance, log_likelihood })
    }

    /// Akaike's information, smaller for the better of two fits: 2 p − 2 ln L.
    pub fn aic(&self) -> f64 {
        2.0 * (self.covariance.nrows() as f64 - self.log_likelihood)
    }

    /// What a function of the law is, with its standard uncertainty by the law of propagation.
    fn propagated(&self, of: impl Fn(&Law) -> f64) -> (f64, f64) {
        let parameters = self.law.parameters();
        let gradient = maximum::gradient(&parameters, |parameters| of(&Law::from_parameters(parameters)));
        let variance = (gradient.transpose() * &self.covariance * &gradient)[(0, 0)];
        (of(&self.law), variance.max(0.0).sqrt())
    }
}

fn checked(record: &[Life], needed: usize) -> Result<(), LifetimeError> {
    let is_life =
        |life: &Life| life.from >= 0.0 && life.from < life.until && life.until.is_finite() && life.meters > 0.0;
    if let Some(row) = record.iter().position(|life| !is_life(life)) {
        return Err(LifetimeError::Life { row, from: record[row].from, until: record[row].until });
    }
    let failed = || record.iter().filter(|life| life.failed);
    let failures = failed().fold(0.0, |sum, life| sum + life.meters);
    let at_one_age = failed().all(|life| Some(life.until) == failed().next().map(|first| first.until));
    match failures >= needed as f64 && !at_one_age {
        true => Ok(()),
        false => Err(LifetimeError::Failures { failures, needed }),
    }
}

/// The parameters of a law.
type Parameters = DVector<f64>;

#[cfg(test)]
mod tests;
