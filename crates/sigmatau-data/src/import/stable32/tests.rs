use super::super::ClockKind;
use super::*;
use crate::import::import;
use crate::{Table, Values};
use sigmatau_core::Unit;

fn options(kind: ClockKind, unit: &str) -> ImportOptions {
    ImportOptions { kind: Some(kind), unit: Some(Unit::parse(unit).unwrap()), ..Default::default() }
}

fn read(text: &str, file: &str) -> Imported {
    import(text.as_bytes(), file, Some("stable32"), &ImportOptions::default()).unwrap()
}

fn refused(text: &str, file: &str, options: &ImportOptions) -> String {
    import(text.as_bytes(), file, Some("stable32"), options).unwrap_err().to_string()
}

fn values<'a>(table: &'a Table, name: &str) -> &'a [f64] {
    table.floats(name).unwrap()
}

#[test]
fn numbers_are_read_in_every_spelling() {
    let imported = read("1\n-2.5e-9\n+3E2\n4D-3\n.5\n1d0 # one\n", "a.phd");
    assert_eq!(values(&imported.table, "phase"), [1.0, -2.5e-9, 300.0, 4e-3, 0.5, 1.0]);
    assert_eq!(imported.findings, []);
}

#[test]
fn every_separator_parts_tag_and_value() {
    for separator in [" ", "\t", ",", ";", " ; ", "   "] {
        let text = format!("0{separator}1.5\n1{separator}2.5\n2{separator}3.5\r\n");
        let imported = read(&text, "a.frd");
        assert_eq!(values(&imported.table, "frequency"), [1.5, 2.5, 3.5], "`{separator}`");
        assert_eq!(imported.table.integers("time").unwrap(), [0, 1_000_000_000, 2_000_000_000]);
    }
}

#[test]
fn bad_line_is_a_finding_and_its_point_is_missing() {
    let imported = read("1.0\nabc\n3.0 4.0\n4.0\n", "a.phd");
    let phase = values(&imported.table, "phase");
    assert_eq!((phase.len(), phase[1].is_nan(), phase[2].is_nan(), phase[3]), (4, true, true, 4.0));
    let subjects: Vec<&str> = imported.findings.iter().map(|finding| finding.subject.as_str()).collect();
    assert_eq!(subjects, ["a.phd, line 2", "a.phd, line 3"]);
}

#[test]
fn many_bad_lines_are_named_once_and_counted() {
    let imported = read(&format!("1.0\n{}", "x\n".repeat(1000)), "a.phd");
    assert_eq!(imported.findings.len(), 11);
    assert_eq!(imported.findings[10].seen, "990 more lines like the 10 above");
}

#[test]
fn line_without_a_readable_tag_is_left_out() {
    let imported = read("0 1.0\nx 2.0\n2 3.0\n3 x\n", "a.phd");
    assert_eq!(imported.table.integers("time").unwrap(), [0, 2_000_000_000, 3_000_000_000]);
    let codes: Vec<&str> = imported.findings.iter().map(|finding| &*finding.code).collect();
    assert_eq!(codes, ["bad-tag", "bad-line", "time-tags"]);
}

#[test]
fn tags_out_of_order_are_sorted_and_remarked() {
    let imported = read("0 1\n2 3\n1 2\n3 4\n", "a.phd");
    assert_eq!(values(&imported.table, "phase"), [1.0, 2.0, 3.0, 4.0]);
    assert!(imported.findings.iter().any(|finding| finding.code == "order"));
}

#[test]
fn heading_is_passed_over() {
    let imported = read("Phase data of 2026\nx in s\n1.0\n2.0\n3.0\n", "a.phd");
    assert_eq!(values(&imported.table, "phase"), [1.0, 2.0, 3.0]);
}

