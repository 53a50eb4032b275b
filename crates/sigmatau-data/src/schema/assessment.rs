//! Assessments of meters in service: one row per meter.

use super::{Schema, float, integer, text};

/// The result of the assessment of areas. The error is (registered − true) / true; positive reads high.
pub static SCHEMA: Schema = Schema {
    name: "assessment",
    version: 1,
    fields: &[
        text("area", "name of the transformer area"),
        text("meter", "name of the meter"),
        float("error_pct", "%", "error of the meter; null where nothing can be said"),
        float("u_pct", "%", "standard uncertainty of the error"),
        float("u95_pct", "%", "expanded uncertainty of the error for 95 % coverage"),
        float("p_conform", "1", "probability that the error lies within the limit"),
        float("information", "1", "share of the knowledge that comes from the readings: 1 − u²(posterior)/u²(prior)"),
        text("verdict", "keep, watch, replace, or not assessable"),
        text("reason", "what the verdict rests on, and what would mend a want of data"),
        float("energy_kwh", "kWh", "energy that the meter registered"),
        integer("readings", "", "intervals with a reading"),
        text("onset", "UTC time of a detected change; empty where there is none"),
    ],
};
