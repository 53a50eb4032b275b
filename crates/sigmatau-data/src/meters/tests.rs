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

/// A row per day of one meter with `points` columns, each the number of its point; nulls where `is_null`.
fn wide(dates: &[&str], points: usize, zone: &str, is_null: impl Fn(usize) -> bool) -> MeterReadings {
    let mut columns = vec![
        Column::text("area_id", vec!["a".to_owned(); dates.len()]),
        Column::text("meter_id", vec!["m".to_owned(); dates.len()]),
        Column::text("date", texts(dates.iter().copied())),
    ];
    let value = |point: usize| if is_null(point) { f64::NAN } else { point as f64 };
    columns.extend((0..points).map(|point| kwh(&format!("e{point}"), &vec![value(point); dates.len()])));
    let options = MeterOptions { zone: Some(Zone::named(zone).unwrap()), ..Default::default() };
    read(Table::new(columns).unwrap(), &options).remove(0).meters.remove(0)
}

/// The instants of the intervals of a local day, and how many there are.
fn even(times: &[i64], step: i64) -> bool {
    times.windows(2).all(|pair| pair[1] - pair[0] == step)
}

#[test]
fn a_curve_of_a_day_of_23_hours_skips_the_hour_that_the_clock_skips() {
    let meter = wide(&["2026-03-29"], 96, "Europe/Berlin", |point| (8..12).contains(&point));
    assert_eq!((meter.times.len(), meter.energy.len()), (92, 92));
    assert!(even(&meter.times, 900) && meter.energy.iter().all(|energy| energy.is_finite()));
    assert_eq!(meter.times[0], instant("2026-03-29T00:15:00+01:00").unwrap());
    assert_eq!((meter.times[91], meter.energy[91]), (instant("2026-03-30T00:00:00+02:00").unwrap(), 95.0));
    assert_eq!((meter.times[8], meter.energy[8]), (instant("2026-03-29T03:15:00+02:00").unwrap(), 12.0));
}

#[test]
fn a_curve_of_a_day_of_25_hours_lacks_the_hour_that_comes_twice_unless_it_has_100_points() {
    let meter = wide(&["2026-10-25"], 96, "Europe/Berlin", |_| false);
    assert_eq!((meter.times.len(), meter.energy[8]), (92, 12.0));
    assert_eq!(meter.times[7], instant("2026-10-25T02:00:00+02:00").unwrap());
    assert_eq!(meter.times[8], instant("2026-10-25T03:15:00+01:00").unwrap());
    assert_eq!(meter.times[91], instant("2026-10-26T00:00:00+01:00").unwrap());
    let whole = wide(&["2026-10-24", "2026-10-25", "2026-10-26"], 100, "Europe/Berlin", |_| false);
    assert_eq!(whole.times.len(), 96 + 100 + 96);
    assert!(even(&whole.times, 900));
    assert_eq!(whole.times[291], instant("2026-10-27T00:00:00+01:00").unwrap());
}

#[test]
fn a_zone_without_summer_time_has_whole_days_only() {
    let meter = wide(&["2026-03-29", "2026-03-30"], 96, "Asia/Shanghai", |_| false);
    assert!(meter.times.len() == 192 && even(&meter.times, 900));
    assert_eq!(meter.times[0], instant("2026-03-29T00:15:00+08:00").unwrap());
}

#[test]
fn local_stamps_of_a_year_are_the_instants_that_they_were() {
    let zone = Zone::named("America/New_York").unwrap();
    let begin = instant("2026-01-01T05:00:00Z").unwrap();
    let instants: Vec<i64> = (0..365 * 24).map(|hour| begin + 3600 * hour).collect();
    let wall = |utc: &i64| jiff::Timestamp::from_second(*utc).unwrap().in_tz("America/New_York").unwrap().datetime();
    let columns = vec![
        Column::text("area_id", vec!["a".to_owned(); instants.len()]),
        Column::text("meter_id", vec!["m".to_owned(); instants.len()]),
        Column::text("timestamp", instants.iter().map(|utc| wall(utc).to_string()).collect()),
        kwh("energy_kwh", &vec![1.0; instants.len()]),
    ];
    let options = MeterOptions { zone: Some(zone), ..Default::default() };
    let meter = read(Table::new(columns).unwrap(), &options).remove(0).meters.remove(0);
    assert_eq!(meter.times, instants);
}

#[test]
fn an_instant_that_cannot_be_read_is_told_with_its_row_column_and_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.csv");
    let rows = "a,m1,2026-07-01 00:15,0.1\na,m2,2026-07-01 00:15,0.2\na,m2,2026-13-45 00:30,0.3\nb,m3,,0.1\n";
    std::fs::write(&path, format!("area_id,meter_id,timestamp,energy_kwh\n{rows}")).unwrap();
    let areas = MeterSource::open(&path, &MeterOptions::default()).unwrap().read(0..2).unwrap();
    let [finding] = areas[0].findings.as_slice() else { panic!("one finding") };
    let wanted = "1 instants of `m2` can't be read, the first `2026-13-45 00:30` in row 3, column `timestamp` of `";
    assert!(finding.seen.starts_with(wanted) && finding.seen.contains("r.csv"), "{}", finding.seen);
    assert_eq!((areas[1].findings.len(), areas[0].meters[1].times.len()), (1, 2));
}
