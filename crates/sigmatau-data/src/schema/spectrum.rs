//! Spectral densities: one row per series, quantity and frequency.

use super::{Schema, float, text};

/// The result of the spectrum analysis.
pub static SCHEMA: Schema = Schema {
    name: "spectrum",
    version: 1,
    fields: &[
        text("series", "name of the clock"),
        text("quantity", "s_y in 1/Hz, s_x in s²/Hz, s_phi in rad²/Hz, or l, half of s_phi, in 1/Hz"),
        float("frequency_hz", "Hz", "Fourier frequency"),
        float("density", "", "one-sided spectral density, in the unit of the quantity"),
        float("lower", "", "lower end of the confidence interval; null where it is not assessable"),
        float("upper", "", "upper end of the confidence interval; null where it is not assessable"),
        float("density_db", "", "10 lg of the density: for l in dBc/Hz"),
        float("confidence", "1", "confidence level of the two-sided interval"),
        float("dof", "1", "degrees of freedom of the density"),
        text("method", "welch or cascade"),
        text("window", "window of the segments"),
    ],
};
