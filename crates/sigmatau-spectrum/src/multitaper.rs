//! Power and cross spectra by several orthogonal tapers over the whole record (Thomson 1982).
//!
//! The tapers are Slepian's discrete prolate spheroidal sequences: of all sequences of N points, taper 0 has the
//! most of its power within ±W of zero frequency, taper 1 the most of those orthogonal to it, and so on. About 2NW of
//! them are good. Each gives an estimate of its own from the same points; their mean has as many degrees of freedom
//! as Welch's with so many segments, at the bandwidth 2W, without cutting the record.
//!
//! Densities are one-sided as in [`crate::welch`]: S_k(f) = 2 τ₀ |Σ v_k(n) x(n) e^(−2πi f n τ₀)|² with Σ v_k² = 1.

mod tridiagonal;

use crate::RealFft;
use crate::fft::{Complex64, fast_length};
use crate::welch::{CrossBin, Detrend, SpectrumError, sides, trend};
use std::f64::consts::{PI, TAU};
use tridiagonal::Tridiagonal;

/// The first few of Slepian's tapers of one length.
///
/// Found as eigenvectors of the tridiagonal matrix that has the same ones as the concentration problem
/// (D. Slepian, Bell System Technical Journal 57(5), 1978). Takes some 60 N steps for each taper.
///
/// ```
/// use sigmatau_spectrum::multitaper::Tapers;
/// let tapers = Tapers::new(256, 4.0, 7)?;
/// assert!(tapers.concentrations()[0] > 0.999_999_999); // NW = 4: nothing is lost to frequencies beyond W
/// let product: f64 = tapers.weights(0).iter().zip(tapers.weights(2)).map(|(a, b)| a * b).sum();
/// assert!(product.abs() < 1e-12);
/// # Ok::<(), sigmatau_spectrum::welch::SpectrumError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tapers {
    weights: Vec<Vec<f64>>,
    concentrations: Vec<f64>,
}

impl Tapers {
    /// The first `count` tapers of `length` points with the time–bandwidth product NW = `half_bandwidth`: half
    /// their bandwidth in bins of the record.
    ///
    /// # Errors
    /// When there are fewer than 4 points, NW is not between 0 and N/2, or more tapers are asked for than points.
    pub fn new(length: usize, half_bandwidth: f64, count: usize) -> Result<Self, SpectrumError> {
        if length < 4 {
            return Err(SpectrumError::Length(length));
        }
        if !(half_bandwidth > 0.0 && 2.0 * half_bandwidth < length as f64 && (1..=length).contains(&count)) {
            return Err(SpectrumError::Tapers { count, half_bandwidth, length });
        }
        let width = half_bandwidth / length as f64;
        let matrix = commuting(length, width);
        let taper = |order: usize| upright(matrix.eigenvector(matrix.eigenvalue(order)), order);
        let weights: Vec<Vec<f64>> = (0..count).map(taper).collect();
        let mut fft = RealFft::new(fast_length(2 * length));
        let concentrations = weights.iter().map(|weights| concentration(weights, width, &mut fft)).collect();
        Ok(Self { weights, concentrations })
    }

    /// Points of a taper, N.
    pub fn length(&self) -> usize {
        self.weights[0].len()
    }

    /// Taper k, of Σ v² = 1; its sum is positive at even k, its first lobe at odd k.
    ///
    /// # Panics
    /// When there is no such taper.
    pub fn weights(&self, order: usize) -> &[f64] {
        &self.weights[order]
    }

    /// λ_k: the share of each taper's power within ±W.
    pub fn concentrations(&self) -> &[f64] {
        &self.concentrations
    }
}

/// The matrix with the tapers as vectors: a(n) = ((N−1)/2 − n)² cos 2πW, b(n) = (n+1)(N−1−n)/2.
fn commuting(length: usize, width: f64) -> Tridiagonal {
    let middle = 0.5 * (length - 1) as f64;
    let diagonal = (0..length).map(|n| (middle - n as f64).powi(2) * (TAU * width).cos()).collect();
    let beside = (1..length).map(|n| 0.5 * n as f64 * (length - n) as f64).collect();
    Tridiagonal { diagonal, beside }
}

