use super::*;
use crate::{Document, Options, Plan, run};
use sigmatau_data::generate::{Overrides, Recipe};
use sigmatau_data::write_table;
use std::path::Path;

/// Two areas of some days, as files in a folder.
fn drawn(folder: &Path, days: usize) -> Table {
    let overrides = Overrides { points: Some(days), members: Some(2), seed: None };
    let recipe = Recipe::builtin("meters").unwrap().with(overrides).unwrap();
    let mut whole = vec![Table::default(); 3];
    for tables in recipe.drawn() {
        whole.iter_mut().zip(tables).for_each(|(whole, table)| whole.append(table).unwrap());
    }
    let write = |name: &str, table: &Table| write_table(&folder.join(name), table, Default::default()).unwrap();
    write("readings.parquet", &whole[0]);
    write("meters.parquet", &whole[1]);
    whole.swap_remove(0)
}

/// The record of an op and its findings; `dataset` is a file.
fn ran(folder: &Path, op: &str, dataset: &str, beside: &[(&str, &str)], keys: &str) -> (Table, Vec<Finding>) {
    let files: String = beside.iter().map(|(key, file)| format!("[dataset.{key}]\npath = \"{file}\"\n")).collect();
    let named: String = beside.iter().map(|(key, _)| format!("{key} = \"{key}\"\n")).collect();
    let text = format!(
        "[dataset.d]\npath = \"{dataset}\"\n{files}[[step]]\nname = \"s\"\nop = \"{op}\"\ndataset = \"d\"\n{named}{keys}"
    );
    let plan =
        Plan::read(&Document::parse(&text, "p.toml").unwrap(), folder).map_err(|error| error.to_string()).unwrap();
    let result = run(&plan, &Options::default(), &()).unwrap().steps.remove(0);
    (result.record.table, result.findings)
}

/// The readings of the days from one on, by the dates of July 2026.
fn days(readings: &Table, first: i64, last: i64) -> Table {
    let day = |number: i64| (instant("2026-07-01").unwrap() + 86_400 * number) * 1_000_000_000;
    let times = readings.integers("timestamp").unwrap();
    let rows: Vec<usize> =
        (0..readings.rows()).filter(|row| day(first) < times[*row] && times[*row] <= day(last)).collect();
    readings.in_order(&rows)
}

fn errors(folder: &Path, states: &Table) -> Vec<f64> {
    write_table(&folder.join("now.parquet"), states, Default::default()).unwrap();
    let (table, _) = ran(folder, "reassess", "now.parquet", &[("meters", "meters.parquet")], "limit = 1\n");
    table.floats("error_pct").unwrap().to_vec()
}

fn differ(one: &[f64], other: &[f64]) -> f64 {
    let known = one.iter().zip(other).filter(|(one, _)| one.is_finite());
    known.map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}

#[test]
fn days_that_arrive_one_by_one_say_what_all_at_once_say() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let readings = drawn(folder, 6);
    let start = readings.integers("timestamp").unwrap().iter().min().unwrap() / 1_000_000_000;
    assert!(start <= instant("2026-07-01T00:15:00Z").unwrap() && start > instant("2026-07-01").unwrap(), "{start}");
    let update = |table: &Table, state: Option<&Table>, keys: &str| {
        write_table(&folder.join("day.parquet"), table, Default::default()).unwrap();
        let mut beside = vec![("meters", "meters.parquet")];
        if let Some(state) = state {
            write_table(&folder.join("state.parquet"), state, Default::default()).unwrap();
            beside.push(("state", "state.parquet"));
        }
        ran(folder, "update", "day.parquet", &beside, &format!("master_u = 0.5\n{keys}"))
    };
    // All six days by the frame of all of them, then without the last one, and with it again.
    let (whole, _) = update(&readings, None, "");
    let last = days(&readings, 4, 6);
    let counted = "from = \"2026-07-06\"\n";
    let (shorter, _) = update(&last, Some(&whole), &format!("{counted}change = \"delete\"\n"));
    let (again, findings) = update(&last, Some(&shorter), counted);
    let intervals = |states: &Table| states.floats("intervals").unwrap()[0];
    assert_eq!([&whole, &shorter, &again].map(intervals), [576.0, 480.0, 576.0], "{findings:?}");
    let [whole_errors, shorter_errors, again_errors] = [&whole, &shorter, &again].map(|states| errors(folder, states));
    assert!(whole_errors.iter().filter(|error| error.is_finite()).count() > 60);
    assert!(differ(&whole_errors, &again_errors) < 1e-6, "{}", differ(&whole_errors, &again_errors));
    assert!(differ(&whole_errors, &shorter_errors) > 1e-3);
    // What is forgotten counts less; areas that sent nothing stay.
    let first: Vec<usize> = (0..last.rows())
        .filter(|row| last.texts("area_id").unwrap()[*row] == whole.texts("area").unwrap()[0])
        .collect();
    let (forgotten, _) = update(&last.in_order(&first), Some(&shorter), &format!("{counted}forget = 0.5\n"));
    let left = forgotten.floats("intervals").unwrap();
    assert!((left[0] - (96.0 + 240.0)).abs() < 1e-9 && left[1] == shorter.floats("intervals").unwrap()[1], "{left:?}");
}

