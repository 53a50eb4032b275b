//! The truth of generated areas: one row per meter.

use super::{Schema, float, text};

/// What was drawn, and what an assessment has to find.
pub static SCHEMA: Schema = Schema {
    name: "meter_truth",
    version: 1,
    fields: &[
        text("area", "name of the transformer area that the meter is filed in"),
        text("meter", "name of the meter"),
        text("plight", "sound, bad, dead, tampered or stranger; master for the master meter"),
        float("error_pct", "%", "error over the whole time, weighted with the energy"),
        float("energy_kwh", "kWh", "energy that passed towards the customer"),
        text("home", "name of the area that it hangs in"),
        text("onset", "when its fault began, in s since 1970 UTC; empty where there is none"),
        float("loss_pct", "%", "of the master meter: energy that the cables lost over the energy supplied"),
    ],
};
