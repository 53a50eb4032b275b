//! Readings of meters: decoding and pivoting of a month of areas of a hundred meters, on one core, beside decoding alone.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use parquet::column::reader::ColumnReader;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use sigmatau_core::Unit;
use sigmatau_data::{Column, Metadata, MeterOptions, MeterSource, Table, TableWriter, Values};
use std::fs::File;
use std::hint::black_box;
use std::path::Path;

const AREAS: usize = 5;
const METERS: usize = 100;
const INTERVALS: usize = 30 * 96;

/// An area with energies of steps of 0.01 kWh.
fn area(number: usize) -> Table {
    let rows = METERS * INTERVALS;
    let meter = |row: usize| format!("A{number:04}-{:03}", row / INTERVALS);
    let end = |row: usize| 1_782_864_900_000_000_000 + 900_000_000_000 * (row % INTERVALS) as i64;
    let energy = |row: usize| (row * 7919 % 61) as f64 * 0.01;
    let (kwh, ns) = (Unit::parse("kWh").unwrap(), Unit::parse("ns").unwrap());
    Table::new(vec![
        Column::text("area_id", vec![format!("A{number:04}"); rows]),
        Column::text("meter_id", (0..rows).map(meter).collect()),
        Column { name: "timestamp".into(), unit: Some(ns), values: Values::Integer((0..rows).map(end).collect()) },
        Column::float("energy_kwh", kwh, (0..rows).map(energy).collect()),
    ])
    .unwrap()
}

fn write(path: &Path) {
    let mut writer = TableWriter::create(path, Metadata::default()).unwrap();
    (0..AREAS).for_each(|number| writer.write(&area(number)).unwrap());
    writer.finish().unwrap();
}

/// Opens the table and reads its areas, which together make a unit of work.
fn pivot(path: &Path) -> usize {
    let source = MeterSource::open(path, &MeterOptions::default()).unwrap();
    black_box(source.read(0..AREAS).unwrap()).len()
}

/// Decodes the instants and the energies with the parquet crate alone: the limit.
fn decode(path: &Path) {
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).unwrap();
        [2, 3].into_iter().for_each(|column| decode_column(&*group, column));
    }
}

fn decode_column(group: &dyn RowGroupReader, column: usize) {
    let rows = usize::try_from(group.metadata().num_rows()).unwrap();
    let mut levels = Vec::with_capacity(rows);
    let (mut reals, mut wholes) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    match group.get_column_reader(column).unwrap() {
        ColumnReader::DoubleColumnReader(mut reader) => {
            reader.read_records(rows, Some(&mut levels), None, &mut reals).unwrap();
        }
        ColumnReader::Int64ColumnReader(mut reader) => {
            reader.read_records(rows, Some(&mut levels), None, &mut wholes).unwrap();
        }
        _ => panic!("a column of numbers"),
    }
    black_box((reals, wholes));
}

fn readings(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("readings.parquet");
    write(&path);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("readings");
    group.throughput(Throughput::Elements((AREAS * METERS * INTERVALS) as u64));
    group.bench_function("pivot", |bencher| bencher.iter(|| pool.install(|| pivot(&path))));
    group.bench_function("decode", |bencher| bencher.iter(|| pool.install(|| decode(&path))));
    group.finish();
}

criterion_group!(benches, readings);
criterion_main!(benches);
