//! Monte Carlo: the distribution of the outputs of a model from draws of its inputs, after Supplement 1 of the GUM.
//!
//! What lives here: [`Draws`] of the inputs, independent or by a [`Copula`]; [`run`], as many trials as are asked for;
//! [`adaptive`], as many as a stated number of digits takes; [`validation`], whether the law of propagation would
//! have done; [`region`], coverage regions of several outputs.
//!
//! Memory does not grow with the trials. Values are counted in narrow cells, of a width that the first trials tell,
//! and those near the ends of an interval are kept, so that the ends are order statistics of all trials and nothing is
//! ever sorted whole. Trials are drawn in blocks of [`Block::POINTS`] that are keyed by (seed, row, block); blocks
//! are taken together in a fixed number of parts, and parts in their order: any number of threads gives the same bits.

mod curve;
mod draw;
mod engine;
mod interval;
mod lanes;
mod round;
mod tally;
mod window;

pub mod adaptive;
pub mod region;
pub mod validation;

use crate::{Block, Function};
use curve::{Curve, Scale};
pub use draw::{Copula, DrawError, Draws};
use engine::{Engine, Room};
use interval::Sample;
pub use interval::{Interval, Numerical, Shape};
use nalgebra::DMatrix;
use rayon::prelude::*;
use sigmatau_core::{Cancel, Finding, Severity};
use std::ops::Range;
use tally::{Frame, Part, Tally};
use window::Window;

/// Parts of a run, on as many threads at most; how its results differ from part to part tells their scatter.
const PARTS: u64 = 32;
/// The fewest blocks of a run.
const FEWEST: u64 = 10;
/// Blocks that tell where the outputs lie.
const PILOT: u64 = 16;
/// Trials up to which all are drawn before it is settled which values to keep.
const FEW: u64 = 1 << 20;
/// Of more trials, the part of which is drawn first.
const SCOUTS: u64 = 16;
/// How far the cells reach beyond where an end may lie, as a part of the length of an interval.
const MARGIN: f64 = 0.1;

/// What a run is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The seed of all random numbers.
    pub seed: u64,
    /// The row of a dataset, which has random numbers of its own.
    pub row: u64,
    /// The number of trials M, raised to whole blocks of [`Block::POINTS`] and to ten of them.
    pub trials: u64,
    /// The coverage probability p of the intervals, from 0.5 to below 1.
    pub probability: f64,
    /// The intervals.
    pub shapes: Vec<Shape>,
}

impl Default for Settings {
    /// A million trials for the symmetric and the smoothed shortest interval of 95 %.
    fn default() -> Self {
        let shapes = vec![Shape::Symmetric, Shape::Smoothed];
        Self { seed: 1, row: 0, trials: 1_000_000, probability: 0.95, shapes }
    }
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The number of trials M.
    pub trials: u64,
    /// The trials of which an output was infinite or not a number. Everything else is of the other trials.
    pub non_finite: u64,
    /// Each output.
    pub outputs: Vec<Output>,
    /// The covariances of the outputs.
    pub covariance: DMatrix<f64>,
    /// What a reader should know.
    pub findings: Vec<Finding>,
}

/// What a run found of one output.
#[derive(Clone, Debug)]
pub struct Output {
    /// The estimate: the mean.
    pub estimate: Numerical,
    /// The standard uncertainty: the standard deviation, with M − 1.
    pub standard_uncertainty: Numerical,
    /// The intervals in the order in which they were asked for.
    pub intervals: Vec<Interval>,
}

