//! Masks: one row per series, mask and averaging time.

use super::{Schema, float, text};

/// The result of holding a statistic against a mask.
pub static SCHEMA: Schema = Schema {
    name: "mask",
    version: 1,
    fields: &[
        text("series", "name of the clock"),
        text("mask", "name of the mask"),
        text("statistic", "name of the estimator that the mask limits"),
        float("tau_s", "s", "averaging time, or observation interval"),
        float("value", "", "the statistic; null where the record does not reach"),
        float("limit", "", "its limit"),
        float("margin_db", "", "20 lg of limit over value; negative where the limit is exceeded"),
        text("verdict", "conforms, exceeds or not-assessable"),
    ],
};
