//! Lives of meters: one row per meter, or per meters that share a life.

use super::{Schema, float, text};

/// What is known of the lives of meters, in years since each was installed.
pub static SCHEMA: Schema = Schema {
    name: "lives",
    version: 1,
    fields: &[
        text("lot", "name of the lot").optional(),
        float(
            "from_years",
            "",
            "age from which on it was observed: failed before, it would not be here; 0 if left out",
        )
        .optional(),
        float("until_years", "", "age at which it failed, or up to which it worked"),
        text("failed", "yes where it failed then, no where it still works"),
        float("meters", "1", "how many meters share this life; 1 if left out").optional(),
    ],
};
