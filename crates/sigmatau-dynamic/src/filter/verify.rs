//! The Monte Carlo check of a filtered signal (JCGM 101): does the propagated uncertainty hold?

use super::draw::Draws;
use super::noise::after;
use super::{Filter, FilterError, Filtered, Start};
use crate::covariance::{Covariance, StandardUncertainty, Variance};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::Gaussian;

/// Trials are shared among so many sums, whatever the number of threads.
const SUMS: usize = 8;

/// Standard errors of the simulation that count as chance.
const CHANCE: f64 = 4.0;

/// How a result is simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulation {
    /// How often signal and coefficients are drawn.
    pub trials: usize,
    /// The seed; trial k draws from its stream k.
    pub seed: u64,
    /// The largest difference that does not matter, as a share of the standard uncertainty.
    pub tolerance: f64,
}

impl Default for Simulation {
    /// 1000 trials, and one tenth of the standard uncertainty.
    fn default() -> Self {
        Self { trials: 1000, seed: 1, tolerance: 0.1 }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// The propagated result that was checked.
    pub propagated: Filtered,
    /// The mean of each point over the trials.
    pub mean: Vec<f64>,
    /// Its standard deviation over the trials.
    pub uncertainty: Vec<StandardUncertainty>,
    /// Trials whose filter was stable, which are in the mean.
    pub stable: usize,
    /// Trials whose filter was unstable.
    pub unstable: usize,
    /// The points where the propagated value or uncertainty does not hold.
    pub failures: Vec<usize>,
    /// The same in words.
    pub findings: Vec<Finding>,
}

/// Simulates the errors of signal and coefficients, and compares with [`Filter::apply`] point by point.
///
/// A point fails where mean and value, or both standard uncertainties, differ by more than the tolerance and four
/// standard errors of the simulation, u/√T and u/√(2T) of T trials; all fail where fewer than two trials are
/// stable. Memory is O(N), and the result does not depend on the number of threads.
///
/// # Errors
/// As [`Filter::apply`], and when the errors are no covariance.
pub fn verify<F: Filter>(
    filter: &F,
    signal: &[f64],
    errors: &Covariance,
    start: Start,
    simulation: &Simulation,
) -> Result<Verification, FilterError> {
    let propagated = filter.apply(signal, errors, start)?;
    let record = Record::new(filter, signal, errors, start)?;
    let sums: Vec<Moments> = (0..SUMS).into_par_iter().map(|sum| record.trials(filter, sum, simulation)).collect();
    let drawn = sums.into_iter().reduce(Moments::merge).expect("there is a sum");
    Ok(drawn.judge(propagated, simulation))
}

/// What trials have in common.
struct Record {
    /// The signal, with what was before it.
    signal: Vec<f64>,
    /// How much of it was before.
    before: usize,
    /// The errors of its last points.
    errors: Draws,
    start: Start,
}

impl Record {
    fn new<F: Filter>(filter: &F, signal: &[f64], errors: &Covariance, start: Start) -> Result<Self, FilterError> {
        let before = if start == Start::Rest { 0 } else { filter.memory() };
        let errors = Draws::new(&lengthened(errors, before))?;
        Ok(Self { signal: after(start.level(), before, signal), before, errors, start })
    }

    /// Every [`SUMS`]-th trial, from `first` on.
    fn trials<F: Filter>(&self, filter: &F, first: usize, simulation: &Simulation) -> Moments {
        let mut moments = Moments::new(self.signal.len() - self.before);
        for trial in (first..simulation.trials).step_by(SUMS) {
            let mut gaussian = Gaussian::new(simulation.seed, trial as u64);
            match filter.drawn(&mut gaussian) {
                Some(drawn) => moments.add(&self.trial(&drawn, &mut gaussian)),
                None => moments.unstable += 1,
            }
        }
        moments
    }

