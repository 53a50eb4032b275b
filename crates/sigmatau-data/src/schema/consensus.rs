//! Consensus values of comparisons: one row per comparison, point and method.

use super::{Schema, float, text};

/// The result of bringing the results of laboratories together.
pub static SCHEMA: Schema = Schema {
    name: "consensus",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison"),
        text("point", "name of the point, or the measurand"),
        text("method", "name of the method"),
        float("value", "", "consensus value, in `unit`"),
        float("u", "", "its standard uncertainty"),
        text("unit", "unit of the values and uncertainties"),
        float("tau", "", "standard deviation between the laboratories; null where the method has none"),
        float("chi_squared", "1", "observed χ²"),
        float("dof", "1", "degrees of freedom of χ²"),
        float("p_value", "1", "probability of a χ² as large"),
        float("birge", "1", "Birge ratio √(χ²/ν)"),
        text("members", "laboratories behind the value, separated by spaces"),
        float("probability", "1", "coverage probability of the interval"),
        float("low", "", "lower end of the coverage interval"),
        float("high", "", "upper end of the coverage interval"),
        float("low_hk", "", "lower end of the interval of Hartung and Knapp; null where the method has none"),
        float("high_hk", "", "upper end of the interval of Hartung and Knapp"),
    ],
};