impl Output {
    /// The interval of a shape, if it was asked for.
    pub fn interval(&self, shape: Shape) -> Option<&Interval> {
        self.intervals.iter().find(|interval| interval.shape == shape)
    }
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MonteCarloError {
    /// The draws are of another number of inputs.
    #[error("evaluate a model of {wanted} inputs with draws of {drawn}")]
    Inputs {
        /// The inputs of the function.
        wanted: usize,
        /// The inputs that are drawn.
        drawn: usize,
    },
    /// The coverage probability is out of range.
    #[error("find intervals with the coverage probability {0}: it has to be at least 0.5 and below 1")]
    Probability(f64),
    /// No trial came out finite.
    #[error(
        "evaluate the model: in none of the first {0} trials is every output finite; look for a division by zero or a logarithm of negative numbers"
    )]
    NotFinite(u64),
    /// The number of digits is out of range.
    #[error("reach {0} significant digits: 1 to 4 can be asked for")]
    Digits(u32),
    /// Somebody asked to stop.
    #[error("finish the trials: the work was cancelled")]
    Cancelled,
}

/// Draws `settings.trials` times and evaluates the function.
///
/// The estimate is the mean of the outputs and its uncertainty their standard deviation with M − 1; the ends of
/// [`Shape::Symmetric`] and of one-sided intervals are order statistics of all trials, those of [`Shape::Shortest`]
/// up to 2²⁰ trials. Time O(M); memory about 2 MB per output besides some windows of up to 2 MB, whatever M is.
///
/// Reference: JCGM 101:2008, clause 7.
///
/// # Errors
/// When the draws do not fit the function, the coverage probability is out of range, no trial is finite, or somebody
/// asked to stop.
///
/// ```
/// use sigmatau_core::{Cancel, Unit};
/// use sigmatau_uncertainty::montecarlo::{Draws, Settings, run};
/// use sigmatau_uncertainty::{Block, Distribution, Evaluator, Function, Input};
///
/// struct Sum;
/// impl Function for Sum {
///     fn inputs(&self) -> usize { 2 }
///     fn outputs(&self) -> usize { 1 }
///     fn evaluator(&self) -> Box<dyn Evaluator + '_> { Box::new(Sum) }
/// }
/// impl Evaluator for Sum {
///     fn values(&mut self, inputs: &Block, outputs: &mut Block) {
///         outputs.reshape(1, inputs.points());
///         let terms = inputs.column(0).iter().zip(inputs.column(1));
///         outputs.column_mut(0).iter_mut().zip(terms).for_each(|(sum, (a, b))| *sum = a + b);
///     }
///     fn gradients(&mut self, _: &Block, _: &mut Block) { unimplemented!("no run asks for them") }
///     fn curvatures(&mut self, _: &Block, _: &mut Block) { unimplemented!("no run asks for them") }
/// }
///
/// let input = |symbol| Input::new(symbol, Unit::ONE, 0.0, Distribution::Rectangular { half_width: 1.0 });
/// let draws = Draws::independent(&[input("a")?, input("b")?]);
/// let outcome = run(&Sum, &draws, &Settings::default(), &Cancel::new())?;
/// // The sum is triangular over ±2.
/// let u = outcome.outputs[0].standard_uncertainty;
/// assert!((u.value - (2.0_f64 / 3.0).sqrt()).abs() < 4.0 * u.uncertainty);
/// let symmetric = &outcome.outputs[0].intervals[0];
/// assert!((symmetric.high.value - (2.0 - 0.2_f64.sqrt())).abs() < 4.0 * symmetric.high.uncertainty);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run(
    function: &dyn Function,
    draws: &Draws,
    settings: &Settings,
    cancel: &Cancel,
) -> Result<Outcome, MonteCarloError> {
    Run::new(function, draws, settings, cancel)?.outcome()
}

/// The values that are kept of an output for an interval.
#[derive(Clone, Debug)]
struct Kept {
    output: usize,
    windows: Vec<Window>,
}

impl Kept {
    fn add(&mut self, room: &Room<'_>) {
        self.windows.iter_mut().for_each(|window| window.add(room.column(self.output)));
    }

    fn take(&mut self, other: &Self) {
        self.windows.iter_mut().zip(&other.windows).for_each(|(own, its)| own.take(its));
    }

    fn sort(&mut self) {
        self.windows.iter_mut().for_each(Window::sort);
    }
}

/// A run that knows where its outputs lie.
struct Run<'a> {
    engine: Engine<'a>,
    settings: &'a Settings,
    cancel: &'a Cancel,
    frames: Vec<Frame>,
    blocks: u64,
}

