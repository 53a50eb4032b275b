//! Models beside the lines that they were fitted to: two rows per sensor and line, one measured and one of the model.

use super::{Schema, float, text};

/// The lines of a fit, those of a sensor as measured first, then those of its model.
pub static SCHEMA: Schema = Schema {
    name: "fit",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        text("source", "`measured`, or the name of the model, such as `second-order`"),
        float("frequency_hz", "Hz", "frequency"),
        float("magnitude", "", "magnitude |H|, in the unit of the response over that of the excitation"),
        float("magnitude_u", "", "standard uncertainty of the magnitude, in its unit"),
        float("phase_rad", "rad", "phase arg H, from −π to π"),
        float("phase_u", "rad", "standard uncertainty of the phase; null where the response is 0"),
        float(
            "residual_along",
            "1",
            "measured value less model along the measured value, over the standard uncertainty there; null for the model",
        ),
        float("residual_across", "1", "the same across the measured value, where it is a matter of phase"),
    ],
};
