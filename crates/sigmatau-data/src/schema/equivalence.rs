//! Degrees of equivalence: one row per comparison, point and laboratory, or pair of laboratories.

use super::{Schema, float, text};

/// How far laboratories are from the consensus value, and from each other.
pub static SCHEMA: Schema = Schema {
    name: "equivalence",
    version: 1,
    fields: &[
        text("comparison", "name of the comparison"),
        text("point", "name of the point, or the measurand"),
        text("method", "method of the consensus value"),
        text("laboratory", "the laboratory"),
        text("other", "the laboratory that it is compared with; empty for the consensus value"),
        float("d", "", "difference, in `unit`"),
        float("u", "", "standard uncertainty of the difference, shared parts taken out"),
        float("expanded_u", "", "expanded uncertainty of the difference"),
        text("unit", "unit of the difference and its uncertainties"),
        float("e_n", "1", "difference over its expanded uncertainty"),
        text("member", "yes or no: whether the laboratory is behind the consensus value"),
    ],
};
