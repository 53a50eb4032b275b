use super::*;
use crate::generate::{Overrides, Recipe};
use crate::{Column, Metadata, TableWriter};
use sigmatau_core::Unit;

fn texts<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    words.into_iter().map(String::from).collect()
}

fn kwh(name: &str, values: &[f64]) -> Column {
    Column::float(name, Unit::parse("kWh").unwrap(), values.to_vec())
}

fn read(table: Table, options: &MeterOptions) -> Vec<AreaReadings> {
    let source = MeterSource::from_table("t", table, options).unwrap();
    source.read(0..source.areas().len()).unwrap()
}

fn recipe() -> Recipe {
    let overrides = Overrides { points: Some(2), members: Some(3), seed: None };
    Recipe::builtin("meters").unwrap().with(overrides).unwrap().with_part("readings").unwrap()
}

/// The tables of the recipe in a file, in row groups of an area each.
fn written() -> (tempfile::TempDir, Table) {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = TableWriter::create(&folder.path().join("r.parquet"), Metadata::default()).unwrap();
    let mut whole = Table::default();
    for table in recipe().tables() {
        writer.write(&table).unwrap();
        whole.append(table).unwrap();
    }
    writer.finish().unwrap();
    (folder, whole)
}

fn sorted(mut areas: Vec<AreaReadings>) -> Vec<AreaReadings> {
    areas.sort_by(|a, b| a.id.cmp(&b.id));
    for area in &mut areas {
        area.meters.sort_by(|a, b| a.id.cmp(&b.id));
        for meter in &mut area.meters {
            let mut order: Vec<usize> = (0..meter.times.len()).collect();
            order.sort_by_key(|row| meter.times[*row]);
            meter.times.sort_unstable();
            for column in [&mut meter.energy, &mut meter.exported, &mut meter.register, &mut meter.voltage] {
                *column = order.iter().filter_map(|row| column.get(*row).copied()).collect();
            }
        }
    }
    areas
}

fn same(one: &[AreaReadings], other: &[AreaReadings]) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

#[test]
fn areas_are_what_was_drawn_whether_in_a_file_or_in_memory() {
    let (folder, whole) = written();
    let source = MeterSource::open(&folder.path().join("r.parquet"), &MeterOptions::default()).unwrap();
    assert_eq!((source.areas().len(), source.findings().len()), (3, 0));
    let from_file = source.read(0..3).unwrap();
    assert!(same(&from_file, &read(whole.clone(), &MeterOptions::default())));
    let meter = &from_file[1].meters[5];
    let is_its = |row: &usize| {
        whole.texts("meter_id").unwrap()[*row] == meter.id && whole.texts("area_id").unwrap()[*row] == from_file[1].id
    };
    let rows: Vec<usize> = (0..whole.rows()).filter(is_its).collect();
    let energies: Vec<f64> = rows.iter().map(|row| whole.floats("energy_kwh").unwrap()[*row]).collect();
    let times: Vec<i64> = rows.iter().map(|row| whole.integers("timestamp").unwrap()[*row] / 1_000_000_000).collect();
    assert_eq!((&meter.energy, &meter.times), (&energies, &times));
}

#[test]
fn one_area_alone_is_the_same_as_among_all() {
    let (folder, _) = written();
    let source = MeterSource::open(&folder.path().join("r.parquet"), &MeterOptions::default()).unwrap();
    let all = source.read(0..3).unwrap();
    assert!((0..3).all(|area| same(&source.read(area..area + 1).unwrap(), &all[area..=area])));
}

#[test]
fn shuffled_rows_make_the_same_areas() {
    let (_, whole) = written();
    let prime = 7919;
    let order: Vec<usize> = (0..whole.rows()).map(|row| row * prime % whole.rows()).collect();
    let shuffled = MeterSource::from_table("t", whole.in_order(&order), &MeterOptions::default()).unwrap();
    assert_eq!(shuffled.findings()[0].code, "interleaved");
    let (mixed, plain) = (sorted(shuffled.read(0..3).unwrap()), sorted(read(whole, &MeterOptions::default())));
    assert!(same(&mixed, &plain));
}

#[test]
fn whole_numbers_name_meters_too() {
    let one = |name: &str, values: [i64; 3]| Column {
        name: name.into(),
        unit: None,
        values: crate::Values::Integer(values.into()),
    };
    let columns = vec![
        one("area_id", [7, 7, 8]),
        one("meter_id", [1, 2, 1]),
        one("timestamp", [1_782_864_900; 3]),
        kwh("energy_kwh", &[0.1, 0.2, 0.3]),
    ];
    let areas = read(Table::new(columns).unwrap(), &MeterOptions::default());
    assert_eq!((areas[0].id.as_str(), areas[0].meters.len(), areas[1].meters[0].energy[0]), ("7", 2, 0.3));
}

#[test]
fn a_row_per_day_becomes_a_curve() {
    let mut columns = vec![
        Column::text("area_id", texts(["a", "a"])),
        Column::text("meter_id", texts(["m", "m"])),
        Column::text("date", texts(["2026-07-01", "2026-07-02"])),
    ];
    let power = |point: usize| {
        Column::float(format!("p{point:02}"), Unit::parse("kW").unwrap(), vec![point as f64, 100.0 + point as f64])
    };
    columns.extend((0..96).map(power));
    let meter = &read(Table::new(columns).unwrap(), &MeterOptions::default())[0].meters[0];
    assert_eq!((meter.times.len(), meter.times[0], meter.times[191]), (192, 1_782_864_900, 1_782_864_000 + 2 * 86_400));
    assert_eq!((meter.energy[3], meter.energy[96 + 3]), (0.75, 25.75));
}

#[test]
fn the_repeated_hour_is_told_apart_by_the_register() {
    let times = ["2026-10-25 02:30", "2026-10-25 02:30", "2026-10-25 03:30", "2026-10-25 01:30"];
    let columns = vec![
        Column::text("area_id", texts(["a"; 4])),
        Column::text("meter_id", texts(["m"; 4])),
        Column::text("timestamp", texts(times)),
        kwh("register_kwh", &[12.0, 11.0, 13.0, 10.0]),
    ];
    let zone = Zone::named("Europe/Berlin").unwrap();
    let meter =
        &read(Table::new(columns).unwrap(), &MeterOptions { zone: Some(zone), ..Default::default() })[0].meters[0];
    let mut rows: Vec<(i64, f64)> = meter.times.iter().copied().zip(meter.register.iter().copied()).collect();
    rows.sort_by_key(|(time, _)| *time);
    assert!(rows.windows(2).all(|pair| pair[1].0 - pair[0].0 == 3600 && pair[1].1 - pair[0].1 == 1.0), "{rows:?}");
}

#[test]
fn what_is_missing_is_told_with_the_nearest() {
    let columns = vec![Column::text("area", texts(["a"])), Column::text("meter_id", texts(["m"]))];
    let message = |options| {
        MeterSource::from_table("t", Table::new(columns.clone()).unwrap(), &options).err().unwrap().to_string()
    };
    assert!(message(MeterOptions::default()).starts_with("read column `area_id` of `t`: there is no such column"));
    let message = Zone::named("Europe/Berlim").unwrap_err().to_string();
    assert!(message.starts_with("find the zone `Europe/Berlim`; did you mean `Europe/Berlin`"), "{message}");
}
