//! Meters in service: one row per meter.

use super::{Schema, float, integer, text};

/// What is known of the meters of areas.
pub static SCHEMA: Schema = Schema {
    name: "meters",
    version: 1,
    fields: &[
        text("area_id", "name of the transformer area, as it is filed"),
        text("meter_id", "name of the meter"),
        text("role", "sub or master"),
        integer("phases", "", "number of phases, 1 or 3").optional(),
        text("phase", "A, B, C or ABC; empty where it is not known").optional(),
        float("class_index", "", "accuracy class, such as 1 or 2").optional(),
        float("limit_pct", "%", "limit of the error in service").optional(),
        text("lot_id", "name of the lot").optional(),
        text("manufacturer", "who made it").optional(),
        text("model", "type").optional(),
        integer("installed", "ns", "when it was installed, since 1970 UTC").optional(),
        integer("register_digits", "", "digits of the register before the decimal point").optional(),
        float("multiplier", "1", "what the register is multiplied by, such as the ratio of current transformers")
            .optional(),
        text("has_pv", "yes where the customer feeds in").optional(),
        text("replaces", "name of the meter that it replaced").optional(),
        integer("from_utc", "ns", "in service from here, since 1970 UTC").optional(),
        integer("to_utc", "ns", "in service until here").optional(),
    ],
};
