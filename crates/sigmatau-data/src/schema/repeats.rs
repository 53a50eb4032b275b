//! Repeated readings behind the values of calibrations.

use super::rules::{Reference, Rules};
use super::{Schema, float, integer, text};

/// One row per reading, in the unit of its calibration.
pub static SCHEMA: Schema = Schema {
    name: "repeats",
    version: 1,
    fields: &[
        text("certificate", "identifier of the certificate").required(),
        text("point", "name of the calibration point").required(),
        text("instrument", "what was calibrated").required(),
        integer("index", "1", "place among the readings, from 0").at_least(0.0),
        integer("time", "ns", "when it was read, since 1970 in UTC"),
        float("value", "", "the reading").required(),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules {
    schema: &SCHEMA,
    key: &["certificate", "point", "index"],
    references: &[Reference { column: "certificate", table: "calibrations", to: "certificate" }],
};
