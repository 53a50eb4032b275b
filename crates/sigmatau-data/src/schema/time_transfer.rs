//! Time transfer: the difference of two stations' references, one row per link and epoch.

use super::{Schema, float, integer, text};

/// The result of time transfer. Its first columns are those of the [`clock`](super::clock) schema, so
/// that the record is a table of clocks for further analyses.
pub static SCHEMA: Schema = Schema {
    name: "time-transfer",
    version: 1,
    fields: &[
        text("series", "the link: first station, second station and code"),
        integer("time", "ns", "epoch: the middle of the tracks, in their time scale"),
        float("phase", "s", "reference of the first station minus reference of the second"),
        float(
            "phase_u",
            "s",
            "standard uncertainty of the mean from the scatter of the satellites; null for a single one",
        ),
        float("deviation_s", "s", "standard deviation of a single satellite's difference; null for a single one"),
        integer("satellites_1", "1", "number of satellites of the first station in the mean"),
        integer("satellites_2", "1", "number of satellites of the second station in the mean"),
    ],
};
