//! Power and cross spectra by Welch's method: overlapping segments, windowed, transformed, averaged.
//!
//! Densities are one-sided: of a series with the sampling interval τ₀ and segments of N points, bin k
//! at f = k / (N τ₀) has
//!
//! S(f) = 2 τ₀ ⟨|X(k)|²⟩ / Σw²,
//!
//! without the factor 2 at zero and, for even N, at the Nyquist frequency, which have no negative twin
//! (P. D. Welch, IEEE Transactions on Audio and Electroacoustics 15(2), 1967). The sum of S over all
//! bins, times their width, is the mean square of the windowed series.
//!
//! Points come in pieces of any size; what is kept is one segment and one sum per bin.

mod segments;
mod sums;
mod tally;
pub(crate) mod trend;

use crate::Window;
use crate::fft::Complex64;
use segments::Segments;
use sums::Sums;
pub use tally::Averages;

/// How a record is cut into segments, weighted, and freed of its trend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segmentation {
    /// The window.
    pub window: &'static Window,
    /// Points of a segment, at least 4; any number, never rounded.
    pub length: usize,
    /// Points that a segment shares with the next one, fewer than `length`.
    pub overlap: usize,
    /// What is taken off each segment.
    pub detrend: Detrend,
}

/// What is taken off each segment before it is windowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detrend {
    /// Nothing.
    None,
    /// Its mean.
    Constant,
    /// Its least-squares line.
    Linear,
}

impl Detrend {
    /// Every way, by its word.
    pub const ALL: [(&'static str, Self); 3] =
        [("none", Self::None), ("constant", Self::Constant), ("linear", Self::Linear)];

    /// The word: `none`, `constant` or `linear`.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, detrend)| *detrend == self).expect("every way has a word").0
    }
}

/// Why a spectrum was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpectrumError {
    /// The segments are too short.
    #[error("estimate a spectrum: a segment of {0} points is too short; take at least 4")]
    Length(usize),
    /// The segments would not move on.
    #[error("estimate a spectrum: an overlap of {overlap} points needs segments longer than {length} points")]
    Overlap {
        /// The points that segments share.
        overlap: usize,
        /// The points of a segment.
        length: usize,
    },
    /// There are no such tapers.
    #[error(
        "estimate a spectrum: no {count} tapers of {length} points have the time–bandwidth product {half_bandwidth}; take one between 0 and half the points, and about twice as many tapers less one"
    )]
    Tapers {
        /// How many were asked for.
        count: usize,
        /// The time–bandwidth product.
        half_bandwidth: f64,
        /// The points of a taper.
        length: usize,
    },
    /// The record does not fit the tapers.
    #[error("estimate a spectrum: a record of {points} points does not fit tapers of {tapers}")]
    Record {
        /// The points of the record.
        points: usize,
        /// The points of a taper.
        tapers: usize,
    },
    /// The sampling interval is zero, negative or not finite.
    #[error("estimate a spectrum: the sampling interval {0} s is not a positive number")]
    Interval(f64),
}

impl Segmentation {
    fn checked(self, tau0: f64) -> Result<Self, SpectrumError> {
        match self {
            Self { length, .. } if length < 4 => Err(SpectrumError::Length(length)),
            Self { length, overlap, .. } if overlap >= length => Err(SpectrumError::Overlap { overlap, length }),
            _ if !(tau0 > 0.0 && tau0.is_finite()) => Err(SpectrumError::Interval(tau0)),
            sound => Ok(sound),
        }
    }

    /// Points from the start of a segment to the start of the next.
    fn step(&self) -> usize {
        self.length - self.overlap
    }

    fn sides(&self, bin: usize) -> f64 {
        sides(self.length, bin)
    }
}

/// How many sides a bin of a transform of `length` points has: one at zero and, for even N, at the Nyquist
/// frequency, else two.
pub(crate) fn sides(length: usize, bin: usize) -> f64 {
    if bin == 0 || 2 * bin == length { 1.0 } else { 2.0 }
}

/// One bin of a power spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// The frequency of its middle in Hz.
    pub frequency: f64,
    /// The distance to the next bin in Hz.
    pub width: f64,
    /// The one-sided density, in the square of the series' unit per Hz.
    pub density: f64,
    /// The degrees of freedom: `density` · dof / S is chi-square distributed for noise whose density
    /// S hardly changes within the main lobe of the window.
    pub dof: f64,
    /// How many neighbouring bins hold the information of one, see [`Averages::shared`].
    pub shared: f64,
}

