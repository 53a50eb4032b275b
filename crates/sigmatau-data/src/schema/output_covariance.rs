//! Covariances of the outputs of a model: one row per pair.

use super::{Schema, float, text};

/// The result of propagation to several outputs; the lower triangle with its diagonal.
pub static SCHEMA: Schema = Schema {
    name: "output_covariance",
    version: 1,
    fields: &[
        text("id", "the measurement: the name of its file"),
        text("first", "symbol of one output"),
        text("second", "symbol of the other"),
        float("covariance", "", "covariance, in the product of their units"),
        float("correlation", "1", "correlation coefficient; null where an uncertainty is 0"),
        float("probability", "1", "coverage probability of the regions about two outputs"),
        float("ellipse_k", "1", "coverage factor of the ellipse about the two, jointly normal; null on the diagonal"),
        float("rectangle_k", "1", "coverage factor of Bonferroni's rectangle ±k·u; null on the diagonal"),
    ],
};
