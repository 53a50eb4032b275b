//! A phase record of any length in one pass: configuration plus state with `push`, `merge`, `finish`.
//!
//! The terms are summed by the kernels of the batch form, block by block at the same places of the record
//! and in the same order, so that one pass gives the digits of [`analyse`](crate::analyse). Merging adds
//! the sums of two stretches, and those of the terms across the seam: its digits differ by the rounding of
//! these additions, a few parts in 10¹⁶, and those of the modified statistics, whose line is that of the
//! stretch, by the rounding of the phases less another line. A maximum is the same to the last bit.

mod buffer;
mod running;

use crate::analysis::{Analysis, Settings, Shape, factors_of, shared_factors};
use crate::estimator::Estimator;
use crate::kernel::ROW;
use crate::noise::{FEWEST_POINTS, Lag1, judged};
use crate::screen::Screen;
use buffer::Buffer;
use rayon::prelude::*;
use running::Running;

/// Places at which a record may be cut into stretches that are merged later: multiples of this.
pub const SEAM: usize = ROW;

/// Phases that all statistics go on with at a time.
const PIECE: usize = ROW;

/// Why a record is not streamed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotStreamed {
    /// The statistic needs the whole record.
    #[error("stream the record: {0} needs all of it at once")]
    Estimator(&'static str),
    /// Averaging times so long that the noise has to be told from the whole record.
    #[error("stream the record: at m = {m} it has fewer than {} points", 2 * FEWEST_POINTS)]
    TooLong {
        /// The averaging factor.
        m: usize,
    },
}

/// The state of an analysis of a phase record that arrives in pieces.
///
/// The memory is O(largest m), whatever the length of the record: see [`Stream::memory`]. Where more than half of the
/// points at an averaging time are missing, so that fewer than 30 are left, the noise type is that of the
/// next shorter one, as there is no record to take ratios of variances from.
///
/// ```
/// use sigmatau_stability::{Settings, Stream, TauList};
/// let settings = Settings { taus: TauList::Explicit(vec![1.0]), ..Settings::default() };
/// let mut stream = Stream::new(&settings, 1.0, 60)?;
/// (0..30).for_each(|_| stream.push(&[0.0, 1.0]));
/// assert_eq!(stream.finish().points[0].deviation, 2f64.sqrt()); // every second difference is ±2 s
/// # Ok::<(), sigmatau_stability::NotStreamed>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    settings: Settings,
    tau0: f64,
    /// The number of phases of the whole record.
    points: usize,
    /// Where this stretch begins.
    start: usize,
    buffer: Buffer,
    /// The first phases of the stretch, as many as a merge needs.
    head: Vec<f64>,
    statistics: Vec<Running>,
    lag1: Vec<Lag1>,
    screen: Screen,
}

impl Stream {
    /// Begins a record of `points` phases every `tau0` seconds.
    ///
    /// # Errors
    /// When a statistic or an averaging time needs the whole record at once.
    pub fn new(settings: &Settings, tau0: f64, points: usize) -> Result<Self, NotStreamed> {
        Self::stretch(settings, tau0, points, 0)
    }

