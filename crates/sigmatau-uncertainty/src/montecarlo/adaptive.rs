//! As many trials as a number of significant digits takes.

use super::curve::Curve;
use super::interval::{Sample, deviation};
use super::tally::Part;
use super::{Draws, FEWEST, MonteCarloError, Outcome, Run, Settings, Shape, merged};
use crate::{Block, Function};
use sigmatau_core::{Cancel, Coverage, Finding, Severity};

/// The fewest trials of a batch.
const BATCH: f64 = 1e4;
/// Batches of the first stage.
const FIRST_STAGE: u64 = 20;
/// Batches that are drawn at once before the sequential rule looks at them one by one.
const AT_ONCE: u64 = 16;

/// When there are enough trials.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// After each batch of 10⁴ trials, or 100/(1 − p) if more: stop when twice the standard deviation of the mean over
    /// the batches is within the tolerance for every result. Stops early by luck: on a result that
    /// is compared again and again. At least ten batches are taken, which the standard does not ask for.
    ///
    /// Reference: JCGM 101:2008, 7.9.
    Sequential,
    /// Twenty batches tell how much results scatter, and so how many batches there have to be for the tolerance to
    /// hold for each result with the confidence (Stein's rule).
    ///
    /// Reference: G. Wübbeler, P. M. Harris, M. G. Cox, C. Elster, Metrologia 47 (2010) 317–324.
    TwoStage {
        /// The probability that a result is within the tolerance.
        confidence: f64,
    },
}

impl Default for Rule {
    fn default() -> Self {
        Self::TwoStage { confidence: 0.95 }
    }
}

/// What an adaptive run found.
#[derive(Clone, Debug)]
pub struct Adapted {
    /// The results of all trials.
    pub outcome: Outcome,
    /// The tolerance δ = ½·10ˡ of each output, where its uncertainty is c·10ˡ with c of the asked number of digits.
    pub tolerances: Vec<f64>,
    /// The tolerance that was achieved for each output: the largest over its estimate, its uncertainty and the ends of its
    /// intervals.
    pub achieved: Vec<f64>,
    /// Whether all outputs achieved theirs.
    pub converged: bool,
}

/// The numerical tolerance δ = ½·10ˡ of an uncertainty that is c·10ˡ with c an integer of so many digits.
///
/// Reference: JCGM 101:2008, 7.9.2.
///
/// ```
/// use sigmatau_uncertainty::montecarlo::adaptive::tolerance;
/// assert_eq!((tolerance(0.000_35, 2), tolerance(2.0, 1), tolerance(9.96, 2)), (0.5e-5, 0.5, 0.5));
/// ```
pub fn tolerance(uncertainty: f64, digits: u32) -> f64 {
    let decimals = digits.saturating_sub(1) as usize;
    let scientific = format!("{uncertainty:.decimals$e}");
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    exponent.map_or(f64::NAN, |exponent| 0.5 * 10.0_f64.powi(exponent - decimals as i32))
}

/// Draws until so many significant digits of the standard uncertainty are settled, and the estimate and the ends of the
/// intervals to the same place; `settings.trials` is the most that may be drawn.
///
/// # Errors
/// As [`super::run`]; when digits are not 1 to 4.
pub fn adapt(
    function: &dyn Function,
    draws: &Draws,
    settings: &Settings,
    digits: u32,
    rule: Rule,
    cancel: &Cancel,
) -> Result<Adapted, MonteCarloError> {
    if !(1..=4).contains(&digits) {
        return Err(MonteCarloError::Digits(digits));
    }
    let run = Run::new(function, draws, settings, cancel)?;
    let batch = (100.0 / (1.0 - settings.probability)).max(BATCH) / Block::POINTS as f64;
    let batch = batch.ceil() as u64;
    let most = (run.blocks / batch).max(FEWEST);
    let plan = Plan { settings, digits, batch, most };
    let (batches, found) = match rule {
        Rule::Sequential => plan.sequential(run)?,
        Rule::TwoStage { confidence } => plan.two_stage(run, confidence)?,
    };
    let trials = Settings { trials: batches * batch * Block::POINTS as u64, ..settings.clone() };
    let outcome = super::run(function, draws, &trials, cancel)?;
    Ok(plan.adapted(outcome, &found))
}

/// What is wanted, in batches of so many blocks.
struct Plan<'a> {
    settings: &'a Settings,
    digits: u32,
    batch: u64,
    most: u64,
}

/// How far a result of some batches has settled.
struct Settling {
    /// The standard deviation of the result.
    scatter: f64,
    /// How it falls with the number of batches.
    rate: f64,
}

/// The tolerance of an output and what was achieved.
struct Reached {
    tolerance: f64,
    achieved: f64,
}

/// The results of one output from each batch: mean, standard deviation, finite ends.
type Results = Vec<Vec<f64>>;

