//! From a pipeline file to records.
//!
//! The way through: text → [`Document`] (with the line of every word) → [`Spec`] (what was typed) →
//! [`Plan`] (what is meant, fully checked; nothing has run) → [`run()`] (units of work in parallel,
//! each leaving a part that a later run can take over) → one record per step.
//!
//! What lives here: pipelines, ops, events, the run directory, resume. What never does: formulas,
//! printing, HTML. Whoever wants to see progress listens to [`Event`]s.

pub mod dataset;
pub mod document;
pub mod event;
pub mod expect;
pub mod op;
pub mod plan;
pub mod recorder;
pub mod run;
pub mod spec;

pub use document::{Document, SpecError};
pub use event::{Event, Listener};
pub use op::{OPS, Op};
pub use plan::{Plan, PlanError};
pub use recorder::Recorder;
pub use run::store::{Store, StoreError};
pub use run::{Options, Outcome, RunError, StepResult, run};
pub use spec::Spec;
