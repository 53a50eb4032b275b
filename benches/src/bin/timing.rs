//! Times one estimator: `timing ESTIMATOR TAUS POINTS FILE REPEATS`, with averaging times as `--taus` has them.
//!
//! FILE holds phases in s, 1 s apart, as little-endian `f64`, of which the first POINTS are taken. Prints a row
//! `seconds` with the CPU time in s of each repetition, then rows of averaging factor and deviation.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

use sigmatau_benches::stopwatch::{read, time};
use sigmatau_core::PhaseSeries;
use sigmatau_stability::{Estimator, TauList};
use std::error::Error;

const USAGE: &str = "usage: timing ESTIMATOR TAUS POINTS FILE REPEATS";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, taus, points, file, repeats] = words.as_slice() else { return Err(USAGE.into()) };
    let (estimator, phases) = (Estimator::named(name)?, read(file, points.parse()?)?);
    let phase = PhaseSeries::new(&phases, 1.0)?;
    let factors = taus.parse::<TauList>()?.factors(phase.len(), phase.tau0(), &estimator.grid).m;
    let seconds = (0..repeats.parse()?).map(|_| time(|| estimator.deviations(&phase, &factors)));
    println!("seconds {}", seconds.collect::<Result<Vec<String>, _>>()?.join(" "));
    for (m, deviation) in factors.iter().zip(estimator.deviations(&phase, &factors)) {
        println!("{m} {:e}", deviation.ok_or("the record is too short")?);
    }
    Ok(())
}
