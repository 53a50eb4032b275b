//! The table of ops: the analyses that a step of a pipeline can name.
//!
//! One entry per file in the folder `op/`. An entry turns a section of a pipeline into an
//! [`Analysis`] at planning time, with every word understood or refused.

use crate::dataset::{Dataset, Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::Finding;
use sigmatau_data::{DataError, Schema, Table};

mod clock;
mod coefficients;
mod compare;
mod compensate;
mod covariance;
mod deconvolve;
mod drift;
mod dynamic;
mod energy;
mod ensemble;
mod filter;
mod hat;
mod identify;
mod lines;
mod mask;
mod merge;
mod network;
mod phase;
mod phasors;
mod reference_energy;
mod response;
mod sample_clock;
mod signals;
mod simultaneous;
mod sine;
mod spectrum;
mod stability;
mod time_error;
mod time_transfer;
mod transducer_class;

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
];

/// What an op is about, and the verb of the command line that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The time base.
    Clocks,
    /// Sensors and their dynamic calibration.
    Dynamic,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 2] = [Self::Clocks, Self::Dynamic];

    /// The word: `clocks` or `dynamic`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clocks => "clocks",
            Self::Dynamic => "dynamic",
        }
    }

    /// What is done under it, in one sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Clocks => "Analyses of clocks: spectra, masks, ensembles, prediction, time transfer",
            Self::Dynamic => "Dynamic calibration of sensors: responses, models, filters, deconvolution",
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

    /// Computes one unit of work.
    ///
    /// # Errors
    /// When the data of the unit can't be read.
    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError>;
}
