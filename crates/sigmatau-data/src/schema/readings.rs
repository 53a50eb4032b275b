//! Readings of meters in service: one row per meter and interval.

use super::{Schema, float, integer, text};

/// What meters sent, in the order of area, meter and time. Of the energies and the register one at least is there.
pub static SCHEMA: Schema = Schema {
    name: "readings",
    version: 1,
    fields: &[
        text("area_id", "name of the transformer area"),
        text("meter_id", "name of the meter"),
        integer("timestamp", "ns", "end of the interval, since 1970 UTC"),
        float("energy_kwh", "kWh", "energy towards the customers in the interval").optional(),
        float("export_kwh", "kWh", "energy back in the interval; null where no register holds it").optional(),
        float("register_kwh", "kWh", "register of the energy towards the customers at the end of the interval")
            .optional(),
        float("voltage_v", "V", "voltage; null where it is not sent").optional(),
        float("current_a", "A", "current; null where it is not sent").optional(),
    ],
};
