//! The chain of standards: which certificate rests on which.

use super::rules::Rules;
use super::{Schema, float, integer, text};

/// One row per certificate and parent: u² = `u_own`² + Σ `contribution`² over the parents of a certificate.
pub static SCHEMA: Schema = Schema {
    name: "chain",
    version: 1,
    fields: &[
        text("certificate", "identifier of the certificate of a standard").required(),
        text("item", "the standard").required(),
        text("laboratory", "who issued the certificate").required(),
        text("parent", "certificate that it rests on; empty at a root"),
        text("root", "what an accepted root is: a national institute, or the SI itself; empty elsewhere")
            .one_of(&["", "nmi", "si"]),
        text("unit", "unit of the uncertainties").required(),
        float("u", "", "standard uncertainty of the certified value").required().at_least(0.0),
        float("sensitivity", "1", "sensitivity to the value of the parent; null at a root"),
        float("contribution", "", "|sensitivity| · u of the parent, as stated; null at a root").at_least(0.0),
        float("u_own", "", "standard uncertainty from all but the parents").required().at_least(0.0),
        integer("issued", "ns", "when it was issued, since 1970 in UTC"),
        integer("valid_from", "ns", "first instant of its validity, since 1970 in UTC"),
        integer("valid_until", "ns", "end of its validity, since 1970 in UTC"),
    ],
};

/// What holds for plain rows; whether every parent is there is a question to the whole graph.
pub static RULES: Rules = Rules { schema: &SCHEMA, key: &["certificate", "parent"], references: &[] };
