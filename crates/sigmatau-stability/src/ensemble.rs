//! An ensemble time scale from several clocks, and each clock's deviation from it.
//!
//! The readings z_i are time errors of N clocks against one reference, on one grid. Only their differences
//! count: what the reference does is in all of them and drops out, so that any clock, or a sum of them, may
//! be the reference. One scale e is fixed by the condition that the clocks, each weighed by how well it can be
//! foretold, behave on average as they were expected to:
//!
//! e(t) = Σ w_i (z_i(t) − x̂_i(t)), Σ w_i = 1,
//!
//! x̂_i being the foretold time of clock i against the scale. A clock that is away has no weight; it returns
//! with the time that the scale finds it at, so that neither its going nor its coming moves the scale. Two
//! rules foretell and weigh: [`at1`] by filtered rates and errors, [`kalman`] by a state with process noise.

pub mod at1;
pub mod kalman;

use sigmatau_core::{Finding, PhaseSeries, Severity};

/// A time scale and its clocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ensemble {
    /// The scale against the reference at each point, in s; missing where no clock was read.
    pub scale: Vec<f64>,
    /// For each clock its reading less the scale, in s; missing where the clock is.
    pub deviations: Vec<Vec<f64>>,
    /// For each clock its weight at each point; they add up to 1 where there is a scale.
    pub weights: Vec<Vec<f64>>,
    /// What was unusual, about clocks by their place, counted from 0.
    pub findings: Vec<(usize, Finding)>,
}

/// Why clocks make no ensemble.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EnsembleError {
    /// There is no clock.
    #[error("make an ensemble: there is no clock")]
    Empty,
    /// A clock stands on another grid.
    #[error(
        "make an ensemble: clock {clock} has {points} points every {tau0} s, the first one has {expected} every {expected_tau0} s; put them on one grid"
    )]
    Grid {
        /// The place of the clock, counted from 0.
        clock: usize,
        /// Its points.
        points: usize,
        /// Its sampling interval in s.
        tau0: f64,
        /// The points of the first.
        expected: usize,
        /// The sampling interval of the first in s.
        expected_tau0: f64,
    },
    /// A number for each clock is missing.
    #[error("make an ensemble: {given} process noises are given for {clocks} clocks")]
    Processes {
        /// How many are given.
        given: usize,
        /// How many clocks there are.
        clocks: usize,
    },
}

/// Readings of clocks on one grid.
#[derive(Clone, Debug)]
pub(crate) struct Readings<'a> {
    clocks: Vec<&'a [f64]>,
    tau0: f64,
}

