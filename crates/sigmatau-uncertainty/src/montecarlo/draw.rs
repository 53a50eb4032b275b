//! Drawing the inputs of a model, a block of trials at a time.

mod copula;
mod law;
mod marginal;

use crate::correlation::CorrelationError;
use crate::{Block, Correlation, Input};
pub use copula::Copula;
use copula::Joint;
use law::Law;

use super::lanes::{Key, Lanes};

/// Draws of the inputs of a model in coherent SI units, fixed by (seed, row, block).
///
/// Inputs without correlations are drawn from their distributions one after another. Correlated ones are drawn
/// together, as a [`Copula`] says.
#[derive(Clone, Debug)]
pub struct Draws {
    alone: Vec<(usize, Law)>,
    joint: Option<Joint>,
    inputs: usize,
}

/// Why inputs can't be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The correlations are of another number of inputs.
    #[error("draw {inputs} inputs with the correlations of {correlated}")]
    Inputs {
        /// The inputs.
        inputs: usize,
        /// The inputs of the correlations.
        correlated: usize,
    },
    /// Two distributions cannot be correlated so much.
    #[error(
        "draw the inputs `{first}` and `{second}` with a correlation of {coefficient}: \
         their distributions allow {low:.4} to {high:.4} under this copula"
    )]
    Unreachable {
        /// The symbol of one input.
        first: String,
        /// The symbol of the other.
        second: String,
        /// What was asked for.
        coefficient: f64,
        /// The least that is possible.
        low: f64,
        /// The most that is possible.
        high: f64,
    },
    /// A correlation of an input that has no standard deviation.
    #[error("draw the input `{symbol}` with a correlation: its standard deviation is {deviation}")]
    Deviation {
        /// The symbol.
        symbol: String,
        /// Its standard deviation.
        deviation: f64,
    },
    /// The degrees of freedom of the t copula are none.
    #[error("draw inputs by a t copula with {0} degrees of freedom: they have to be above 0")]
    DegreesOfFreedom(f64),
    /// The correlations of the underlying normal numbers are none.
    #[error("draw correlated inputs: for the underlying normal numbers, failed to {0}")]
    Correlation(#[from] CorrelationError),
}

impl Draws {
    /// Draws of independent inputs.
    pub fn independent(inputs: &[Input]) -> Self {
        let alone = inputs.iter().map(Law::of).enumerate().collect();
        Self { alone, joint: None, inputs: inputs.len() }
    }

    /// Draws of inputs that are correlated by a copula.
    ///
    /// # Errors
    /// When the correlations are of another number of inputs, or of an input without a finite standard deviation
    /// above 0; when the distributions can't be correlated so under the copula.
    pub fn new(inputs: &[Input], correlation: &Correlation, copula: Copula) -> Result<Self, DrawError> {
        let (count, correlated) = (inputs.len(), correlation.inputs());
        if count != correlated {
            return Err(DrawError::Inputs { inputs: count, correlated });
        }
        let is_alone = |place: &usize| !correlation.pairs().iter().any(|(a, b, _)| place == a || place == b);
        let (alone, together): (Vec<usize>, Vec<usize>) = (0..count).partition(is_alone);
        let alone = alone.into_iter().map(|place| (place, Law::of(&inputs[place]))).collect();
        let joint = match together.is_empty() {
            true => None,
            false => Some(Joint::new(inputs, correlation, together, copula)?),
        };
        Ok(Self { alone, joint, inputs: count })
    }

    /// The number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The trials of a block, [`Block::POINTS`] of them: column i holds the values of input i.
    pub fn block(&self, seed: u64, row: u64, block: u64, values: &mut Block) {
        values.reshape(self.inputs, Block::POINTS);
        let mut lanes = Lanes::keyed(Key { seed, row, block });
        for (place, law) in &self.alone {
            law.fill(&mut lanes, values.column_mut(*place));
        }
        if let Some(joint) = &self.joint {
            joint.fill(&mut lanes, values);
        }
    }

    /// Pearson's correlation coefficient of two inputs as it is drawn, from the first `trials` trials.
    ///
    /// With normal inputs, and with the copula [`Copula::Gaussian`], it is that asked for within 1/√n. It tells what
    /// the t copula makes of its coefficients.
    pub fn achieved(&self, first: usize, second: usize, seed: u64, trials: u64) -> f64 {
        let mut values = Block::default();
        let mut sums = [0.0; 6];
        for block in 0..trials.div_ceil(Block::POINTS as u64) {
            self.block(seed, 0, block, &mut values);
            for (x, y) in values.column(first).iter().zip(values.column(second)) {
                let terms = [1.0, *x, *y, x * x, y * y, x * y];
                sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
            }
        }
        let [n, x, y, xx, yy, xy] = sums;
        (xy - x * y / n) / ((xx - x * x / n) * (yy - y * y / n)).sqrt()
    }
}
