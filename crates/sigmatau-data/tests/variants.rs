//! Files as other programs write them: the same clock in other types, encodings and layouts.

use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float32Array, Float64Array, Int32Array, Int64Array, LargeStringArray,
    RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray, TimestampSecondArray,
};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use sigmatau_core::Unit;
use sigmatau_data::{ClockKind, ClockOptions, ClockSource, Column, Table, Values, read_table};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const NAMES: [&str; 6] = ["a", "a", "a", "b", "b", "b"];
const SECONDS: [i64; 6] = [10, 11, 12, 10, 11, 12];

type Metadata<'a> = &'a [(&'a str, &'a str)];

/// Writes columns with the defaults of a general-purpose writer: dictionaries, Snappy, 2 rows in a row group.
fn write(path: &Path, columns: Vec<(&str, ArrayRef, Metadata<'_>)>) {
    let field = |(name, array, metadata): &(&str, ArrayRef, Metadata<'_>)| {
        let metadata = metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Field::new(*name, array.data_type().clone(), true).with_metadata(metadata.collect())
    };
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_max_row_group_row_count(Some(2));
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), Arc::clone(&schema), Some(properties.build())).unwrap();
    let arrays = columns.into_iter().map(|(_, array, _)| array).collect();
    writer.write(&RecordBatch::try_new(schema, arrays).unwrap()).unwrap();
    writer.close().unwrap();
}

