//! Checks of whole datasets: one row per finding of a check.

use super::{Schema, float, integer, text};

/// The result of the checks.
pub static SCHEMA: Schema = Schema {
    name: "checks",
    version: 1,
    fields: &[
        text("table", "table that the evidence is in"),
        integer("row", "1", "first row of the evidence, from 0; -1 where it is about the whole table"),
        text("check", "name of the check"),
        text("severity", "blocker, critical, high, medium or low"),
        float("statistic", "", "value of the check's statistic; null where the check has none"),
        float("threshold", "", "what the statistic is held against"),
        float(
            "p_value",
            "1",
            "probability of a statistic as extreme where nothing is wrong; null for certain verdicts",
        ),
        float("q_value", "1", "false-discovery rate at which this finding is just kept; null for certain verdicts"),
        text("message", "what was seen, with the values that show it"),
        text("subject", "what it is about: a row, a certificate, an instrument, a laboratory"),
        text("unit_of_analysis", "row, calibration, instrument, laboratory or dataset"),
        float("effect", "", "how large the trouble is, in the terms of the check"),
        text("remedy", "what to try"),
    ],
};
