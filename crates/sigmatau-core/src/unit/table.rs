//! The named units: symbols, whether they take SI prefixes, dimension, factor to SI.

use super::{Dimension, Factor, Unit};
use std::borrow::Cow;

/// A row of the table: symbols, takes prefixes, exponents (m kg s A K mol cd rad), numerator,
/// denominator, power of π, reading at SI zero.
struct Row(&'static [&'static str], bool, [i8; 8], u128, u128, i32, f64);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row(&["1", ""],             false, [ 0,  0,  0,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["%"],                 false, [ 0,  0,  0,  0, 0, 0, 0, 0],             1,          100,  0, 0.0),
    Row(&["ppm"],               false, [ 0,  0,  0,  0, 0, 0, 0, 0],             1,    1_000_000,  0, 0.0),
    Row(&["ppb"],               false, [ 0,  0,  0,  0, 0, 0, 0, 0],             1, 1_000_000_000, 0, 0.0),
    Row(&["m"],                 true,  [ 1,  0,  0,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["g"],                 true,  [ 0,  1,  0,  0, 0, 0, 0, 0],             1,        1_000,  0, 0.0),
    Row(&["s"],                 true,  [ 0,  0,  1,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["min"],               false, [ 0,  0,  1,  0, 0, 0, 0, 0],            60,            1,  0, 0.0),
    Row(&["h"],                 false, [ 0,  0,  1,  0, 0, 0, 0, 0],         3_600,            1,  0, 0.0),
    Row(&["d"],                 false, [ 0,  0,  1,  0, 0, 0, 0, 0],        86_400,            1,  0, 0.0),
    Row(&["A"],                 true,  [ 0,  0,  0,  1, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["K"],                 true,  [ 0,  0,  0,  0, 1, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["degC", "°C"],        false, [ 0,  0,  0,  0, 1, 0, 0, 0],             1,            1,  0, -273.15),
    Row(&["mol"],               true,  [ 0,  0,  0,  0, 0, 1, 0, 0],             1,            1,  0, 0.0),
    Row(&["cd"],                true,  [ 0,  0,  0,  0, 0, 0, 1, 0],             1,            1,  0, 0.0),
    Row(&["rad"],               true,  [ 0,  0,  0,  0, 0, 0, 0, 1],             1,            1,  0, 0.0),
    Row(&["deg", "°"],          false, [ 0,  0,  0,  0, 0, 0, 0, 1],             1,          180,  1, 0.0),
    Row(&["cycle"],             false, [ 0,  0,  0,  0, 0, 0, 0, 1],             2,            1,  1, 0.0),
    Row(&["Hz"],                true,  [ 0,  0, -1,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["N"],                 true,  [ 1,  1, -2,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["Pa"],                true,  [-1,  1, -2,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["bar"],               true,  [-1,  1, -2,  0, 0, 0, 0, 0],       100_000,            1,  0, 0.0),
    Row(&["J"],                 true,  [ 2,  1, -2,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["Wh"],                true,  [ 2,  1, -2,  0, 0, 0, 0, 0],         3_600,            1,  0, 0.0),
    Row(&["W"],                 true,  [ 2,  1, -3,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["VA", "var"],         true,  [ 2,  1, -3,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["varh", "VAh"],       true,  [ 2,  1, -2,  0, 0, 0, 0, 0],         3_600,            1,  0, 0.0),
    Row(&["V"],                 true,  [ 2,  1, -3, -1, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["Ω", "ohm", "Ohm"],   true,  [ 2,  1, -3, -2, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["S"],                 true,  [-2, -1,  3,  2, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["C"],                 true,  [ 0,  0,  1,  1, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["F"],                 true,  [-2, -1,  4,  2, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["H"],                 true,  [ 2,  1, -2, -2, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["Wb"],                true,  [ 2,  1, -2, -1, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["T"],                 true,  [ 0,  1, -2, -1, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["arcmin", "′"],       false, [ 0,  0,  0,  0, 0, 0, 0, 1],             1,       10_800,  1, 0.0),
    Row(&["arcsec", "″"],       false, [ 0,  0,  0,  0, 0, 0, 0, 1],             1,      648_000,  1, 0.0),
    Row(&["sr"],                true,  [ 0,  0,  0,  0, 0, 0, 0, 2],             1,            1,  0, 0.0),
    Row(&["lm"],                true,  [ 0,  0,  0,  0, 0, 0, 1, 2],             1,            1,  0, 0.0),
    Row(&["lx"],                true,  [-2,  0,  0,  0, 0, 0, 1, 2],             1,            1,  0, 0.0),
    Row(&["Bq"],                true,  [ 0,  0, -1,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["Gy", "Sv"],          true,  [ 2,  0, -2,  0, 0, 0, 0, 0],             1,            1,  0, 0.0),
    Row(&["kat"],               true,  [ 0,  0, -1,  0, 0, 1, 0, 0],             1,            1,  0, 0.0),
    Row(&["L", "l"],            true,  [ 3,  0,  0,  0, 0, 0, 0, 0],             1,        1_000,  0, 0.0),
    Row(&["t"],                 false, [ 0,  1,  0,  0, 0, 0, 0, 0],         1_000,            1,  0, 0.0),
    Row(&["ha"],                false, [ 2,  0,  0,  0, 0, 0, 0, 0],        10_000,            1,  0, 0.0),
    Row(&["gn"],                false, [ 1,  0, -2,  0, 0, 0, 0, 0],       980_665,      100_000,  0, 0.0),
];

/// SI prefixes and their powers of ten.
const PREFIXES: &[(&str, i32)] = &[
    ("da", 1),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("µ", -6),
    ("μ", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
];

/// The unit of exactly this symbol.
pub(super) fn named(symbol: &str) -> Option<Unit> {
    let (row, symbol) = find(symbol)?;
    let &Row(_, _, exponents, numerator, denominator, pi, zero) = row;
    let symbol = if symbol.is_empty() { "1" } else { symbol };
    let factor = Factor::new(numerator, denominator, pi);
    Some(Unit { symbol: Cow::Borrowed(symbol), dimension: Dimension(exponents), factor, zero })
}

/// The first unit of a dimension that is coherent in SI.
pub(super) fn coherent(dimension: Dimension) -> Option<Unit> {
    let is_coherent = |row: &&Row| Dimension(row.2) == dimension && (row.3, row.4, row.5, row.6) == (1, 1, 0, 0.0);
    ROWS.iter().find(is_coherent).and_then(|row| named(row.0[0]))
}

/// The unit of this symbol behind an SI prefix.
pub(super) fn prefixed(symbol: &str) -> Option<Unit> {
    PREFIXES.iter().find_map(|(prefix, power)| {
        let (_, name) = find(symbol.strip_prefix(prefix)?).filter(|(row, _)| row.1)?;
        let scale = 10_u128.pow(power.unsigned_abs());
        let (up, down) = if *power > 0 { (scale, 1) } else { (1, scale) };
        let unit = named(name)?;
        let factor = unit.factor.by(Factor::new(up, down, 0))?;
        Some(Unit { symbol: Cow::Owned(symbol.to_owned()), factor, ..unit })
    })
}

/// Every symbol, with the common prefixed ones, for suggestions.
pub(super) fn symbols() -> Vec<&'static str> {
    let prefixed = ["ns", "ps", "us", "ms", "kHz", "MHz", "mV", "kV", "mA", "kWh", "mrad", "kg"];
    ROWS.iter().flat_map(|row| row.0).copied().filter(|symbol| !symbol.is_empty()).chain(prefixed).collect()
}

fn find(symbol: &str) -> Option<(&'static Row, &'static str)> {
    ROWS.iter().find_map(|row| row.0.iter().find(|known| **known == symbol).map(|known| (row, *known)))
}