    fn trial<F: Filter>(&self, filter: &F, gaussian: &mut Gaussian) -> Vec<f64> {
        let errors = self.errors.draw(gaussian);
        let mut signal = self.signal.clone();
        let first = signal.len() - errors.len();
        signal[first..].iter_mut().zip(errors).for_each(|(x, error)| *x += error);
        filter.values(&signal, self.start).split_off(self.before)
    }
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

/// Running means and sums of squares (Welford; merged as Chan, Golub and LeVeque do).
struct Moments {
    stable: usize,
    unstable: usize,
    mean: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    fn new(points: usize) -> Self {
        Self { stable: 0, unstable: 0, mean: vec![0.0; points], squares: vec![0.0; points] }
    }

    fn add(&mut self, values: &[f64]) {
        self.stable += 1;
        let share = 1.0 / self.stable as f64;
        for ((mean, squares), value) in self.mean.iter_mut().zip(&mut self.squares).zip(values) {
            let from_old = value - *mean;
            *mean += share * from_old;
            *squares += from_old * (value - *mean);
        }
    }

    fn merge(mut self, other: Self) -> Self {
        let (own, others) = (self.stable as f64, other.stable as f64);
        let total = (own + others).max(1.0);
        for (n, (mean, squares)) in other.mean.iter().zip(&other.squares).enumerate() {
            let apart = mean - self.mean[n];
            self.mean[n] += apart * others / total;
            self.squares[n] += squares + apart * apart * own * others / total;
        }
        self.stable += other.stable;
        self.unstable += other.unstable;
        self
    }

    fn judge(self, propagated: Filtered, simulation: &Simulation) -> Verification {
        let trials = self.stable as f64;
        let deviation = |squares: &f64| StandardUncertainty((squares / (trials - 1.0)).sqrt());
        let uncertainty: Vec<StandardUncertainty> = self.squares.iter().map(deviation).collect();
        let holds = |n: usize| {
            let (found, stated) = (uncertainty[n].0, propagated.variances[n].0.sqrt());
            let near =
                |difference: f64, chance: f64| difference.abs() <= simulation.tolerance * stated + CHANCE * chance;
            near(self.mean[n] - propagated.values[n], found / trials.sqrt())
                && near(found - stated, found / (2.0 * trials).sqrt())
        };
        let failures: Vec<usize> = (0..self.mean.len()).filter(|n| !holds(*n)).collect();
        let findings = findings(&failures, self.unstable, simulation.trials);
        let Self { stable, unstable, mean, .. } = self;
        Verification { propagated, mean, uncertainty, stable, unstable, failures, findings }
    }
}

fn findings(failures: &[usize], unstable: usize, trials: usize) -> Vec<Finding> {
    let fails = || {
        Finding::new(
            Severity::Warning,
            "not-linear",
            format!(
                "the propagated result differs from {trials} trials at {} points: {}",
                failures.len(),
                runs(failures)
            ),
            "the coefficients are too uncertain for first order there",
            "take mean and uncertainty from the trials, or a calibration with less uncertainty",
        )
    };
    let runs_away = || {
        Finding::new(
            Severity::Warning,
            "unstable",
            format!("{unstable} of {trials} filters drawn from the uncertainty of the coefficients are unstable"),
            "the filter may be so too, and the uncertainty holds for the stable ones alone",
            "a design with more delay or of lower order",
        )
    };
    let linear = (!failures.is_empty()).then(fails);
    linear.into_iter().chain((unstable > 0).then(runs_away)).collect()
}

/// Points as runs, the first five of them: `3, 7–9, …`.
fn runs(points: &[usize]) -> String {
    let runs: Vec<&[usize]> = points.chunk_by(|one, next| one + 1 == *next).collect();
    let word = |run: &&[usize]| match run {
        [only] => only.to_string(),
        run => format!("{}–{}", run[0], run[run.len() - 1]),
    };
    let words: Vec<String> = runs.iter().take(5).map(word).collect();
    words.join(", ") + if runs.len() > 5 { ", …" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_points_are_named_in_runs() {
        assert_eq!(runs(&[3, 7, 8, 9]), "3, 7–9");
        assert_eq!(runs(&[1, 3, 5, 7, 9, 11]), "1, 3, 5, 7, 9, …");
    }
}
