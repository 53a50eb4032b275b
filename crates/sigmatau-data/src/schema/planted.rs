//! What was planted in demonstration data, for checks to find.

use super::{Schema, float, integer, text};

/// One row per fault.
pub static SCHEMA: Schema = Schema {
    name: "planted",
    version: 1,
    fields: &[
        text("table", "table that the fault is in"),
        integer("row", "1", "first row of the fault, from 0"),
        text("subject", "what it is about: instrument, certificate, laboratory …"),
        text("kind", "name of the check that ought to find it"),
        float("size", "", "how large it is, in the words of `note`"),
        text("note", "what was done"),
    ],
};
