//! Clock data: the long table that time-frequency analyses read and importers write.

use super::{Schema, float, integer, text};

/// One row per clock and epoch, sorted by series and time. `phase` may be in an angle (with a
/// nominal frequency) or be replaced by `frequency` (unit 1, or Hz with a nominal frequency), and `time` is left out where the record is even and
/// the value field carries `tau0_s` in its metadata.
pub static SCHEMA: Schema = Schema {
    name: "clock",
    version: 1,
    fields: &[
        text("series", "name of the clock"),
        integer("time", "ns", "epoch, in the time scale named by the field metadata `time_scale`"),
        float("phase", "s", "time error x of the clock against its reference"),
    ],
};
