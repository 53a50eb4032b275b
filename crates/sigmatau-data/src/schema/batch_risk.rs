//! Risks of a whole batch: one row per batch and rule.

use super::{Schema, float, integer, text};

/// The result of deciding over many items.
pub static SCHEMA: Schema = Schema {
    name: "batch_risk",
    version: 1,
    fields: &[
        text("batch", "name of the batch"),
        text("rule", "decision rule"),
        integer("items", "1", "number of items"),
        integer("accepted", "1", "number of items that pass"),
        float("pfa", "1", "probability of false acceptance: that an item passes and does not conform"),
        float("pfr", "1", "probability of false rejection: that an item fails and conforms"),
        float("conditional_pfa", "1", "probability that an item which passed does not conform"),
        float("expected_false_accepts", "1", "expected number of items that pass and do not conform"),
        float("u_false_accepts", "1", "its standard uncertainty: chance, and the doubt of the process"),
        float("expected_false_rejects", "1", "expected number of items that fail and conform"),
        float("u_false_rejects", "1", "its standard uncertainty"),
        float("expected_conforming", "1", "expected number of items that conform"),
        float("u_conforming", "1", "its standard uncertainty"),
        float("process_mean", "", "mean of the process behind the batch, in `unit`"),
        float("process_deviation", "", "standard deviation of the process behind the batch"),
        text("unit", "unit of the process and the limits"),
    ],
};