impl Plan<'_> {
    fn sequential(&self, run: Run<'_>) -> Result<(u64, Vec<Reached>), MonteCarloError> {
        let run = Run { blocks: self.most * self.batch, ..run };
        let mut outputs: Vec<Results> = vec![Vec::new(); run.frames.len()];
        let mut seen = 0;
        loop {
            let next = (seen + AT_ONCE).min(self.most);
            let (batches, _) = run.parts(seen..next, self.most, &[])?;
            for (output, results) in outputs.iter_mut().enumerate() {
                results.extend(batches.iter().map(|batch| self.results(batch, output)));
            }
            for count in seen.max(FEWEST - 1) + 1..=next {
                let reached: Vec<Reached> =
                    outputs.iter().map(|results| self.after(&results[..count as usize])).collect();
                if count == self.most || reached.iter().all(Reached::is_settled) {
                    return Ok((count, reached));
                }
            }
            seen = next;
        }
    }

    /// How far the means over batches have settled, by twice their standard deviation.
    fn after(&self, results: &[Vec<f64>]) -> Reached {
        let count = results.len() as f64;
        let scatter = |result: usize| 2.0 * deviation(results.iter().map(|batch| batch[result])) / count.sqrt();
        let variance = results.iter().map(|batch| batch[1].powi(2)).sum::<f64>() / count;
        let achieved = (0..results[0].len()).map(scatter).fold(0.0, worst);
        Reached { tolerance: tolerance(variance.sqrt(), self.digits), achieved }
    }

    /// The mean, the standard deviation and the finite ends of the intervals.
    fn results(&self, batch: &Part, output: usize) -> Vec<f64> {
        let (mean, deviation) = batch.tallies[output].mean_and_deviation(batch.finite);
        let curve = batch.tallies[output].curve();
        let ends = self.settings.shapes.iter().flat_map(|shape| shape.ends(&curve, self.settings.probability));
        [mean, deviation].into_iter().chain(ends.filter(|end| end.is_finite())).collect()
    }

    fn two_stage(&self, run: Run<'_>, confidence: f64) -> Result<(u64, Vec<Reached>), MonteCarloError> {
        let first = FIRST_STAGE.min(self.most);
        let run = Run { blocks: first * self.batch, ..run };
        let (batches, _) = run.parts(0..first, first, &[])?;
        let factor = Coverage::of_interval(confidence, (first - 1) as f64).factor;
        let whole = merged(&batches, &run.frames);
        let outputs = (0..run.frames.len()).map(|output| self.settlings(&whole, &batches, output));
        let outputs: Vec<(f64, Vec<Settling>)> = outputs.collect();
        let times =
            |settling: &Settling, tolerance: f64| (factor * settling.scatter / tolerance).powf(1.0 / settling.rate);
        let needed = outputs.iter().flat_map(|(tolerance, settlings)| settlings.iter().map(|s| times(s, *tolerance)));
        let needed = first as f64 * needed.fold(1.0, worst);
        let count = if needed < self.most as f64 { needed.ceil() as u64 } else { self.most };
        let grown = count as f64 / first as f64;
        let achieved = |settling: &Settling| factor * settling.scatter * grown.powf(-settling.rate);
        let reached = |(tolerance, settlings): (f64, Vec<Settling>)| Reached {
            tolerance,
            achieved: settlings.iter().map(achieved).fold(0.0, worst),
        };
        Ok((count, outputs.into_iter().map(reached).collect()))
    }

    /// The tolerance of an output, and how far its results have settled after the batches.
    fn settlings(&self, whole: &Part, batches: &[Part], output: usize) -> (f64, Vec<Settling>) {
        let found = self.settings.shapes.iter().flat_map(|shape| {
            let [low, high] = spread_of_parts(*shape, whole, batches, output, self.settings.probability);
            [low, high].map(|scatter| Settling { scatter, rate: shape.rate() })
        });
        let moments = |part: &Part| part.tallies[output].mean_and_deviation(part.finite);
        let (mean, deviations) =
            (batches.iter().map(|part| moments(part).0), batches.iter().map(|part| moments(part).1));
        let root = (batches.len() as f64).sqrt();
        let of_moments =
            [deviation(mean), deviation(deviations)].map(|scatter| Settling { scatter: scatter / root, rate: 0.5 });
        (tolerance(moments(whole).1, self.digits), found.chain(of_moments).collect())
    }

    fn adapted(&self, mut outcome: Outcome, reached: &[Reached]) -> Adapted {
        let converged = reached.iter().all(Reached::is_settled);
        if !converged {
            outcome.findings.push(Finding::new(
                Severity::Warning,
                "not-converged",
                format!("{} trials do not settle {} digits of every uncertainty", outcome.trials, self.digits),
                "the last digits may differ with another seed; the achieved tolerances say by how much",
                "allow more trials, or ask for fewer digits or for the smoothed instead of the raw shortest interval",
            ));
        }
        let tolerances = reached.iter().map(|reached| reached.tolerance).collect();
        Adapted { outcome, tolerances, achieved: reached.iter().map(|reached| reached.achieved).collect(), converged }
    }
}

/// The larger of two, and what is not a number before all.
fn worst(largest: f64, other: f64) -> f64 {
    if other <= largest { largest } else { other }
}

/// The scatter of the ends of an interval over all batches; 0 for an end that is infinite.
fn spread_of_parts(shape: Shape, whole: &Part, batches: &[Part], output: usize, probability: f64) -> [f64; 2] {
    let curves: Vec<Curve> = batches.iter().map(|batch| batch.tallies[output].curve()).collect();
    let sample = Sample { curve: &whole.tallies[output].curve(), parts: &curves, probability };
    let [low, high, _] = sample.spread(shape);
    [low, high]
}

impl Reached {
    fn is_settled(&self) -> bool {
        self.achieved <= self.tolerance
    }
}
