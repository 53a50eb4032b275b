//! Cutting series that arrive in pieces into windowed, transformed segments.

use super::tally::{Averages, Tally};
use super::{Segmentation, trend};
use crate::fft::{Complex64, RealFft};

/// The segment that is being filled, for each of `C` series with the same epochs.
#[derive(Clone, Debug)]
pub(super) struct Segments<const C: usize> {
    segmentation: Segmentation,
    samples: Vec<f64>,
    fft: RealFft,
    pending: [Vec<f64>; C],
    work: [Vec<f64>; C],
    spectra: [Vec<Complex64>; C],
    tally: Tally,
}

impl<const C: usize> Segments<C> {
    pub(super) fn new(segmentation: Segmentation) -> Self {
        let Segmentation { window, length, .. } = segmentation;
        let fft = RealFft::new(length);
        Self {
            segmentation,
            samples: window.samples(length),
            pending: std::array::from_fn(|_| Vec::with_capacity(length)),
            work: std::array::from_fn(|_| vec![0.0; length]),
            spectra: std::array::from_fn(|_| fft.spectrum()),
            tally: Tally::new(length.div_ceil(segmentation.step()) - 1),
            fft,
        }
    }

    pub(super) fn segmentation(&self) -> &Segmentation {
        &self.segmentation
    }

    pub(super) fn bins(&self) -> usize {
        self.fft.bins()
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The sum of the squared weights.
    pub(super) fn weight(&self) -> f64 {
        self.samples.iter().map(|w| w * w).sum()
    }

    pub(super) fn averages(&self) -> Averages {
        self.tally.averages(&self.samples, self.segmentation.step())
    }

    /// Goes on with equally many points of each series; `each` sees the spectra of every whole segment.
    pub(super) fn push(&mut self, mut series: [&[f64]; C], mut each: impl FnMut(&[Vec<Complex64>; C])) {
        while !series[0].is_empty() {
            let room = self.segmentation.length - self.pending[0].len();
            for (pending, series) in self.pending.iter_mut().zip(&mut series) {
                let (now, later) = series.split_at(room.min(series.len()));
                pending.extend_from_slice(now);
                *series = later;
            }
            if self.pending[0].len() == self.segmentation.length {
                self.close(&mut each);
            }
        }
    }

    /// Transforms the segment that is full, and begins the next one with the points they share.
    fn close(&mut self, each: &mut impl FnMut(&[Vec<Complex64>; C])) {
        let whole = !self.pending.iter().any(|pending| missing(pending));
        self.tally.count(whole);
        if whole {
            self.transform();
            each(&self.spectra);
        }
        let step = self.segmentation.step();
        self.pending.iter_mut().for_each(|pending| drop(pending.drain(..step)));
    }

    fn transform(&mut self) {
        self.work.iter_mut().zip(&self.pending).for_each(|(work, pending)| work.copy_from_slice(pending));
        trend::remove(&mut self.work, self.segmentation.detrend);
        for (work, spectrum) in self.work.iter_mut().zip(&mut self.spectra) {
            work.iter_mut().zip(&self.samples).for_each(|(value, weight)| *value *= weight);
            self.fft.forward(work, spectrum);
        }
    }
}

/// Looks at every point, since a loop that may end early takes them one by one.
fn missing(values: &[f64]) -> bool {
    values.iter().fold(false, |missing, value| missing | !value.is_finite())
}
