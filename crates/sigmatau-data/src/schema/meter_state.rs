//! What areas have taught so far: one row per area.

use super::{Schema, float, integer, text};

/// The state of areas in information form. `frame` and `information_form` are numbers of 8 bytes, the least significant first, in base64.
pub static SCHEMA: Schema = Schema {
    name: "meter-state",
    version: 1,
    fields: &[
        text("area", "name of the transformer area"),
        text("meters", "names of its meters, in their order, between tabs"),
        float("intervals", "1", "intervals that the state stands for"),
        integer("from_utc", "ns", "beginning of the first one, since 1970 UTC"),
        integer("to_utc", "ns", "end of the last one"),
        text("frame", "what stays the same from day to day"),
        text("information_form", "intervals, meters, energies, readings, η and the lower half of Λ by columns"),
    ],
};
