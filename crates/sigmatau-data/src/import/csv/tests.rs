use super::*;
use crate::import::import;
use sigmatau_core::Unit;

fn seconds() -> ImportOptions {
    ImportOptions { unit: Some(Unit::SECOND), ..Default::default() }
}

fn read(text: &str, options: &ImportOptions) -> Imported {
    import(text.as_bytes(), "lab.csv", None, options).unwrap()
}

fn refused(text: &str, options: &ImportOptions) -> String {
    import(text.as_bytes(), "lab.csv", Some("csv"), options).unwrap_err().to_string()
}

#[test]
fn columns_are_found_by_name() {
    let imported = read("phase,time\n1e-9,0\n2e-9,10\n3e-9,20\n", &seconds());
    assert_eq!(imported.table.floats("phase").unwrap(), [1e-9, 2e-9, 3e-9]);
    assert_eq!(imported.table.integers("time").unwrap(), [0, 10_000_000_000, 20_000_000_000]);
    assert_eq!(imported.table.texts("series").unwrap(), ["lab", "lab", "lab"]);
}

#[test]
fn stated_columns_go_before_usual_ones() {
    let stated = ImportOptions {
        kind: Some(ClockKind::Phase),
        value: Some("x".into()),
        series: Some("clock".into()),
        time: Some("mjd".into()),
        ..seconds()
    };
    let imported = read("mjd;clock;x;phase\n61041;b;1;9\n61042;a;2;9\n61042;b;3;9\n", &stated);
    assert_eq!(imported.table.texts("series").unwrap(), ["a", "b", "b"]);
    assert_eq!(imported.table.floats("phase").unwrap(), [2.0, 1.0, 3.0]);
    assert!(imported.findings[0].seen.contains("modified Julian dates"));
}

#[test]
fn table_without_time_keeps_the_stated_interval() {
    let imported = read("phase,note\n1,a\n2,b\n3,c\n", &ImportOptions { tau0: Some(0.1), ..seconds() });
    assert_eq!((imported.tau0, imported.table.column("time")), (Some(0.1), None));
}

#[test]
fn quoted_cells_may_contain_separators_and_lines() {
    let imported = read("series,phase\n\"a, \"\"b\"\"\",1\n\"c\nd\",2\ne,3\n", &seconds());
    assert_eq!(imported.table.texts("series").unwrap(), ["a, \"b\"", "c\nd", "e"]);
}

#[test]
fn bad_cell_is_a_finding_with_line_and_column() {
    let imported = read("time,phase\n0,1\n1,x\n2,\nnever,4\n", &seconds());
    let phase = imported.table.floats("phase").unwrap();
    assert_eq!((phase.len(), phase[1].is_nan(), phase[2].is_nan()), (3, true, true));
    let seen: Vec<String> = imported.findings.iter().map(|f| format!("{}: {}", f.subject, f.seen)).collect();
    assert_eq!(
        seen,
        [
            "lab.csv, line 3: `x` in column `phase` can't be read",
            "lab.csv, line 5: `never` in column `time` can't be read",
            "lab.csv: time tags are taken as seconds",
        ]
    );
}

#[test]
fn short_rows_miss_their_cells() {
    let imported = read("time,phase\n0,1\n1\n2,3\n", &seconds());
    assert!(imported.table.floats("phase").unwrap()[1].is_nan());
}

#[test]
fn unknown_column_names_the_nearest() {
    let stated = ImportOptions { value: Some("phse".into()), ..seconds() };
    let message = refused("time,phase\n0,1\n", &stated);
    assert_eq!(message, "import `lab.csv`: there is no column `phse`; did you mean `phase`?");
}

#[test]
fn table_without_an_obvious_value_asks_for_it() {
    for text in ["time,x\n0,1\n", "phase,frequency\n0,1\n"] {
        assert!(refused(text, &seconds()).ends_with("state the column with the values"));
    }
}

#[test]
fn unit_has_to_be_stated() {
    assert!(refused("time,phase\n0,1\n", &ImportOptions::default()).contains("state the unit"));
}

#[test]
fn table_without_rows_is_refused() {
    assert!(refused("time,phase\n", &seconds()).contains("ends without a row"));
}
