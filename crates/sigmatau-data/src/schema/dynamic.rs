//! Stability that changes with time: one row per series, window, estimator and averaging time.

use super::{Schema, float, integer, text};

/// The result of the dynamic stability analysis: the columns of `stability` and the time of the window.
pub static SCHEMA: Schema = Schema {
    name: "dynamic-stability",
    version: 1,
    fields: &[
        text("series", "name of the clock"),
        text("estimator", "name of the statistic, such as `oadev`"),
        float("tau_s", "s", "averaging time τ; m τ₀, but for the statistics of the Theo1 family"),
        integer("m", "1", "averaging factor"),
        float("deviation", "", "the deviation; in 1 for the frequency statistics, in s for the time statistics"),
        float("lower", "", "lower end of the confidence interval; null where it is not assessable"),
        float("upper", "", "upper end of the confidence interval; null where it is not assessable"),
        float("confidence", "1", "confidence level of the interval"),
        integer("n", "1", "number of terms in the mean"),
        float("edf", "1", "equivalent degrees of freedom of the mean square"),
        text("edf_method", "how the degrees of freedom were found"),
        text("noise", "power-law noise type that was identified or stated"),
        float("alpha", "1", "exponent α of S_y(f) ∝ f^α; null where it could not be identified"),
        float("bias", "1", "bias factor that the squared deviation was divided by; 1 where none"),
        text("flags", "remarks on this row, separated by spaces"),
        float("raw", "", "the deviation before its bias was removed"),
        float("time_s", "s", "centre of the window after the first epoch of the series"),
    ],
};
