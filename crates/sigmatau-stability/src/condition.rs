//! The table of steps that condition clock data before the analysis, each told in a finding.
//!
//! One entry per file in the folder `condition/`. A step is written as a word, `name` or
//! `name:argument`, and steps are applied in the order in which they are written:
//! `outliers:5`, `drift:frequency-linear`, `average:10`. To add one: write its file next to its nearest
//! sibling and add it to `STEPS`.
//!
//! No step invents data. A missing point stays missing, what a step removes becomes missing, and every
//! change is told with its figures: which points, which coefficients with which standard uncertainties,
//! under which assumption.

use crate::analysis::ClockData;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::series::NeumaierSum;
use sigmatau_core::{Finding, FrequencySeries, PhaseSeries, SeriesError, Severity};
use std::fmt::{Debug, Display};

mod average;
mod decimate;
mod drift;
mod jumps;
mod least_squares;
mod offset;
mod outliers;
mod to_frequency;
mod to_phase;

pub use drift::{MODELS, Model};

/// Every step, in the order in which help lists them.
pub static STEPS: &[&Step] = &[
    &outliers::STEP,
    &jumps::STEP,
    &drift::STEP,
    &offset::STEP,
    &average::STEP,
    &decimate::STEP,
    &to_phase::STEP,
    &to_frequency::STEP,
];

/// A step that can be named.
pub struct Step {
    /// The word before the colon.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub title: &'static str,
    /// What stands after the colon; empty where nothing does.
    pub parameter: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// Understands what stands after the colon, or says why not.
    pub understand: fn(Option<&str>) -> Understood,
}

/// A step that was understood, or why it was not.
pub type Understood = Result<Box<dyn Treatment>, String>;

/// A step with its argument, ready to be applied; it displays as the word that is read back.
pub trait Treatment: Debug + Display + Send + Sync {
    /// Applies the step to `series`.
    fn apply(&self, series: Series) -> Treated;
}

/// What clock values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Time error x in s.
    Phase,
    /// Fractional frequency y in 1, each the mean over one sampling interval.
    Frequency,
}

/// Clock data that a step may change.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the values are.
    pub quantity: Quantity,
    /// The sampling interval τ₀ in s.
    pub tau0: f64,
    /// The values in SI on an even grid; a missing point is `NaN`.
    pub values: Vec<f64>,
}

/// What a step, or a chain of them, made of clock data.
#[derive(Clone, Debug, PartialEq)]
pub struct Treated {
    /// The new data; nothing where the step could not be applied.
    pub series: Option<Series>,
    /// What was done, with figures.
    pub findings: Vec<Finding>,
}

/// A word that is no step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConditionError {
    /// There is no step of this name.
    #[error("find the step `{name}`: there is none of this name{hint}")]
    Unknown {
        /// The word before the colon.
        name: String,
        /// The nearest known names.
        hint: String,
    },
    /// What stands after the colon can't be understood.
    #[error("read the step `{word}`: {reason}")]
    Argument {
        /// The whole word.
        word: String,
        /// Why, and what to write instead.
        reason: String,
    },
}

impl Step {
    /// Reads a step as it is written, such as `drift:frequency-linear`.
    ///
    /// # Errors
    /// When there is no step of the name, or its argument is missing, out of range or not understood.
    ///
    /// ```
    /// use sigmatau_stability::condition::Step;
    /// assert_eq!(Step::read("outliers")?.to_string(), "outliers:5");
    /// let error = Step::read("drift:frequency-linaer").unwrap_err().to_string();
    /// assert!(error.contains("did you mean `frequency-linear`"), "{error}");
    /// # Ok::<(), sigmatau_stability::condition::ConditionError>(())
    /// ```
    pub fn read(word: &str) -> Result<Box<dyn Treatment>, ConditionError> {
        let (name, argument) = match word.trim().split_once(':') {
            Some((name, argument)) => (name.trim(), Some(argument.trim())),
            None => (word.trim(), None),
        };
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        let unknown = || ConditionError::Unknown { name: name.to_owned(), hint: did_you_mean(name, &names) };
        let step = STEPS.iter().find(|step| step.name == name).ok_or_else(unknown)?;
        (step.understand)(argument).map_err(|reason| ConditionError::Argument { word: word.to_owned(), reason })
    }
}

impl Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Step").field(&self.name).finish()
    }
}

/// Applies the steps in their order; each finding begins with the step that it tells of.
///
/// Where a step can't be applied the chain ends without data, since what follows would answer another
/// question.
///
/// ```
/// use sigmatau_stability::condition::{Quantity, Series, Step, apply};
/// let values = vec![1.0, 3.0, 2.0, 4.0, 9.0];
/// let series = Series { quantity: Quantity::Frequency, tau0: 1.0, values };
/// let treated = apply(series, &[Step::read("average:2")?]);
/// assert_eq!(treated.series.unwrap().values, [2.0, 3.0]);
/// assert_eq!(treated.findings[0].seen, "average:2: 5 frequencies every 1 s became 2 every 2 s; 1 at the end was left over");
/// # Ok::<(), sigmatau_stability::condition::ConditionError>(())
/// ```
pub fn apply(series: Series, treatments: &[Box<dyn Treatment>]) -> Treated {
    let mut treated = Treated { series: Some(series), findings: Vec::new() };
    for treatment in treatments {
        let Some(series) = treated.series.take() else { break };
        let Treated { series, findings } = treatment.apply(series);
        let named = |finding: Finding| Finding { seen: format!("{treatment}: {}", finding.seen), ..finding };
        treated.findings.extend(findings.into_iter().map(named));
        treated.series = series;
    }
    treated
}