impl<'a> Run<'a> {
    fn new(
        function: &'a dyn Function,
        draws: &'a Draws,
        settings: &'a Settings,
        cancel: &'a Cancel,
    ) -> Result<Self, MonteCarloError> {
        let (wanted, drawn) = (function.inputs(), draws.inputs());
        if wanted != drawn {
            return Err(MonteCarloError::Inputs { wanted, drawn });
        }
        if !(0.5..1.0).contains(&settings.probability) {
            return Err(MonteCarloError::Probability(settings.probability));
        }
        let engine = Engine { function, draws, seed: settings.seed, row: settings.row };
        let frames = frames(engine, settings.probability)?;
        let blocks = settings.trials.div_ceil(Block::POINTS as u64).max(FEWEST);
        Ok(Self { engine, settings, cancel, frames, blocks })
    }

    fn outcome(&self) -> Result<Outcome, MonteCarloError> {
        let parts = self.blocks.min(PARTS);
        let is_few = self.blocks * Block::POINTS as u64 <= FEW;
        let scouts = if is_few { parts } else { parts / SCOUTS };
        let (mut seen, _) = self.parts(0..scouts, parts, &[])?;
        let mut windows = self.windows(&merged(&seen, &self.frames), is_few);
        let (rest, kept) = self.parts(scouts..parts, parts, &windows)?;
        seen.extend(rest);
        let again = self.keep(0..scouts, parts, &windows)?;
        for found in again.iter().chain(&kept) {
            windows.iter_mut().zip(found).for_each(|(own, its)| own.take(its));
        }
        windows.iter_mut().for_each(Kept::sort);
        Ok(self.summary(&seen, &windows))
    }

    /// The blocks of a part.
    fn blocks_of(&self, part: u64, parts: u64) -> Range<u64> {
        part * self.blocks / parts..(part + 1) * self.blocks / parts
    }

