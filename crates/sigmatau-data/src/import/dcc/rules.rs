//! What holds for a certificate as a whole: its version, references, languages, dates; PTB's Schematron rules
//! and those that XSD leaves out.

use super::place::{Refused, dcc_children, is_dcc, path, refused, text};
use super::{DCC, SI};
use roxmltree::{Document, Node};
use sigmatau_core::{Finding, Severity};
use std::collections::HashSet;

/// Checks a document; the rules of certificates are passed over where there are D-SI elements alone.
pub(super) fn check<'d>(document: &'d Document<'_>, findings: &mut Vec<Finding>) -> Result<(), Refused<'d>> {
    let root = document.root_element();
    if root.tag_name().namespace() != Some(DCC) {
        return known_root(document);
    }
    version(root)?;
    references(document, findings)?;
    dates(document)?;
    languages(document, findings);
    lists(document, findings);
    releases(document, findings);
    for (element, severity) in [
        ("usedMethods", Severity::Warning),
        ("influenceConditions", Severity::Warning),
        ("usedSoftware", Severity::Note),
    ] {
        declared(document, element, severity, findings);
    }
    Ok(())
}

fn known_root<'d>(document: &'d Document<'_>) -> Result<(), Refused<'d>> {
    match document.descendants().any(|node| node.tag_name().namespace() == Some(SI)) {
        true => Ok(()),
        false => refused(document.root_element(), "it is no digital calibration certificate and holds no D-SI element"),
    }
}

fn version<'d>(root: Node<'d, 'd>) -> Result<(), Refused<'d>> {
    if !is_dcc(root, "digitalCalibrationCertificate") {
        return refused(root, "a certificate begins with `dcc:digitalCalibrationCertificate`");
    }
    match root.attribute("schemaVersion").unwrap_or_default() {
        version if ["3.1.", "3.2.", "3.3."].iter().any(|known| version.starts_with(known)) => Ok(()),
        version => refused(root, format!("its schema version is `{version}`; 3.1 to 3.3 are read")),
    }
}

/// Every id stands once; every reference has its id; every id should be referred to.
fn references<'d>(document: &'d Document<'_>, findings: &mut Vec<Finding>) -> Result<(), Refused<'d>> {
    let of_certificates = |node: &Node<'_, '_>| [Some(DCC), Some(SI)].contains(&node.tag_name().namespace());
    let elements = || document.descendants().filter(of_certificates);
    let mut ids = HashSet::new();
    for node in elements() {
        if let Some(id) = node.attribute("id").filter(|id| !ids.insert(*id)) {
            return refused(node, format!("the id `{id}` stands at an earlier element too"));
        }
    }
    let words = |node: Node<'d, 'd>| node.attribute("refId").into_iter().flat_map(str::split_ascii_whitespace);
    for node in elements() {
        if let Some(lost) = words(node).find(|word| !ids.contains(word)) {
            return refused(node, format!("its refId `{lost}` is the id of no element"));
        }
    }
    let used: HashSet<&str> = elements().flat_map(words).collect();
    for node in elements().filter(|node| node.attribute("id").is_some_and(|id| !used.contains(id))) {
        let seen = format!("the id `{}`, to which nothing refers", node.attribute("id").unwrap_or_default());
        let finding =
            Finding::new(Severity::Note, "unlinked-id", seen, "a reference may be missing", "compare the references");
        findings.push(finding.about(path(node)));
    }
    Ok(())
}

/// Texts are in the declared languages, each once.
fn languages(document: &Document<'_>, findings: &mut Vec<Finding>) {
    let declared: Vec<&str> =
        document.descendants().filter(|node| is_dcc(*node, "usedLangCodeISO639_1")).map(text).collect();
    for node in document.descendants().filter(|node| is_dcc(*node, "content")) {
        let Some(language) = node.attribute("lang") else { continue };
        let is_alike = |other: Node<'_, '_>| is_dcc(other, "content") && other.attribute("lang") == Some(language);
        let seen = match declared.contains(&language) {
            false => format!("a text in the language `{language}`, which `usedLangCodeISO639_1` does not declare"),
            true if node.next_siblings().skip(1).any(is_alike) => format!("two texts in the language `{language}`"),
            true => continue,
        };
        let matters = "a reader may be shown the wrong one; no number is touched";
        let finding = Finding::new(Severity::Warning, "language", seen, matters, "mend the languages");
        findings.push(finding.about(path(node)));
    }
}

