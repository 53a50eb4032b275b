//! Time error to energy: one row per series and interval between two settings of the clock.

use super::{Schema, float, text};

/// The result of the energy analysis. Errors are registered less true; u is the standard uncertainty.
pub static SCHEMA: Schema = Schema {
    name: "energy",
    version: 1,
    fields: &[
        text("series", "name of the clock"),
        text("influence", "what the clock does to the meter: boundaries, or pacing"),
        float("elapsed_s", "s", "time from the setting of the clock to the start of the interval"),
        float("time_error_s", "s", "expected time error at the end of the interval"),
        float("u_s", "s", "its standard uncertainty"),
        float("energy_kwh", "kWh", "energy of the interval"),
        float("error_kwh", "kWh", "expected error of the energy of the interval"),
        float("u_kwh", "kWh", "its standard uncertainty"),
        float("error_pct", "%", "expected error in per cent of the energy of the interval"),
        float("u_pct", "%", "its standard uncertainty: a component of the meter's"),
        float("dof", "1", "degrees of freedom of the uncertainties"),
        float("register_error_pct", "%", "expected error of the running register over the interval"),
        float("register_u_pct", "%", "its standard uncertainty"),
    ],
};
