//! What instruments in service send: readings with the time stamps of their own clocks.

use super::rules::Rules;
use super::{Schema, float, integer, text};

/// One row per reading, sorted by instrument and sequence.
pub static SCHEMA: Schema = Schema {
    name: "logs",
    version: 1,
    fields: &[
        text("instrument", "who sent it").required(),
        integer("sequence", "1", "number of the reading").at_least(0.0),
        integer("time", "ns", "when it was read by the clock of the instrument, since 1970"),
        float("value", "", "the reading, in `unit`"),
        float("resolution", "", "step of the reading").at_least(0.0),
        text("unit", "unit of the reading").required(),
        float("offset_s", "s", "clock of the instrument less UTC; null where unknown"),
        float("u_offset_s", "s", "stated standard uncertainty of the instrument's time").at_least(0.0),
        float("rate_per_s", "", "how fast the quantity changes, in `unit` per s; null where unknown"),
        text("operator", "who read it, where somebody did"),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules { schema: &SCHEMA, key: &["instrument", "sequence"], references: &[] };