    /// Begins the stretch of a record of `points` phases that begins at place `start`, to be merged with those before.
    ///
    /// # Errors
    /// As [`Stream::new`].
    ///
    /// # Panics
    /// When `start` is not a multiple of [`SEAM`].
    pub fn stretch(settings: &Settings, tau0: f64, points: usize, start: usize) -> Result<Self, NotStreamed> {
        assert!(start.is_multiple_of(SEAM), "a stretch begins at a multiple of {SEAM}");
        let factors = shared_factors(settings, points, tau0);
        if let Some(m) = factors.iter().copied().find(|m| points / m < 2 * FEWEST_POINTS) {
            return Err(NotStreamed::TooLong { m });
        }
        let statistic = |estimator: &&'static Estimator| {
            let factors = factors_of(estimator, points, tau0, settings).m;
            Running::new(estimator, &factors, start).ok_or(NotStreamed::Estimator(estimator.name))
        };
        let statistics = settings.estimators.iter().map(statistic).collect::<Result<_, _>>()?;
        let lag1 = if settings.noise.is_some() { &[] } else { factors.as_slice() };
        let lag1 = lag1.iter().map(|m| Lag1::from_place(*m, start)).collect();
        let (buffer, screen) = (Buffer::new(start), Screen::from_place(start));
        let settings = settings.clone();
        Ok(Self { settings, tau0, points, start, buffer, head: Vec::new(), statistics, lag1, screen })
    }

    /// The bytes that a stream takes, at most: 8 for each phase that a term spans, in four arrays with room to move.
    pub fn memory(settings: &Settings, tau0: f64, points: usize) -> usize {
        let longest = shared_factors(settings, points, tau0).last().copied().unwrap_or(0);
        (4 * longest + 4 * PIECE) * size_of::<f64>() * 6
    }

    /// Goes on with the next phases, in s; a missing one is `NaN`. Time O(1) for each phase and averaging factor.
    pub fn push(&mut self, phases: &[f64]) {
        let wanted = if self.start > 0 { self.seam() - self.head.len() } else { 0 };
        let wanted = wanted.min(phases.len());
        self.head.extend_from_slice(&phases[..wanted]);
        let mut rest = phases;
        while !rest.is_empty() {
            let room = PIECE - self.buffer.end() % PIECE;
            let (piece, left) = rest.split_at(room.min(rest.len()));
            self.buffer.push(piece);
            if self.buffer.end().is_multiple_of(PIECE) {
                self.advance();
            }
            rest = left;
        }
    }

    /// Sums what the phases so far allow.
    fn advance(&mut self) {
        let (window, piece) = (self.buffer.window(), self.buffer.latest());
        let (statistics, lag1, screen) = (&mut self.statistics, &mut self.lag1, &mut self.screen);
        let sums = || statistics.par_iter_mut().for_each(|statistic| statistic.advance(&window, None));
        let noise = || lag1.par_iter_mut().for_each(|lag1| lag1.push(piece));
        rayon::join(sums, || rayon::join(noise, || screen.push(piece)));
        let needed = self.statistics.iter().filter_map(Running::next).min();
        self.buffer.seen(needed);
    }

    /// Phases at each side of a seam that terms and lag-1 products reach over.
    fn seam(&self) -> usize {
        let longest = self.statistics.iter().filter_map(Running::longest).max();
        (4 * longest.unwrap_or(0)).max(SEAM)
    }

    /// Joins the stretch that follows on this one.
    ///
    /// # Panics
    /// When `next` does not begin where this stretch ends, or belongs to another analysis.
    #[must_use]
    pub fn merge(mut self, next: Self) -> Self {
        assert_eq!(self.buffer.end(), next.start, "the next stretch begins where this one ends");
        assert_eq!((&self.settings, self.points), (&next.settings, next.points), "one analysis");
        if next.head.len() < self.seam() {
            self.push(&next.head);
            return self;
        }
        let mut across = self.buffer;
        across.push(&next.head);
        let with_seam = |(mut before, next_sums): (Running, Running)| {
            before.advance(&across.window(), Some(next.start));
            next_sums.after(&before)
        };
        let statistics = self.statistics.into_iter().zip(next.statistics).map(with_seam).collect();
        let lag1 = self.lag1.into_iter().zip(next.lag1).map(|(before, next)| before.then(next)).collect();
        let screen = self.screen.then(next.screen, &next.head);
        Self { statistics, lag1, screen, buffer: next.buffer, ..self }
    }

    /// Ends the record and returns what [`analyse`](crate::analyse) would.
    pub fn finish(mut self) -> Analysis {
        self.advance();
        let window = self.buffer.window();
        let gaps = self.screen.has_gaps();
        self.statistics.par_iter_mut().for_each(|statistic| statistic.finish(&window));
        let terms = self.statistics.iter().map(Running::terms).collect();
        let factors = shared_factors(&self.settings, self.points, self.tau0);
        let identify = || {
            let exponents: Vec<Option<f64>> = self.lag1.into_par_iter().map(Lag1::exponent).collect();
            judged(self.points, &factors, &exponents, |_| None)
        };
        let noises = crate::analysis::Noises::with(&factors, &self.settings, identify);
        let shape = Shape { points: self.points, tau0: self.tau0, gaps, record: None };
        shape.analysis(self.screen.findings(), terms, &noises, &self.settings)
    }
}
