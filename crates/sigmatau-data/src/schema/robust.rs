//! Robust means of comparisons: one row per comparison, point and method.

use super::{Schema, float, integer, text};

/// What most laboratories say, whatever a few do.
pub static SCHEMA: Schema = Schema {
    name: "robust",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison"),
        text("point", "name of the point, or the measurand"),
        text("method", "name of the method"),
        float("value", "", "robust mean, in `unit`"),
        float("u", "", "its standard uncertainty as an assigned value"),
        float("standard_deviation", "", "robust standard deviation between laboratories"),
        integer("laboratories", "1", "number of laboratories"),
        text("unit", "unit of the values and uncertainties"),
    ],
};
