//! Records as a stability analysis makes them, for a laboratory's clocks and for a satellite fleet.

use sigmatau_core::Unit;
use sigmatau_data::{Column, Header, Input, Record, Table};

/// The averaging factors: 16 octaves.
const OCTAVES: u32 = 16;

/// What a clock does: white PM at 1 s, white FM at 1 s, flicker floor, random walk at 1 s.
pub(crate) struct Clock {
    pub(crate) name: String,
    levels: [f64; 4],
}

/// Twelve clocks of five kinds.
pub(crate) fn laboratory() -> Record {
    let kinds: [(&str, usize, [f64; 4]); 5] = [
        ("maser", 3, [8e-14, 6e-14, 5e-16, 2e-19]),
        ("caesium", 3, [1e-13, 6e-12, 8e-15, 1e-18]),
        ("rubidium", 2, [1e-12, 9e-12, 3e-14, 2e-16]),
        ("ocxo", 2, [1e-12, 2e-13, 8e-13, 4e-14]),
        ("gps", 2, [1.2e-9, 1e-13, 2e-14, 1e-17]),
    ];
    let clocks = kinds.iter().flat_map(|(kind, count, levels)| {
        (1..=*count).map(move |number| clock(&format!("{kind}-{number}"), *levels, number as u64))
    });
    stability(&clocks.collect::<Vec<_>>(), &["oadev", "mdev", "ohdev"])
}

/// Satellites of two systems, so many altogether.
pub(crate) fn fleet(count: usize) -> Record {
    let name = |number: usize| match number < count * 2 / 5 {
        true => format!("G{:02}", number + 1),
        false => format!("E{:02}", number + 1 - count * 2 / 5),
    };
    let satellite = |number: usize| clock(&name(number), [2e-11, 3e-12, 1.5e-14, 3e-17], number as u64);
    stability(&(0..count).map(satellite).collect::<Vec<_>>(), &["oadev", "mdev", "tdev"])
}

/// A clock whose levels lie around these, at places that the seed chooses.
pub(crate) fn clock(name: &str, levels: [f64; 4], seed: u64) -> Clock {
    let scattered = |(place, level): (usize, f64)| level * (1.6 * (unit(seed * 31 + place as u64) - 0.5)).exp();
    let mut places = levels.into_iter().enumerate().map(scattered);
    Clock { name: name.to_owned(), levels: std::array::from_fn(|_| places.next().unwrap_or(0.0)) }
}

/// The record of these clocks and estimators.
pub(crate) fn stability(clocks: &[Clock], estimators: &[&str]) -> Record {
    let mut rows = Vec::new();
    for clock in clocks {
        for estimator in estimators {
            rows.extend((0..OCTAVES).map(|octave| row(clock, estimator, octave)));
        }
    }
    record("stability", "stability/1", table(&rows))
}

/// A record with this table.
pub(crate) fn record(step: &str, schema: &str, table: Table) -> Record {
    let inputs = vec![
        Input {
            name: "clocks-2026-w31.parquet".into(),
            blake3: "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069".into(),
            licence: "CC-BY-4.0".into(),
        },
        Input {
            name: "gps-2026-w31.parquet".into(),
            blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262".into(),
            licence: String::new(),
        },
    ];
    let parameters =
        "estimators = [\"oadev\", \"mdev\", \"ohdev\"]\ntaus = \"octave\"\nconfidence = 0.683\nnoise = \"auto\"\n";
    let header = Header {
        schema: schema.into(),
        step: step.into(),
        analysis: "stability".into(),
        revision: 3,
        parameters: parameters.into(),
        inputs,
        tool: "0.1.0".into(),
    };
    Record { header, table }
}

struct Row {
    series: String,
    estimator: String,
    m: i64,
    deviation: f64,
    spread: f64,
    noise: &'static str,
    alpha: f64,
}

fn row(clock: &Clock, estimator: &str, octave: u32) -> Row {
    let m = 2_i64.pow(octave);
    let tau = m as f64;
    let [white_phase, white, flicker, walk] = clock.levels;
    let steepness = if estimator == "oadev" || estimator == "ohdev" { 1.0 } else { 1.5 };
    let parts = [white_phase / tau.powf(steepness), white / tau.sqrt(), flicker, walk * tau.sqrt()];
    let strongest = (0..4).max_by(|a, b| parts[*a].total_cmp(&parts[*b])).unwrap_or(0);
    let scatter = 0.25 * (tau / 32_768.0).sqrt();
    let letters = clock.name.bytes().chain(estimator.bytes());
    let seed = letters.fold(u64::from(octave), |seed, byte| seed.wrapping_mul(33) + u64::from(byte));
    let total = parts.iter().map(|part| part * part).sum::<f64>().sqrt();
    let scale = if estimator == "tdev" { tau / 3_f64.sqrt() } else { 1.0 };
    Row {
        series: clock.name.clone(),
        estimator: estimator.to_owned(),
        m,
        deviation: total * scale * (1.0 + scatter * (unit(seed) - 0.5)),
        spread: 0.004 + 0.35 * (tau / 32_768.0).sqrt(),
        noise: ["white PM", "white FM", "flicker FM", "random walk FM"][strongest],
        alpha: [2.0, 0.0, -1.0, -2.0][strongest],
    }
}

fn table(rows: &[Row]) -> Table {
    let words = |word: fn(&Row) -> &str| rows.iter().map(|row| word(row).to_owned()).collect();
    let numbers = |number: fn(&Row) -> f64| rows.iter().map(number).collect::<Vec<f64>>();
    let float = |name: &str, number: fn(&Row) -> f64| Column::float(name, Unit::ONE, numbers(number));
    let bare = |name: &str, number: fn(&Row) -> f64| Column { unit: None, ..float(name, number) };
    let columns = vec![
        Column::text("series", words(|row| &row.series)),
        Column::text("estimator", words(|row| &row.estimator)),
        Column::float("tau_s", Unit::SECOND, numbers(|row| row.m as f64)),
        Column::integer("m", Unit::ONE, rows.iter().map(|row| row.m).collect()),
        bare("deviation", |row| row.deviation),
        bare("lower", |row| row.deviation * (1.0 - row.spread * 0.7)),
        bare("upper", |row| row.deviation * (1.0 + row.spread * 1.6)),
        float("confidence", |_| 0.683),
        Column::integer("n", Unit::ONE, rows.iter().map(|row| 86_401 - 2 * row.m).collect()),
        float("edf", |row| 1.2 * (86_401.0 / row.m as f64)),
        Column::text("edf_method", words(|_| "greenhall-riley")),
        Column::text("noise", words(|row| row.noise)),
        float("alpha", |row| row.alpha),
        float("bias", |_| 1.0),
        Column::text("flags", words(|_| "")),
    ];
    Table::new(columns).expect("the columns are even")
}

/// A number from 0 to 1 that depends on the seed alone (SplitMix64).
fn unit(seed: u64) -> f64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((state ^ (state >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}
