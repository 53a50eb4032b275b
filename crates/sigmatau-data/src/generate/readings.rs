//! Rows to propagate through a model: voltage, current and phase angle of one impedance with their uncertainties, as many as
//! are wanted.

use crate::{Column, DataError, Metadata, Table, TableWriter};
use rayon::prelude::*;
use sigmatau_core::Unit;
use sigmatau_spectrum::Gaussian;
use std::path::Path;

/// Rows that are drawn from one stream.
const BLOCK: usize = 1 << 16;

/// The true values of V in V, I in mA and φ in rad: the means of JCGM 100:2008, H.2.
const TRUTH: [f64; 3] = [4.9990, 19.6610, 1.04446];

/// Their standard uncertainties in an average row, and how they correlate: V with I, V with φ, I with φ.
const UNCERTAINTY: [f64; 3] = [0.0032, 0.0095, 0.00075];
const CORRELATION: [f64; 3] = [-0.36, 0.86, -0.65];

/// How much uncertainties differ from row to row: the standard deviation of their logarithms.
const SPREAD: f64 = 0.2;

/// Readings of an impedance with V = 4.999 V, I = 19.661 mA, φ = 1.04446 rad, of which R = V/I · cos φ is 127.732 Ω.
///
/// The columns are `v`, `i`, `phi` and their standard uncertainties `u_v`, `u_i`, `u_phi`. In each row the errors are normal
/// with the uncertainties of that row and correlate by −0.36, 0.86 and −0.65, so that 95 % of all intervals hold the truth.
///
/// ```
/// use sigmatau_data::generate::Readings;
/// let readings = Readings { rows: 1000, seed: 1 };
/// let table = readings.tables().next().expect("there are rows");
/// assert_eq!((table.rows(), table.columns()[1].unit.as_ref().map(|unit| unit.symbol())), (1000, Some("mA")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readings {
    /// The number of rows.
    pub rows: usize,
    /// The seed of the errors.
    pub seed: u64,
}

impl Readings {
    /// Draws the rows in tables of at most 2¹⁶; more rows begin with the same ones.
    pub fn tables(&self) -> impl Iterator<Item = Table> {
        let blocks = self.rows.div_ceil(BLOCK);
        let readings = *self;
        (0..blocks).map(move |block| readings.block(block))
    }

    /// Writes the rows to a Parquet file, whole or not at all; the memory is that of a few blocks and a row group.
    ///
    /// # Errors
    /// When the directory does not exist or the disk is full.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let mut writer = TableWriter::create(path, Metadata::default())?;
        let (blocks, together) = (self.rows.div_ceil(BLOCK), rayon::current_num_threads());
        for start in (0..blocks).step_by(together) {
            let end = blocks.min(start + together);
            let drawn: Vec<Table> = (start..end).into_par_iter().map(|block| self.block(block)).collect();
            drawn.iter().try_for_each(|table| writer.write(table))?;
        }
        writer.finish()
    }

    fn block(&self, block: usize) -> Table {
        let rows = BLOCK.min(self.rows - block * BLOCK);
        let mut draws = Gaussian::new(self.seed, block as u64);
        let mut columns: [Vec<f64>; 6] = std::array::from_fn(|_| Vec::with_capacity(rows));
        for _ in 0..rows {
            let row = row(&mut draws);
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        let named = [("v", "V"), ("i", "mA"), ("phi", "rad"), ("u_v", "V"), ("u_i", "mA"), ("u_phi", "rad")];
        let column = |((name, unit), values): ((&str, &str), Vec<f64>)| {
            Column::float(name, Unit::parse(unit).expect("a known unit"), values)
        };
        Table::new(named.into_iter().zip(columns).map(column).collect()).expect("the columns have one length")
    }
}

/// Three readings and their uncertainties.
fn row(draws: &mut Gaussian) -> [f64; 6] {
    let [v_i, v_phi, i_phi] = CORRELATION;
    let independent: [f64; 3] = std::array::from_fn(|_| draws.draw());
    let second = (1.0 - v_i * v_i).sqrt();
    let shared = (i_phi - v_i * v_phi) / second;
    let third = (1.0 - v_phi * v_phi - shared * shared).sqrt();
    let errors = [
        independent[0],
        v_i * independent[0] + second * independent[1],
        v_phi * independent[0] + shared * independent[1] + third * independent[2],
    ];
    let u: [f64; 3] = std::array::from_fn(|input| UNCERTAINTY[input] * (SPREAD * draws.draw()).exp());
    let value: [f64; 3] = std::array::from_fn(|input| TRUTH[input] + u[input] * errors[input]);
    [value[0], value[1], value[2], u[0], u[1], u[2]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_table;

    #[test]
    fn errors_have_the_stated_uncertainties_and_correlations() {
        let readings = Readings { rows: 60_000, seed: 2 };
        let table = readings.tables().next().unwrap();
        let errors = |value: &str, u: &str, truth: f64| -> Vec<f64> {
            let columns = table.floats(value).unwrap().iter().zip(table.floats(u).unwrap());
            columns.map(|(value, u)| (value - truth) / u).collect()
        };
        let errors = [errors("v", "u_v", TRUTH[0]), errors("i", "u_i", TRUTH[1]), errors("phi", "u_phi", TRUTH[2])];
        let mean = |a: usize, b: usize| {
            errors[a].iter().zip(&errors[b]).map(|(a, b)| a * b).sum::<f64>() / errors[a].len() as f64
        };
        let expected = [((0, 0), 1.0), ((1, 1), 1.0), ((2, 2), 1.0), ((0, 1), -0.36), ((0, 2), 0.86), ((1, 2), -0.65)];
        for ((a, b), expected) in expected {
            let deviation = ((1.0 + expected * expected) / 60_000.0_f64).sqrt();
            assert!((mean(a, b) - expected).abs() < 4.0 * deviation, "{a} {b}: {}", mean(a, b));
        }
    }

    #[test]
    fn more_rows_begin_with_the_same_ones_and_files_hold_what_is_drawn() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("readings.parquet");
        let readings = Readings { rows: 3 * BLOCK + 17, seed: 2 };
        readings.write(&path).unwrap();
        let mut drawn = Table::default();
        readings.tables().for_each(|table| drawn.append(table).unwrap());
        assert_eq!(read_table(&path).unwrap(), drawn);
        let few = Readings { rows: 10, seed: 2 }.tables().next().unwrap();
        assert_eq!(few.floats("phi").unwrap(), &drawn.floats("phi").unwrap()[..10]);
    }
}
