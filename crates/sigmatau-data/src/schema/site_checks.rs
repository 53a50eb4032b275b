//! What checks on site found: one row per visit.

use super::{Schema, float, text};

/// Results of field checks of meters.
pub static SCHEMA: Schema = Schema {
    name: "site-checks",
    version: 1,
    fields: &[
        text("area", "name of the transformer area"),
        text("meter", "name of the meter"),
        float("error_pct", "%", "error of the meter as it was measured; positive reads high"),
        float("u_pct", "%", "its standard uncertainty"),
    ],
};
