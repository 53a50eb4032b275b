//! Time error: one row per series and horizon of prediction, with the series' verdict against its limits.

use super::{Schema, float, text};

/// The result of the time-error analysis.
pub static SCHEMA: Schema = Schema {
    name: "time-error",
    version: 1,
    fields: &[
        text("series", "name of the clock"),
        text("trend", "what was drawn out: frequency, or frequency and drift"),
        float("horizon_s", "s", "time from the last reading to the predicted one"),
        float("time_error_s", "s", "predicted time error x; null where nothing can be predicted"),
        float("u_s", "s", "its standard uncertainty"),
        float("dof", "1", "degrees of freedom of the uncertainty"),
        float("lower_s", "s", "lower end of the interval of the time error"),
        float("upper_s", "s", "upper end of the interval of the time error"),
        float("confidence", "1", "confidence level of the two-sided interval"),
        float("frequency", "1", "fractional frequency at the end of the record"),
        float("limit_s", "s", "largest time error that is allowed"),
        float("share_within", "1", "share of the readings within the limit"),
        float("largest_s", "s", "time error that is farthest from zero"),
        float(
            "exceeded_after_s",
            "s",
            "time from the first reading until the limit was exceeded; null where it was not",
        ),
        float(
            "holdover_s",
            "s",
            "time for which the predicted interval stays within the limit; null where no end was found",
        ),
        text("verdict", "within, exceeded, or not assessable"),
    ],
};
