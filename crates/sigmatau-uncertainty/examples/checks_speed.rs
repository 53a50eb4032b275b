//! Times all checks over so many million rows of calibrations in memory, a hundred to an instrument, with readings and
//! budgets behind one instrument in a hundred, then a chain of as many certificates per hundred rows, and q-values of a
//! million p-values: `checks_speed [MILLIONS]`.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use sigmatau_uncertainty::chain::{Chain, Edges};
use sigmatau_uncertainty::check::table::{Block, Budgets, Calibrations, Lists, Logs, NO_WORD, Repeats};
use sigmatau_uncertainty::check::{Screening, Start};
use sigmatau_uncertainty::fdr::{Sides, benjamini_hochberg};
use std::time::Instant;

const ROWS: usize = 1_000_000;
const PER_INSTRUMENT: usize = 100;
const PER_POINT: usize = 10;
const READINGS: usize = 10;
const LABORATORIES: u32 = 60;
const DETAILED: usize = 100;

fn main() {
    let millions: usize = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(10);
    let columns = Columns::new();
    let mut screening = Screening::new(Start::default());
    let start = Instant::now();
    for block in 0..millions {
        let first = (block * ROWS / PER_INSTRUMENT) as u32;
        let instrument: Vec<u32> = (0..ROWS).map(|row| 100_000 + first + (row / PER_INSTRUMENT) as u32).collect();
        screening.calibrations(&columns.block(&instrument, (block * ROWS) as u64));
    }
    let reports = screening.finish(&|word| ["V", "voltage"].get(word as usize).copied().unwrap_or_default());
    let seconds = start.elapsed().as_secs_f64();
    let flags: usize = reports.iter().map(|report| report.flags.len()).sum();
    let assessed = reports.iter().filter(|report| report.is_assessable()).count();
    println!("{millions} million rows, {assessed} checks assessed, {flags} flags, {seconds:.2} s");
    time_logs(&columns, millions);
    time_chain((millions * ROWS / PER_INSTRUMENT) as u32);
    time_q_values(&columns.value);
}

/// What as many instruments sent, a hundred readings each.
fn time_logs(columns: &Columns, millions: usize) {
    let mut screening = Screening::new(Start::default());
    let start = Instant::now();
    for block in 0..millions {
        let first = (block * ROWS / PER_INSTRUMENT) as u32;
        let instrument: Vec<u32> = (0..ROWS).map(|row| 100_000 + first + (row / PER_INSTRUMENT) as u32).collect();
        // The noise of each block differs, else every reading would stand twice.
        let weight = 0.3 * block as f64;
        let later = columns.noise.iter().cycle().skip(7 * (block + 1));
        let value: Vec<f64> = columns.noise.iter().zip(later).map(|(z, later)| 100.0 + z + weight * later).collect();
        let log = Logs {
            instrument: &instrument,
            time: &columns.time,
            value: &value,
            resolution: &columns.numbers[3],
            operator: &columns.laboratory,
            ..Logs::default()
        };
        screening.logs(&log, (block * ROWS) as u64);
    }
    let reports = screening.finish(&|_| "");
    let copied = reports.iter().find(|report| report.check.name == "duplicate-block").map(|report| report.flags.len());
    println!("{millions} million readings of logs, {copied:?} copied, {:.2} s", start.elapsed().as_secs_f64());
}

/// Certificates that each rest on one that came before, a thousand of them on roots.
fn time_chain(certificates: u32) {
    let certificate: Vec<u32> = (0..certificates).collect();
    let parent: Vec<u32> = (0..certificates).map(|one| if one < 1000 { NO_WORD } else { one / 3 }).collect();
    let root: Vec<u8> = (0..certificates).map(|one| u8::from(one < 1000)).collect();
    let start = Instant::now();
    let chain = Chain::of(&Edges { certificate: &certificate, parent: &parent, root: &root, ..Edges::default() }, &[]);
    println!("{certificates} certificates, {} faults, {:.2} s", chain.faults().len(), start.elapsed().as_secs_f64());
}

