//! Times one method: `response METHOD PAIRS RECORD FILE REPEATS`, with its settings as they are by default.
//!
//! FILE holds PAIRS points of the excitation and then as many of the response, 1 s apart, as little-endian `f64`, which
//! are taken as records of RECORD pairs. Prints a row `seconds` with the CPU time in s of each repetition, then rows of
//! frequency, real and imaginary part of the response to the first record.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

use sigmatau_benches::respond;
use sigmatau_benches::stopwatch::{read, time};
use sigmatau_dynamic::method::{Method, Settings};
use std::error::Error;

const USAGE: &str = "usage: response METHOD PAIRS RECORD FILE REPEATS";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, pairs, record, file, repeats] = words.as_slice() else { return Err(USAGE.into()) };
    let (method, settings) = (Method::named(name)?, Settings::default());
    let (pairs, record): (usize, usize) = (pairs.parse()?, record.parse()?);
    let series = read(file, 2 * pairs)?;
    let (excitation, response) = series.split_at(pairs);
    let records: Vec<_> = excitation.chunks_exact(record).zip(response.chunks_exact(record)).collect();
    let all = || records.iter().map(|(x, y)| respond(method, &settings, x, y).lines.len()).sum::<usize>();
    let seconds = (0..repeats.parse()?).map(|_| time(all));
    println!("seconds {}", seconds.collect::<Result<Vec<String>, _>>()?.join(" "));
    let (x, y) = records.first().ok_or("the file is shorter than a record")?;
    for line in respond(method, &settings, x, y).lines {
        println!("{} {:e} {:e}", line.frequency, line.value.re, line.value.im);
    }
    Ok(())
}
