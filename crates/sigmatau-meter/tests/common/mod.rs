//! Generated areas, as the estimator takes them, beside their truth.

#![allow(dead_code, reason = "the tests draw small areas, the example whole ones")]

use sigmatau_data::Table;
use sigmatau_data::generate::Recipe;
use sigmatau_meter::raw::About;
use sigmatau_meter::{Area, Master, Meter, Phase};
use std::collections::HashMap;

/// The relative standard uncertainty of a master meter of class 0.5S behind a current transformer of class 0.5.
pub(crate) const MASTER: f64 = 0.004;

/// An area and what it has to be found to be, one entry for each meter.
pub(crate) struct Case {
    pub(crate) area: Area,
    pub(crate) errors: Vec<f64>,
    pub(crate) plights: Vec<String>,
    pub(crate) onsets: Vec<Option<i64>>,
    pub(crate) energies: Vec<f64>,
}

/// The kinds of areas of the recipe, in its order.
pub(crate) const KINDS: [&str; 10] =
    ["strong", "clean", "typical", "coarse", "daily", "urban", "pv", "voltage", "tamper", "topology"];

/// What the recipe says of one kind.
struct Kind {
    text: &'static str,
    step: i64,
    resolution: f64,
}

impl Kind {
    fn named(name: &str) -> Self {
        let recipe = include_str!("../../../../datasets/demo-meters/recipe.toml");
        let mut blocks = recipe.split("[[area]]").skip(1);
        let text = blocks.find(|block| block.contains(&format!("name = \"{name}\"\n"))).expect("a kind of the recipe");
        let number = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.trim().parse::<f64>().ok());
        let minutes = number("minutes =").unwrap_or(15.0);
        Self { text, step: 60 * minutes as i64, resolution: number("master_resolution =").unwrap_or(0.01) }
    }
}

/// An area of a kind of the recipe, on its own.
pub(crate) fn case(name: &str, seed: u64, days: usize) -> Case {
    let kind = Kind::named(name);
    drawn(&kind, kind.text, seed, days)
}

/// The same with so many meters.
pub(crate) fn small(name: &str, seed: u64, days: usize, meters: usize) -> Case {
    let kind = Kind::named(name);
    let lines = kind.text.lines().filter(|line| !line.starts_with("meters ="));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    drawn(&kind, &format!("{text}\nmeters = {meters}\n"), seed, days)
}

fn drawn(kind: &Kind, text: &str, seed: u64, days: usize) -> Case {
    let text = format!("name = \"one\"\nseed = {seed}\ndays = {days}\nareas = 2\n[[area]]{text}");
    let recipe = Recipe::from_toml(&text, "the test").expect("a recipe");
    read(&recipe.drawn().next().expect("an area"), days, kind)
}

/// The tables `readings`, `meters` and `truth` of one area.
fn read(tables: &[Table], days: usize, kind: &Kind) -> Case {
    let [readings, meters, truth] = tables else { panic!("three tables") };
    let (begin, step) = (1_782_864_000, kind.step);
    let intervals = days * 86_400 / step as usize;
    let read = Read::of(readings, begin, step, intervals);
    let ids = meters.texts("meter_id").unwrap();
    let master = ids.iter().position(|id| id.ends_with("master")).unwrap();
    let master = Master {
        id: ids[master].clone(),
        supplied: read.energies[&ids[master]].clone(),
        returned: read.returned[&ids[master]].clone(),
        resolution: kind.resolution,
        voltage: Vec::new(),
        uncertainty: MASTER,
    };
    let subs: Vec<usize> = (0..ids.len()).filter(|row| !ids[*row].ends_with("master")).collect();
    let meter = |row: &usize| Meter {
        about: about(meters, *row),
        consumed: read.energies[&ids[*row]].clone(),
        fed: read.returned[&ids[*row]].clone(),
        bridges: Vec::new(),
        resolution: 0.01,
        voltage: read.voltages[&ids[*row]].clone(),
        current: Vec::new(),
    };
    let id = meters.texts("area_id").unwrap()[0].clone();
    let area = Area { id, start: begin + step, step, master, meters: subs.iter().map(meter).collect() };
    let of = |name: &str| truth.floats(name).unwrap();
    Case {
        area,
        errors: subs.iter().map(|row| of("error_pct")[*row] / 100.0).collect(),
        plights: subs.iter().map(|row| truth.texts("plight").unwrap()[*row].clone()).collect(),
        onsets: subs.iter().map(|row| truth.texts("onset").unwrap()[*row].parse().ok()).collect(),
        energies: subs.iter().map(|row| of("energy_kwh")[*row]).collect(),
    }
}

fn about(meters: &Table, row: usize) -> About {
    let text = |name: &str| meters.texts(name).unwrap()[row].clone();
    let time = |name: &str| match meters.integers(name).unwrap()[row] {
        i64::MAX => i64::MAX,
        time => time / 1_000_000_000,
    };
    About {
        id: text("meter_id"),
        phase: Phase::from_word(&text("phase")).unwrap(),
        class_index: 1.0,
        limit: 1.0,
        lot: text("lot_id"),
        replaces: text("replaces"),
        from: time("from_utc"),
        until: time("to_utc"),
        ..About::default()
    }
}

/// Columns on the grid, by meter.
struct Read {
    energies: HashMap<String, Vec<f64>>,
    returned: HashMap<String, Vec<f64>>,
    voltages: HashMap<String, Vec<f64>>,
}

impl Read {
    fn of(readings: &Table, begin: i64, step: i64, intervals: usize) -> Self {
        let ids = readings.texts("meter_id").unwrap();
        let times = readings.integers("timestamp").unwrap();
        let grid = |name: &str| {
            let values = readings.floats(name).unwrap();
            let mut columns: HashMap<String, Vec<f64>> = HashMap::new();
            for ((id, time), value) in ids.iter().zip(times).zip(values) {
                let at = (time / 1_000_000_000 - begin) / step - 1;
                let column = columns.entry(id.clone()).or_insert_with(|| vec![f64::NAN; intervals]);
                column[at as usize] = *value;
            }
            columns
        };
        let is_empty = |column: &Vec<f64>| column.iter().all(|value| value.is_nan());
        let optional = |name: &str| {
            let columns = grid(name).into_iter();
            columns.map(|(id, column)| if is_empty(&column) { (id, Vec::new()) } else { (id, column) }).collect()
        };
        let mut energies = grid("energy_kwh");
        for (id, register) in grid("register_kwh").into_iter().filter(|(_, register)| !is_empty(register)) {
            let differences = (0..intervals).map(|at| if at == 0 { f64::NAN } else { register[at] - register[at - 1] });
            energies.insert(id, differences.collect());
        }
        Self { energies, returned: optional("export_kwh"), voltages: optional("voltage_v") }
    }
}