/// The sign as Percival and Walden (1993, 8.2) have it: Σ v > 0 at even orders, Σ (N − 1 − 2n) v > 0 at odd ones.
fn upright(weights: Vec<f64>, order: usize) -> Vec<f64> {
    let last = weights.len() - 1;
    let arm = |n: usize| if order.is_multiple_of(2) { 1.0 } else { last as f64 - 2.0 * n as f64 };
    let moment: f64 = weights.iter().enumerate().map(|(n, weight)| arm(n) * weight).sum();
    weights.into_iter().map(|weight| weight * moment.signum()).collect()
}

/// λ = Σ over lags d of r(d) sin(2πWd)/(πd), with r the autocorrelation of the taper.
fn concentration(weights: &[f64], width: f64, fft: &mut RealFft) -> f64 {
    let mut series = weights.to_vec();
    series.resize(fft.length(), 0.0);
    let mut spectrum = fft.spectrum();
    fft.forward(&mut series, &mut spectrum);
    spectrum.iter_mut().for_each(|bin| *bin = Complex64::from(bin.norm_sqr()));
    fft.inverse(&mut spectrum, &mut series);
    let term = |lag: usize| 2.0 * series[lag] * (TAU * width * lag as f64).sin() / (PI * lag as f64);
    let tail: f64 = (1..weights.len()).rev().map(term).sum();
    ((2.0 * width * series[0] + tail) / fft.length() as f64).min(1.0)
}

/// How the estimates of the single tapers are weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// By their concentrations λ.
    Concentration,
    /// In each bin by d², d = √λ S / (λ S + (1 − λ) σ² τ₀), so that a taper counts less where power from
    /// elsewhere would leak into it: Thomson's adaptive weights, by repetition from the mean of the first two.
    Adaptive,
}

/// A record under each taper, transformed.
#[derive(Clone, Debug)]
pub struct Eigenspectra {
    /// √τ₀ times the transform under each taper: the squares are two-sided densities.
    transforms: Vec<Vec<Complex64>>,
    concentrations: Vec<f64>,
    /// The two-sided density that the record would have if it were white.
    white: f64,
    length: usize,
    tau0: f64,
}

/// One bin of a multitaper spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaperedBin {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The one-sided density.
    pub density: f64,
    /// The degrees of freedom: `density` · dof / S is chi-square distributed where S is smooth within ±W.
    pub dof: f64,
}

impl Eigenspectra {
    /// Transforms a record with a point every `tau0` seconds under each taper. Takes O(N log N) steps for each.
    ///
    /// # Errors
    /// When the record has another length than the tapers, or τ₀ is not positive.
    pub fn new(values: &[f64], tau0: f64, detrend: Detrend, tapers: &Tapers) -> Result<Self, SpectrumError> {
        if values.len() != tapers.length() {
            return Err(SpectrumError::Record { points: values.len(), tapers: tapers.length() });
        }
        if !(tau0 > 0.0 && tau0.is_finite()) {
            return Err(SpectrumError::Interval(tau0));
        }
        let mut series = [values.to_vec()];
        trend::remove(&mut series, detrend);
        let [series] = series;
        let mut fft = RealFft::new(values.len());
        Ok(Self {
            transforms: tapers.weights.iter().map(|weights| transform(&series, weights, tau0, &mut fft)).collect(),
            concentrations: tapers.concentrations.clone(),
            white: tau0 * series.iter().map(|value| value * value).sum::<f64>() / values.len() as f64,
            length: values.len(),
            tau0,
        })
    }

    /// The power spectrum from zero frequency on. dof = 2 (Σ d²)² / Σ d⁴, half of it at bins of one side.
    pub fn densities(&self, weighting: Weighting) -> Vec<TaperedBin> {
        let bin = |bin: usize| {
            let weights = self.weights(bin, weighting);
            let sides = sides(self.length, bin);
            let density = sides * mean(&weights, |k| self.transforms[k][bin].norm_sqr());
            TaperedBin { frequency: self.frequency(bin), density, dof: sides * independent(&weights) }
        };
        (0..self.bins()).map(bin).collect()
    }

