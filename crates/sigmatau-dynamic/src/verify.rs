//! A seeded Monte Carlo check of any linear result: where does propagation to first order fail?
//!
//! The law of propagation of uncertainty (GUM, clause 5) takes a function as linear. Draws of what goes in, put
//! through the function itself, show where that is not so (JCGM 101): the mean moves (bias), the spread differs, the
//! shape is not Gaussian. Every trial has random numbers of its own, keyed by seed and trial; moments run in blocks
//! that are merged in their order. So the result is the same for any number of threads, and memory is that of a few
//! dozen results.
//!
//! What lives here: [`verify`] and what it reports. What never does: the functions that are checked.

mod moments;

#[cfg(test)]
mod tests;

use moments::Moments;
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::Gaussian;
use statrs::distribution::{ContinuousCDF, Normal};

/// Blocks of trials, each with moments of its own until they are merged.
const BLOCKS: u64 = 32;

/// The chance that a linear result with Gaussian errors is reported at any of its points.
const FALSE_ALARM: f64 = 0.01;

/// How many points a finding names.
const NAMED: usize = 8;

/// How a check is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// The key of the random numbers, which belongs in the record.
    pub seed: u64,
    /// The number of trials, at least 100.
    pub trials: u64,
    /// By how many standard uncertainties the mean may differ from the linear result.
    pub bias: f64,
    /// By which part the standard deviation may differ from the standard uncertainty.
    pub spread: f64,
    /// How large the skewness may be.
    pub skewness: f64,
    /// How large the excess kurtosis may be, on either side.
    pub kurtosis: f64,
}

impl Default for Check {
    /// 2000 trials; a bias of 0.2 u changes a 95 % coverage by 0.5 %, a spread of 0.1 u by 2 %.
    fn default() -> Self {
        Self { seed: 1, trials: 2000, bias: 0.2, spread: 0.1, skewness: 0.5, kurtosis: 1.0 }
    }
}

/// A number of a linear result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// The value.
    pub value: f64,
    /// Its standard uncertainty.
    pub u: f64,
}

/// What the trials say of one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// What was claimed.
    pub claim: Claim,
    /// The mean of the trials.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// Their skewness.
    pub skewness: f64,
    /// Their excess kurtosis.
    pub kurtosis: f64,
    /// What differs by more than is allowed and by more than chance makes likely.
    pub failed: Failure,
}

/// The ways in which a linear result fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The mean differs.
    pub bias: bool,
    /// The standard deviation differs.
    pub spread: bool,
    /// Skewness or kurtosis are not those of a Gaussian.
    pub shape: bool,
}

/// What the trials say of every number of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// How it was checked.
    pub check: Check,
    /// One for each number.
    pub verdicts: Vec<Verdict>,
    /// Trials whose draw has no result, as of a filter that is unstable; the verdicts are about the others.
    pub unstable: u64,
}

/// Why a check was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There are too few trials to tell anything.
    #[error("verify a result: {0} trials are too few; take at least 100")]
    Trials(u64),
    /// A trial gives another number of values than the result has.
    #[error("verify a result: a trial gives {found} values, the result has {expected}")]
    Values {
        /// The values of the result.
        expected: usize,
        /// The values of the trial.
        found: usize,
    },
}

/// Puts random inputs through a function and compares its results with those of linear propagation.
///
/// `trial` draws its inputs from the numbers that it is given, for example with [`crate::covariance::Sampler`], and
/// returns what the function makes of them, in the order of `claims`, or nothing where that runs away. Takes `trials` calls and 40 bytes for each of
/// at most 32 blocks and each number.
///
/// # Errors
/// When there are fewer than 100 trials, or the first gives another number of values than are claimed.
///
/// ```
/// use sigmatau_dynamic::verify::{Check, Claim, verify};
/// let claims = [Claim { value: 1.0, u: 0.3 }, Claim { value: 1.0, u: 0.6 }]; // x and, by first order, x²
/// let trial = |gaussian: &mut sigmatau_spectrum::Gaussian| {
///     let x = 1.0 + 0.3 * gaussian.draw();
///     Some(vec![x, x * x])
/// };
/// let found = verify(&claims, trial, Check::default())?;
/// assert!(!found.verdicts[0].failed.any() && found.verdicts[1].failed.shape);
/// assert!((found.verdicts[1].mean - 1.09).abs() < 0.06); // 1 + u²
/// # Ok::<(), sigmatau_dynamic::verify::VerifyError>(())
/// ```
pub fn verify(
    claims: &[Claim],
    trial: impl Fn(&mut Gaussian) -> Option<Vec<f64>> + Sync,
    check: Check,
) -> Result<Verification, VerifyError> {
    if check.trials < 100 {
        return Err(VerifyError::Trials(check.trials));
    }
    let expected = claims.len();
    let first = trial(&mut Gaussian::new(check.seed, 0)).map(|values| values.len());
    if let Some(found) = first.filter(|found| *found != expected) {
        return Err(VerifyError::Values { expected, found });
    }
    let Drawn { moments, unstable } = Drawn::all(claims, &trial, &check);
    let critical = critical(3 * claims.len(), FALSE_ALARM);
    let verdicts = claims.iter().zip(&moments).map(|(claim, moments)| verdict(*claim, moments, &check, critical));
    Ok(Verification { check, verdicts: verdicts.collect(), unstable })
}

/// What trials gave.
struct Drawn {
    /// Of each number, about its claim.
    moments: Vec<Moments>,
    unstable: u64,
}

