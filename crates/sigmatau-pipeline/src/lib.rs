//! From a pipeline file to records.
//!
//! The way through: text → [`Document`] (with the line of every word) → [`Spec`] (what was typed) →
//! [`Plan`] (what is meant, fully checked; nothing has run) → [`run()`] (units of work in parallel,
//! each leaving a part that a later run can take over) → one record per step.
//!
//! What lives here: pipelines, ops, events, the run directory, resume. What never does: formulas,
//! printing, HTML. Whoever wants to see progress listens to [`Event`]s.
//!
//! From text to outcome, without a run directory:
//!
//! ```
//! use sigmatau_pipeline::{Document, Options, Plan, run};
//! use std::path::Path;
//!
//! let text = r#"
//!     [dataset.clocks]
//!     recipe = "clocks"
//!     points = 1000
//!
//!     [[step]]
//!     name = "stability"
//!     op = "stability"
//!     dataset = "clocks"
//!     estimators = ["oadev"]
//!     tau = "1,10"
//! "#;
//! let document = Document::parse(text, "clocks.toml")?;
//! let plan = Plan::read(&document, Path::new("."))?;
//! let outcome = run(&plan, &Options::default(), &())?;
//!
//! let record = &outcome.steps[0].record;
//! assert_eq!(record.table.rows(), 12 * 2, "12 clocks at 2 averaging times");
//! assert_eq!(record.table.integers("m").map(|m| &m[..2]), Some(&[1, 10][..]));
//! assert!(outcome.conforms());
//! assert!(outcome.findings().any(|finding| finding.subject == "caesium-2" && finding.code == "gap"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod dataset;
pub mod event;
pub mod expect;
pub mod measurand;
pub mod op;
pub mod plan;
pub mod recorder;
pub mod run;
pub mod spec;

pub use event::{Event, Listener};
pub use op::{OPS, Op, Subject};
pub use plan::{Plan, PlanError};
pub use recorder::Recorder;
pub use run::store::{Store, StoreError};
pub use run::{Options, Outcome, RunError, StepResult, run};
pub use sigmatau_data::document::{self, Document, DocumentError};
pub use spec::Spec;
