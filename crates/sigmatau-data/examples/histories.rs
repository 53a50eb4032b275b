//! Calibration histories of any size on disk, with the plain rules of their tables, and how long it takes to read them.
//!
//! `cargo run --release -p sigmatau-data --example histories -- FOLDER [INSTRUMENTS] [RECALIBRATIONS] [DETAIL]`

#![expect(clippy::print_stdout, reason = "the face of a tool")]

use sigmatau_data::calibration::Calibrations;
use sigmatau_data::generate::{Extent, Histories};
use sigmatau_data::schema::rules::{RULES, duckdb};
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let folder = PathBuf::from(words.next().ok_or("name a folder")?);
    let numbers: Vec<usize> = words.map(|word| word.parse()).collect::<Result<_, _>>()?;
    let number = |place: usize, usual: usize| numbers.get(place).copied().unwrap_or(usual);
    let usual = Histories::builtin();
    let Extent { instruments, recalibrations, detail, seed } = usual.extent();
    let extent = Extent {
        instruments: number(0, instruments),
        recalibrations: number(1, recalibrations),
        detail: number(2, detail),
        seed,
    };
    let histories = usual.with(extent).ok_or("the faults do not fit in so few instruments")?;
    std::fs::create_dir_all(&folder)?;

    let begun = Instant::now();
    histories.write(&folder, |_| true)?;
    println!("written in {:.2} s", begun.elapsed().as_secs_f64());
    let tables: Vec<&str> = RULES.iter().map(|rules| rules.schema.name).collect();
    std::fs::write(folder.join("rules.sql"), duckdb(&tables))?;

    let begun = Instant::now();
    let mut calibrations = Calibrations::open(&folder)?;
    let (mut rows, mut attached) = (0, 0);
    while let Some(block) = calibrations.next_block()? {
        rows += block.calibrations.rows();
        attached += block.repeats.rows.rows() + block.budgets.rows.rows() + block.correlations.rows.rows();
    }
    let (seconds, words) = (begun.elapsed().as_secs_f64(), calibrations.vocabulary().len());
    println!("{rows} calibrations, {attached} rows beside them and {words} words read in {seconds:.2} s");
    calibrations.findings().iter().for_each(|finding| println!("{finding}"));
    Ok(())
}
