//! Youden's pairs: one row per comparison and laboratory that measured two similar samples.

use super::{Schema, float, text};

/// Where laboratories stand in the plane of two samples, and what all of them tell.
pub static SCHEMA: Schema = Schema {
    name: "youden",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison"),
        text("sample_a", "name of the first sample"),
        text("sample_b", "name of the second sample"),
        text("laboratory", "the laboratory"),
        float("a", "", "its result for the first sample, in `unit`"),
        float("b", "", "its result for the second sample"),
        text("unit", "unit of the results"),
        float("distance", "1", "squared distance T² from the means"),
        float("p_value", "1", "probability of so distant a laboratory"),
        text("nearer_exchanged", "yes or no: whether it is nearer to the medians with its samples exchanged"),
        float("correlation", "1", "correlation of the two samples over all laboratories"),
        float("rank_correlation", "1", "the same of the ranks"),
        float("repeatability", "", "standard deviation of repeating, from the differences of pairs"),
        float("between", "", "standard deviation of the laboratories' own offsets"),
    ],
};
