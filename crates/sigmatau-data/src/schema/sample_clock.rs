//! Sample clocks of sensors with digital output: one row per sensor.

use super::{Schema, float, text};

/// The result of the comparison of sample clocks. The time of a sensor counts its samples at the nominal rate; the
/// correction is what has to be added to have reference time.
pub static SCHEMA: Schema = Schema {
    name: "sample_clock",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        text("from", "what the clock was found from: `tone` or `stamps`"),
        float("middle_s", "s", "middle of the record in the time of the sensor, at which the corrections hold"),
        float("clock_s", "s", "correction of the time of the sensor, reference minus sensor"),
        float("clock_u_s", "s", "standard uncertainty of the correction, that of the reference included"),
        float("rate_hz", "Hz", "rate at which the sensor samples in reference time"),
        float("rate_u_hz", "Hz", "standard uncertainty of the rate"),
        float("clock_rate", "1", "relative rate of the correction; positive where the sensor samples too slowly"),
        float("clock_rate_u", "1", "standard uncertainty of the relative rate"),
        float("clock_drift", "1/s", "drift of the relative rate; null where none was asked for"),
        float("clock_drift_u", "1/s", "standard uncertainty of the drift"),
        float("dof", "1", "degrees of freedom of the uncertainties"),
        float("late_share", "1", "share of the stamps that are late; null for a tone"),
        float("late_s", "s", "mean delay of a late stamp; null for a tone"),
    ],
};
