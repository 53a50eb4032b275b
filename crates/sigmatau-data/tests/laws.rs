//! Laws of tables, grids and clock sources.

use proptest::prelude::*;
use sigmatau_core::Unit;
use sigmatau_data::grid::{Grid, even};
use sigmatau_data::table::rebuild;
use sigmatau_data::{
    ClockOptions, ClockSeries, ClockSource, Column, Metadata, Table, TableWriter, Values, read_table, write_table,
};
use std::path::Path;

const SECOND: i64 = 1_000_000_000;

fn nanoseconds() -> Unit {
    Unit::parse("ns").unwrap()
}

/// Numbers with their NaN made one, as only a null is stored of it.
fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| if value.is_nan() { f64::NAN } else { *value }.to_bits()).collect()
}

fn written_and_read(table: &Table) -> Table {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.parquet");
    write_table(&path, table, Metadata::default()).unwrap();
    read_table(&path).unwrap()
}

fn row() -> impl Strategy<Value = (f64, i64, i64, String)> {
    let number = prop_oneof![8 => any::<f64>(), 1 => Just(f64::NAN), 1 => Just(-0.0)];
    (number, any::<i64>(), any::<i64>(), ".{0,6}")
}

proptest! {
    #[test]
    fn a_table_reads_back_as_it_was_written(
        rows in prop::collection::vec(row(), 0..300),
        scale in -1e3..1e3_f64,
        offset in any::<i32>(),
    ) {
        let offset = f64::from(offset);
        let steps = rows.iter().map(|row| row.2).collect();
        let table = Table::new(vec![
            Column::float("float", Unit::parse("mV/√Hz").unwrap_or(Unit::ONE), rows.iter().map(|row| row.0).collect()),
            Column::integer("integer", nanoseconds(), rows.iter().map(|row| row.1).collect()),
            Column { name: "scaled".into(), unit: Some(Unit::SECOND), values: Values::Scaled { steps, scale, offset } },
            Column::text("text", rows.iter().map(|row| row.3.clone()).collect()),
        ]).unwrap();
        let read = written_and_read(&table);
        prop_assert_eq!(bits(read.floats("float").unwrap()), bits(table.floats("float").unwrap()));
        for name in ["integer", "scaled", "text"] {
            prop_assert_eq!(read.column(name), table.column(name));
        }
        prop_assert_eq!(&read.column("float").unwrap().unit, &table.column("float").unwrap().unit);
    }

    #[test]
    fn scaled_numbers_rebuild_to_the_same_bits_from_disk(steps in prop::collection::vec(any::<i64>(), 1..200)) {
        let values = Values::Scaled { steps: steps.clone(), scale: 1e-12, offset: 0.25 };
        let table = Table::new(vec![Column { name: "x".into(), unit: Some(Unit::SECOND), values }]).unwrap();
        let read = written_and_read(&table).column("x").unwrap().values.to_floats().unwrap().into_owned();
        let expected: Vec<f64> = steps.iter().map(|&step| rebuild(step, 1e-12, 0.25)).collect();
        prop_assert_eq!(bits(&read), bits(&expected));
    }

    #[test]
    fn shuffled_epochs_give_the_grid_of_sorted_ones(times in shuffled_epochs()) {
        let mut sorted = times.clone();
        sorted.sort_unstable();
        let value = |times: &[i64]| times.iter().map(|&time| time as f64).collect();
        let (a, b) = (even(&times, value(&times), None), even(&sorted, value(&sorted), None));
        prop_assert_eq!(bits(&a.values), bits(&b.values));
        prop_assert_eq!((a.tau0, a.start_ns), (b.tau0, b.start_ns));
    }

    #[test]
    fn removing_epochs_only_adds_missing_values(removed in prop::collection::vec(any::<bool>(), 3..200)) {
        let times: Vec<i64> = (0..removed.len() as i64 + 2).map(|k| k * SECOND).collect();
        let inner = |k: usize| k > 0 && k <= removed.len() && removed[k - 1];
        let kept: Vec<usize> = (0..times.len()).filter(|&k| !inner(k)).collect();
        let number = |kept: &[usize]| kept.iter().map(|&k| k as f64).collect::<Vec<f64>>();
        let left: Vec<i64> = kept.iter().map(|&k| times[k]).collect();
        let Grid { values, .. } = even(&left, number(&kept), Some(1.0));
        prop_assert_eq!(values.len(), times.len());
        for (k, value) in values.iter().enumerate() {
            prop_assert_eq!(value.is_nan(), inner(k));
            prop_assert!(inner(k) || *value == k as f64);
        }
    }

    #[test]
    fn whole_days_up_to_ten_apart_lose_no_tag(steps in prop::collection::vec(1..=10_i64, 30..300)) {
        let day = 86_400 * SECOND;
        let times: Vec<i64> = steps.iter().scan(0, |time, step| { *time += step * day; Some(*time) }).collect();
        let Grid { values, findings, tau0, .. } = even(&times, (0..times.len()).map(|k| k as f64).collect(), None);
        let kept = values.iter().filter(|value| !value.is_nan()).count();
        prop_assert!(kept == times.len(), "{kept} of {} at {tau0} s: {findings:?}", times.len());
        prop_assert_eq!(tau0 % 86_400.0, 0.0);
        for (k, time) in times.iter().enumerate() {
            prop_assert_eq!(values[((time - times[0]) as f64 / 1e9 / tau0).round() as usize], k as f64);
        }
    }

    #[test]
    fn small_jitter_moves_no_tag_to_another_epoch(offsets in prop::collection::vec(-0.02..0.02_f64, 30..300)) {
        let tag = |(k, offset): (usize, &f64)| k as i64 * SECOND + (offset * 1e9) as i64;
        let times: Vec<i64> = offsets.iter().enumerate().map(tag).collect();
        let numbers: Vec<f64> = (0..times.len()).map(|k| k as f64).collect();
        let grid = even(&times, numbers.clone(), None);
        prop_assert_eq!(grid.values, numbers);
        prop_assert!((grid.tau0 - 1.0).abs() < 0.04);
    }

    #[test]
    fn no_tags_make_the_grid_panic(times in prop::collection::vec(any::<i64>(), 0..20), tau0 in prop::option::of(1e-9..1e9_f64)) {
        let grid = even(&times, vec![1.0; times.len()], tau0);
        prop_assert!(grid.tau0 > 0.0);
        let kept = grid.values.iter().filter(|value| !value.is_nan()).count();
        prop_assert!(kept <= times.len());
        prop_assert!(grid.values.len() as f64 <= 100.0 * times.len() as f64 + 1e6);
    }

    #[test]
    fn interleaved_rows_give_the_series_of_sorted_ones(rows in prop::collection::vec((0..5_u8, -1e3..1e3_f64), 0..300)) {
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| row.0);
        let (mut mixed, mut sorted) = (series_of(&rows), series_of(&sorted));
        mixed.sort_by(|a, b| a.name.cmp(&b.name));
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        prop_assert_eq!(mixed, sorted);
    }
}

