use super::*;
use crate::import::import;

const HEAD: &str = "     2.00           CLOCK DATA                              RINEX VERSION / TYPE
   UTC                                                      TIME SYSTEM ID
                                                            END OF HEADER
";

fn read(records: &str, chosen: Records) -> Imported {
    let options = ImportOptions { records: chosen, ..Default::default() };
    import(format!("{HEAD}{records}").as_bytes(), "a.clk", None, &options).unwrap()
}

fn refused(text: &str) -> String {
    import(text.as_bytes(), "a.clk", Some("rinex-clk"), &ImportOptions::default()).unwrap_err().to_string()
}

const TWO: &str = "AS G02  1970 01 01 00 00  1.500000  2   -0.5D-03  0.1E-11
AR PTBB 1970 01 01 00 00  1.500000  1    0.25E-03
AS G01  1970 01 01 00 00  1.500000  1    0.75E-03
AS G02  1970 01 01 00  1  0.000000  4   -0.6E-03  0.2E-11
    0.1E-10  0.1E-12
";

#[test]
fn satellites_are_sorted_by_name_and_time() {
    let imported = read(TWO, Records::Satellites);
    assert_eq!(imported.table.texts("series").unwrap(), ["G01", "G02", "G02"]);
    assert_eq!(imported.table.integers("time").unwrap(), [1_500_000_000, 1_500_000_000, 60_000_000_000]);
    assert_eq!(imported.table.floats("phase").unwrap(), [0.75e-3, -0.5e-3, -0.6e-3]);
    let u = imported.table.floats("phase_u").unwrap();
    assert_eq!((u[0].is_nan(), u[1], u[2]), (true, 0.1e-11, 0.2e-11));
    assert_eq!((imported.time_scale.as_deref(), imported.findings.as_slice()), (Some("UTC"), [].as_slice()));
}

#[test]
fn receivers_are_read_where_they_are_chosen() {
    let receivers = read(TWO, Records::Receivers).table;
    assert_eq!(receivers.texts("series").unwrap(), ["PTBB"]);
    assert!(receivers.column("phase_u").is_none());
    assert_eq!(read(TWO, Records::Both).table.rows(), 4);
}

#[test]
fn bad_record_is_a_finding_with_its_line() {
    let imported = read(
        "AS G01  1970 01 01 00 00  0.0  2  0.5\nAS G01  1970 13 01 00 00  0.0  1  0.5\nAS G01  1970 01 01 00 00  0.0  1  0.5\n",
        Records::Satellites,
    );
    assert_eq!(imported.table.rows(), 1);
    let subjects: Vec<&str> = imported.findings.iter().map(|finding| finding.subject.as_str()).collect();
    assert_eq!(subjects, ["a.clk, line 4", "a.clk, line 5", "a.clk"]);
}

#[test]
fn repeated_epochs_are_remarked() {
    let record = "AS G01  1970 01 01 00 00  0.0  1  0.5\n";
    let imported = read(&record.repeat(3), Records::Satellites);
    assert_eq!((&*imported.findings[0].code, imported.findings[0].subject.as_str()), ("duplicate", "G01"));
}

#[test]
fn other_rinex_types_are_refused() {
    let message = refused("     3.04           OBSERVATION DATA    M                   RINEX VERSION / TYPE\n");
    assert!(
        message.starts_with("import `a.clk`, line 1: this is not the first line of a RINEX clock file"),
        "{message}"
    );
}

#[test]
fn file_without_records_is_refused() {
    assert!(refused(HEAD).contains("line 3: the file ends without a record"));
    let header_only: String = HEAD.lines().take(2).map(|line| format!("{line}\n")).collect();
    assert!(refused(&header_only).contains("line 2: the file ends within the header"));
}