impl<'a> Readings<'a> {
    fn new(clocks: &[PhaseSeries<'a>]) -> Result<Self, EnsembleError> {
        let first = clocks.first().ok_or(EnsembleError::Empty)?;
        let (expected, expected_tau0) = (first.len(), first.tau0());
        for (clock, series) in clocks.iter().enumerate() {
            let (points, tau0) = (series.len(), series.tau0());
            if (points, tau0) != (expected, expected_tau0) {
                return Err(EnsembleError::Grid { clock, points, tau0, expected, expected_tau0 });
            }
        }
        Ok(Self { clocks: clocks.iter().map(PhaseSeries::values).collect(), tau0: expected_tau0 })
    }

    fn clocks(&self) -> usize {
        self.clocks.len()
    }

    fn points(&self) -> usize {
        self.clocks[0].len()
    }

    /// The readings of all clocks at one point.
    fn at(&self, point: usize) -> Vec<f64> {
        self.clocks.iter().map(|clock| clock[point]).collect()
    }

    /// The clocks' mean rates against the mean of all, each over the first and the last reading among the
    /// first `points` points at which no clock is missing; 0 where there are no two such points.
    fn first_rates(&self, points: usize) -> Vec<f64> {
        let whole = |point: &usize| self.clocks.iter().all(|clock| !clock[*point].is_nan());
        let range = 0..points.min(self.points());
        let (Some(from), Some(to)) = (range.clone().find(whole), range.rev().find(whole)) else {
            return vec![0.0; self.clocks()];
        };
        let span = to.saturating_sub(from).max(1) as f64 * self.tau0;
        let rates: Vec<f64> = self.clocks.iter().map(|clock| (clock[to] - clock[from]) / span).collect();
        less_mean(&rates)
    }
}

/// The numbers less the mean of those that are not missing.
fn less_mean(numbers: &[f64]) -> Vec<f64> {
    let present = || numbers.iter().filter(|number| !number.is_nan());
    let mean = present().sum::<f64>() / present().count().max(1) as f64;
    numbers.iter().map(|number| number - mean).collect()
}

/// The time errors against an arbitrary reference that pairwise differences x_i − x_j stand for, point by
/// point: a chain of differences leads from the first clock that has one to each other. A clock that no
/// chain reaches is missing there.
///
/// ```
/// use sigmatau_stability::ensemble::from_differences;
/// // Clock 2 was measured against clock 1, and clock 1 against clock 0.
/// let clocks = from_differences(3, &[(2, 1, &[5.0, f64::NAN]), (1, 0, &[1.0, 2.0])]);
/// assert_eq!((clocks[0][0], clocks[1][0], clocks[2][0]), (0.0, 1.0, 6.0));
/// assert!(clocks[1][1] == 2.0 && clocks[2][1].is_nan());
/// ```
pub fn from_differences(clocks: usize, differences: &[(usize, usize, &[f64])]) -> Vec<Vec<f64>> {
    let points = differences.iter().map(|(_, _, x)| x.len()).min().unwrap_or(0);
    let mut series = vec![vec![f64::NAN; points]; clocks];
    for point in 0..points {
        let edges: Vec<(usize, usize, f64)> = differences.iter().map(|(i, j, x)| (*i, *j, x[point])).collect();
        for (clock, x) in reached(clocks, &edges).into_iter().enumerate() {
            series[clock][point] = x;
        }
    }
    series
}

/// Walks along the differences that are there, until nothing new is reached.
fn reached(clocks: usize, edges: &[(usize, usize, f64)]) -> Vec<f64> {
    let mut x = vec![f64::NAN; clocks];
    let there = || edges.iter().filter(|(_, _, difference)| !difference.is_nan());
    let Some(first) = there().map(|(i, j, _)| (*i).min(*j)).min() else { return x };
    x[first] = 0.0;
    for _ in 0..clocks {
        for (i, j, difference) in there() {
            match (x[*i].is_nan(), x[*j].is_nan()) {
                (true, false) => x[*i] = x[*j] + difference,
                (false, true) => x[*j] = x[*i] - difference,
                _ => {}
            }
        }
    }
    x
}

/// Weights in proportion to `precisions`, none above `limit` (or 1/N, where that is more), which add up
/// to 1: what is cut off goes to the others in proportion. All zero where all precisions are.
fn limited_weights(precisions: &[f64], limit: f64) -> Vec<f64> {
    let takers = precisions.iter().filter(|precision| **precision > 0.0).count();
    let limit = limit.max(1.0 / takers.max(1) as f64);
    let mut cut = vec![false; precisions.len()];
    loop {
        let free: f64 = precisions.iter().zip(&cut).filter(|(_, cut)| !**cut).map(|(precision, _)| precision).sum();
        let left = 1.0 - limit * cut.iter().filter(|cut| **cut).count() as f64;
        let share = |clock: usize| match (cut[clock], free > 0.0) {
            (true, _) => limit,
            (false, true) => left * precisions[clock] / free,
            (false, false) => 0.0,
        };
        let weights: Vec<f64> = (0..precisions.len()).map(share).collect();
        let above = |clock: &usize| !cut[*clock] && weights[*clock] > limit * (1.0 + 1e-12);
        match (0..weights.len()).find(above) {
            Some(clock) => cut[clock] = true,
            None => return weights,
        }
    }
}

/// How the innovations z − x̂ of one point make a step of the scale.
struct Verdicts {
    /// Σ w (z − x̂).
    scale: f64,
    /// The weights that were used.
    weights: Vec<f64>,
    /// The clocks whose innovation was too far off to have a say.
    stepped: Vec<usize>,
}

/// Weighs innovations; one by one, the clock farthest beyond `limit` of its standard deviations σ from the
/// weighted mean is left out, as long as three take part (of two nobody can tell which one stepped).
fn weighed(innovations: &[f64], sigmas: &[f64], weights: impl Fn(&[bool]) -> Vec<f64>, limit: f64) -> Verdicts {
    let mut taking_part: Vec<bool> = innovations.iter().map(|innovation| !innovation.is_nan()).collect();
    let mut stepped = Vec::new();
    loop {
        let weights = weights(&taking_part);
        let parts = weights.iter().zip(innovations).filter(|(weight, _)| **weight > 0.0);
        let scale: f64 = parts.map(|(weight, innovation)| weight * innovation).sum();
        let excess = |clock: usize| (innovations[clock] - scale).abs() / sigmas[clock];
        let voters = (0..innovations.len()).filter(|clock| weights[*clock] > 0.0);
        let worst = voters.clone().max_by(|a, b| excess(*a).total_cmp(&excess(*b)));
        match worst.filter(|clock| excess(*clock) > limit && voters.count() > 2) {
            Some(clock) => {
                taking_part[clock] = false;
                stepped.push(clock);
            }
            None => return Verdicts { scale, weights, stepped },
        }
    }
}

/// The remark that a clock stepped.
fn step_finding(point: usize, size: f64, sigmas: f64) -> Finding {
    Finding::new(
        Severity::Warning,
        "clock-step",
        format!(
            "at point {point} the clock is {size:.3e} s from where it was foretold, {sigmas:.0} standard deviations"
        ),
        "it had no weight there, and its time was taken anew; the scale did not move with it",
        "look for a cable, a counter or a setting that changed",
    )
}

/// Merges what a clock did often into one remark, so that a noisy clock does not fill the record.
fn summed(findings: Vec<(usize, Finding)>) -> Vec<(usize, Finding)> {
    let mut kept: Vec<(usize, Finding, usize)> = Vec::new();
    for (clock, finding) in findings {
        match kept.iter_mut().find(|(other, first, _)| *other == clock && first.code == finding.code) {
            Some((_, _, more)) => *more += 1,
            None => kept.push((clock, finding, 0)),
        }
    }
    let with_count = |(clock, finding, more): (usize, Finding, usize)| match more {
        0 => (clock, finding),
        _ => {
            let seen = format!("{}; and {more} times later", finding.seen);
            (clock, Finding { seen, ..finding })
        }
    };
    kept.into_iter().map(with_count).collect()
}

/// The remark that a clock was away.
fn absence_finding(missing: usize, points: usize) -> Finding {
    Finding::new(
        Severity::Note,
        "clock-away",
        format!("{missing} of {points} readings are missing"),
        "the clock had no weight there, and came back without a step of the scale",
        "nothing, unless the clock should have been there",
    )
}

/// Collects the points of a scale as they come.
struct Collected(Ensemble);

impl Collected {
    fn new(clocks: usize) -> Self {
        let none = || vec![Vec::new(); clocks];
        Self(Ensemble { deviations: none(), weights: none(), ..Ensemble::default() })
    }

    fn push(&mut self, readings: &[f64], scale: f64, weights: &[f64]) {
        self.0.scale.push(scale);
        for clock in 0..readings.len() {
            self.0.deviations[clock].push(readings[clock] - scale);
            self.0.weights[clock].push(weights[clock]);
        }
    }

    fn finish(mut self, readings: &Readings<'_>) -> Ensemble {
        let points = readings.points();
        let missing = |clock: &[f64]| clock.iter().filter(|x| x.is_nan()).count();
        let away = readings.clocks.iter().map(|clock| missing(clock)).enumerate().filter(|(_, missing)| *missing > 0);
        let away: Vec<_> = away.map(|(clock, missing)| (clock, absence_finding(missing, points))).collect();
        self.0.findings = summed(std::mem::take(&mut self.0.findings));
        self.0.findings.extend(away);
        self.0
    }
}

#[cfg(test)]
mod tests;
