//! Power spectra over many decades of frequency in one pass and little memory.
//!
//! A cascade of stages, each with half the sampling rate of the one before. A stage estimates the
//! spectrum with segments of always the same length ([`crate::welch`]) and gives what it heard,
//! low-pass filtered and every second point, to the next one. Of each spectrum only the upper half of
//! the clean band counts, so that every octave has the same number of bins, and low frequencies are
//! resolved as finely, relative to themselves, as high ones:
//!
//! | stage | rate      | bins that count                       |
//! |-------|-----------|---------------------------------------|
//! | 0     | 1/τ₀      | above 1/5 of the rate                 |
//! | k     | 2⁻ᵏ / τ₀  | above 1/5, up to 2/5 of its rate      |
//! | last  | 2⁻ᵏ / τ₀  | clear of zero frequency, up to 2/5    |
//!
//! The filter keeps aliases 160 dB down; what it takes off within the band, below
//! 10⁻⁷, is given back by dividing by its response.

mod decimator;

use crate::welch::{Bin, Segmentation, Spectrum, SpectrumError, Welch};
use decimator::Decimator;

/// Points that walk through the stages together.
const BLOCK: usize = 8192;

/// The power spectrum of a series in stages, as its points come.
///
/// A missing point (`NaN`) costs every stage the segments that it touches, widened by the filters: at
/// most 119 points of each stage. Takes O(n log N) steps for n points in segments of N, twice those of
/// one Welch spectrum; the memory is O(N log n).
///
/// ```
/// use sigmatau_spectrum::welch::{Detrend, Segmentation};
/// use sigmatau_spectrum::{Cascade, Gaussian, Window};
/// let window = Window::named("hann")?;
/// let cut = Segmentation { window, length: 256, overlap: 128, detrend: Detrend::Linear };
/// let mut cascade = Cascade::new(cut, 1.0)?;
/// for _ in 0..100 {
///     cascade.push(&Gaussian::new(1, 0).take(1000).collect::<Vec<_>>());
/// }
/// let bins = cascade.finish();
/// assert!(bins[0].frequency < 1e-4 && bins.windows(2).all(|pair| pair[0].frequency < pair[1].frequency));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cascade {
    segmentation: Segmentation,
    tau0: f64,
    stages: Vec<Stage>,
}

/// One sampling rate of the cascade.
#[derive(Clone, Debug)]
struct Stage {
    welch: Welch,
    decimator: Decimator,
}

impl Cascade {
    /// Begins with nothing, for a series with a point every `tau0` seconds.
    ///
    /// # Errors
    /// When the segments are too short or do not move on, or τ₀ is not positive.
    pub fn new(segmentation: Segmentation, tau0: f64) -> Result<Self, SpectrumError> {
        let first = Stage { welch: Welch::new(segmentation, tau0)?, decimator: Decimator::new() };
        Ok(Self { segmentation, tau0, stages: vec![first] })
    }

    /// Goes on with the next points of the series. How they are divided among calls changes nothing.
    pub fn push(&mut self, values: &[f64]) {
        for block in values.chunks(BLOCK) {
            self.push_block(block);
        }
    }

    fn push_block(&mut self, block: &[f64]) {
        let mut heard = block.to_vec();
        for place in 0.. {
            if heard.is_empty() {
                return;
            }
            if place == self.stages.len() {
                self.stages.push(self.stage(place));
            }
            let Stage { welch, decimator } = &mut self.stages[place];
            welch.push(&heard);
            heard = decimator.push(&heard);
        }
    }

    /// A further stage.
    fn stage(&self, place: usize) -> Stage {
        let welch = Welch::new(self.segmentation, self.interval(place));
        Stage { welch: welch.expect("the first stage was sound"), decimator: Decimator::new() }
    }

    /// The sampling interval of a stage.
    fn interval(&self, place: usize) -> f64 {
        self.tau0 * 2_f64.powi(place as i32)
    }

    /// The spectrum of all points so far, by rising frequency; empty where no segment was whole.
    pub fn finish(&self) -> Vec<Bin> {
        let spectra: Vec<_> = self.stages.iter().map(|stage| stage.welch.finish()).collect();
        let heard = |place: &usize| spectra[*place].averages().segments > 0;
        let Some(last) = (0..spectra.len()).rfind(heard) else { return Vec::new() };
        (0..=last).rev().flat_map(|place| self.share(&spectra[place], place, place == last)).collect()
    }

    /// How many segments the stages dropped for missing points.
    pub fn dropped(&self) -> u64 {
        self.stages.iter().map(|stage| stage.welch.dropped()).sum()
    }

    /// The bins of a stage that count, with what the filters before it took off given back.
    fn share(&self, spectrum: &Spectrum, place: usize, last: bool) -> Vec<Bin> {
        let length = self.segmentation.length;
        let index = |bin: &Bin| (bin.frequency / bin.width).round() as usize;
        let high_enough = |bin: &Bin| last || 5 * index(bin) > length;
        let low_enough = |bin: &Bin| place == 0 || 5 * index(bin) <= 2 * length;
        let counts = |bin: &Bin| high_enough(bin) && low_enough(bin);
        let corrected = |bin: Bin| Bin { density: bin.density / self.passed(bin.frequency, place), ..bin };
        spectrum.clear().filter(counts).map(corrected).collect()
    }

    /// The share of the power at a frequency that reaches a stage.
    fn passed(&self, frequency: f64, place: usize) -> f64 {
        (0..place).map(|before| decimator::response(frequency * self.interval(before)).powi(2)).product()
    }
}

#[cfg(test)]
mod tests;
