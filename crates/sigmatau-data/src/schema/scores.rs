//! Scores of laboratories: one row per comparison, point and laboratory.

use super::{Schema, float, text};

/// How far results are from the assigned value, by each of the usual measures.
pub static SCHEMA: Schema = Schema {
    name: "scores",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison"),
        text("point", "name of the point, or the measurand"),
        text("laboratory", "the laboratory"),
        float("value", "", "its result, in `unit`"),
        float("u", "", "standard uncertainty of the result; null where none is stated"),
        float("assigned", "", "assigned value"),
        float("u_assigned", "", "standard uncertainty of the assigned value"),
        float("covariance", "", "covariance of the result with the assigned value, in the square of `unit`"),
        float("sigma", "", "standard deviation for proficiency assessment; null where there is none"),
        text("unit", "unit of the values and uncertainties"),
        float("difference_percent", "1", "difference from the assigned value, in per cent of it"),
        float("z", "1", "difference over `sigma`"),
        float("z_prime", "1", "difference over `sigma` and `u_assigned` together"),
        float("zeta", "1", "difference over its standard uncertainty, shared parts taken out"),
        float("e_n", "1", "difference over its expanded uncertainty, shared parts taken out"),
        text("score", "the score that `performance` goes by: z, z_prime, e_n or zeta"),
        text("performance", "satisfactory, questionable or unsatisfactory"),
    ],
};
