use super::*;
use crate::{Document, Options, Plan, run};
use sigmatau_data::generate::{Overrides, Recipe};
use sigmatau_data::{Column, MeterOptions, MeterSource, Values, write_table};
use std::collections::HashMap;
use std::path::Path;

const DAYS: usize = 3;

/// The tables of the first areas of the recipe: readings, meters, truth.
fn drawn(areas: usize) -> Vec<Table> {
    let overrides = Overrides { points: Some(DAYS), members: Some(areas), seed: None };
    let recipe = Recipe::builtin("meters").unwrap().with(overrides).unwrap();
    let mut whole = vec![Table::default(); 3];
    for tables in recipe.drawn() {
        whole.iter_mut().zip(tables).for_each(|(whole, table)| whole.append(table).unwrap());
    }
    whole
}

fn energies(readings: &Table) -> HashMap<(&str, &str, i64), f64> {
    let words = |name| readings.texts(name).unwrap();
    let (areas, meters, ends) = (words("area_id"), words("meter_id"), readings.integers("timestamp").unwrap());
    let energies = readings.floats("energy_kwh").unwrap();
    let row = |row: usize| ((areas[row].as_str(), meters[row].as_str(), ends[row] / 1_000_000_000), energies[row]);
    (0..readings.rows()).map(row).collect()
}

#[test]
fn what_is_read_and_cleaned_is_what_was_drawn() {
    let tables = drawn(10);
    let source = MeterSource::from_table("readings", tables[0].clone(), &MeterOptions::default()).unwrap();
    let areas = source.read(0..source.areas().len()).unwrap();
    let (filed, truth) = (Filed::of(&tables[1], &areas), energies(&tables[0]));
    let mut compared = 0;
    for readings in areas {
        let area = clean(filed.raw(readings).0, 0.005).area.unwrap();
        for (line, id) in area.meters.iter().map(|meter| (&meter.consumed, &meter.about.id)) {
            let known = (0..area.intervals()).filter_map(|t| {
                let drawn = truth.get(&(area.id.as_str(), id.as_str(), area.end(t)))?;
                (drawn.is_finite() && line[t].is_finite()).then_some((line[t], *drawn))
            });
            compared += known.inspect(|(read, drawn)| assert!((read - drawn).abs() < 1e-9, "{id}")).count();
        }
    }
    let finite =
        truth.iter().filter(|((area, meter, _), energy)| energy.is_finite() && **meter != format!("{area}-master"));
    let finite = finite.count();
    assert!(compared as f64 > 0.999 * finite as f64, "{compared} of {finite}");
}

