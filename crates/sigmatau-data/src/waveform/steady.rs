//! A record whose rows stand together, read piece by piece in bounded memory.

use super::ends::{Ends, end};
use super::layout::TimeColumn;
use super::pace::{Pace, Rate};
use super::{ChannelInfo, WaveformSource};
use crate::DataError;
use crate::rows::index::Segment;
use crate::rows::piece::{Piece, pieces};
use crate::rows::rule::Rule;
use rayon::prelude::*;
use sigmatau_core::Finding;

/// A record that is read while it is worked on.
pub struct SteadyWaveform<'a> {
    source: &'a WaveformSource,
    pieces: Vec<Piece>,
    /// The name of the sensor.
    pub sensor: String,
    /// The sampling rate in Hz; `NaN` where the instants show none.
    pub rate: f64,
    /// The number of samples that all channels have.
    pub points: usize,
    /// The remarks that [`WaveformSource::read`] makes.
    pub findings: Vec<Finding>,
}

impl WaveformSource {
    /// The record of a sensor in pieces, or nothing where its rows stand between those of others. Reads the column
    /// of instants, if there is one, piece by piece, and of each channel the last piece.
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    ///
    /// # Panics
    /// When the number is not below that of the sensors.
    pub fn steady(&self, sensor: usize) -> Result<Option<SteadyWaveform<'_>>, DataError> {
        let segments = &self.rows[sensor];
        if !segments.iter().all(Segment::is_run) {
            return Ok(None);
        }
        let pieces = pieces(segments);
        let rate = Rate::new(self.pace(&pieces)?, self.layout.rate);
        let ends: Vec<usize> =
            (0..self.channels.len()).map(|channel| self.end(channel, &pieces)).collect::<Result<_, _>>()?;
        let ends = Ends(ends);
        let (hertz, points) = (rate.hertz, ends.shortest());
        let (sensor, findings) = (self.sensors[sensor].name.clone(), self.remarks(sensor, rate, &ends));
        Ok(Some(SteadyWaveform { source: self, pieces: first(pieces, points), sensor, rate: hertz, points, findings }))
    }

    /// How the instants advance, where the table has any.
    fn pace(&self, pieces: &[Piece]) -> Result<Option<Pace>, DataError> {
        let mut pace = Pace::default();
        match self.layout.time {
            None => return Ok(None),
            Some(TimeColumn::Real { column, rule }) => self.each(pieces, column, rule, |instants| {
                instants.iter().for_each(|instant| pace.push(*instant));
            })?,
            Some(TimeColumn::Whole { column, rule, tick }) => {
                let mut origin = None;
                self.each(pieces, column, rule, |ticks| {
                    let origin = *origin.get_or_insert_with(|| ticks.first().copied().unwrap_or(0));
                    pace.push_ticks(ticks, tick, origin);
                })?;
            }
        }
        Ok(Some(pace))
    }

    /// Feeds the pieces of one column to `sink`.
    fn each<R: Rule>(
        &self,
        pieces: &[Piece],
        column: usize,
        rule: R,
        mut sink: impl FnMut(&[R::Out]),
    ) -> Result<(), DataError> {
        let mut room = Vec::new();
        for piece in pieces {
            room.clear();
            self.store.piece(column, rule, piece, &mut room)?;
            sink(&room);
        }
        Ok(())
    }

    /// The number of samples of a channel, found from behind.
    fn end(&self, channel: usize, pieces: &[Piece]) -> Result<usize, DataError> {
        let channel = &self.layout.channels[channel];
        let mut room = Vec::new();
        let mut before: usize = pieces.iter().map(|piece| piece.rows.len()).sum();
        for piece in pieces.iter().rev() {
            room.clear();
            self.store.piece(channel.column, channel.rule, piece, &mut room)?;
            before -= room.len();
            match end(&room) {
                0 => {}
                end => return Ok(before + end),
            }
        }
        Ok(0)
    }
}

impl SteadyWaveform<'_> {
    /// The channels, in the order that was asked for.
    pub fn channels(&self) -> &[ChannelInfo] {
        self.source.channels()
    }

    /// Feeds the samples of all channels, in SI and `NaN` where missing, to `sink`: equally many of each, at most 2²⁰
    /// at a time, in order. The next ones are decoded on other threads meanwhile. The memory is two such pieces.
    ///
    /// # Errors
    /// When the file can't be read or is damaged.
    ///
    /// ```
    /// use sigmatau_core::Unit;
    /// use sigmatau_data::{Column, Table};
    /// use sigmatau_data::waveform::{WaveformOptions, WaveformSource};
    /// let table = Table::new(vec![
    ///     Column::float("excitation", Unit::ONE, vec![1.0, 2.0, 3.0]),
    ///     Column::float("response", Unit::ONE, vec![2.0, 4.0, 6.0]),
    /// ])?;
    /// let options = WaveformOptions { rate: Some(50.0), ..Default::default() };
    /// let source = WaveformSource::from_table("bench", table, &options)?;
    /// let (mut product, mut square) = (0.0, 0.0);
    /// source.steady(0)?.expect("one sensor").stream(|channels| {
    ///     product += channels[0].iter().zip(channels[1]).map(|(x, y)| x * y).sum::<f64>();
    ///     square += channels[0].iter().map(|x| x * x).sum::<f64>();
    /// })?;
    /// assert_eq!(product / square, 2.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stream(&self, mut sink: impl FnMut(&[&[f64]]) + Send) -> Result<(), DataError> {
        let mut rooms = vec![Vec::new(); self.channels().len()];
        let mut ahead = rooms.clone();
        self.decode(self.pieces.first(), &mut rooms)?;
        for next in 1..=self.pieces.len() {
            let channels: Vec<&[f64]> = rooms.iter().map(Vec::as_slice).collect();
            let (decoded, ()) = rayon::join(|| self.decode(self.pieces.get(next), &mut ahead), || sink(&channels));
            decoded?;
            std::mem::swap(&mut rooms, &mut ahead);
        }
        Ok(())
    }

    fn decode(&self, piece: Option<&Piece>, rooms: &mut [Vec<f64>]) -> Result<(), DataError> {
        let Some(piece) = piece else { return Ok(()) };
        let channels = &self.source.layout.channels;
        rooms.par_iter_mut().zip(channels).try_for_each(|(room, channel)| {
            room.clear();
            self.source.store.piece(channel.column, channel.rule, piece, room)
        })
    }
}

/// The pieces up to the given number of rows.
fn first(pieces: Vec<Piece>, points: usize) -> Vec<Piece> {
    let mut left = points;
    let cut = |mut piece: Piece| {
        piece.rows.end = piece.rows.end.min(piece.rows.start + left);
        left -= piece.rows.len();
        piece
    };
    pieces.into_iter().map(cut).filter(|piece| !piece.rows.is_empty()).collect()
}
