//! Uncertainty budgets of certificates: what contributes to the uncertainty of a point.

use super::rules::{Reference, Rules};
use super::{Schema, float, integer, text};

/// One row per certificate, point and input; contributions are in the unit of the calibration.
pub static SCHEMA: Schema = Schema {
    name: "budgets",
    version: 1,
    fields: &[
        text("certificate", "identifier of the certificate").required(),
        text("point", "name of the calibration point").required(),
        text("input", "symbol of the input quantity").required(),
        text("unit", "unit of the input").required(),
        float("estimate", "", "estimate of the input, in `unit`").required(),
        float("u", "", "standard uncertainty of the input, in `unit`").required().at_least(0.0),
        text("distribution", "distribution of the input").one_of(&[
            "",
            "constant",
            "normal",
            "t",
            "rectangular",
            "ctrap",
            "triangular",
            "trapezoidal",
            "arcsine",
            "exponential",
            "gamma",
            "samples",
            "histogram",
        ]),
        float("dof", "1", "degrees of freedom of the standard uncertainty; null where infinite").at_least(0.0),
        float("sensitivity", "", "sensitivity coefficient ∂y/∂x").required(),
        float("contribution", "", "|sensitivity| · u, as stated").required().at_least(0.0),
        text("type", "type of the evaluation").one_of(&["A", "B"]),
        integer("n", "1", "readings behind an evaluation of type A; 0 otherwise").at_least(0.0),
        float("relative_u_of_u", "1", "how doubtful u itself is, Δu/u, of an evaluation of type B; null where unknown")
            .at_least(0.0),
        float("curvature", "", "second derivative ∂²y/∂x²; null where unknown"),
        text("source", "what the input shares with other rows: a certificate, a standard; empty where nothing"),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules {
    schema: &SCHEMA,
    key: &["certificate", "point", "input"],
    references: &[Reference { column: "certificate", table: "calibrations", to: "certificate" }],
};
