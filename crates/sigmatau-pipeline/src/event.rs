//! What happens in a run, as one stream of events; displays and recorders listen to it.

use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event<'a> {
    /// The run began.
    RunStarted {
        /// The title of the pipeline.
        title: &'a str,
        /// The number of steps.
        steps: usize,
    },
    /// A demonstration dataset is being written.
    Generating {
        /// The dataset.
        dataset: &'a str,
        /// Clocks written so far.
        done: usize,
        /// Clocks in all.
        of: usize,
    },
    /// A dataset can be read.
    DatasetReady {
        /// The dataset.
        dataset: &'a str,
        /// The number of series.
        series: usize,
        /// The number of rows.
        points: u64,
    },
    /// A step began.
    StepStarted {
        /// The step.
        step: &'a str,
        /// The number of units of work.
        units: usize,
    },
    /// A unit of work is done.
    UnitFinished {
        /// The step.
        step: &'a str,
        /// What the unit is about.
        unit: &'a str,
        /// Whether its result was taken over from an earlier run.
        reused: bool,
    },
    /// A step is done and its record written.
    StepFinished {
        /// The step.
        step: &'a str,
        /// The rows of its record.
        rows: usize,
        /// The number of findings.
        findings: usize,
    },
}

/// Somebody who wants to know.
pub trait Listener: Sync {
    /// Is told of an event; called from several threads.
    fn hear(&self, event: &Event<'_>);
}

/// Nobody.
impl Listener for () {
    fn hear(&self, _: &Event<'_>) {}
}