    /// Goes through the blocks of some parts, each part on one thread.
    fn through<T: Send>(
        &self,
        range: Range<u64>,
        parts: u64,
        start: impl Fn() -> T + Sync,
        add: impl Fn(&mut T, &Room<'_>) + Sync,
    ) -> Result<Vec<T>, MonteCarloError> {
        let part = |part: u64| {
            let (mut room, mut found) = (self.engine.room(), start());
            for block in self.blocks_of(part, parts) {
                if self.cancel.requested() {
                    return Err(MonteCarloError::Cancelled);
                }
                room.evaluate(block);
                add(&mut found, &room);
            }
            Ok(found)
        };
        range.into_par_iter().map(part).collect()
    }

    /// Tallies parts, and keeps what falls into windows.
    fn parts(
        &self,
        range: Range<u64>,
        parts: u64,
        windows: &[Kept],
    ) -> Result<(Vec<Part>, Vec<Vec<Kept>>), MonteCarloError> {
        let start = || (Part::new(&self.frames), windows.to_vec());
        let found = self.through(range, parts, start, |(part, windows), room| {
            part.add(room);
            windows.iter_mut().for_each(|kept| kept.add(room));
        })?;
        Ok(found.into_iter().unzip())
    }

    /// Draws parts again to keep what falls into windows.
    fn keep(&self, range: Range<u64>, parts: u64, windows: &[Kept]) -> Result<Vec<Vec<Kept>>, MonteCarloError> {
        self.through(
            range,
            parts,
            || windows.to_vec(),
            |windows, room| windows.iter_mut().for_each(|kept| kept.add(room)),
        )
    }

    /// The windows of each output for each shape, from the trials of the first parts.
    fn windows(&self, scouted: &Part, is_all: bool) -> Vec<Kept> {
        let curves = scouted.tallies.iter().map(Tally::curve).enumerate();
        let of = |(output, curve): (usize, Curve)| {
            let shapes = self.settings.shapes.iter();
            let windows = |shape: &Shape| shape.windows(&curve, self.settings.probability, is_all);
            shapes.map(|shape| Kept { output, windows: windows(shape) }).collect::<Vec<_>>()
        };
        curves.flat_map(of).collect()
    }

    fn summary(&self, parts: &[Part], windows: &[Kept]) -> Outcome {
        let whole = merged(parts, &self.frames);
        let count = self.frames.len();
        let shapes = self.settings.shapes.len();
        let kept = |output: usize| &windows[output * shapes..][..shapes];
        let outputs = (0..count).map(|output| self.output(output, &whole, parts, kept(output))).collect();
        Outcome {
            trials: whole.finite + whole.non_finite,
            non_finite: whole.non_finite,
            outputs,
            covariance: DMatrix::from_fn(count, count, |first, second| whole.covariance(first, second)),
            findings: non_finite(&whole).into_iter().collect(),
        }
    }

    fn output(&self, output: usize, whole: &Part, parts: &[Part], kept: &[Kept]) -> Output {
        let (tally, count) = (&whole.tallies[output], whole.finite);
        let (mean, deviation) = tally.mean_and_deviation(count);
        let excess = (tally.kurtosis(count) - 1.0).max(0.0);
        let curves: Vec<Curve> = parts.iter().map(|part| part.tallies[output].curve()).collect();
        let probability = self.settings.probability;
        let shapes = self.settings.shapes.iter().zip(kept);
        let sample = Sample { curve: &tally.curve(), parts: &curves, probability };
        Output {
            estimate: Numerical { value: mean, uncertainty: deviation / (count as f64).sqrt() },
            standard_uncertainty: Numerical {
                value: deviation,
                uncertainty: 0.5 * deviation * (excess / count as f64).sqrt(),
            },
            intervals: shapes.map(|(shape, kept)| sample.interval(*shape, &kept.windows)).collect(),
        }
    }
}

fn merged(parts: &[Part], frames: &[Frame]) -> Part {
    parts.iter().fold(Part::new(frames), Part::plus)
}

/// Where the outputs lie, from the first trials.
fn frames(engine: Engine<'_>, probability: f64) -> Result<Vec<Frame>, MonteCarloError> {
    let mut room = engine.room();
    let mut values = vec![Vec::new(); engine.function.outputs()];
    for block in 0..PILOT {
        room.evaluate(block);
        values.iter_mut().enumerate().for_each(|(output, values)| values.extend_from_slice(room.column(output)));
    }
    match values.iter().all(|values| values.len() > 1) {
        true => Ok(values.into_iter().map(|values| frame(values, probability)).collect()),
        false => Err(MonteCarloError::NotFinite(PILOT * Block::POINTS as u64)),
    }
}

/// The cells of an output reach as far as an interval with p ≥ ½ can, which holds the range between the quantiles
/// 1 − p and p if it is symmetric, touches it in any case, and is not longer than the symmetric one if it is the shortest.
fn frame(mut values: Vec<f64>, probability: f64) -> Frame {
    let spread = interval::deviation(values.iter().copied());
    let centre = values.iter().sum::<f64>() / values.len() as f64;
    values.sort_unstable_by(f64::total_cmp);
    let quantile = |p: f64| values[((p * values.len() as f64) as usize).min(values.len() - 1)];
    let tail = 0.5 * (1.0 - probability);
    let reach = (1.0 + MARGIN) * (quantile(1.0 - tail) - quantile(tail));
    let scale = Scale::between(quantile(probability) - reach, quantile(1.0 - probability) + reach);
    Frame { centre, spread: if spread > 0.0 && spread.is_finite() { spread } else { 1.0 }, scale }
}

fn non_finite(part: &Part) -> Option<Finding> {
    let trials = part.finite + part.non_finite;
    (part.non_finite > 0).then(|| {
        Finding::new(
            Severity::Warning,
            "non-finite-trials",
            format!("{} of {trials} trials gave an output that is infinite or not a number", part.non_finite),
            "all results are of the other trials: what is said holds on condition that the model has a value",
            "choose distributions that stay where the model is defined",
        )
    })
}
