//! Findings: what a step remarked about its data.

use super::{Schema, text};

/// One row per finding, in the order in which the units of work stand in the plan.
pub static SCHEMA: Schema = Schema {
    name: "finding",
    version: 1,
    fields: &[
        text("subject", "what it is about: a series, a file, a column; empty for the whole input"),
        text("code", "stable word for the kind of finding"),
        text("severity", "note, warning or failure"),
        text("seen", "what was seen, with the values that show it"),
        text("matters", "why it matters for the result"),
        text("advice", "what to try"),
    ],
};
