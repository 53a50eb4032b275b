//! Where a record comes from: its header, for the page.

use serde::Serialize;
use sigmatau_data::{Header, Input};

/// The header of a record.
#[derive(Serialize)]
pub(super) struct Provenance {
    /// Pairs of label key and text.
    facts: Vec<(&'static str, String)>,
    parameters: String,
    inputs: Vec<Input>,
}

impl Provenance {
    /// The header as the page shows it.
    pub(super) fn of(header: &Header) -> Self {
        let facts = [
            ("analysis", header.analysis.clone()),
            ("revision", header.revision.to_string()),
            ("schema", header.schema.clone()),
            ("tool", header.tool.clone()),
        ];
        Self { facts: facts.into(), parameters: header.parameters.trim_end().to_owned(), inputs: header.inputs.clone() }
    }
}
