//! Hats of several clocks: one row per clock, estimator and averaging time.

use super::{Schema, float, integer, text};

/// The result of the hat analysis. Units of deviations are those of the estimator, as in `stability`.
pub static SCHEMA: Schema = Schema {
    name: "hat",
    version: 1,
    fields: &[
        text("series", "name of the clock"),
        text("estimator", "name of the statistic, such as `oadev`"),
        float("tau_s", "s", "averaging time τ = m τ₀"),
        integer("m", "1", "averaging factor"),
        float("variance", "", "estimated variance of this clock alone; it can be negative"),
        float("variance_u", "", "standard uncertainty of the variance; null where it is not assessable"),
        float("deviation", "", "root of the variance; null where the variance is negative"),
        float("lower", "", "lower end of the deviation's interval; 0 where only an upper bound is known"),
        float("upper", "", "upper end of the deviation's interval, an upper bound where `flags` says so"),
        float("confidence", "1", "confidence level of the two-sided interval"),
        integer("n", "1", "number of terms in the mean"),
        float("edf", "1", "equivalent degrees of freedom: the geometric mean over the clock's pairs"),
        text("flags", "remarks on this row, separated by spaces: negative, upper-bound, …"),
    ],
};
