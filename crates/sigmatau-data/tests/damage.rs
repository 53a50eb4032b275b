//! Broken files are told, by name and with a remedy, and never panic.

use sigmatau_core::Unit;
use sigmatau_data::{
    ClockOptions, ClockSource, Column, DataError, Metadata, Table, Values, inspect, read_header, read_table,
    write_table,
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn clock_file() -> (TempDir, PathBuf, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("clock.parquet");
    let rows = 3_000;
    let phase: Vec<f64> = (0..rows).map(|k| if k % 50 == 3 { f64::NAN } else { (k as f64).sin() }).collect();
    let steps = Values::Scaled { steps: (0..rows).map(|k| k * k).collect(), scale: 1e-12, offset: 0.0 };
    let table = Table::new(vec![
        Column::text("series", (0..rows).map(|k| format!("clock-{}", k % 7)).collect()),
        Column::integer("time", Unit::parse("ns").unwrap(), (0..rows).map(|k| k / 7 * 1_000_000_000).collect()),
        Column::float("phase", Unit::SECOND, phase),
        Column { name: "steps".into(), unit: Some(Unit::SECOND), values: steps },
    ]);
    write_table(&path, &table.unwrap(), Metadata::default()).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    (directory, path, bytes)
}

/// Opens the file in every way; the first error, if any.
fn open(path: &Path) -> Result<(), DataError> {
    let table = read_table(path);
    let _ = read_header(path);
    let inspection = inspect(path);
    let source = ClockSource::open(path, &ClockOptions::default())?;
    source.read(0..source.series().len())?;
    inspection?;
    table.map(drop)
}

#[test]
fn a_truncated_file_is_told_by_name_with_a_remedy() {
    let (_directory, path, bytes) = clock_file();
    open(&path).unwrap();
    let lengths = (0..bytes.len()).step_by(97).chain(bytes.len() - 12..bytes.len()).chain(1..12);
    for length in lengths {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let message = open(&path).unwrap_err().to_string();
        assert!(message.starts_with(&format!("read `{}`: it is ", path.display())), "{length}: {message}");
        assert!(message.ends_with("write it again"), "{length}: {message}");
    }
}

#[test]
fn a_file_with_a_wrong_byte_is_read_or_refused() {
    let (_directory, path, bytes) = clock_file();
    for place in (4..bytes.len()).step_by(11) {
        let mut wrong = bytes.clone();
        wrong[place] ^= 1 << (place % 8);
        std::fs::write(&path, &wrong).unwrap();
        if let Err(error) = open(&path) {
            assert!(error.to_string().contains("clock.parquet"), "{place}: {error}");
        }
    }
}

#[test]
fn text_is_not_taken_for_parquet() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("phase.csv");
    std::fs::write(&path, "0.0\n1e-9\n").unwrap();
    let message = read_table(&path).unwrap_err().to_string();
    assert!(
        message.ends_with("it is not a Parquet file; convert text and instrument files with `sigmatau import`"),
        "{message}"
    );
}

#[test]
fn a_missing_file_and_a_directory_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let missing = read_table(&directory.path().join("x.parquet")).unwrap_err().to_string();
    assert!(missing.starts_with("open `") && missing.contains("check the path"), "{missing}");
    let folder = read_table(directory.path()).unwrap_err().to_string();
    assert!(folder.contains("name a file"), "{folder}");
}