fn time_q_values(values: &[f64]) {
    let ln_p: Vec<f64> = values.iter().map(|value| Sides::Both.ln_p(20.0 * (value - 100.0))).collect();
    let start = Instant::now();
    let least = benjamini_hochberg(&ln_p).into_iter().fold(0.0, f64::min);
    println!("{} q-values, the least {:.2}, {:.3} s", ln_p.len(), least.exp(), start.elapsed().as_secs_f64());
}

/// Columns that every block shares.
struct Columns {
    laboratory: Vec<u32>,
    point: Vec<u32>,
    time: Vec<i64>,
    zero: Vec<u32>,
    one: Vec<u32>,
    noise: Vec<f64>,
    value: Vec<f64>,
    numbers: [Vec<f64>; 8],
    accepted: Vec<u8>,
    repeats: Vec<f64>,
    repeat_ends: Vec<usize>,
    budget: [Vec<f64>; 3],
    type_a: Vec<u8>,
    budget_ends: Vec<usize>,
}

impl Columns {
    fn new() -> Self {
        let noise = Distribution::<f64>::sample_iter(StandardNormal, ChaCha8Rng::seed_from_u64(1));
        let noise: Vec<f64> = noise.take(ROWS).collect();
        let detailed = |row: usize| usize::from((row / PER_INSTRUMENT).is_multiple_of(DETAILED));
        let ends = |per_row: usize| -> Vec<usize> {
            (0..ROWS)
                .scan(0, |end, row| {
                    *end += per_row * detailed(row);
                    Some(*end)
                })
                .collect()
        };
        let (repeat_ends, budget_ends) = (ends(READINGS), ends(2));
        let (readings, components) = (repeat_ends[ROWS - 1], budget_ends[ROWS - 1]);
        let combined = 0.05_f64;
        Self {
            laboratory: (0..ROWS).map(|row| (row / PER_INSTRUMENT) as u32 % LABORATORIES + 10).collect(),
            point: (0..ROWS).map(|row| (row % PER_INSTRUMENT / PER_POINT) as u32).collect(),
            time: (0..ROWS).map(|row| (row % PER_POINT) as i64 * 31_557_600_000_000_000).collect(),
            zero: vec![0; ROWS],
            one: vec![1; ROWS],
            value: noise.iter().map(|z| ((100.0 + combined * z) * 100.0).round() / 100.0).collect(),
            numbers: [100.0, 0.04, 0.03, combined, 0.1, 2.0, 150.0, 0.2].map(|number| vec![number; ROWS]),
            accepted: noise.iter().map(|z| u8::from(combined * z.abs() <= 0.2)).collect(),
            repeats: (0..readings)
                .map(|place| ((100.0 + 0.05 * noise[place % ROWS]) * 100.0).round() / 100.0)
                .collect(),
            repeat_ends,
            noise,
            budget: [[0.04, 0.03].repeat(components / 2), vec![1.0; components], vec![f64::INFINITY; components]],
            type_a: vec![0; components],
            budget_ends,
        }
    }

    fn block<'a>(&'a self, instrument: &'a [u32], first_row: u64) -> Block<'a> {
        let [reference, u, u_reference, u_c, expanded_u, k, dof, limit] = &self.numbers;
        Block {
            first_row,
            calibrations: Calibrations {
                laboratory: &self.laboratory,
                instrument,
                class: &self.zero,
                point: &self.point,
                time: &self.time,
                quantity: &self.one,
                unit: &self.zero,
                standard: &self.laboratory,
                procedure: &self.zero,
                operator: &self.laboratory,
                value: &self.value,
                reference,
                u,
                u_reference,
                u_c,
                expanded_u,
                k,
                dof,
                cmc: u_c,
                u_repeat: u_c,
                upper: limit,
                accepted: &self.accepted,
                submitted: &self.time,
                due: &self.time,
                ..Calibrations::default()
            },
            repeats: Lists { ends: &self.repeat_ends, rows: Repeats { value: &self.repeats } },
            budgets: Lists {
                ends: &self.budget_ends,
                rows: Budgets {
                    u: &self.budget[0],
                    sensitivity: &self.budget[1],
                    dof: &self.budget[2],
                    type_a: &self.type_a,
                    ..Budgets::default()
                },
            },
            ..Block::default()
        }
    }
}
