//! Histories of check standards: what laboratories measure again and again to watch themselves.

use super::rules::Rules;
use super::{Schema, float, integer, text};

/// One row per laboratory, check standard, point and time.
pub static SCHEMA: Schema = Schema {
    name: "check_standards",
    version: 1,
    fields: &[
        text("laboratory", "who measured").required(),
        text("standard", "the check standard").required(),
        text("point", "name of the calibration point").required(),
        integer("time", "ns", "when it was measured, since 1970 in UTC"),
        float("value", "", "what was measured, in `unit`").required(),
        float("reference", "", "what is accepted as its value").required(),
        float("u", "", "standard uncertainty of a single check").required().at_least(0.0),
        text("unit", "unit of the value, the reference and the uncertainty").required(),
        text("operator", "who operated"),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules { schema: &SCHEMA, key: &["laboratory", "standard", "point", "time"], references: &[] };
