//! Grades of lots of meters in service: one row per lot.

use super::{Schema, float, integer, text};

/// The result of grading lots by the errors that were estimated of their meters.
pub static SCHEMA: Schema = Schema {
    name: "grade",
    version: 1,
    fields: &[
        text("lot", "the words that make the lot, such as its number"),
        integer("meters", "", "meters of the lot that were assessed or tried to be"),
        integer("estimated", "", "those whose readings say enough of their error"),
        integer("areas", "", "areas that these hang in, each with a master meter of its own"),
        integer("faults", "", "meters that are dead, stuck or tampered with, which the share leaves out"),
        float("share_nonconforming", "1", "share of the meters whose error lies beyond its limit"),
        float("low", "1", "lower end of the interval of the share"),
        float("high", "1", "upper end of it"),
        float("confidence", "1", "coverage probability of the interval"),
        float("counted", "1", "what counting the estimates beyond the limit says, their uncertainty among them"),
        float("acceptable", "1", "share up to which the lot is kept"),
        text("verdict", "keep, watch, replace, or not assessable"),
        text("reason", "what the verdict rests on, and what would mend a want of data"),
    ],
};
