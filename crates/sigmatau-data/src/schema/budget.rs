//! Uncertainty budgets that were reckoned: one row per output and input.

use super::{Schema, float, text};

/// The result of propagation, input by input.
pub static SCHEMA: Schema = Schema {
    name: "budget",
    version: 1,
    fields: &[
        text("id", "the measurement: the name of its file"),
        text("output", "symbol of the output quantity"),
        text("input", "symbol of the input quantity, or name of a shared source"),
        float("estimate", "", "estimate of the input, in `input_unit`"),
        float("u", "", "standard uncertainty of the input, in `input_unit`"),
        text("input_unit", "unit of the input; empty for a shared source, whose unit is its own"),
        text("distribution", "distribution of the input"),
        float("dof", "1", "degrees of freedom of the input; null where infinite"),
        float("sensitivity", "", "∂y/∂x, in `output_unit` per `input_unit`"),
        float("contribution", "", "sensitivity · u, with its sign, in `output_unit`"),
        float("share", "1", "part of the output's variance, covariances included; negative where they take more away"),
        text("output_unit", "unit of the output"),
    ],
};
