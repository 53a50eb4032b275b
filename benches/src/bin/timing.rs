//! Times one estimator: `timing ESTIMATOR TAUS POINTS FILE REPEATS`, with averaging times as `--taus` has them.
//!
//! FILE holds phases in s, 1 s apart, as little-endian `f64`, of which the first POINTS are taken. Prints a row
//! `seconds` with the CPU time in s of each repetition, then rows of averaging factor and deviation. Reads the
//! CPU time of the thread from Linux.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

use sigmatau_core::PhaseSeries;
use sigmatau_stability::{Estimator, TauList};
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;

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

fn read(file: &str, points: usize) -> Result<Vec<f64>, std::io::Error> {
    let mut bytes = vec![0; 8 * points];
    File::open(file)?.read_exact(&mut bytes)?;
    Ok(bytes.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect())
}

/// The CPU time of `work` on this thread, in s.
fn time<T>(work: impl Fn() -> T) -> Result<String, Box<dyn Error>> {
    let before = nanoseconds()?;
    black_box(work());
    Ok(format!("{:.9}", (nanoseconds()? - before) as f64 * 1e-9))
}

/// The CPU time that this thread has had. Linux brings the figure up to date when the thread yields.
fn nanoseconds() -> Result<u64, Box<dyn Error>> {
    std::thread::yield_now();
    let line = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(line.split(' ').next().unwrap_or_default().parse()?)
}
