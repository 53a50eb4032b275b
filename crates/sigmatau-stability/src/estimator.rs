//! The table of estimators: what a statistic is called, how it is computed, how trustworthy it is.
//!
//! One entry per file in the folder `estimator/`. To add one: write its file next to its nearest
//! sibling, add it to `ESTIMATORS`, and put a golden file of its name into `tests/golden/`.

use crate::edf::Model;
use crate::kernel::Terms;
use crate::tau::Grid;
use sigmatau_core::{PhaseSeries, Unit, nearest};
use sigmatau_spectrum::PowerLaw;

mod adev;
mod hdev;
mod htotdev;
mod mdev;
mod mtotdev;
mod oadev;
mod ohdev;
mod tdev;
mod totdev;
mod ttotdev;

/// Every estimator, in the order in which help and reports list them.
pub static ESTIMATORS: &[&Estimator] = &[
    &adev::ESTIMATOR,
    &oadev::ESTIMATOR,
    &mdev::ESTIMATOR,
    &tdev::ESTIMATOR,
    &hdev::ESTIMATOR,
    &ohdev::ESTIMATOR,
    &totdev::ESTIMATOR,
    &mtotdev::ESTIMATOR,
    &ttotdev::ESTIMATOR,
    &htotdev::ESTIMATOR,
];

/// A statistic of the Allan family.
///
/// The raw deviation is √(`scale`(m, τ₀) · mean square of the terms), or their largest square.
///
/// ```
/// use sigmatau_core::PhaseSeries;
/// let x = [0.0, 892.0, 1701.0, 2524.0, 3322.0, 3993.0, 4637.0, 5520.0, 6423.0, 7100.0];
/// let oadev = sigmatau_stability::Estimator::named("oadev")?;
/// let at_two = oadev.deviations(&PhaseSeries::new(&x, 1.0)?, &[2])[0].unwrap();
/// assert!((at_two - 85.952_869_837_681).abs() < 1e-11); // NBS Monograph 140 data, SP 1065 p. 107
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Estimator {
    /// The short name, such as `oadev`.
    pub name: &'static str,
    /// The full name.
    pub title: &'static str,
    /// The symbol with its argument.
    pub symbol: &'static str,
    /// The unit of the deviation: one for frequency statistics, second for time statistics.
    pub unit: Unit,
    /// Where it is defined.
    pub reference: &'static str,
    /// The averaging factors that it has, and the averaging times that they stand for.
    pub grid: Grid,
    /// How the terms are made, as the degrees of freedom see it.
    pub model: Model,
    /// What is made of the terms.
    pub gather: Gather,
    /// The terms for each averaging factor.
    pub terms: fn(&PhaseSeries<'_>, &[usize]) -> Vec<Terms>,
    /// The factor from what is gathered to the squared deviation, from m and τ₀.
    pub scale: fn(f64, f64) -> f64,
    /// What the squared deviation is, on average, too large or too small by.
    pub bias: Bias,
    /// The deviation that power-law noise has at averaging factor m and sampling interval τ₀.
    pub expected: fn(&PowerLaw, u64, f64) -> f64,
    /// The definition, term by term in the order of the record: the slow and obvious form that tests the fast one.
    pub definition: fn(&[f64], usize) -> Terms,
}

/// What is made of the terms of a statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gather {
    /// Their mean square.
    MeanSquare,
    /// The largest square; `sum` of [`Terms`] holds it.
    Largest,
}

impl Gather {
    /// The terms of two arcs of one clock together.
    pub fn pool(self, one: Terms, other: Terms) -> Terms {
        let n = one.n + other.n;
        match self {
            Self::MeanSquare => Terms { sum: one.sum + other.sum, n },
            Self::Largest => Terms { sum: one.sum.max(other.sum), n },
        }
    }

    /// The mean or the largest square, or nothing where there is no term.
    fn of(self, terms: Terms) -> Option<f64> {
        match self {
            Self::MeanSquare => terms.mean_square(),
            Self::Largest => (terms.n > 0).then_some(terms.sum),
        }
    }
}

