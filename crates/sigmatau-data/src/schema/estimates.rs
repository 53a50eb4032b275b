//! Propagated measurands: one row per measurement and output.

use super::{Schema, float, text};

/// The result of propagation. Values are in the unit of the output, `unit`.
pub static SCHEMA: Schema = Schema {
    name: "estimates",
    version: 1,
    fields: &[
        text("id", "the measurement: the name of its file or in its table, or the number of its row from 0"),
        text("output", "symbol of the output quantity"),
        float("value", "", "estimate of the output"),
        float("u", "", "standard uncertainty"),
        float("dof", "1", "effective degrees of freedom; null where infinite or not justified, see `flags`"),
        float("k", "1", "coverage factor"),
        float("expanded_u", "", "expanded uncertainty k · u"),
        float("probability", "1", "coverage probability"),
        text("unit", "unit of the value and the uncertainties"),
        text("flags", "remarks, separated by spaces: second-order, no-value, no-uncertainty, exact, no-dof, no-factor"),
    ],
};
