//! What laboratories of a comparison share, as through a standard of the same institute.

use super::{Schema, float, text};

/// One row per pair of laboratories; pairs that are left out share nothing.
pub static SCHEMA: Schema = Schema {
    name: "laboratory_correlations",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison; empty or left out for every one").optional(),
        text("point", "name of the point; empty or left out for every one").optional(),
        text("first", "one laboratory"),
        text("second", "the other"),
        float("coefficient", "1", "correlation coefficient of their results"),
    ],
};
