//! Comparisons of laboratories: what each says of the same item.

use super::rules::Rules;
use super::{Schema, float, text};

/// One row per comparison, point and laboratory.
pub static SCHEMA: Schema = Schema {
    name: "comparisons",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison").required(),
        text("item", "what was measured").required(),
        text("point", "name of the point, or the measurand").required(),
        text("laboratory", "who measured").required(),
        float("value", "", "the result, in `unit`").required(),
        float("u", "", "standard uncertainty of the result; null where only the expanded one is stated").at_least(0.0),
        float("expanded_u", "", "expanded uncertainty; null where only the standard one is stated").at_least(0.0),
        float("k", "1", "coverage factor; null where none is stated").at_least(0.0),
        float("dof", "1", "degrees of freedom; null where infinite or not stated").at_least(0.0),
        float("reference", "", "reference value; null where there is none"),
        float("u_reference", "", "standard uncertainty of the reference value").at_least(0.0),
        float("covariance", "", "covariance of result and reference value; null where they share nothing"),
        text("unit", "unit of the values and uncertainties").required(),
        text("standard", "certificate of the standard that the laboratory used; empty where not stated"),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules { schema: &SCHEMA, key: &["comparison", "point", "laboratory"], references: &[] };