/// The power spectrum of a series, as its points come.
///
/// A segment with a missing point (`NaN`) is dropped and counted. Takes O(n log N) steps for n points
/// in segments of N, and O(N) memory; sums over segments are compensated (Neumaier).
///
/// ```
/// use sigmatau_spectrum::welch::{Detrend, Segmentation, Welch};
/// use sigmatau_spectrum::Window;
/// let window = Window::named("rectangular")?;
/// let cut = Segmentation { window, length: 4, overlap: 0, detrend: Detrend::None };
/// let mut welch = Welch::new(cut, 1.0)?;
/// welch.push(&[1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0]);
/// let spectrum = welch.finish();
/// assert_eq!(spectrum.densities(), [0.0, 2.0, 0.0]); // times the width ¼ Hz: the mean square ½
/// assert_eq!(spectrum.averages().segments, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Welch {
    segments: Segments<1>,
    power: Sums,
    tau0: f64,
}

impl Welch {
    /// Begins with nothing, for a series with a point every `tau0` seconds.
    ///
    /// # Errors
    /// When the segments are too short or do not move on, or τ₀ is not positive.
    pub fn new(segmentation: Segmentation, tau0: f64) -> Result<Self, SpectrumError> {
        let segments = Segments::new(segmentation.checked(tau0)?);
        Ok(Self { power: Sums::new(segments.bins()), segments, tau0 })
    }

    /// Goes on with the next points of the series. How they are divided among calls changes nothing.
    pub fn push(&mut self, values: &[f64]) {
        let power = &mut self.power;
        self.segments.push([values], |[spectrum]| power.add(spectrum.iter().map(Complex64::norm_sqr)));
    }

    /// How many segments were left out so far, since a point is missing in them.
    pub fn dropped(&self) -> u64 {
        self.segments.tally().dropped()
    }

    /// The spectrum of all points so far; those behind the last whole segment are not in it.
    pub fn finish(&self) -> Spectrum {
        let scale = self.tau0 / (self.segments.weight() * self.segments.tally().used() as f64);
        let cut = *self.segments.segmentation();
        let density = |(bin, sum)| cut.sides(bin) * scale * sum;
        Spectrum {
            segmentation: cut,
            width: 1.0 / (cut.length as f64 * self.tau0),
            densities: self.power.totals().enumerate().map(density).collect(),
            averages: self.segments.averages(),
        }
    }
}

/// A power spectrum.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    segmentation: Segmentation,
    width: f64,
    densities: Vec<f64>,
    averages: Averages,
}

impl Spectrum {
    /// The one-sided densities of all bins from zero frequency on; `NaN` where no segment was whole.
    pub fn densities(&self) -> &[f64] {
        &self.densities
    }

    /// The distance of bins in Hz.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// What was averaged.
    pub fn averages(&self) -> &Averages {
        &self.averages
    }

    /// One bin.
    ///
    /// # Panics
    /// When the spectrum has no such bin.
    pub fn bin(&self, bin: usize) -> Bin {
        Bin {
            frequency: bin as f64 * self.width,
            width: self.width,
            density: self.densities[bin],
            dof: self.segmentation.sides(bin) * self.averages.effective,
            shared: self.averages.shared,
        }
    }

    /// The bins that stand clear of zero frequency: from twice half the main lobe of the window on.
    /// Nearer to it the trend and what was taken off leak in, and a density that falls as f⁻² changes
    /// too much within the lobe (at bin 4 of a Hann window it is still raised by 7 %). None where no
    /// segment was whole.
    pub fn clear(&self) -> impl Iterator<Item = Bin> {
        let all = if self.averages.segments == 0 { 0 } else { self.densities.len() };
        (2 * self.segmentation.window.main_lobe()..all).map(|bin| self.bin(bin))
    }
}

/// The cross spectrum of two series with the same epochs, and the power spectrum of each.
///
/// The cross density is 2 τ₀ ⟨X*(k) Y(k)⟩ / Σw², of the argument by which y leads x. A segment where
/// either series misses a point is dropped for both.
///
/// ```
/// use sigmatau_spectrum::welch::{CrossWelch, Detrend, Segmentation};
/// use sigmatau_spectrum::Window;
/// let window = Window::named("rectangular")?;
/// let cut = Segmentation { window, length: 4, overlap: 0, detrend: Detrend::None };
/// let mut welch = CrossWelch::new(cut, 1.0)?;
/// welch.push(&[1.0, 0.0, -1.0, 0.0], &[0.0, 2.0, 0.0, -2.0]);
/// let spectrum = welch.finish();
/// assert!((spectrum.cross[1].arg() + std::f64::consts::FRAC_PI_2).abs() < 1e-15); // y lags by a quarter
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CrossWelch {
    segments: Segments<2>,
    powers: [Sums; 2],
    products: [Sums; 2],
    tau0: f64,
}

/// A cross spectrum with the power spectra of its two series.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossSpectrum {
    /// The power spectrum of x.
    pub x: Spectrum,
    /// The power spectrum of y.
    pub y: Spectrum,
    /// The one-sided cross densities of all bins from zero frequency on.
    pub cross: Vec<Complex64>,
}

impl CrossSpectrum {
    /// The squared coherence |S_xy|² / (S_x S_y) of each bin, from 0 to 1, see [`CrossBin::coherence`].
    pub fn coherence(&self) -> Vec<f64> {
        self.bins().map(|bin| bin.coherence()).collect()
    }

