//! Waveforms: what was put into sensors and what came out, sampled at a fixed rate.

use super::{Schema, float, text};

/// One row per sample, those of each sensor together and in the order of time. The units of the channels are those
/// of their fields, and a table may have further channels under names of their own; `sensor` is left out where a
/// table holds one sensor. The sampling rate stands in the field metadata `rate_hz` of a channel, or follows from a
/// column `time` of instants, or of numbers in a unit of time.
pub static SCHEMA: Schema = Schema {
    name: "waveform",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        float("excitation", "", "the quantity at the input of the sensor, as a reference measures it"),
        float("response", "", "the output of the sensor"),
    ],
};