#[test]
fn a_check_on_site_teaches_its_meter_and_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drawn(folder, 3);
    let (states, _) = ran(folder, "update", "readings.parquet", &[("meters", "meters.parquet")], "master_u = 0.5\n");
    write_table(&folder.join("state.parquet"), &states, Default::default()).unwrap();
    let (before, _) = ran(folder, "reassess", "state.parquet", &[("meters", "meters.parquet")], "limit = 1\n");
    let names = before.texts("meter").unwrap();
    let place = before.floats("error_pct").unwrap().iter().position(|error| error.is_finite()).unwrap();
    let checks = format!(
        "area,meter,error_pct,u_pct\n{},{},0.7,0.05\nnowhere,x,0,0.1\n",
        before.texts("area").unwrap()[place],
        names[place]
    );
    std::fs::write(folder.join("checks.csv"), checks).unwrap();
    let beside = [("meters", "meters.parquet"), ("checks", "checks.csv")];
    let (after, findings) = ran(folder, "reassess", "state.parquet", &beside, "limit = 1\n");
    let (errors, u) = (after.floats("error_pct").unwrap(), after.floats("u_pct").unwrap());
    assert!((errors[place] - 0.7).abs() < 0.05 && u[place] < 0.051, "{} {}", errors[place], u[place]);
    let narrower =
        u.iter().zip(before.floats("u_pct").unwrap()).filter(|(after, before)| *after < &(*before * 0.999_999));
    assert!(narrower.count() > 10, "its neighbours learn through the master meter");
    assert_eq!(findings[0].code, "check-elsewhere");
}

#[test]
fn damaged_states_and_wishes_that_cannot_be_meant_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drawn(folder, 3);
    let (states, _) = ran(folder, "update", "readings.parquet", &[("meters", "meters.parquet")], "master_u = 0.5\n");
    let kept = Kept::read(&states, 0).unwrap();
    assert_eq!(
        Kept::read(
            &{
                let mut rows = Rows::of(OP.schema);
                rows.push(kept.row());
                rows.table()
            },
            0
        )
        .unwrap()
        .state,
        kept.state
    );
    let mut row = kept.row();
    row[6] = "AAAA".into();
    let mut rows = Rows::of(OP.schema);
    rows.push(row);
    assert!(Kept::read(&rows.table(), 0).is_none());
    let planned = |keys: &str| {
        let document = Document::parse(keys, "a.toml").unwrap();
        let of_op = [OP.parameters[0], &[OP.beside[0].key, OP.beside[1].key]];
        plan(&document.section().checked("the step", &of_op).unwrap()).err().unwrap().to_string()
    };
    for (keys, reason) in [
        ("meters = \"m\"", "needs the key `master_u`"),
        ("meters = \"m\"\nmaster_u = 1\nchange = \"delete\"", "from a `state`, which is missing"),
        ("meters = \"m\"\nmaster_u = 1\nforget = 2", "no share above 0"),
        ("meters = \"m\"\nmaster_u = 1\nfrom = \"Monday\"", "is no time"),
    ] {
        let message = planned(keys);
        assert!(message.contains(reason), "{keys}: {message}");
    }
}

/// What is published are records, and none about meters has an instant of a reading or what was read then.
#[test]
fn no_record_about_meters_holds_a_load_curve() {
    let read = ["timestamp", "export_kwh", "register_kwh", "voltage_v", "current_a"];
    for op in crate::OPS.iter().filter(|op| op.subject == Subject::Meters) {
        let curve = op.schema.fields.iter().find(|field| read.contains(&field.name));
        assert!(curve.is_none(), "{}: {}", op.name, curve.unwrap().name);
    }
}
