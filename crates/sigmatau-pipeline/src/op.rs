//! The table of ops: the analyses that a step of a pipeline can name.
//!
//! One entry per file in the folder `op/`. An entry turns a section of a pipeline into an
//! [`Analysis`] at planning time, with every word understood or refused.

use crate::dataset::{Dataset, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::Finding;
use sigmatau_data::{DataError, Schema, Table};

mod clock;
mod covariance;
mod dynamic;
mod hat;
mod mask;
mod simultaneous;
mod spectrum;
mod stability;
mod time_transfer;

/// Every op.
pub static OPS: &[&Op] =
    &[&stability::OP, &hat::OP, &covariance::OP, &dynamic::OP, &time_transfer::OP, &spectrum::OP, &mask::OP];

/// An analysis that a step can name.
pub struct Op {
    /// The word in `op = "…"`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub title: &'static str,
    /// Raised when a digit of its results moves; ends the reuse of older results.
    pub revision: u32,
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

/// An analysis with its parameters, ready to be applied to units of work.
pub trait Analysis: Send + Sync {
    /// The parameters with every default written out, as TOML in a fixed order.
    fn parameters(&self) -> String;

    /// Computes one unit of work.
    ///
    /// # Errors
    /// When the data of the unit can't be read.
    fn compute(&self, dataset: &Dataset, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError>;
}
