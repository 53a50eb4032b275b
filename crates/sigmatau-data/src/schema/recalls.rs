//! Certificates that were withdrawn.

use super::rules::{Reference, Rules};
use super::{Schema, integer, text};

/// One row per certificate that ended before its validity did.
pub static SCHEMA: Schema = Schema {
    name: "recalls",
    version: 1,
    fields: &[
        text("certificate", "identifier of the certificate").required(),
        integer("time", "ns", "from when it no longer holds, since 1970 in UTC"),
        text("reason", "why it was withdrawn"),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules {
    schema: &SCHEMA,
    key: &["certificate"],
    references: &[Reference { column: "certificate", table: "chain", to: "certificate" }],
};
