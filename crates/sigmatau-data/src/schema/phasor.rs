//! Voltage and current at the harmonics: one row per meter, interval and harmonic.

use super::{Schema, float, integer, text};

/// The result of the analysis of phasors: root-mean-square values as the digitizers gave them, with white noise of
/// the same uncertainty in both parts.
pub static SCHEMA: Schema = Schema {
    name: "phasor",
    version: 1,
    fields: &[
        text("master", "name of the meter, or of the point where it stands"),
        integer("interval", "", "number of the interval, from 0"),
        float("duration_s", "s", "length of the interval by the clock of the digitizers"),
        integer("harmonic", "", "number of the harmonic; 1 is the fundamental"),
        float("frequency_hz", "Hz", "frequency"),
        float("voltage_real", "", "real part of the voltage, in the unit of its channel"),
        float("voltage_imag", "", "imaginary part of the voltage"),
        float("voltage_u", "", "standard uncertainty of each part by noise"),
        float("current_real", "", "real part of the current, in the unit of its channel"),
        float("current_imag", "", "imaginary part of the current"),
        float("current_u", "", "standard uncertainty of each part by noise"),
        float("correlation", "1", "correlation of the noise of both channels"),
    ],
};
