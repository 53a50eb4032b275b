//! Cutting series that arrive in pieces into windowed, transformed segments.

use super::tally::{Averages, Tally};
use super::{Detrend, Segmentation};
use crate::fft::{Complex64, RealFft};

/// The segment that is being filled, for each of `C` series with the same epochs.
#[derive(Clone, Debug)]
pub(super) struct Segments<const C: usize> {
    segmentation: Segmentation,
    samples: Vec<f64>,
    fft: RealFft,
    pending: [Vec<f64>; C],
    work: Vec<f64>,
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
            work: vec![0.0; length],
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
        let whole = self.pending.iter().flatten().all(|value| !value.is_nan());
        self.tally.count(whole);
        if whole {
            for (pending, spectrum) in self.pending.iter().zip(&mut self.spectra) {
                self.work.copy_from_slice(pending);
                detrend(&mut self.work, self.segmentation.detrend);
                self.work.iter_mut().zip(&self.samples).for_each(|(value, weight)| *value *= weight);
                self.fft.forward(&mut self.work, spectrum);
            }
            each(&self.spectra);
        }
        let step = self.segmentation.step();
        self.pending.iter_mut().for_each(|pending| drop(pending.drain(..step)));
    }
}

fn detrend(values: &mut [f64], detrend: Detrend) {
    if detrend != Detrend::None {
        remove_mean(values);
    }
    if detrend == Detrend::Linear {
        remove_slope(values);
    }
}

/// The origin is moved to the first point, so that a large offset costs no digits.
fn remove_mean(values: &mut [f64]) {
    let origin = values[0];
    let mean = origin + values.iter().map(|value| value - origin).sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean);
}

/// Takes the least-squares line off values of mean 0.
fn remove_slope(values: &mut [f64]) {
    let middle = 0.5 * (values.len() - 1) as f64;
    let products: f64 = values.iter().enumerate().map(|(n, value)| (n as f64 - middle) * value).sum();
    let squares = (values.len() as f64).powi(3) / 12.0 - values.len() as f64 / 12.0;
    let slope = products / squares;
    values.iter_mut().enumerate().for_each(|(n, value)| *value -= slope * (n as f64 - middle));
}
