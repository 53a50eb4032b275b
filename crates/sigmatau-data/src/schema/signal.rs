//! Corrected signals: one row per sensor and point.

use super::{Schema, float, text};

/// The result of compensation filters and of deconvolution: what went into a sensor, in the SI unit of the excitation
/// that the sensor was calibrated with.
pub static SCHEMA: Schema = Schema {
    name: "signal",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        float("time_s", "s", "time since the first point of the record"),
        float("value", "", "the estimate"),
        float("u", "", "its standard uncertainty: u² = u_noise² + u_calibration² + u_bias²"),
        float("u_noise", "", "standard uncertainty from the noise of the record"),
        float("u_calibration", "", "standard uncertainty from the calibration of the sensor"),
        float(
            "u_bias",
            "",
            "standard uncertainty of what the correction leaves undone: half its largest width, over √3",
        ),
    ],
};
