//! Where words go: data to standard output or a file, everything else to standard error.

use anyhow::Context;
use sigmatau_core::{Finding, Severity};
use std::io::{self, Write};
use std::path::Path;

/// Says something to the person, not to the pipe.
pub(crate) fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// Writes a document to a file, whole or not at all, or to standard output.
pub(crate) fn deliver(document: &[u8], file: Option<&Path>) -> anyhow::Result<()> {
    match file {
        Some(path) => Ok(sigmatau_data::write_atomic(path, document)?),
        None => {
            let mut out = io::stdout().lock();
            out.write_all(document).and_then(|()| out.flush()).context("write to standard output")
        }
    }
}

/// Findings of one kind that are said one by one; the others are counted.
const MOST_OF_A_KIND: usize = 3;

/// Says the findings, the weightiest first, and of each kind the first few. Notes are said only if `notes`.
pub(crate) fn remark<'a>(findings: impl Iterator<Item = &'a Finding>, notes: bool) {
    let mut findings: Vec<&Finding> = findings.filter(|finding| notes || finding.severity > Severity::Note).collect();
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.code.cmp(&b.code)));
    for kind in findings.chunk_by(|a, b| a.code == b.code && a.severity == b.severity) {
        kind.iter().take(MOST_OF_A_KIND).for_each(|finding| complain(&finding.to_string()));
        if let Some(more) = kind.len().checked_sub(MOST_OF_A_KIND).filter(|more| *more > 0) {
            complain(&format!("{} [{}] … and {more} more of this kind", kind[0].severity.word(), kind[0].code));
        }
    }
}
