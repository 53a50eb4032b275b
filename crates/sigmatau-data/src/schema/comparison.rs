//! Results of the same sensor beside each other: one row per sensor, pair of results and frequency.

use super::{Schema, float, text};

/// The result of the comparison. Differences are the first result less the second.
pub static SCHEMA: Schema = Schema {
    name: "comparison",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        float("frequency_hz", "Hz", "frequency"),
        text("method_a", "method of the first result"),
        text("method_b", "method of the second result; that of another record begins with `other`"),
        float("difference_real", "", "difference of the real parts, in the unit of the response"),
        float("difference_imag", "", "difference of the imaginary parts"),
        float("en", "1", "E_n of the complex values: distance over the region that holds 95 %"),
        float("en_magnitude", "1", "E_n of the magnitudes, with the sign of their difference"),
        float("en_phase", "1", "E_n of the phases, with the sign of their difference"),
        float("p_value", "1", "probability that chance makes the complex values differ as much"),
        text("agrees", "yes or no: whether E_n of the complex values is at most 1"),
    ],
};
