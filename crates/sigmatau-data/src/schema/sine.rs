//! Sine waves: one row per sensor, channel and tone.

use super::{Schema, float, integer, text};

/// The result of fits of sine waves.
pub static SCHEMA: Schema = Schema {
    name: "sine",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        text("channel", "column of the samples"),
        integer("tone", "", "number of the tone from 1, of harmonics the multiple of the fundamental"),
        float("frequency_hz", "Hz", "frequency"),
        float("frequency_u", "Hz", "standard uncertainty of the frequency; 0 where it was given"),
        float("amplitude", "", "amplitude, in the unit that stands beside"),
        float("amplitude_u", "", "standard uncertainty of the amplitude, in the same unit"),
        text("unit", "unit of the samples; empty where the table states none"),
        float("phase_rad", "rad", "phase of the cosine at the first point that was fitted, from −π to π"),
        float("phase_u", "rad", "standard uncertainty of the phase"),
        float("offset", "", "offset of the record, in the unit of the samples"),
        float("offset_u", "", "standard uncertainty of the offset, in the same unit"),
        float("residual", "", "standard deviation of what is left after the fit, in the same unit"),
        float("dof", "1", "degrees of freedom of the uncertainties"),
        float("thd", "1", "total harmonic distortion; null where no harmonics were fitted"),
        float("sinad_db", "", "signal to noise and distortion in dB; null where several tones are the signal"),
        float("enob", "", "effective number of bits; null where no full scale is stated"),
        text("flags", "remarks on this fit, separated by spaces: few-periods, near-nyquist, not-settled"),
    ],
};
