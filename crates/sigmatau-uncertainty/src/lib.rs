//! Measurement uncertainty: from what is known of the inputs to what may be said of the results, for one
//! measurand or for a million rows, and whether what a dataset says of its own uncertainties can be believed.
//!
//! What lives here, of one measurand: [`distribution`], what is known of a quantity; [`input`], a quantity with its place
//! in a model; [`correlation`], what inputs share; [`function`], what a model has to be able to do; [`model`], models as
//! text with units, compiled with their derivatives; [`propagation`], the law of propagation of uncertainty, for one
//! measurement or millions of rows; [`montecarlo`], distributions of outputs from draws of the inputs; [`sourced`],
//! functions whose inputs have something in common.
//! Of results: [`rule`] and [`risk`], whether a quantity conforms and what that decision risks; [`score`], [`consensus`]
//! and [`robust`], laboratories beside each other.
//! Of datasets: [`check`], what is asked of one; [`chain`], what certificates rest on; [`chart`], when a process leaves
//! control; [`fdr`], how many of the flagged are false; [`verdict`], what may be said of it all.
//! Numbers: [`elementary`], functions of many numbers at once, the same bits everywhere; [`tail`], p-values however small.
//!
//! What never does: any instrument, files, printing.

pub mod chain;
pub mod chart;
pub mod check;
pub mod consensus;
pub mod correlation;
pub mod distribution;
pub mod elementary;
mod expectation;
pub mod fdr;
pub mod function;
pub mod input;
pub mod model;
pub mod montecarlo;
mod probability;
pub mod propagation;
pub mod risk;
pub mod robust;
pub mod rule;
pub mod score;
pub mod sourced;
pub mod tail;
pub mod verdict;

pub use correlation::Correlation;
pub use distribution::Distribution;
pub use function::{Block, Evaluator, Function};
pub use input::Input;
pub use model::Model;
pub use sourced::Sourced;

/// Raised when a digit of a result moves.
pub const REVISION: u32 = 1;
