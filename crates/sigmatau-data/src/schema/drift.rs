//! What changed between two calibrations: one row per sensor and frequency, and one for all frequencies together.

use super::{Schema, float, text};

/// The result of the analysis of drift. Changes are those from the earlier to the later calibration.
pub static SCHEMA: Schema = Schema {
    name: "drift",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        text("part", "`line`, or `overall` for the change that all frequencies have in common"),
        float("frequency_hz", "Hz", "frequency; null for all together"),
        float("change", "1", "relative change of the magnitude"),
        float("change_u", "1", "its standard uncertainty, without what both calibrations have in common"),
        float("change_en", "1", "E_n of it: above 1 it is more than twice its uncertainty"),
        float("phase_change_rad", "rad", "change of the phase"),
        float("phase_change_u", "rad", "its standard uncertainty, without what both calibrations have in common"),
        float("phase_change_en", "1", "E_n of it"),
        float("p_value", "1", "probability of changes as large as these by chance"),
        text("significant", "yes or no: whether that probability is below 5 %"),
        float("expected_magnitude", "", "magnitude on the day that was asked for; null where none was"),
        float("expected_magnitude_u", "", "its standard uncertainty"),
        float("expected_phase_rad", "rad", "phase on that day"),
        float("expected_phase_u", "rad", "its standard uncertainty"),
    ],
};
