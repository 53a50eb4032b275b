//! What is published: records with their findings, and how they are to be spoken about.

use crate::{Language, Profile};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::{Record, Table};

/// Records and findings that make one document.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// The title of the document.
    pub title: &'a str,
    /// The records in the order in which they are shown.
    pub records: &'a [Record],
    /// The findings of all steps.
    pub findings: &'a [Remark<'a>],
    /// The language of headings and labels.
    pub language: Language,
    /// Where a reader finds the complete records, such as `records/`; named wherever a page shows a
    /// selection of rows. Empty where they are kept nowhere.
    pub complete: &'a str,
    /// The item, such as a sensor, that a certificate is for; empty for the only one.
    pub item: &'a str,
    /// What the laboratory says in certificates.
    pub profile: Option<&'a Profile>,
}

impl<'a> Publication<'a> {
    /// A publication in English, without findings and without a place for the complete records.
    pub fn new(title: &'a str, records: &'a [Record]) -> Self {
        Self { title, records, findings: &[], language: Language::English, complete: "", item: "", profile: None }
    }
}

/// A finding as documents show it: made by this run, or read back from a record of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remark<'a> {
    /// How much it weighs.
    pub severity: Severity,
    /// The stable word for the kind of finding.
    pub code: &'a str,
    /// What it is about; empty for the whole input.
    pub subject: &'a str,
    /// What was seen.
    pub seen: &'a str,
    /// Why it matters.
    pub matters: &'a str,
    /// What to try.
    pub advice: &'a str,
}

impl<'a> From<&'a Finding> for Remark<'a> {
    fn from(finding: &'a Finding) -> Self {
        let Finding { severity, code, subject, seen, matters, advice } = finding;
        Self { severity: *severity, code, subject, seen, matters, advice }
    }
}

impl<'a> Remark<'a> {
    /// Reads the rows of a `finding/1` table; nothing where a column is missing or a severity is no
    /// known word.
    pub fn read(table: &'a Table) -> Option<Vec<Self>> {
        let names = ["severity", "code", "subject", "seen", "matters", "advice"];
        let columns: Vec<&[String]> = names.iter().map(|name| table.texts(name)).collect::<Option<_>>()?;
        let row = |row: usize| {
            let [severity, code, subject, seen, matters, advice] = std::array::from_fn(|i| columns[i][row].as_str());
            Some(Self { severity: Severity::from_word(severity)?, code, subject, seen, matters, advice })
        };
        (0..table.rows()).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_data::Column;

    fn table(severity: &str) -> Table {
        let column = |name: &str, word: &str| Column::text(name, vec![word.to_owned()]);
        Table::new(vec![
            column("subject", "maser-1"),
            column("code", "gap"),
            column("severity", severity),
            column("seen", "3 of 100 points are missing"),
            column("matters", "terms are dropped"),
            column("advice", "look for outages"),
        ])
        .unwrap()
    }

    #[test]
    fn findings_read_back_equal_those_that_were_made() {
        let made = Finding::new(
            Severity::Warning,
            "gap",
            "3 of 100 points are missing",
            "terms are dropped",
            "look for outages",
        )
        .about("maser-1");
        assert_eq!(Remark::read(&table("warning")), Some(vec![Remark::from(&made)]));
    }

    #[test]
    fn table_without_known_severities_is_no_table_of_findings() {
        assert_eq!(Remark::read(&table("grave")), None);
        assert_eq!(Remark::read(&Table::default()), None);
    }
}