#[test]
fn registers_and_energies_of_one_area_agree_with_its_truth() {
    let tables = drawn(10);
    let source = MeterSource::from_table("readings", tables[0].clone(), &MeterOptions::default()).unwrap();
    let areas = source.read(0..source.areas().len()).unwrap();
    let filed = Filed::of(&tables[1], &areas);
    let truth = &tables[2];
    let registered: HashMap<&str, f64> = (0..truth.rows())
        .map(|row| {
            let number = |name| truth.floats(name).unwrap()[row];
            (truth.texts("meter").unwrap()[row].as_str(), number("energy_kwh") * (1.0 + number("error_pct") / 100.0))
        })
        .collect();
    let mut checked = 0;
    for readings in areas {
        let area = clean(filed.raw(readings).0, 0.005).area.unwrap();
        for meter in area.meters.iter().filter(|meter| meter.about.replaces.is_empty()) {
            let bridged: f64 = meter.bridges.iter().map(|bridge| bridge.consumed).sum();
            let missing = meter.consumed.iter().filter(|energy| energy.is_nan()).count();
            if missing == 0 || !meter.bridges.is_empty() {
                let total = bridged + meter.consumed.iter().filter(|energy| energy.is_finite()).sum::<f64>();
                let wanted = registered[meter.about.id.as_str()];
                assert!((total - wanted).abs() < 0.6 + 0.02 * wanted, "{}: {total} of {wanted}", meter.about.id);
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn meters_are_filed_by_their_table_and_those_that_are_not_are_told() {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let whole =
        |name: &str, values: Vec<i64>| Column { name: name.into(), unit: None, values: Values::Integer(values) };
    let table = Table::new(vec![
        Column::text("area_id", words(&["a", "b", "a"])),
        Column::text("meter_id", words(&["m", "x", "silent"])),
        Column::text("role", words(&["master", "sub", "sub"])),
        Column::text("phase", words(&["ABC", "A", "b"])),
        whole("from_utc", vec![0, 0, 5_000_000_000]),
    ]);
    let table = schema::meters::SCHEMA.select(&table.unwrap(), Path::new("m")).unwrap();
    let sent = |id: &str| sigmatau_data::MeterReadings { id: id.into(), times: vec![0], ..Default::default() };
    let area =
        sigmatau_data::AreaReadings { id: "a".into(), meters: vec![sent("m"), sent("nobody")], findings: Vec::new() };
    let filed = Filed::of(&table, std::slice::from_ref(&area));
    let (raw, findings) = filed.raw(area);
    let seen: Vec<_> = raw.meters.iter().map(|meter| (meter.about.id.as_str(), meter.times.len())).collect();
    assert_eq!((seen, findings[0].code.as_ref()), (vec![("m", 1), ("silent", 0), ("nobody", 1)], "unfiled"));
    let about = &raw.meters[1].about;
    assert_eq!((about.from, about.until, about.phase.word()), (5, i64::MAX, "B"));
    assert!(raw.meters[0].about.is_master && about.multiplier == 1.0);
}

/// The record of the op on these files.
fn assessed(folder: &Path, keys: &str) -> Result<Table, String> {
    let text = format!(
        "[dataset.r]\npath = \"readings.parquet\"\n[dataset.m]\npath = \"meters.parquet\"\n\
         [[step]]\nname = \"s\"\nop = \"assess\"\ndataset = \"r\"\n{keys}"
    );
    let document = Document::parse(&text, "p.toml").unwrap();
    let plan = Plan::read(&document, folder).map_err(|error| error.to_string())?;
    Ok(run(&plan, &Options::default(), &()).unwrap().steps.remove(0).record.table)
}

#[test]
fn the_neighbours_of_a_unit_are_the_ones_before_and_after_it() {
    let unit = |label: &str| Unit { label: label.into(), spans: Vec::new() };
    let units = ["a", "b", "c"].map(unit);
    let labels = |one: &Unit| neighbours(&units, one).into_iter().map(|unit| unit.label).collect::<Vec<_>>();
    assert_eq!((labels(&units[0]), labels(&units[1])), (vec!["b".into()], vec!["a".into(), "c".into()]));
    assert!(labels(&unit("elsewhere")).is_empty());
}

#[test]
fn every_meter_of_every_area_has_a_row_even_without_a_master() {
    let folder = tempfile::tempdir().unwrap();
    let tables = drawn(2);
    let is_kept = |row: &usize| !tables[0].texts("meter_id").unwrap()[*row].ends_with("master") || *row < 100;
    let kept: Vec<usize> = (0..tables[0].rows()).filter(is_kept).collect();
    let write = |name: &str, table: &Table| write_table(&folder.path().join(name), table, Default::default()).unwrap();
    write("readings.parquet", &tables[0].in_order(&kept));
    write("meters.parquet", &tables[1]);
    let table = assessed(folder.path(), "meters = \"m\"\nmaster_u = 0.5\nlimit = 1\n").unwrap();
    let subs = tables[1].texts("role").unwrap().iter().filter(|role| *role == "sub").count();
    assert_eq!(table.rows(), subs);
    let (areas, verdicts) = (table.texts("area").unwrap(), table.texts("verdict").unwrap());
    let second = areas.iter().zip(verdicts).filter(|(area, _)| **area != areas[0]);
    assert!(second.into_iter().all(|(_, verdict)| verdict == "not assessable"));
    assert!(table.floats("error_pct").unwrap().iter().any(|error| error.is_finite()));
    let message = assessed(folder.path(), "meters = \"m\"\n").unwrap_err();
    assert!(message.contains("needs the key `master_u`"), "{message}");
}

#[test]
fn areas_that_sent_nothing_have_rows_with_a_reason_and_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let tables = drawn(2);
    let areas = tables[0].texts("area_id").unwrap();
    let kept: Vec<usize> = (0..tables[0].rows()).filter(|row| areas[*row] == areas[0]).collect();
    let write = |name: &str, table: &Table| write_table(&folder.path().join(name), table, Default::default()).unwrap();
    write("readings.parquet", &tables[0].in_order(&kept));
    write("meters.parquet", &tables[1]);
    let table = assessed(folder.path(), "meters = \"m\"\nmaster_u = 0.5\nlimit = 1\n").unwrap();
    assert_eq!(table.rows(), tables[1].texts("role").unwrap().iter().filter(|role| *role == "sub").count());
    let last = table.rows() - 1;
    let word = |name: &str| table.texts(name).unwrap()[last].as_str();
    assert!(word("area") != areas[0] && word("verdict") == "not assessable", "{}", word("area"));
    assert!(word("reason").starts_with("no readings of the area; collect them"), "{}", word("reason"));
}