fn dates<'d>(document: &'d Document<'_>) -> Result<(), Refused<'d>> {
    let Some(core) = document.descendants().find(|node| is_dcc(*node, "coreData")) else {
        return refused(document.root_element(), "it has no `coreData`");
    };
    let date = |name| dcc_children(core, name).next().map(|node| (node, text(node)));
    match (date("beginPerformanceDate"), date("endPerformanceDate")) {
        (Some((_, begin)), Some((node, end))) if end < begin => {
            refused(node, format!("the calibration ends on {end} before it begins on {begin}"))
        }
        _ => Ok(()),
    }
}

/// Words of lists stand one space apart.
fn lists(document: &Document<'_>, findings: &mut Vec<Finding>) {
    let is_loose = |node: &Node<'_, '_>| {
        let list = node.tag_name().name().ends_with("XMLList") && node.tag_name().namespace() == Some(SI);
        let words = node.text().filter(|_| !node.children().any(|child| child.is_element())).unwrap_or("x");
        list && words.split([' ', '\n', '\t', '\r']).any(str::is_empty)
    };
    for node in document.descendants().filter(is_loose) {
        let matters = "other readers refuse the certificate";
        let finding = Finding::new(
            Severity::Note,
            "spaces",
            "entries of a list more than one space apart",
            matters,
            "write one space",
        );
        findings.push(finding.about(path(node)));
    }
}

/// The release of software is a letter and up to four numbers.
fn releases(document: &Document<'_>, findings: &mut Vec<Finding>) {
    for node in document.descendants().filter(|node| is_dcc(*node, "release") && !is_release(text(*node))) {
        let seen = format!("the release `{}`, not a letter and numbers such as `v1.2.3`", text(node));
        let finding = Finding::new(
            Severity::Note,
            "release",
            seen,
            "other readers refuse the certificate",
            "write it as `v1.2.3`",
        );
        findings.push(finding.about(path(node)));
    }
}

fn is_release(text: &str) -> bool {
    let mut letters = text.chars();
    let numbers = letters.next().filter(char::is_ascii_alphabetic).map(|_| letters.as_str());
    let Some(numbers) = numbers.map(|rest| rest.strip_prefix(' ').unwrap_or(rest)) else { return false };
    let is_number = |word: &str| (1..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    numbers.split('.').count() <= 4 && numbers.split('.').all(is_number)
}

/// Every quantity of a result has the element, or its list or measurement has.
fn declared(document: &Document<'_>, element: &'static str, severity: Severity, findings: &mut Vec<Finding>) {
    let in_results = |node: &Node<'_, '_>| {
        is_dcc(*node, "quantity")
            && node.ancestors().any(|step| is_dcc(step, "results"))
            && !node.ancestors().any(|step| is_dcc(step, "metaData"))
    };
    let has = |step: Node<'_, '_>| dcc_children(step, element).next().is_some();
    let levels = ["quantity", "list", "measurementResult"];
    let is_bare =
        |node: &Node<'_, '_>| !node.ancestors().any(|step| levels.iter().any(|level| is_dcc(step, level)) && has(step));
    if let Some(node) = document.descendants().filter(in_results).find(is_bare) {
        let seen = format!("a result without `{element}`, in its quantity, its list and its measurement");
        let matters = "it can't be judged how the result was found";
        let finding = Finding::new(severity, "undeclared", seen, matters, "ask the laboratory");
        findings.push(finding.about(path(node)));
    }
}