/// Distinct epochs in whole seconds, in any order, most of them neighbours.
fn shuffled_epochs() -> impl Strategy<Value = Vec<i64>> {
    let kept = prop::collection::vec(prop::bool::weighted(0.9), 2..100);
    let epochs = kept.prop_map(|kept| (0..).zip(kept).filter(|(_, kept)| *kept).map(|(k, _)| k * SECOND).collect());
    epochs.prop_flat_map(|epochs: Vec<i64>| Just(epochs).prop_shuffle())
}

/// Writes the rows as a long table and reads every series.
fn series_of(rows: &[(u8, f64)]) -> Vec<ClockSeries> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.parquet");
    let names = rows.iter().map(|row| format!("clock-{}", row.0)).collect();
    let phase = Column::float("phase", nanoseconds(), rows.iter().map(|row| row.1).collect());
    let table = Table::new(vec![Column::text("series", names), phase]).unwrap();
    write_table(&path, &table, Metadata::default().with_field("phase", "tau0_s", "1")).unwrap();
    all(&path)
}

fn all(path: &Path) -> Vec<ClockSeries> {
    let source = ClockSource::open(path, &ClockOptions::default()).unwrap();
    source.read(0..source.series().len()).unwrap()
}

/// A file of 3 clocks over several row groups; `mixed` decides how their rows stand.
fn large(path: &Path, mixed: bool) {
    let mut writer = TableWriter::create(path, Metadata::default()).unwrap();
    let points = 800_000;
    for chunk in 0..24 {
        let rows = (0..100_000_i64).map(|k| chunk * 100_000 + k);
        let place = |row: i64| if mixed { (row % 3, row / 3) } else { (row / points, row % points) };
        let cells: Vec<(i64, i64)> = rows.map(place).collect();
        let table = Table::new(vec![
            Column::text("series", cells.iter().map(|cell| format!("clock-{}", cell.0)).collect()),
            Column::integer("time", nanoseconds(), cells.iter().map(|cell| cell.1 * SECOND).collect()),
            Column::float("phase", Unit::SECOND, cells.iter().map(|cell| value(*cell)).collect()),
        ]);
        writer.write(&table.unwrap()).unwrap();
    }
    writer.finish().unwrap();
}

fn value((clock, point): (i64, i64)) -> f64 {
    if point % 1_013 == 7 { f64::NAN } else { (clock * 1_000_000 + point) as f64 * 1e-12 }
}

#[test]
fn several_row_groups_give_the_same_series_for_any_order_of_rows_and_number_of_threads() {
    let directory = tempfile::tempdir().unwrap();
    let (sorted, mixed) = (directory.path().join("sorted.parquet"), directory.path().join("mixed.parquet"));
    large(&sorted, false);
    large(&mixed, true);
    let expected: Vec<Vec<u64>> =
        (0..3).map(|clock| bits(&(0..800_000).map(|point| value((clock, point))).collect::<Vec<_>>())).collect();
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for path in [&sorted, &mixed] {
            let series = pool.install(|| all(path));
            let found: Vec<Vec<u64>> = series.iter().map(|series| bits(&series.values)).collect();
            assert!(found == expected, "{threads} threads, {}", path.display());
            assert!(series.iter().all(|series| series.tau0 == 1.0 && series.start_ns == Some(0)));
        }
    }
    let one = ClockSource::open(&mixed, &ClockOptions::default()).unwrap();
    assert_eq!(one.findings()[0].code, "interleaved");
    assert_eq!(bits(&one.read(1..2).unwrap()[0].values), expected[1]);
}
