//! Homogeneity of the items of a comparison: one row per comparison and point.

use super::{Schema, float, integer, text};

/// Whether the items of a comparison are alike.
pub static SCHEMA: Schema = Schema {
    name: "homogeneity",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison"),
        text("point", "name of the point, or the measurand"),
        integer("items", "1", "number of items"),
        integer("replicates", "1", "number of results of each item"),
        float("mean", "", "mean of all results, in `unit`"),
        text("unit", "unit of the results"),
        float("within", "", "standard deviation within items"),
        float("between", "", "standard deviation between items"),
        float("hidden", "", "least inhomogeneity that the replicates could have shown"),
        float("f", "1", "F of the analysis of variance"),
        float("p_value", "1", "probability of so large an F of items that are alike"),
        float("sigma", "", "standard deviation for proficiency assessment"),
        text("sufficient", "yes or no: whether `between` is at most 0.3 times `sigma`"),
        text("sufficient_by_test", "yes or no: whether `between` is no more than chance makes of sufficient items"),
    ],
};
