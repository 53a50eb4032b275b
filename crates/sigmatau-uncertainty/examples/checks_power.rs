//! Simulates what each check finds of its planted fault, what it flags beside it, and what it flags in sound data, and
//! prints the table.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

#[path = "../tests/planted/mod.rs"]
mod planted;

use planted::{Data, plant};
use sigmatau_uncertainty::check::{CHECKS, Check, Settings};
use std::collections::BTreeSet;

const SEEDS: u64 = 100;
const INSTRUMENTS: usize = 200;

fn main() {
    println!("{SEEDS} datasets of {INSTRUMENTS} instruments, q = {} %.\n", 100.0 * Settings::default().rate);
    println!("| check | power | false share of the flagged | sound datasets with a flag |\n|---|---|---|---|");
    for check in CHECKS {
        let [power, rate, alarms] = simulated(check);
        println!("| {} | {:.1} % | {:.2} % | {:.0} % |", check.name, 100.0 * power, 100.0 * rate, 100.0 * alarms);
    }
}

/// The share of planted faults that is found, the mean share of false ones among the flagged, and the share of sound datasets
/// with a flag.
fn simulated(check: &'static Check) -> [f64; 3] {
    let sums = (0..SEEDS).map(|seed| {
        let mut data = Data::sound(seed, INSTRUMENTS);
        let alarmed = !flagged(check, &data).is_empty();
        let planted = plant(&mut data, check.code);
        let found = flagged(check, &data);
        let hits = planted.intersection(&found).count() as f64;
        let wrong = found.len() as f64 - hits;
        [hits / planted.len() as f64, wrong / found.len().max(1) as f64, f64::from(u8::from(alarmed))]
    });
    sums.fold([0.0; 3], |sum, one| std::array::from_fn(|i| sum[i] + one[i] / SEEDS as f64))
}

fn flagged(check: &'static Check, data: &Data) -> BTreeSet<u32> {
    let report = data.screened(&[check], Settings::default()).remove(0);
    report.flags.iter().map(|flag| flag.observation.subject).collect()
}
