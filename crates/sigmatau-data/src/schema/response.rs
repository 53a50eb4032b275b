//! Frequency responses: one row per sensor, method and frequency.

use super::{Schema, float, text};

/// The result of a dynamic calibration. Magnitude, real and imaginary part and their uncertainties are in the
/// unit of the response over that of the excitation; their columns have no unit where it was not stated.
pub static SCHEMA: Schema = Schema {
    name: "response",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        float("frequency_hz", "Hz", "frequency"),
        float("magnitude", "", "magnitude |H| of the response"),
        float("magnitude_u", "", "standard uncertainty of the magnitude"),
        float("phase_rad", "rad", "phase arg H; positive where the response leads"),
        float("phase_u", "rad", "standard uncertainty of the phase"),
        float("real", "", "real part of H"),
        float("imag", "", "imaginary part of H"),
        float("u_real", "", "standard uncertainty of the real part"),
        float("u_imag", "", "standard uncertainty of the imaginary part"),
        float("cov_real_imag", "", "covariance of real and imaginary part"),
        float("coherence", "1", "coherence γ² of excitation and response; null where the method has none"),
        float("dof", "1", "degrees of freedom of the covariance; infinite where it is known"),
        text("method", "name of the method"),
    ],
};
