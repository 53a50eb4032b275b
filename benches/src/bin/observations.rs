//! Writes rows to propagate: `observations FILE ROWS`, and the measurand beside them as `FILE` with the ending `toml`.
//!
//! Voltage, current and phase as a meter shows them, and R = V/I cos φ of these three, which were estimated together from
//! five observations (JCGM 100:2008, H.2). Memory: one row group.

use sigmatau_benches::noise;
use sigmatau_core::Unit;
use sigmatau_data::{Column, Metadata, Table, TableWriter};
use std::error::Error;
use std::path::Path;

/// Rows that are made at a time.
const CHUNK: usize = 1 << 16;

type Shown = (&'static str, &'static str, f64, f64, f64, f64);

/// Column, unit, centre, spread, last digit shown, standard uncertainty.
const SHOWN: [Shown; 3] =
    [("V", "V", 5.0, 0.5, 1e-4, 3.2e-3), ("I", "mA", 20.0, 1.0, 1e-3, 9.5e-3), ("phi", "rad", 1.0, 0.1, 1e-4, 7.5e-4)];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, rows] = words.as_slice() else { return Err("usage: observations FILE ROWS".into()) };
    let (path, rows): (&Path, usize) = (Path::new(file), rows.parse()?);
    std::fs::write(path.with_extension("toml"), measurand())?;
    let mut writer = TableWriter::create(path, Metadata::default())?;
    for start in (0..rows).step_by(CHUNK) {
        let length = CHUNK.min(rows - start);
        let column = |(place, (name, unit, centre, spread, digit, _)): (usize, Shown)| {
            let shown = noise(length, (3 * (start / CHUNK) + place) as u64);
            let shown = shown.iter().map(|place| ((centre + spread * place) / digit).round() * digit).collect();
            Ok(Column::float(name, Unit::parse(unit)?, shown))
        };
        let columns: Result<_, Box<dyn Error>> = SHOWN.into_iter().enumerate().map(column).collect();
        writer.write(&Table::new(columns?)?)?;
    }
    Ok(writer.finish()?)
}

fn measurand() -> String {
    let input = |(name, unit, .., u): Shown| {
        format!(
            "[input.{name}]\nunit = \"{unit}\"\ncolumn = \"{name}\"\nstandard_uncertainty = {u}\ndof = 4\n\
             ensemble = \"meter\"\n"
        )
    };
    let pair = |(first, second, r): (&str, &str, f64)| {
        format!("[[correlation]]\nbetween = [\"{first}\", \"{second}\"]\ncoefficient = {r}\n")
    };
    let inputs = SHOWN.map(input).concat();
    let pairs = [("V", "I", -0.36), ("V", "phi", 0.86), ("I", "phi", -0.65)].map(pair).concat();
    format!("model = \"R [kohm] = V / I * cos(phi)\"\n{inputs}{pairs}")
}
