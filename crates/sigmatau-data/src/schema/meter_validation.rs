//! Assessments tried on errors that were put into real readings: one row per area and kind of error.

use super::{Schema, float, integer, text};

/// The result of injecting known errors and assessing again. `injection` is `none` where nothing was injected.
pub static SCHEMA: Schema = Schema {
    name: "meter-validation",
    version: 1,
    fields: &[
        text("area", "name of the transformer area"),
        text("injection", "what was injected: none, scaling, drift, dead, tampering or clock"),
        integer("meters", "", "meters of the area that could be assessed before"),
        integer("injected", "", "meters into which it was injected"),
        float("size_pct", "%", "root mean square of the injected errors over the whole time"),
        float(
            "recovery",
            "1",
            "what was found of the injected errors: slope through 0; null where they change next to no energy",
        ),
        float("rmse_pct", "%", "root mean square of what was found less what was injected"),
        float("covered", "1", "share of the meters, both kinds, whose error is where its interval says"),
        integer("intervals", "", "meters of which that can be said"),
        float("probability", "1", "share that ought to be"),
        integer("detected", "", "injected meters that were replaced, or found faulty"),
        integer("dated", "", "faults whose beginning was found within two days"),
        integer("replaced", "", "meters without an injection that were to be replaced"),
        integer("newly_replaced", "", "those among them that were not to be before"),
        float("false_rate", "1", "these over all meters without an injection"),
    ],
};
