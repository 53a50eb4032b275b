//! The findings of the page: the gravest first.

use super::selection;
use crate::{Publication, Remark};
use serde::Serialize;
use sigmatau_core::Severity;
use std::collections::HashSet;

/// The most findings that are listed.
const MOST_FINDINGS: usize = 200;

/// The table of findings.
#[derive(Serialize)]
pub(super) struct Findings {
    rows: Vec<Row>,
    selection: String,
}

#[derive(Serialize)]
struct Row {
    /// The stable word, for the stylesheet.
    word: &'static str,
    /// The word in the language of the page.
    severity: String,
    code: String,
    subject: String,
    seen: String,
    matters: String,
    advice: String,
}

impl Findings {
    /// The gravest findings; equally grave ones stay in order.
    pub(super) fn of(publication: &Publication<'_>) -> Self {
        let mut remarks = told_once(publication);
        remarks.sort_by_key(|remark| std::cmp::Reverse(remark.severity));
        let row = |remark: &&Remark<'_>| Row {
            word: remark.severity.word(),
            severity: publication.language.name(remark.severity.word()).to_owned(),
            code: remark.code.to_owned(),
            subject: remark.subject.to_owned(),
            seen: remark.seen.to_owned(),
            matters: remark.matters.to_owned(),
            advice: remark.advice.to_owned(),
        };
        let rows: Vec<Row> = remarks.iter().take(MOST_FINDINGS).map(row).collect();
        Self { selection: selection(rows.len(), remarks.len(), "findings", publication), rows }
    }
}

/// The findings without repetitions: several steps on one dataset remark the same about its data.
fn told_once<'a>(publication: &Publication<'a>) -> Vec<&'a Remark<'a>> {
    let mut told = HashSet::new();
    let is_new = |remark: &&Remark<'a>| told.insert((remark.code, remark.subject, remark.seen));
    publication.findings.iter().filter(is_new).collect()
}

/// How many findings there are of each severity: `3 (failure 1, warning 2)`.
pub(super) fn weighed(publication: &Publication<'_>) -> String {
    let (language, findings) = (publication.language, told_once(publication));
    let counted = |severity: Severity| {
        let count = findings.iter().filter(|remark| remark.severity == severity).count();
        (count > 0).then(|| format!("{} {count}", language.name(severity.word())))
    };
    let parts: Vec<String> =
        [Severity::Failure, Severity::Warning, Severity::Note].into_iter().filter_map(counted).collect();
    match findings.len() {
        0 => language.text("none").to_owned(),
        count => language
            .sentence("weighed", &[("count", &count.to_string()), ("parts", &parts.join(language.text("comma")))]),
    }
}
