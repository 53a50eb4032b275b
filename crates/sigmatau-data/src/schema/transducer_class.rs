//! Transducers held against accuracy classes: one row per sensor and band of frequencies.

use super::{Schema, float, integer, text};

/// The result of the decision on accuracy classes. Ratio error and phase displacement are those nearest to their
/// limits, or farthest beyond.
pub static SCHEMA: Schema = Schema {
    name: "transducer-class",
    version: 1,
    fields: &[
        text("sensor", "name of the transducer"),
        text("class", "name of the class, such as `0.1-WB2`"),
        float("above_hz", "Hz", "frequency above which the band begins"),
        float("up_to_hz", "Hz", "highest frequency of the band"),
        integer("lines", "", "number of frequencies that were measured in it"),
        float("ratio_error_pct", "%", "ratio error; null where nothing was measured"),
        float("ratio_u_pct", "%", "its standard uncertainty"),
        float("ratio_limit_pct", "%", "largest ratio error that is allowed, to either side"),
        float("displacement_deg", "deg", "phase displacement, positive where the secondary leads"),
        float("displacement_u_deg", "deg", "its standard uncertainty"),
        float("displacement_limit_deg", "deg", "largest phase displacement that is allowed, to either side"),
        float("p_conform", "1", "lower bound of the probability that all frequencies of the band conform"),
        text("verdict", "pass, undecided or fail"),
    ],
};
