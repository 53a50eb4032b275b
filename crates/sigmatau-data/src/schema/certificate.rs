//! Certificates: every number of a digital calibration certificate, one row each, in the units that it states.

use super::{Schema, float, integer, text};

/// What a certificate says, value by value; units differ from row to row and stand in a column.
pub static SCHEMA: Schema = Schema {
    name: "certificate",
    version: 1,
    fields: &[
        text("certificate", "unique identifier of the certificate"),
        text("item", "identification of the item, or else its name"),
        text("section", "where the value stands: result, influenceCondition, metaData, statement …"),
        text("result", "name of the result or the condition"),
        integer("list", "1", "number of the list within the certificate, from 1; 0 outside of lists"),
        text("quantity", "name of the quantity"),
        text("ref_type", "what the quantity is, in the words of the certificate's reference types"),
        text("part", "value, or the part of a complex value: real, imaginary, magnitude, phase"),
        integer("index", "1", "place in the list of values, from 0"),
        float("value", "", "the value, in `unit`"),
        text("unit", "unit of the value and its uncertainties"),
        float("u", "", "standard uncertainty; null where there is none"),
        float("expanded", "", "expanded uncertainty as stated; null where none is stated"),
        float("k", "1", "coverage factor; null where none is stated"),
        float("p", "1", "coverage probability; null where none is stated"),
        float("lower", "", "lower end of the coverage interval; null where none is stated"),
        float("upper", "", "upper end of the coverage interval; null where none is stated"),
        float("cov_parts", "", "covariance with the other part of a complex value; null where there is none"),
        text("distribution", "distribution of the values; empty where none is stated"),
    ],
};
