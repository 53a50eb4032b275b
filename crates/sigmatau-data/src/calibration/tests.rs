use super::*;
use crate::generate::{Extent, Histories};
use crate::schema::{logs, recalls};
use crate::{Metadata, Table, Values, write_table};
use tempfile::TempDir;

fn written(histories: &Histories) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    histories.write(folder.path(), |_| true).unwrap();
    folder
}

fn histories(instruments: usize, recalibrations: usize, detail: usize) -> Histories {
    Histories::builtin().with(Extent { instruments, recalibrations, detail, seed: 3 }).unwrap()
}

fn blocks(folder: &TempDir) -> (Calibrations, Vec<CalibrationBlock>) {
    let mut calibrations = Calibrations::open(folder.path()).unwrap();
    let mut blocks = Vec::new();
    while let Some(block) = calibrations.next_block().unwrap() {
        blocks.push(block);
    }
    (calibrations, blocks)
}

/// Changes words of a column of the calibrations in a folder.
fn changed(folder: &TempDir, rows: &[usize], change: impl Fn(&mut Vec<String>), column: &str) {
    let path = folder.path().join("calibrations.parquet");
    let table = crate::read_table(&path).unwrap();
    let mut columns = table.in_order(rows).columns().to_vec();
    let Values::Text(words) = &mut columns.iter_mut().find(|its| its.name == column).unwrap().values else { panic!() };
    change(words);
    write_table(&path, &Table::new(columns).unwrap(), Metadata::default()).unwrap();
}

#[test]
fn blocks_hold_whole_instruments_and_every_row_once() {
    let histories = histories(10_000, 4, 50);
    let (calibrations, blocks) = blocks(&written(&histories));
    let table = histories.tables().swap_remove(0).1;
    assert!(blocks.len() >= 2);
    let mut row = 0;
    for block in &blocks {
        assert_eq!(block.first_row, row as u64);
        assert_eq!(block.calibrations.rows() % 16, 0, "an instrument has 16 rows");
        let rows = row..row + block.calibrations.rows();
        assert_eq!(block.calibrations.numbers("value"), &table.floats("value").unwrap()[rows.clone()]);
        assert_eq!(block.calibrations.wholes("time"), &table.integers("time").unwrap()[rows.clone()]);
        let words = block.calibrations.words("instrument").iter().map(|word| calibrations.vocabulary().word(*word));
        assert!(words.eq(table.texts("instrument").unwrap()[rows.clone()].iter().map(String::as_str)));
        row = rows.end;
    }
    assert_eq!(row, table.rows());
}

#[test]
fn what_belongs_to_a_calibration_stands_beside_it() {
    let histories = histories(10_000, 4, 50).honest();
    let (calibrations, blocks) = blocks(&written(&histories));
    assert!(calibrations.findings().is_empty());
    let mut attached = 0;
    for block in &blocks {
        let rows = block.calibrations.rows();
        for (attached, each) in [(&block.repeats, 10), (&block.budgets, 5), (&block.correlations, 3)] {
            assert_eq!(attached.ends.len(), rows);
            let mut start = 0;
            for (row, end) in attached.ends.iter().enumerate() {
                assert!(end - start == 0 || end - start == each);
                let same = |name: &str| {
                    attached.rows.words(name)[start..*end]
                        .iter()
                        .all(|word| *word == block.calibrations.words(name)[row])
                };
                assert!(same("certificate") && same("point"));
                start = *end;
            }
            assert_eq!(start, attached.rows.rows());
        }
        attached += block.repeats.rows.rows();
    }
    assert_eq!(attached, 200 * 16 * 10);
}

#[test]
fn planted_tables_have_mixed_units_and_no_other_remark() {
    let (calibrations, _) = blocks(&written(&histories(480, 5, 1)));
    let codes: Vec<String> = calibrations.findings().iter().map(|finding| finding.code.to_string()).collect();
    assert_eq!(codes, ["mixed-units"]);
    let seen = &calibrations.findings()[0].seen;
    assert!(seen.starts_with("active power is stated in 2 units: `W` 9596 rows, `V` 2 rows"), "{seen}");
}

#[test]
fn repeated_rows_split_instruments_and_mixed_zones_are_remarked() {
    let folder = written(&histories(40, 2, 1).honest());
    std::fs::remove_file(folder.path().join("repeats.parquet")).unwrap();
    let rows: Vec<usize> = (0..320).chain([319, 0]).collect();
    changed(&folder, &rows, |zones| zones[7] = "+08:00".to_owned(), "zone");
    let (calibrations, blocks) = blocks(&folder);
    assert!(blocks[0].repeats.ends.is_empty());
    let findings = calibrations.findings();
    let told: Vec<(&str, &str)> = findings.iter().map(|its| (its.code.as_ref(), its.seen.as_str())).collect();
    let expected = [
        ("repeated-row", "1 rows repeat certificate and point of an earlier row, the first is row 320"),
        ("instrument-apart", "rows of 1 instruments stand in two places or more, the first at row 321"),
        ("mixed-zones", "times were stated in 2 zones: `UTC` 321 rows, `+08:00` 1 rows"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn rows_that_belong_to_no_calibration_are_remarked() {
    let folder = written(&histories(40, 2, 1).honest());
    changed(&folder, &(8..320).collect::<Vec<_>>(), |_| {}, "zone");
    let (calibrations, _) = blocks(&folder);
    let findings = calibrations.findings();
    assert_eq!(findings.len(), 3);
    assert_eq!((findings[0].subject.as_str(), findings[0].code.as_ref()), ("repeats", "row-without-calibration"));
    assert!(findings[0].seen.starts_with("row 0 belongs to no calibration"), "{}", findings[0].seen);
}

#[test]
fn other_tables_are_read_with_the_same_words() {
    let folder = written(&histories(40, 2, 1));
    let (mut calibrations, blocks) = blocks(&folder);
    let mut pieces = Pieces::open(&folder.path().join("logs.parquet"), &logs::SCHEMA, &["instrument"]).unwrap();
    let piece = pieces.next_piece(calibrations.vocabulary_mut()).unwrap().unwrap();
    assert_eq!((piece.rows(), piece.words("instrument")[0]), (40 * 256, blocks[0].calibrations.words("instrument")[0]));
    assert_eq!(piece.numbers("no such column"), &[] as &[f64]);
    assert!(pieces.next_piece(calibrations.vocabulary_mut()).unwrap().is_none());
}

#[test]
fn a_table_without_its_key_and_a_column_of_another_kind_are_refused() {
    let folder = written(&histories(40, 2, 1));
    let open = |table: &str, schema| Pieces::open(&folder.path().join(table), schema, &["instrument"]).err();
    let message = open("chain.parquet", &recalls::SCHEMA).unwrap().to_string();
    assert!(message.contains("there is no such column"), "{message}");
    let table = Table::new(vec![
        crate::Column::text("instrument", vec!["a".into()]),
        crate::Column::text("value", vec!["b".into()]),
    ]);
    write_table(&folder.path().join("odd.parquet"), &table.unwrap(), Metadata::default()).unwrap();
    let message = open("odd.parquet", &logs::SCHEMA).unwrap().to_string();
    assert!(message.contains("it is stored as text; a column of numbers is wanted here"), "{message}");
}
