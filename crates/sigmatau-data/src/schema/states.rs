//! States of meters by a scheme of points: one row per meter.

use super::{Schema, float, text};

/// The result of scoring meters.
pub static SCHEMA: Schema = Schema {
    name: "states",
    version: 1,
    fields: &[
        text("area", "name of the transformer area"),
        text("meter", "name of the meter"),
        text("lot", "the words that make its lot"),
        float("points", "1", "points that are left"),
        text("state", "the state, in the words of the scheme"),
        text("route", "by which route it is replaced; empty where it stays"),
        text("taken", "elements that took points, and how many"),
        text("unknown", "elements of which nothing is known; they took nothing"),
    ],
};
