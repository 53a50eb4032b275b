use super::*;
use crate::dataset::{Dataset, Origin, Planned};
use crate::document::Document;
use crate::op::planned;
use sigmatau_data::generate::{Extent, Histories};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn opened(folder: &Path) -> Dataset {
    let document = Document::parse(&format!("path = \"{}\"", folder.display()), "a.toml").unwrap();
    let planned = Planned::read("d", document.section(), Path::new(""), Reads::Calibrations).unwrap();
    let Origin::Files(files) = &planned.origin else { panic!("no files") };
    planned.open(files).unwrap()
}

fn checked(histories: &Histories, keys: &str, lacking: &[&str]) -> (Table, Vec<Finding>) {
    let folder = tempfile::tempdir().unwrap();
    histories.write(folder.path(), |_| true).unwrap();
    lacking.iter().for_each(|table| std::fs::remove_file(folder.path().join(format!("{table}.parquet"))).unwrap());
    let dataset = opened(folder.path());
    let units = dataset.units(OP.scope);
    assert_eq!(units.len(), 1);
    planned(&OP, keys, checks).unwrap().compute(&Input { dataset: &dataset, beside: &[] }, &units[0]).unwrap()
}

fn histories() -> Histories {
    Histories::builtin().with(Extent { instruments: 240, recalibrations: 5, detail: 1, seed: 7 }).unwrap()
}

/// The pairs of check and subject of a record.
fn flagged(table: &Table) -> BTreeSet<(String, String)> {
    let (names, subjects) = (table.texts("check").unwrap(), table.texts("subject").unwrap());
    names.iter().cloned().zip(subjects.iter().cloned()).collect()
}

/// The laboratory of each instrument.
fn laboratories(histories: &Histories) -> BTreeMap<String, String> {
    let calibrations = histories.tables().swap_remove(0).1;
    let texts = |name| calibrations.texts(name).unwrap().iter().cloned();
    texts("instrument").zip(texts("laboratory")).collect()
}

/// Of 200 errors a laboratory with one in ten three times too large holds 180 or so in place of 190: `u-calibration` is
/// found in larger datasets. What is wrong with a unit is told of the unit.
#[test]
fn every_planted_fault_is_found_by_its_check_and_nothing_else_is_flagged() {
    let histories = histories();
    let flagged = flagged(&checked(&histories, "", &[]).0);
    let planted = histories.planted();
    let (kinds, subjects) = (planted.texts("kind").unwrap(), planted.texts("subject").unwrap());
    for (kind, subject) in kinds.iter().zip(subjects).filter(|(kind, _)| *kind != "u-calibration") {
        let check = CHECKS.iter().find(|check| check.code.to_lowercase().replace('/', "-") == *kind).expect(kind);
        let about = if check.name == "unit-dimension" { "V" } else { subject };
        let found = flagged.iter().any(|(name, flagged)| name == check.name && flagged.contains(about));
        assert!(found, "{kind} of {subject}");
    }
    let laboratories = laboratories(&histories);
    for (check, subject) in flagged.iter().filter(|(check, _)| check != "unit-dimension") {
        let laboratory = laboratories.get(subject);
        let explains = |planted: &String| subject.contains(planted.as_str()) || laboratory == Some(planted);
        assert!(subjects.iter().any(explains), "{check}: {subject}");
    }
}

#[test]
fn honest_calibrations_are_left_alone() {
    let (table, findings) = checked(&histories().honest(), "", &[]);
    assert_eq!(flagged(&table), BTreeSet::new());
    assert_eq!(findings[0].seen, "of 240 instruments, 0 flagged at FDR ≤ 1 %");
    assert!(findings.iter().all(|finding| finding.severity == Weight::Note), "{findings:?}");
}

#[test]
fn a_check_without_its_tables_is_a_note() {
    let (_, findings) = checked(&histories().honest(), "", &["correlations", "chain"]);
    let about: Vec<&str> =
        findings.iter().filter(|its| its.code == "not-assessable").map(|its| its.subject.as_str()).collect();
    assert_eq!(about, ["correlation-possible", "chain-complete", "chain-in-date", "chain-monotone"]);
}

#[test]
fn parameters_show_every_default_and_are_read_back() {
    let parameters = planned(&OP, "checks = [\"en-score\"]\nfalse_acceptance = 0.05", checks).unwrap().parameters();
    let expected = "checks = [\"en-score\"]\nrate = 0.01\ndependent = \"no\"\nnull = \"theoretical\"\nblock = 24\n\
                    false_acceptance = 0.05\n";
    assert_eq!(parameters, expected);
    assert_eq!(planned(&OP, &parameters, checks).unwrap().parameters(), parameters);
}

#[test]
fn words_that_are_not_known_are_refused() {
    for (text, reason) in [
        ("checks = [\"en-scor\"]", "did you mean `en-score`"),
        ("rate = 1", "`rate` lies between 0 and 1"),
        ("null = \"empiric\"", "did you mean `empirical`"),
        ("block = 1", "two readings or more"),
    ] {
        let message = planned(&OP, text, checks).err().expect(text);
        assert!(message.starts_with("a.toml, line 1: ") && message.contains(reason), "{text}: {message}");
    }
}
