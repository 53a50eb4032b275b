//! Mandel's statistics: one row per comparison, point and laboratory.

use super::{Schema, float, integer, text};

/// Which laboratory lies apart, and which repeats worse than the others.
pub static SCHEMA: Schema = Schema {
    name: "consistency",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison"),
        text("point", "name of the point, or the measurand"),
        text("laboratory", "the laboratory"),
        integer("replicates", "1", "number of its results"),
        float("mean", "", "mean of its results, in `unit`"),
        text("unit", "unit of the results"),
        float("h", "1", "its mean beside those of all laboratories"),
        float("h_critical", "1", "magnitude of h that chance exceeds with the probability `significance`"),
        float("k", "1", "its scatter beside that within all laboratories"),
        float("k_critical", "1", "k that chance exceeds with the probability `significance`"),
        float("significance", "1", "significance of the critical values"),
    ],
};