    /// The cross spectrum with `other`, a record of the same epochs under the same tapers. A taper weighs the
    /// geometric mean of its weights in both records.
    ///
    /// # Panics
    /// When the records differ in length or the number of tapers.
    pub fn cross(&self, other: &Self, weighting: Weighting) -> Vec<CrossBin> {
        assert_eq!((self.length, self.concentrations.len()), (other.length, other.concentrations.len()));
        (0..self.bins()).map(|bin| self.cross_bin(other, bin, weighting)).collect()
    }

    fn cross_bin(&self, other: &Self, bin: usize, weighting: Weighting) -> CrossBin {
        let pairs = self.weights(bin, weighting).into_iter().zip(other.weights(bin, weighting));
        let weights: Vec<f64> = pairs.map(|(a, b)| (a * b).sqrt()).collect();
        let sides = sides(self.length, bin);
        let product = |k: usize| self.transforms[k][bin].conj() * other.transforms[k][bin];
        CrossBin {
            frequency: self.frequency(bin),
            x: sides * mean(&weights, |k| self.transforms[k][bin].norm_sqr()),
            y: sides * mean(&weights, |k| other.transforms[k][bin].norm_sqr()),
            cross: Complex64::new(mean(&weights, |k| product(k).re), mean(&weights, |k| product(k).im)) * sides,
            sides,
            effective: independent(&weights),
        }
    }

    fn bins(&self) -> usize {
        self.length / 2 + 1
    }

    fn frequency(&self, bin: usize) -> f64 {
        bin as f64 / (self.length as f64 * self.tau0)
    }

    fn weights(&self, bin: usize, weighting: Weighting) -> Vec<f64> {
        match weighting {
            Weighting::Concentration => self.concentrations.clone(),
            Weighting::Adaptive => self.adaptive(bin),
        }
    }

    /// The weights d², repeated until the density of the bin stands still to ten digits.
    fn adaptive(&self, bin: usize) -> Vec<f64> {
        let powers: Vec<f64> = self.transforms.iter().map(|transform| transform[bin].norm_sqr()).collect();
        let first = &powers[..powers.len().min(2)];
        let mut density = first.iter().sum::<f64>() / first.len() as f64;
        for _ in 0..100 {
            let next = mean(&self.thomson(density), |k| powers[k]);
            let still = (next - density).abs() <= 1e-10 * density;
            density = next;
            if still {
                break;
            }
        }
        self.thomson(density)
    }

    fn thomson(&self, density: f64) -> Vec<f64> {
        let weight = |lambda: &f64| {
            let heard = lambda * density + (1.0 - lambda) * self.white;
            if heard > 0.0 { lambda * (density / heard).powi(2) } else { *lambda }
        };
        self.concentrations.iter().map(weight).collect()
    }
}

fn transform(series: &[f64], weights: &[f64], tau0: f64, fft: &mut RealFft) -> Vec<Complex64> {
    let mut tapered: Vec<f64> =
        series.iter().zip(weights).map(|(value, weight)| value * weight * tau0.sqrt()).collect();
    let mut spectrum = fft.spectrum();
    fft.forward(&mut tapered, &mut spectrum);
    spectrum
}

fn mean(weights: &[f64], value: impl Fn(usize) -> f64) -> f64 {
    let sum: f64 = weights.iter().enumerate().map(|(k, weight)| weight * value(k)).sum();
    sum / weights.iter().sum::<f64>()
}

/// As many equal weights have a mean of the same variance: (Σ w)² / Σ w².
fn independent(weights: &[f64]) -> f64 {
    weights.iter().sum::<f64>().powi(2) / weights.iter().map(|weight| weight * weight).sum::<f64>()
}

#[cfg(test)]
mod tests;