/// The factor by which a squared deviation misses its expected value.
///
/// The published deviation is the raw one divided by its square root; both stand in the result.
#[derive(Clone, Copy)]
pub enum Bias {
    /// There is none.
    None,
    /// A known function of the noise exponent α, the averaging factor m and the number of phase points N.
    Noise(fn(i8, usize, usize) -> f64),
    /// Measured on the record itself, for each averaging factor.
    Record(fn(&PhaseSeries<'_>, &[usize]) -> Vec<f64>),
}

/// An estimator's name that is not in the table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find the estimator `{name}`: there is none of this name{hint}")]
pub struct UnknownEstimator {
    /// The word that was given.
    pub name: String,
    /// The nearest known names.
    pub hint: String,
}

impl Estimator {
    /// Looks an estimator up by its name.
    ///
    /// # Errors
    /// When there is none of this name; the nearest known names are given.
    pub fn named(name: &str) -> Result<&'static Self, UnknownEstimator> {
        let names: Vec<&str> = ESTIMATORS.iter().map(|estimator| estimator.name).collect();
        ESTIMATORS
            .iter()
            .find(|estimator| estimator.name == name)
            .copied()
            .ok_or_else(|| UnknownEstimator { name: name.to_owned(), hint: nearest::did_you_mean(name, &names) })
    }

    /// Returns the raw deviation at each averaging factor, or nothing where the record is too short.
    pub fn deviations(&self, phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Option<f64>> {
        let terms = (self.terms)(phase, factors);
        terms.iter().zip(factors).map(|(terms, m)| self.deviation(*terms, *m, phase.tau0())).collect()
    }

    /// Returns the raw deviation that the gathered terms stand for.
    pub fn deviation(&self, terms: Terms, m: usize, tau0: f64) -> Option<f64> {
        self.gather.of(terms).map(|square| (square * (self.scale)(m as f64, tau0)).sqrt())
    }
}

impl std::fmt::Debug for Estimator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Estimator").field(&self.name).finish()
    }
}

impl PartialEq for Estimator {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Sums the squares of `term`(x, i) over the given starts, leaving out terms with a missing point.
fn sum_squares(starts: impl Iterator<Item = usize>, term: impl Fn(usize) -> f64) -> Terms {
    let squares = starts.map(term).filter(|term| !term.is_nan()).map(|term| term * term);
    squares.fold(Terms::default(), |all, square| Terms { sum: all.sum + square, n: all.n + 1 })
}

/// Sums over every window of 3m values, less its slope and continued evenly at both ends, the mean of its 6m
/// squared second differences of sums of m values, leaving out windows with a missing value.
fn sum_reflected_windows(values: &[f64], m: usize) -> Terms {
    let windows = values.windows(3 * m).filter(|window| !window.iter().any(|value| value.is_nan()));
    let squares = windows.map(|window| reflected_window(window, m));
    squares.fold(Terms::default(), |all, square| Terms { sum: all.sum + square, n: all.n + 1 })
}

fn reflected_window(window: &[f64], m: usize) -> f64 {
    let (half, rest) = (window.len() / 2, window.len().div_ceil(2));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / half as f64;
    let slope = (mean(&window[rest..]) - mean(&window[..half])) / rest as f64;
    let level: Vec<f64> = window.iter().enumerate().map(|(k, value)| value - slope * k as f64).collect();
    let reflected = level.iter().rev().chain(&level).chain(level.iter().rev());
    let sums: Vec<f64> = std::iter::once(0.0).chain(reflected.scan(0.0, running_sum)).collect();
    let sum = |j: usize| sums[j + m] - sums[j];
    let term = |j: usize| sum(j + 2 * m) - 2.0 * sum(j + m) + sum(j);
    (0..6 * m).map(|j| term(j).powi(2)).sum::<f64>() / (6 * m) as f64
}

fn running_sum(sum: &mut f64, value: &f64) -> Option<f64> {
    *sum += value;
    Some(*sum)
}
