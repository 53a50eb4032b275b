//! The table of ops: the analyses that a step of a pipeline can name.
//!
//! One entry per file in the folder `op/`. An entry turns a section of a pipeline into an
//! [`Analysis`] at planning time, with every word understood or refused.

use crate::dataset::{Dataset, Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::Finding;
use sigmatau_data::{DataError, Schema, Table};

mod assess;
mod batch_risk;
mod budget;
mod chain;
mod check;
mod clock;
mod coefficients;
mod columns;
mod compare;
mod compensate;
mod conformity;
mod consensus;
mod consistency;
mod covariance;
mod deconvolve;
mod drift;
mod dynamic;
mod energy;
mod ensemble;
mod equivalence;
mod evaluate;
mod filter;
mod hat;
mod homogeneity;
mod identify;
mod laboratories;
mod lines;
mod mask;
mod merge;
mod monte_carlo;
mod network;
mod output_covariance;
mod phase;
mod phasors;
mod propagate;
mod propagated;
mod reference_energy;
mod residuals;
mod response;
mod robust;
mod sample_clock;
mod scores;
mod signals;
mod simultaneous;
mod sine;
mod spectrum;
mod stability;
mod time_error;
mod time_transfer;
mod transducer_class;
mod youden;

/// Every op.
pub static OPS: &[&Op] = &[
    &stability::OP,
    &dynamic::OP,
    &spectrum::OP,
    &mask::OP,
    &hat::OP,
    &covariance::OP,
    &ensemble::OP,
    &time_transfer::OP,
    &time_error::OP,
    &energy::OP,
    &response::OP,
    &identify::OP,
    &residuals::OP,
    &sine::OP,
    &sample_clock::OP,
    &compensate::OP,
    &filter::OP,
    &deconvolve::OP,
    &merge::OP,
    &compare::OP,
    &phasors::OP,
    &reference_energy::OP,
    &transducer_class::OP,
    &drift::OP,
    &network::OP,
    &evaluate::OP,
    &budget::OP,
    &output_covariance::OP,
    &monte_carlo::OP,
    &propagate::OP,
    &check::OP,
    &chain::OP,
    &conformity::OP,
    &batch_risk::OP,
    &consensus::OP,
    &equivalence::OP,
    &scores::OP,
    &robust::OP,
    &youden::OP,
    &consistency::OP,
    &homogeneity::OP,
    &assess::OP,
];

/// What an op is about, and the verb of the command line that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The time base.
    Clocks,
    /// Sensors and their dynamic calibration.
    Dynamic,
    /// Uncertainty, of one measurand or of a dataset.
    Uncertainty,
    /// Meters in service.
    Meters,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 4] = [Self::Clocks, Self::Dynamic, Self::Uncertainty, Self::Meters];

    /// The word: `clocks`, `dynamic`, `uncertainty` or `meters`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clocks => "clocks",
            Self::Dynamic => "dynamic",
            Self::Uncertainty => "uncertainty",
            Self::Meters => "meters",
        }
    }

    /// What is done under it, in one sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Clocks => "Analyses of clocks: spectra, masks, ensembles, prediction, time transfer",
            Self::Dynamic => "Dynamic calibration of sensors: responses, models, filters, deconvolution",
            Self::Uncertainty => "Measurement uncertainty: propagation, Monte Carlo, conformity, comparisons, checks",
            Self::Meters => "In-service meters: errors from the balances of areas, verdicts",
        }
    }
}

/// An analysis that a step can name.
pub struct Op {
    /// The word in `op = "…"`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub title: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// Raised when a digit of its results moves; ends the reuse of older results.
    pub revision: u32,
    /// What it reads.
    pub reads: Reads,
    /// The records that it wants besides, each under a key of its own.
    pub beside: &'static [Beside],
    /// Which series it has to see together.
    pub scope: Scope,
    /// The table that it makes.
    pub schema: &'static Schema,
    /// Its keys besides `name`, `op` and `dataset`, in groups that several ops may share.
    pub parameters: &'static [&'static [Parameter]],
    /// Understands the keys.
    pub plan: fn(&Section<'_>) -> Result<Box<dyn Analysis>, DocumentError>,
}

impl std::fmt::Debug for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Op").field(&self.name).finish()
    }
}

/// A record that an op wants besides its dataset, named in the step as an earlier step or as a dataset.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// The key in the step, with its documentation.
    pub key: Parameter,
    /// The kind of the record.
    pub schema: &'static Schema,
}

/// What an analysis is applied to.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// The records besides, in the order of [`Op::beside`]; nothing where a key was left out.
    pub beside: &'a [Option<&'a Table>],
}

/// An analysis with its parameters, ready to be applied to units of work.
pub trait Analysis: Send + Sync {
    /// The parameters with every default written out, as TOML in a fixed order.
    fn parameters(&self) -> String;

    /// Whether it can be done with a dataset, as far as its columns tell before anything is read.
    ///
    /// # Errors
    /// When it can't.
    fn suits(&self, _dataset: &Dataset) -> Result<(), DataError> {
        Ok(())
    }

    /// Computes one unit of work.
    ///
    /// # Errors
    /// When the data of the unit can't be read.
    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError>;
}

/// What `read` makes of the keys in `text` as a step of this op has them, or the message that refuses them.
#[cfg(test)]
pub(crate) fn planned<T>(
    op: &Op,
    text: &str,
    read: impl Fn(&Section<'_>) -> Result<T, DocumentError>,
) -> Result<T, String> {
    let document = crate::document::Document::parse(text, "a.toml").unwrap();
    let section = document.section().checked("the step", op.parameters).map_err(|error| error.to_string())?;
    read(&section).map_err(|error| error.to_string())
}
