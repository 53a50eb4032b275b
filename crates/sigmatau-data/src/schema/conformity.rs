//! Conformity: one row per item and decision.

use super::{Schema, float, text};

/// The result of deciding; risks are of the decision that was made.
pub static SCHEMA: Schema = Schema {
    name: "conformity",
    version: 1,
    fields: &[
        text("id", "the item"),
        float("value", "", "what was measured, in `unit`"),
        float("u", "", "its standard uncertainty"),
        text("unit", "unit of the value, the uncertainty and the limits"),
        float("lower", "", "lower tolerance limit; null where there is none"),
        float("upper", "", "upper tolerance limit; null where there is none"),
        float("acceptance_lower", "", "lower acceptance limit; null where there is none"),
        float("acceptance_upper", "", "upper acceptance limit; null where there is none"),
        text("rule", "decision rule"),
        float("p_conform", "1", "probability that the item conforms"),
        text("verdict", "pass, fail, conditional-pass, conditional-fail or undecided"),
        float("specific_risk", "1", "probability that this verdict is wrong"),
    ],
};
