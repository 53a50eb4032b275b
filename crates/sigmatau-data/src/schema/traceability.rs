//! The traceability graph as it is drawn: certificates and what they rest on.

use super::{Schema, integer, text};

/// One row per certificate and parent, by rank and place.
pub static SCHEMA: Schema = Schema {
    name: "traceability",
    version: 1,
    fields: &[
        text("certificate", "identifier of the certificate"),
        text("parent", "certificate that it rests on; empty at a root"),
        integer("rank", "1", "the longest way from a root, in certificates; 0 on a cycle"),
        integer(
            "place",
            "1",
            "place within the rank, from 0: certificates stand below the mean place of their parents",
        ),
        text("complete", "yes where every path from the certificate ends at an accepted root, else no"),
        text(
            "fault",
            "missing, cycle, broken, falls or out-of-date of the link, no-root, no-uncertainty or sum of the certificate; \
             empty where nothing is wrong",
        ),
    ],
};
