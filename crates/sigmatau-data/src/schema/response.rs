//! Frequency responses: one row per sensor, method and frequency.

use super::{Schema, float, text};

/// The result of the dynamic analysis. The complex response is that of output over input; a positive phase means
/// that the output leads.
pub static SCHEMA: Schema = Schema {
    name: "response",
    version: 3,
    fields: &[
        text("sensor", "name of the sensor"),
        float("frequency_hz", "Hz", "frequency"),
        float("magnitude", "", "magnitude |H|, in the unit that stands under `unit`"),
        float("magnitude_u", "", "standard uncertainty of the magnitude, in its unit"),
        float("phase_rad", "rad", "phase arg H, from −π to π"),
        float("phase_u", "rad", "standard uncertainty of the phase; null where the response is 0"),
        float("real", "", "real part of H"),
        float("imag", "", "imaginary part of H"),
        float("u_real", "", "standard uncertainty of the real part"),
        float("u_imag", "", "standard uncertainty of the imaginary part"),
        float("cov_real_imag", "", "covariance of the real and the imaginary part, in the square of their unit"),
        float("coherence", "1", "squared coherence γ², freed of its bias; null where the method has none"),
        float("dof", "1", "degrees of freedom of the uncertainties"),
        text("method", "name of the method, such as `h1`"),
        float("sharing_hz", "Hz", "step of the distances in `sharing`; null where lines share nothing").optional(),
        text(
            "sharing",
            "correlation of the errors of lines one step apart, two steps apart and so on; empty where lines share nothing",
        )
        .optional(),
        float(
            "common_delay_u",
            "s",
            "standard uncertainty of a delay that all lines have in common, whose part is in their uncertainties; null where there is none",
        )
        .optional(),
        text("unit", "unit of H: that of the response over that of the excitation; empty where it is not known").optional(),
    ],
};
