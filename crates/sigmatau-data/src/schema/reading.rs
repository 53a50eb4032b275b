//! Readings of instruments in common runs: one row per frequency, run and instrument.

use super::{Schema, float, integer, text};

/// What references and sensors read while they saw one excitation.
pub static SCHEMA: Schema = Schema {
    name: "reading",
    version: 1,
    fields: &[
        float("frequency_hz", "Hz", "frequency"),
        integer("run", "", "number of the run: all that read in one run see one excitation"),
        text("instrument", "name of the reference or of the sensor"),
        float("real", "", "real part of the phasor, on the common time base"),
        float("imag", "", "imaginary part of the phasor"),
        float("u", "", "standard uncertainty of each part by noise"),
    ],
};
