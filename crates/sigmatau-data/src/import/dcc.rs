//! Digital calibration certificates: DCC 3.1 to 3.3 with D-SI 2.1 and 2.2, and D-SI elements alone.
//!
//! A certificate is XML: `administrativeData` (laboratory, customer, item, persons) and `measurementResults`,
//! whose `result`s hold `list`s of `quantity`s. A quantity holds a D-SI element: `real`, `realListXMLList`,
//! `complex`, `complexListXMLList`, or a `hybrid` of the same quantity in several units, of which the first is
//! taken. Lists are words between spaces; units, uncertainties, coverage factors and the like have as many words
//! as there are values, or one for all. Standard and expanded uncertainties, coverage intervals and covariances
//! of complex values are read in the current and in the deprecated spelling.
//!
//! | certificate | table |
//! |---|---|
//! | every list has a frequency and a complex response, or magnitude and phase | [`schema::response`](crate::schema::response) |
//! | any other | [`schema::certificate`](crate::schema::certificate): each number one row, as it is stated |
//!
//! Schema and Schematron accept much that can't be meant; what is checked here besides: lengths of lists, signs
//! of uncertainties, names of units, coverage factor against probability (with the degrees of freedom where they
//! are stated, and for two dimensions where the value is complex), covariances that are none, frequencies that do
//! not rise. These and broken references refuse the file with the place, as an XPath, and the reason; what is
//! only missing, such as methods and conditions, is a finding. A signature is not verified.

mod numbers;
mod place;
mod quantity;
mod response;
mod rows;
mod rules;

#[cfg(test)]
mod tests;

use super::{Form, ImportError, ImportOptions, Imported, Importer};
use place::Refused;
use roxmltree::Document;
use sigmatau_core::Finding;

pub(super) static IMPORTER: Importer = Importer {
    name: "dcc",
    title: "digital calibration certificate, DCC 3.1 to 3.3",
    extensions: &["xml", "dcc"],
    reference: "PTB, Digital Calibration Certificate 3.3.0; SmartCom, D-SI 2.2.1",
    form: Form::Text { sniff, parse },
};

/// The namespace of the D-SI.
const SI: &str = "https://ptb.de/si";
/// The namespace of certificates.
const DCC: &str = "https://ptb.de/dcc";

fn sniff(head: &str) -> bool {
    head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && (head.contains(SI) || head.contains(DCC))
}

fn parse(text: &str, file: &str, _options: &ImportOptions) -> Result<Imported, ImportError> {
    let refused = |line: u32, problem: String| ImportError::Format {
        file: file.to_owned(),
        line: usize::try_from(line).unwrap_or(usize::MAX),
        problem,
    };
    let document = Document::parse(text.trim_start_matches('\u{feff}')).map_err(|error| {
        refused(error.pos().row, format!("this is no well-formed XML: {error}; copy the file again"))
    })?;
    let mut findings = Vec::new();
    let table = read(&document, &mut findings).map_err(|error| {
        let line = document.text_pos_at(error.node.range().start).row;
        refused(line, format!("`{}`: {}", place::path(error.node), error.problem))
    })?;
    let findings = findings.into_iter().map(|finding: Finding| within(finding, file)).collect();
    Ok(Imported { table, time_scale: None, tau0: None, rate: None, findings })
}

fn read<'d>(document: &'d Document<'_>, findings: &mut Vec<Finding>) -> Result<crate::Table, Refused<'d>> {
    rules::check(document, findings)?;
    let quantities = quantity::all(document, findings)?;
    match response::table(document, &quantities, findings)? {
        Some(table) => Ok(table),
        None => Ok(rows::table(document, &quantities)),
    }
}

/// The finding with the name of the file before its place.
fn within(finding: Finding, file: &str) -> Finding {
    let subject = if finding.subject.is_empty() { file.to_owned() } else { format!("{file}, {}", finding.subject) };
    finding.about(subject)
}
