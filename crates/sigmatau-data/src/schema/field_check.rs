//! Where to check meters on site first: one row per visit.

use super::{Schema, float, integer, text};

/// The result of ranking meters by the probability of finding them wrong.
pub static SCHEMA: Schema = Schema {
    name: "field-check",
    version: 1,
    fields: &[
        integer("priority", "", "place in the list, from 1"),
        text("area", "name of the transformer area"),
        text("meter", "name of the meter"),
        float("p_nonconforming", "1", "probability that the meter is found not to conform"),
        float("expected_hits", "1", "such meters to expect among all visits up to this one"),
        float("hit_rate", "1", "their share of these visits"),
        text("verdict", "keep, watch, replace, or not assessable"),
        text("reason", "what it rests on"),
    ],
};