impl Drawn {
    /// All trials, from blocks that do not depend on threads.
    fn all(claims: &[Claim], trial: &(impl Fn(&mut Gaussian) -> Option<Vec<f64>> + Sync), check: &Check) -> Self {
        let block = |number: u64| {
            let mut drawn = Self { moments: vec![Moments::default(); claims.len()], unstable: 0 };
            let [first, end] = [number, number + 1].map(|edge| edge * check.trials / BLOCKS);
            (first..end).for_each(|stream| drawn.push(claims, trial(&mut Gaussian::new(check.seed, stream))));
            drawn
        };
        let blocks: Vec<Self> = (0..BLOCKS).into_par_iter().map(block).collect();
        blocks.into_iter().reduce(Self::merged).expect("there are blocks")
    }

    fn push(&mut self, claims: &[Claim], found: Option<Vec<f64>>) {
        let Some(found) = found else {
            self.unstable += 1;
            return;
        };
        let apart = found.iter().zip(claims).map(|(value, claim)| value - claim.value);
        self.moments.iter_mut().zip(apart).for_each(|(moments, apart)| moments.push(apart));
    }

    fn merged(mut self, other: Self) -> Self {
        self.moments.iter_mut().zip(&other.moments).for_each(|(sum, block)| sum.merge(block));
        self.unstable += other.unstable;
        self
    }
}

/// How many standard errors chance makes as unlikely at any of `tests` as `chance`.
fn critical(tests: usize, chance: f64) -> f64 {
    let normal = Normal::new(0.0, 1.0).expect("it is the standard one");
    normal.inverse_cdf(1.0 - 0.5 * chance / tests.max(1) as f64)
}

fn verdict(claim: Claim, moments: &Moments, check: &Check, critical: f64) -> Verdict {
    let (n, deviation) = (moments.count(), moments.deviation());
    let (skewness, kurtosis) = (moments.skewness(), moments.kurtosis());
    let exceeds = |found: f64, allowed: f64, error: f64| found.is_nan() || found.abs() > allowed.max(critical * error);
    let spread_error = 0.5 * ((kurtosis + 2.0).max(0.0) / n).sqrt() * deviation;
    let failed = Failure {
        bias: exceeds(moments.mean(), check.bias * claim.u, deviation / n.sqrt()),
        spread: exceeds(deviation - claim.u, check.spread * claim.u, spread_error),
        shape: exceeds(skewness, check.skewness, (6.0 / n).sqrt())
            || exceeds(kurtosis, check.kurtosis, (24.0 / n).sqrt()),
    };
    Verdict { claim, mean: claim.value + moments.mean(), deviation, skewness, kurtosis, failed }
}

impl Failure {
    /// Whether there is any.
    pub fn any(self) -> bool {
        self.bias || self.spread || self.shape
    }
}

impl Verification {
    /// The numbers at which linear propagation fails.
    pub fn failed(&self) -> Vec<usize> {
        self.places(Failure::any)
    }

    /// One for each way in which it fails, with the points named, for a record.
    pub fn findings(&self) -> Vec<Finding> {
        let bias = self.finding(
            "linear-bias",
            |failed| failed.bias,
            |verdict| format!("the mean is off by {:.2} u", (verdict.mean - verdict.claim.value) / verdict.claim.u),
            "intervals about the stated values lie beside the truth",
        );
        let spread = self.finding(
            "linear-spread",
            |failed| failed.spread,
            |verdict| format!("the standard deviation is {:.2} u", verdict.deviation / verdict.claim.u),
            "intervals hold the truth less or more often than stated",
        );
        let shape = self.finding(
            "linear-shape",
            |failed| failed.shape,
            |verdict| format!("skewness {:.2}, excess kurtosis {:.2}", verdict.skewness, verdict.kurtosis),
            "coverage factors of the Gaussian do not hold",
        );
        [bias, spread, shape, self.ran_away()].into_iter().flatten().collect()
    }

    fn ran_away(&self) -> Option<Finding> {
        let (unstable, trials) = (self.unstable, self.check.trials);
        (unstable > 0).then(|| {
            Finding::new(
                Severity::Warning,
                "unstable",
                format!("{unstable} of {trials} draws from the uncertainties run away"),
                "what was measured may do so too, and the uncertainty holds for the others alone",
                "lower the uncertainty of the inputs; design a filter with more delay or of lower order",
            )
        })
    }

    fn places(&self, way: impl Fn(Failure) -> bool) -> Vec<usize> {
        self.verdicts.iter().enumerate().filter(|(_, verdict)| way(verdict.failed)).map(|(at, _)| at).collect()
    }

    fn finding(
        &self,
        code: &'static str,
        way: impl Fn(Failure) -> bool,
        tell: impl Fn(&Verdict) -> String,
        matters: &'static str,
    ) -> Option<Finding> {
        let places = self.places(way);
        let named: Vec<String> =
            places.iter().take(NAMED).map(|at| format!("{at} ({})", tell(&self.verdicts[*at]))).collect();
        let more = if places.len() > NAMED { ", …" } else { "" };
        let (failed, all, trials) = (places.len(), self.verdicts.len(), self.check.trials);
        let seen = format!("{failed} of {all} points differ in {trials} trials: {}{more}", named.join(", "));
        let advice = "take mean and standard deviation of the trials there, or lower the uncertainty of the inputs";
        (failed > 0).then(|| Finding::new(Severity::Warning, code, seen, matters, advice))
    }
}