    /// What was averaged, the same for all three.
    pub fn averages(&self) -> &Averages {
        &self.x.averages
    }

    /// All bins from zero frequency on.
    pub fn bins(&self) -> impl Iterator<Item = CrossBin> {
        (0..self.cross.len()).map(|bin| CrossBin {
            frequency: bin as f64 * self.x.width,
            x: self.x.densities[bin],
            y: self.y.densities[bin],
            cross: self.cross[bin],
            sides: self.x.segmentation.sides(bin),
            effective: self.averages().effective,
        })
    }
}

/// One bin of a cross spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossBin {
    /// The frequency of its middle in Hz.
    pub frequency: f64,
    /// The one-sided density S_x.
    pub x: f64,
    /// The one-sided density S_y.
    pub y: f64,
    /// The one-sided cross density S_xy, of the argument by which y leads x.
    pub cross: Complex64,
    /// 2, or 1 where the transforms are real and hold half the information: at zero and at the Nyquist frequency.
    pub sides: f64,
    /// How many independent averages would give the same variance, n_e.
    pub effective: f64,
}

impl CrossBin {
    /// The squared coherence γ² = |S_xy|² / (S_x S_y), from 0 to 1.
    ///
    /// It reads high: unrelated series show 1/n_e on average, and one average always shows 1.
    pub fn coherence(&self) -> f64 {
        self.cross.norm_sqr() / (self.x * self.y)
    }

    /// The squared coherence less its bias: the c that solves γ² = c + (1 − c)²/n_e, and 0 where none does
    /// (G. C. Carter, C. H. Knapp and A. H. Nuttall, IEEE Transactions on Audio and Electroacoustics 21(4), 1973,
    /// to the first order in 1/n_e; for unrelated series exact but for the cut at 0). `NaN` below two averages.
    ///
    /// ```
    /// use sigmatau_spectrum::fft::Complex64;
    /// use sigmatau_spectrum::welch::CrossBin;
    /// let cross = Complex64::new(0.0, 0.8);
    /// let bin = CrossBin { frequency: 1.0, x: 1.0, y: 1.0, cross, sides: 2.0, effective: 16.0 };
    /// let unbiased = bin.unbiased_coherence();
    /// assert!((bin.coherence() - unbiased - (1.0 - unbiased).powi(2) / 16.0).abs() < 1e-15);
    /// ```
    pub fn unbiased_coherence(&self) -> f64 {
        let n = self.effective;
        if n < 2.0 {
            return f64::NAN;
        }
        let missing = 1.0 - self.coherence();
        let root = (1.0 - 4.0 * missing / n).max(0.0).sqrt();
        (1.0 - 2.0 * missing / (1.0 + root)).max(0.0)
    }
}

impl CrossWelch {
    /// Begins with nothing, for series with a point every `tau0` seconds.
    ///
    /// # Errors
    /// When the segments are too short or do not move on, or τ₀ is not positive.
    pub fn new(segmentation: Segmentation, tau0: f64) -> Result<Self, SpectrumError> {
        let segments = Segments::new(segmentation.checked(tau0)?);
        let sums = || Sums::new(segments.bins());
        Ok(Self { powers: [sums(), sums()], products: [sums(), sums()], segments, tau0 })
    }

    /// Goes on with the next points of both series.
    ///
    /// # Panics
    /// When one series has more points than the other.
    pub fn push(&mut self, x: &[f64], y: &[f64]) {
        assert_eq!(x.len(), y.len(), "both series have the same epochs");
        let (powers, products) = (&mut self.powers, &mut self.products);
        self.segments.push([x, y], |[x, y]| {
            powers[0].add(x.iter().map(Complex64::norm_sqr));
            powers[1].add(y.iter().map(Complex64::norm_sqr));
            products[0].add(x.iter().zip(y).map(|(x, y)| x.re * y.re + x.im * y.im));
            products[1].add(x.iter().zip(y).map(|(x, y)| x.re * y.im - x.im * y.re));
        });
    }

    /// The spectra of all points so far.
    pub fn finish(&self) -> CrossSpectrum {
        let scale = self.tau0 / (self.segments.weight() * self.segments.tally().used() as f64);
        let cut = *self.segments.segmentation();
        let densities = |sums: &Sums| -> Vec<f64> {
            sums.totals().enumerate().map(|(bin, sum)| cut.sides(bin) * scale * sum).collect()
        };
        let spectrum = |sums: &Sums| Spectrum {
            segmentation: cut,
            width: 1.0 / (cut.length as f64 * self.tau0),
            densities: densities(sums),
            averages: self.segments.averages(),
        };
        let parts = densities(&self.products[0]).into_iter().zip(densities(&self.products[1]));
        CrossSpectrum {
            x: spectrum(&self.powers[0]),
            y: spectrum(&self.powers[1]),
            cross: parts.map(|(re, im)| Complex64::new(re, im)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