fn file(columns: Vec<(&str, ArrayRef, Metadata<'_>)>) -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.parquet");
    write(&path, columns);
    (directory, path)
}

fn names() -> ArrayRef {
    Arc::new(StringArray::from_iter_values(NAMES))
}

fn epochs() -> ArrayRef {
    Arc::new(TimestampSecondArray::from(SECONDS.to_vec()))
}

fn phases() -> ArrayRef {
    Arc::new(Float64Array::from(vec![0.0, 1.0, 2.0, 5.0, 7.0, 9.0]))
}

const NS: Metadata<'static> = &[("unit", "ns")];

/// Asserts that the file holds the two clocks.
fn holds_the_clocks(path: &Path) {
    let source = ClockSource::open(path, &ClockOptions::default()).unwrap();
    let series = source.read(0..2).unwrap();
    assert_eq!((series[0].name.as_str(), series[1].name.as_str()), ("a", "b"));
    assert_eq!((series[0].kind, series[0].tau0, series[0].start_ns), (ClockKind::Phase, 1.0, Some(10_000_000_000)));
    assert_eq!(
        (series[0].values.as_slice(), series[1].values.as_slice()),
        ([0.0, 1e-9, 2e-9].as_slice(), [5e-9, 7e-9, 9e-9].as_slice())
    );
    assert_eq!(series[0].findings, []);
}

#[test]
fn every_layout_of_names_is_read() {
    let layouts: [ArrayRef; 5] = [
        names(),
        Arc::new(LargeStringArray::from_iter_values(NAMES)),
        Arc::new(StringViewArray::from_iter_values(NAMES)),
        Arc::new(NAMES.into_iter().collect::<DictionaryArray<Int8Type>>()),
        Arc::new(NAMES.into_iter().collect::<DictionaryArray<Int32Type>>()),
    ];
    for layout in layouts {
        let kind = layout.data_type().clone();
        let (_directory, path) = file(vec![("series", layout, &[]), ("time", epochs(), &[]), ("phase", phases(), NS)]);
        holds_the_clocks(&path);
        let table = read_table(&path).unwrap();
        assert_eq!(table.texts("series").unwrap(), NAMES, "{kind}");
    }
}

#[test]
fn every_type_of_epochs_is_read() {
    let times = |factor: i64| SECONDS.map(|second| second * factor).to_vec();
    let types: [(ArrayRef, Metadata<'_>); 8] = [
        (Arc::new(TimestampSecondArray::from(times(1)).with_timezone("UTC")), &[]),
        (Arc::new(TimestampMillisecondArray::from(times(1_000))), &[]),
        (Arc::new(TimestampMicrosecondArray::from(times(1_000_000))), &[]),
        (Arc::new(TimestampNanosecondArray::from(times(1_000_000_000))), &[]),
        (Arc::new(Int64Array::from(times(1_000))), &[("unit", "ms")]),
        (Arc::new(Int32Array::from(SECONDS.map(|second| second as i32).to_vec())), &[("unit", "s")]),
        (Arc::new(Int64Array::from(times(10))), &[("unit", "s"), ("scale", "0.1")]),
        (Arc::new(Float64Array::from(SECONDS.map(|second| second as f64 / 60.0).to_vec())), &[("unit", "min")]),
    ];
    for (epochs, metadata) in types {
        let (_directory, path) =
            file(vec![("series", names(), &[]), ("time", epochs, metadata), ("phase", phases(), NS)]);
        holds_the_clocks(&path);
    }
}

#[test]
fn every_type_of_values_is_read() {
    let steps = [0, 1, 2, 5, 7, 9];
    let types: [(ArrayRef, Metadata<'_>); 5] = [
        (Arc::new(Float32Array::from(steps.map(|step| step as f32).to_vec())), NS),
        (Arc::new(Int32Array::from(steps.to_vec())), NS),
        (Arc::new(Int64Array::from(steps.map(i64::from).to_vec())), NS),
        (Arc::new(Int32Array::from(steps.map(|step| 2 * step).to_vec())), &[("unit", "ns"), ("scale", "0.5")]),
        (Arc::new(Int64Array::from(steps.map(|step| i64::from(step) * 1_000).to_vec())), &[("unit", "ps")]),
    ];
    for (values, metadata) in types {
        let (_directory, path) =
            file(vec![("series", names(), &[]), ("time", epochs(), &[]), ("phase", values, metadata)]);
        holds_the_clocks(&path);
    }
}

#[test]
fn nulls_are_missing_points_and_missing_epochs_are_left_out() {
    let phases = Float64Array::from(vec![Some(0.0), None, Some(2.0), Some(5.0), Some(f64::INFINITY), Some(9.0)]);
    let epochs = TimestampSecondArray::from(vec![Some(10), Some(11), Some(12), Some(10), Some(11), None]);
    let (_directory, path) =
        file(vec![("series", names(), &[]), ("time", Arc::new(epochs), &[]), ("phase", Arc::new(phases), NS)]);
    let series = ClockSource::open(&path, &ClockOptions::default()).unwrap().read(0..2).unwrap();
    assert!(series[0].values[1].is_nan());
    assert_eq!((series[0].values[0], series[0].values[2]), (0.0, 2e-9));
    let codes: Vec<&str> = series[1].findings.iter().map(|finding| &*finding.code).collect();
    assert_eq!(codes, ["infinite", "time-missing"]);
    assert_eq!((series[1].values[0], series[1].values[1].is_nan(), series[1].values.len()), (5e-9, true, 2));
}

#[test]
fn a_wide_table_gives_its_columns_as_series() {
    let frequencies: ArrayRef = Arc::new(Float64Array::from(vec![10_000_001.0; 6]));
    let time: ArrayRef = Arc::new(Int64Array::from((0..6).collect::<Vec<_>>()));
    let (_directory, path) = file(vec![
        ("time", time, &[("unit", "s")]),
        ("maser", frequencies, &[("unit", "Hz")]),
        ("quartz", Arc::new(Float32Array::from(vec![9.5; 6])), &[("unit", "MHz")]),
        ("room", phases(), &[("unit", "degC")]),
    ]);
    let options = ClockOptions { nominal: Some(1e7), ..Default::default() };
    let source = ClockSource::open(&path, &options).unwrap();
    assert_eq!(source.findings()[0].code, "column-skipped");
    assert_eq!((source.series().len(), source.series()[1].points), (2, 6));
    let series = source.read(0..2).unwrap();
    assert_eq!((series[0].kind, series[0].values.as_slice()), (ClockKind::Frequency, [1e-7; 6].as_slice()));
    assert_eq!((series[1].name.as_str(), series[1].values.as_slice()), ("quartz", [-0.05; 6].as_slice()));
    assert_eq!(source.read(1..2).unwrap()[0], series[1]);
}

#[test]
fn a_table_in_memory_reads_like_the_same_file() {
    let (_directory, path) = file(vec![("series", names(), &[]), ("time", epochs(), &[]), ("phase", phases(), NS)]);
    let options = ClockOptions::default();
    let from_file = ClockSource::open(&path, &options).unwrap();
    let in_memory = ClockSource::from_table("x", read_table(&path).unwrap(), &options).unwrap();
    assert_eq!(from_file.series(), in_memory.series());
    assert_eq!(from_file.read(0..2).unwrap(), in_memory.read(0..2).unwrap());
}

#[test]
fn scaled_steps_of_a_clock_rebuild_bit_for_bit() {
    let steps: Vec<i64> = (0..5_000).map(|k| k * 7_919 % 100_003 - 50_000).collect();
    let values = Values::Scaled { steps: steps.clone(), scale: 1e-12, offset: 0.0 };
    let table = Table::new(vec![Column { name: "phase".into(), unit: Some(Unit::SECOND), values }]).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.parquet");
    sigmatau_data::write_table(&path, &table, sigmatau_data::Metadata::default()).unwrap();
    let options = ClockOptions { tau0: Some(1.0), ..Default::default() };
    let series = ClockSource::open(&path, &options).unwrap().read(0..1).unwrap();
    assert!(
        series[0].values.iter().zip(&steps).all(|(value, step)| value.to_bits() == (*step as f64 * 1e-12).to_bits())
    );
}

#[test]
fn a_column_of_no_use_is_refused_only_where_it_is_wanted() {
    let flags: ArrayRef = Arc::new(arrow_array::BinaryArray::from_vec(vec![b"x"; 6]));
    let columns = || {
        vec![
            ("series", names(), NS),
            ("time", epochs(), NS),
            ("phase", phases(), NS),
            ("ok", flags.clone(), &[] as Metadata<'_>),
        ]
    };
    let (_directory, path) = file(columns());
    holds_the_clocks(&path);
    let message = read_table(&path).unwrap_err().to_string();
    assert!(message.contains("read column `ok`") && message.contains("stored as Binary"), "{message}");
}
