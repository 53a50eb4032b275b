//! Energy as a reference measured it, and the errors of master meters against it: one row per meter and source of
//! uncertainty, that of the whole first.

use super::{Schema, float, text};

/// The result of the analysis of reference energy. Errors are registered less true.
pub static SCHEMA: Schema = Schema {
    name: "reference-energy",
    version: 1,
    fields: &[
        text("master", "name of the meter"),
        text("source", "`total`, or a source of uncertainty: a transducer, a standard, a time base, noise, resolution"),
        float("energy_kwh", "kWh", "energy of all intervals by the reference; null but in the row of the total"),
        float("u_kwh", "kWh", "its standard uncertainty; beside a source the part by it"),
        float("registered_kwh", "kWh", "energy that the meter registered; null where none is given"),
        float("error_pct", "%", "error of the meter in per cent; null where no registered energy is given"),
        float("u_pct", "%", "its standard uncertainty, or that of the reference; beside a source the part by it"),
        float("share", "1", "share of the variance of the error by this source; noise in common may take some off"),
        float("correlated", "1", "share of the variance that is common to all meters measured with this reference"),
    ],
};
