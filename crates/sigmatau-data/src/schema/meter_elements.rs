//! Facts about meters that a scheme of states scores: one row per meter and element.

use super::{Schema, float, text};

/// What is known of meters beside their readings, such as events, complaints or the error of the clock.
pub static SCHEMA: Schema = Schema {
    name: "meter-elements",
    version: 1,
    fields: &[
        text("area", "name of the transformer area"),
        text("meter", "name of the meter"),
        text("element", "the element of the scheme, such as events or clock_s"),
        float("value", "", "its value, in what the scheme counts"),
    ],
};