impl Treated {
    fn done(series: Series, finding: Finding) -> Self {
        Self { series: Some(series), findings: vec![finding] }
    }

    /// The step could not be applied: `seen` says why, `advice` what to do.
    fn refused(code: &'static str, seen: impl Into<String>, advice: &'static str) -> Self {
        let finding = Finding::new(Severity::Failure, code, seen, "the data are not assessed", advice);
        Self { series: None, findings: vec![finding] }
    }
}

impl Quantity {
    /// The word for several values: `phases` or `frequencies`.
    fn plural(self) -> &'static str {
        match self {
            Self::Phase => "phases",
            Self::Frequency => "frequencies",
        }
    }
}

impl Series {
    /// The checked view that the analysis takes.
    ///
    /// # Errors
    /// When the sampling interval is not positive or a value is infinite.
    pub fn view(&self) -> Result<ClockData<'_>, SeriesError> {
        match self.quantity {
            Quantity::Phase => PhaseSeries::new(&self.values, self.tau0).map(ClockData::Phase),
            Quantity::Frequency => FrequencySeries::new(&self.values, self.tau0).map(ClockData::Frequency),
        }
    }

    /// The points that are there, by their places.
    fn present(&self) -> impl DoubleEndedIterator<Item = (usize, f64)> + Clone + '_ {
        self.values.iter().copied().enumerate().filter(|(_, value)| !value.is_nan())
    }

    /// The time of a point in s after the first phase; a frequency stands for the middle of its interval.
    fn time(&self, place: usize) -> f64 {
        let middle = if self.quantity == Quantity::Frequency { 0.5 } else { 0.0 };
        (place as f64 + middle) * self.tau0
    }

    /// The mean frequencies between neighbouring phases, missing where either is, or the frequencies themselves.
    fn frequencies(&self) -> Vec<f64> {
        match self.quantity {
            Quantity::Phase => self.values.windows(2).map(|pair| (pair[1] - pair[0]) / self.tau0).collect(),
            Quantity::Frequency => self.values.clone(),
        }
    }

    /// The phases, or the integral of the frequencies from x = 0 at the first that is there; nothing
    /// where a frequency is missing between others, since the phase step across it is unknown.
    fn phases(&self) -> Option<Vec<f64>> {
        if self.quantity == Quantity::Phase {
            return Some(self.values.clone());
        }
        let first = self.values.iter().position(|y| !y.is_nan()).unwrap_or(self.values.len());
        let last = self.values.iter().rposition(|y| !y.is_nan()).map_or(first, |last| last + 1);
        let whole = self.values[first..last].iter().all(|y| !y.is_nan()) && first < last;
        whole.then(|| {
            let mut phases = vec![f64::NAN; self.values.len() + 1];
            phases[first..=last].copy_from_slice(&integral(&self.values[first..last], self.tau0));
            phases
        })
    }
}

/// The running integral of mean frequencies over intervals `tau0`, beginning with 0.
fn integral(frequencies: &[f64], tau0: f64) -> Vec<f64> {
    let mut sum = NeumaierSum::default();
    let next = |y: &f64| {
        sum.add(y * tau0);
        sum.total()
    };
    std::iter::once(0.0).chain(frequencies.iter().map(next)).collect()
}

/// The median, the mean of the middle two of an even number; nothing of nothing. Time O(n).
fn median(mut values: Vec<f64>) -> Option<f64> {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = (!values.is_empty()).then(|| values.select_nth_unstable_by(middle, f64::total_cmp))?;
    let lower = if even { below.iter().copied().fold(f64::NEG_INFINITY, f64::max) } else { *upper };
    Some(lower + 0.5 * (*upper - lower))
}

/// Median and robust standard deviation, the median absolute deviation over 0.6745 (the upper quartile of
/// the normal distribution).
fn robust_spread(values: Vec<f64>) -> Option<(f64, f64)> {
    let middle = median(values.clone())?;
    let deviations = values.into_iter().map(|value| (value - middle).abs()).collect();
    Some((middle, median(deviations)? / 0.674_489_750_196_081_7))
}

/// Reads nothing, for steps without an argument.
fn no_argument<T>(argument: Option<&str>, treatment: T) -> Result<T, String> {
    argument.map_or(Ok(treatment), |_| Err("nothing stands after this name".to_owned()))
}

/// Reads a whole number of at least 2.
fn factor(argument: Option<&str>) -> Result<usize, String> {
    let factor = argument.and_then(|argument| argument.parse().ok()).filter(|factor| *factor >= 2);
    factor.ok_or_else(|| "write a whole number of at least 2 after a colon, such as `:10`".to_owned())
}

/// `count` things, in the singular or the plural.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests;
