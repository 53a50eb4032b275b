//! Ensemble time scale: one row per clock and epoch, and the rows of the scale itself, named `ensemble`.

use super::{Schema, float, text};

/// The result of the ensemble analysis.
pub static SCHEMA: Schema = Schema {
    name: "ensemble",
    version: 1,
    fields: &[
        text("series", "name of the clock; `ensemble` for the scale against the reference"),
        float("time_s", "s", "time since the first epoch"),
        float("offset_s", "s", "time error of the clock against the scale, of the scale against the reference"),
        float("weight", "1", "weight of the clock in the scale; 1 for the scale"),
    ],
};
