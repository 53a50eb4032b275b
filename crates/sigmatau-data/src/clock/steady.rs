//! A clock whose rows stand together in the order of even epochs, read piece by piece in bounded memory.

use super::{ClockKind, ClockSource, finite, remarks};
use crate::rows::index::Segment;
use crate::rows::piece::{Piece, pieces};
use crate::{DataError, grid};
use rayon::prelude::*;
use sigmatau_core::Finding;

/// A clock that needs no grid to be laid.
#[derive(Clone, Debug, PartialEq)]
pub struct SteadyClock {
    /// The name.
    pub name: String,
    /// What the values measure.
    pub kind: ClockKind,
    /// The sampling interval τ₀ in s.
    pub tau0: f64,
    /// The number of values.
    pub points: usize,
}

impl ClockSource {
    /// Tells what [`ClockSource::stream`] will give for a clock, or nothing where its rows stand between
    /// those of others or its epochs are not even. Reads the column of epochs, if there is one, piece by piece.
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    ///
    /// # Panics
    /// When the number is not below that of the clocks.
    pub fn steady(&self, series: usize) -> Result<Option<SteadyClock>, DataError> {
        let segments = &self.rows[series];
        if !segments.iter().all(Segment::is_run) {
            return Ok(None);
        }
        let points = segments.iter().map(|segment| segment.rows as usize).sum();
        let value = self.layout.value(series);
        let stated = value.tau0;
        let tau0 = match &self.layout.time {
            None => Some(stated.unwrap_or(1.0)),
            Some(_) => self.step(series)?.and_then(|step| grid::interval(step, stated, points)),
        };
        let tau0 = tau0.filter(|tau0| *tau0 > 0.0 && tau0.is_finite());
        let name = self.series[series].name.clone();
        Ok(tau0.map(|tau0| SteadyClock { name, kind: value.kind, tau0, points }))
    }

    /// Feeds the values of a steady clock, in SI and `NaN` where missing, to `sink`, at most 2²⁰ at a time and in
    /// order. The next ones are decoded on another thread meanwhile. Returns the remarks that
    /// [`ClockSource::read`] makes. The memory is two such pieces.
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    pub fn stream(&self, series: usize, mut sink: impl FnMut(&[f64]) + Send) -> Result<Vec<Finding>, DataError> {
        let pieces = pieces(&self.rows[series]);
        let value = self.layout.value(series);
        let decode = |piece: Option<&Piece>, room: &mut Vec<f64>| {
            room.clear();
            piece.map_or(Ok(()), |piece| self.store.piece(value.column, value.rule, piece, room))?;
            Ok::<_, DataError>(finite(room))
        };
        let (mut values, mut ahead, mut missing, mut infinite) = (Vec::new(), Vec::new(), 0, 0);
        let mut counts = decode(pieces.first(), &mut values)?;
        for next in 1..=pieces.len() {
            missing += counts.0;
            infinite += counts.1;
            let (decoded, ()) = rayon::join(|| decode(pieces.get(next), &mut ahead), || sink(&values));
            counts = decoded?;
            std::mem::swap(&mut values, &mut ahead);
        }
        let points = pieces.iter().map(|piece| piece.rows.len()).sum();
        let name = &self.series[series].name;
        Ok(remarks(missing, infinite, points).map(|finding| finding.about(name)).collect())
    }

    /// The step in ns between the epochs of a clock, if it is the same everywhere.
    fn step(&self, series: usize) -> Result<Option<i64>, DataError> {
        let Some(time) = &self.layout.time else { return Ok(None) };
        let ends = |piece: &Piece| {
            let mut epochs = Vec::new();
            self.store.piece(time.column, time.rule, piece, &mut epochs)?;
            let step = grid::even_step(&epochs);
            Ok(step.map(|step| (epochs[0], step, epochs[epochs.len() - 1])))
        };
        let ends: Option<Vec<(i64, i64, i64)>> =
            pieces(&self.rows[series]).par_iter().map(ends).collect::<Result<_, DataError>>()?;
        let joined =
            |pair: &[(i64, i64, i64)]| pair[0].1 == pair[1].1 && pair[1].0.wrapping_sub(pair[0].2) == pair[0].1;
        Ok(ends.filter(|ends| ends.windows(2).all(joined)).and_then(|ends| ends.first().map(|(_, step, _)| *step)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ClockOptions;
    use crate::{ClockSource, Column, Table};
    use sigmatau_core::Unit;

    fn source(names: &[&str], times: &[i64], values: &[f64]) -> ClockSource {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let columns = vec![
            Column::text("series", names),
            Column::integer("time", Unit::parse("ns").unwrap(), times.to_vec()),
            Column::float("phase", Unit::parse("ns").unwrap(), values.to_vec()),
        ];
        ClockSource::from_table("x", Table::new(columns).unwrap(), &ClockOptions::default()).unwrap()
    }

    #[test]
    fn a_stream_gives_what_reading_gives() {
        let values = [1.0, f64::INFINITY, 3.0, f64::NAN, 7.0, 8.0];
        let source = source(&["a", "a", "a", "a", "b", "b"], &[0, 10, 20, 30, 0, 20], &values);
        for (series, read) in source.read(0..2).unwrap().into_iter().enumerate() {
            let steady = source.steady(series).unwrap().unwrap();
            assert_eq!((steady.name, steady.kind, steady.tau0), (read.name, read.kind, read.tau0));
            let mut values = Vec::new();
            let findings = source.stream(series, |piece| values.extend_from_slice(piece)).unwrap();
            assert_eq!((values.len(), findings), (steady.points, read.findings));
            assert!(values.iter().zip(read.values).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }

    #[test]
    fn uneven_epochs_and_rows_between_others_are_not_steady() {
        let uneven = source(&["a", "a", "a"], &[0, 10, 21], &[0.0; 3]);
        assert_eq!(uneven.steady(0).unwrap(), None);
        let mixed = source(&["a", "b", "a"], &[0, 0, 10], &[0.0; 3]);
        assert_eq!(mixed.steady(0).unwrap(), None);
    }
}