#[test]
fn kind_and_unit_have_to_be_stated() {
    let message = refused("1.0\n", "a.txt", &ImportOptions::default());
    let expected = "import `a.txt`: it does not say whether its numbers are phase or frequency; state the kind, `phase` \
                    or `frequency`";
    assert_eq!(message, expected);
    let kind_only = ImportOptions { kind: Some(ClockKind::Phase), ..Default::default() };
    assert!(refused("1.0\n", "a.txt", &kind_only).contains("it does not say the unit of its numbers; state the unit"));
}

#[test]
fn unit_of_another_quantity_is_refused() {
    let message = refused("1.0\n", "a.txt", &options(ClockKind::Phase, "V"));
    assert_eq!(
        message,
        "import `a.txt`: phase can't be in `V`; give a unit of time, such as `ns`, or of angle, such as `rad`"
    );
    assert!(refused("1.0\n", "a.txt", &options(ClockKind::Frequency, "s")).contains("frequency can't be in `s`"));
}

#[test]
fn stated_unit_stays_with_the_numbers() {
    let imported = import(b"1.5\n2.5\n3.5\n", "a.txt", None, &options(ClockKind::Phase, "ns")).unwrap();
    let column = imported.table.column("phase").unwrap();
    assert_eq!((column.unit.clone(), &column.values), (Unit::parse("ns").ok(), &Values::Float(vec![1.5, 2.5, 3.5])));
}

#[test]
fn frequency_in_hertz_becomes_fractional() {
    let stated = ImportOptions { nominal: Some(10e6), ..options(ClockKind::Frequency, "MHz") };
    let imported = import(b"10.000001\n9.999999\n10.0\n", "a.txt", None, &stated).unwrap();
    let expected = [1e-7, -1e-7, 0.0];
    for (y, expected) in values(&imported.table, "frequency").iter().zip(expected) {
        assert!((y - expected).abs() < 1e-15, "{y}");
    }
    assert!(refused("1\n", "a.txt", &options(ClockKind::Frequency, "Hz")).contains("state `nominal`"));
}

#[test]
fn a_unit_says_what_its_numbers_are() {
    let unit = |unit| ImportOptions { unit: Unit::parse(unit).ok(), nominal: Some(10e6), ..Default::default() };
    let phase = import(b"0.5\n1\n0\n", "a.txt", None, &unit("cycle")).unwrap().table;
    assert_eq!((values(&phase, "phase"), &phase.columns()[1].unit), (&[50e-9, 100e-9, 0.0][..], &Some(Unit::SECOND)));
    let beat = ImportOptions { hertz: Some(crate::Hertz::Offset), ..unit("mHz") };
    assert_eq!(values(&import(b"1\n-1\n0\n", "a.txt", None, &beat).unwrap().table, "frequency"), [1e-10, -1e-10, 0.0]);
}

#[test]
fn decimal_comma_is_not_taken_for_a_time() {
    let message = refused("0,125\n0,250\n0,375\n0,500\n", "a.phd", &ImportOptions::default());
    assert!(message.contains("if the comma is a decimal mark, write a point instead"), "{message}");
}

#[test]
fn file_without_numbers_is_refused() {
    for text in ["# only\n# comments\n", "Dear colleague,\nthe data follow.\n"] {
        assert!(
            refused(text, "a.phd", &ImportOptions::default()).contains("ends without a line of one or two numbers")
        );
    }
}

#[test]
fn wide_tables_are_sent_to_the_csv_importer() {
    let message = refused("1 2 3 4\n5 6 7 8\n", "a.phd", &ImportOptions::default());
    assert!(message.starts_with("import `a.phd`, line 1: there are more than two columns"), "{message}");
}

#[test]
fn single_point_is_read_with_a_warning() {
    let imported = read("1.0\n", "a.phd");
    assert_eq!((imported.table.rows(), &*imported.findings[0].code), (1, "short"));
}

#[test]
fn zeros_within_the_record_are_remarked() {
    assert_eq!(read("0\n1\n2\n", "a.phd").findings, []);
    let findings = read("0\n1\n0\n2\n", "a.phd").findings;
    assert_eq!((findings.len(), &*findings[0].code), (1, "zeros"));
}
