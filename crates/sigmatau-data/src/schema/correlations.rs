//! Correlations that budgets state.

use super::rules::{Reference, Rules};
use super::{Schema, float, text};

/// One row per certificate, point and pair of inputs; pairs that are left out share nothing.
pub static SCHEMA: Schema = Schema {
    name: "correlations",
    version: 1,
    fields: &[
        text("certificate", "identifier of the certificate").required(),
        text("point", "name of the calibration point").required(),
        text("first", "symbol of one input").required(),
        text("second", "symbol of the other").required(),
        float("coefficient", "1", "correlation coefficient").required().within(-1.0, 1.0),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules {
    schema: &SCHEMA,
    key: &["certificate", "point", "first", "second"],
    references: &[Reference { column: "certificate", table: "budgets", to: "certificate" }],
};
