//! Power-law noise of clocks, drawn exactly, with its stability in closed form.
//!
//! The phase x is the k-fold running sum of a stationary Gaussian base series b, so that its
//! one-sided spectral density is, with ω = 2π f τ₀ and up to the Nyquist frequency,
//!
//! S_x(f) = 2 τ₀ σ² |2 sin(ω/2)|^(α-2)
//!
//! | α              | 2     | 1          | 0     | -1         | -2    | -3         | -4    |
//! |----------------|-------|------------|-------|------------|-------|------------|-------|
//! | base           | white | fractional | white | fractional | white | fractional | white |
//! | running sums k | 0     | 1          | 1     | 2          | 2     | 3          | 3     |
//!
//! At low frequency this is S_x = h f^(α-2) / (4π²), that is S_y = h f^α (IEEE 1139), when
//! σ² = h (2π τ₀)^(2-α) / (8π² τ₀).
//!
//! **Base.** White: independent numbers of variance σ². Fractional (Hosking 1981 with d = -1/2):
//! the spectrum σ² |2 sin(ω/2)| belongs to the autocovariance γ(l) = 4σ² / (π (1 - 4l²)). It is
//! drawn by circulant embedding (Davies and Harte 1987), which is exact: γ(l) < 0 for every l > 0,
//! so each eigenvalue Σ γ cos is at least the one at zero frequency, and that one is positive
//! because the sum of γ over all lags is 0 and only negative terms are missing.
//!
//! **Stability.** A difference of enough orders is stationary, and its variance follows from a
//! generalised covariance K (Matheron 1973) that solves K(l+1) - 2K(l) + K(l-1) = -K′(l), K′ being
//! that of one sum less. With H(l) = Σ 1/(2j-1) over j = 1 … l, in units of σ²:
//!
//! K(l) = (-1)^k l Π (l² - j²) / (2 (2k-1)!) on a white base,
//! K(l) = (-1)^k 2 H(l) Π (l² - (j-½)²) / (π (2k-2)!) on a fractional base, products over j = 1 … k-1.
//!
//! A second difference over m points has the variance 6K(0) - 8K(m) + 2K(2m), a third one
//! 20K(0) - 30K(m) + 12K(2m) - 2K(3m).

use crate::Gaussian;
use crate::fft::{RealFft, fast_length};
use sigmatau_core::series::NeumaierSum;
use std::f64::consts::{LN_2, PI, TAU};

/// The noise types of clocks by their exponent α, in the words of IEEE 1139.
pub static NAMES: [(i8, &str); 7] = [
    (2, "white PM"),
    (1, "flicker PM"),
    (0, "white FM"),
    (-1, "flicker FM"),
    (-2, "random walk FM"),
    (-3, "flicker walk FM"),
    (-4, "random run FM"),
];

/// Power-law noise S_y(f) = h f^α, one-sided, of the fractional frequency y.
///
/// ```
/// use sigmatau_spectrum::PowerLaw;
/// let white_fm = PowerLaw::from_deviation(0, 1e-11, 1.0)?;
/// assert!((white_fm.level() / 2e-22 - 1.0).abs() < 1e-15);
/// assert!((white_fm.theoretical_adev(100, 1.0) / 1e-12 - 1.0).abs() < 1e-15);
/// assert_eq!(white_fm.phase(1000, 1.0, 1, 0).len(), 1000);
/// # Ok::<(), sigmatau_spectrum::NoiseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    alpha: i8,
    level: f64,
}

/// Why a noise was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoiseError {
    /// There is no such noise type.
    #[error("describe noise: the exponent α = {0} is not one of 2, 1, 0, -1, -2, -3, -4")]
    Exponent(i8),
    /// The level is negative or not finite.
    #[error("describe noise: the level h = {0} is not a finite number of at least 0")]
    Level(f64),
    /// The deviation is negative or not finite.
    #[error("describe noise: the deviation {0} is not a finite number of at least 0")]
    Deviation(f64),
    /// The sampling interval is zero, negative or not finite.
    #[error("describe noise: the sampling interval {0} s is not a positive number")]
    Interval(f64),
}

impl PowerLaw {
    /// Noise of exponent α and level h, the latter in Hz^(-1-α).
    ///
    /// # Errors
    /// When α is not one of 2 … -4, or h is negative or not finite.
    pub fn new(alpha: i8, level: f64) -> Result<Self, NoiseError> {
        if !(-4..=2).contains(&alpha) {
            return Err(NoiseError::Exponent(alpha));
        }
        if !(level >= 0.0 && level.is_finite()) {
            return Err(NoiseError::Level(level));
        }
        Ok(Self { alpha, level })
    }

    /// Noise of exponent α whose Allan deviation at τ₀ is `deviation`. For α < -2, where the Allan
    /// deviation is infinite, `deviation` is the Hadamard deviation at τ₀.
    ///
    /// # Errors
    /// When α is not one of 2 … -4, `deviation` is negative or not finite, or τ₀ not positive.
    pub fn from_deviation(alpha: i8, deviation: f64, tau0: f64) -> Result<Self, NoiseError> {
        if !(deviation >= 0.0 && deviation.is_finite()) {
            return Err(NoiseError::Deviation(deviation));
        }
        if !(tau0 > 0.0 && tau0.is_finite()) {
            return Err(NoiseError::Interval(tau0));
        }
        let unit = Self::new(alpha, 1.0)?;
        let of_unit = if alpha < -2 { unit.theoretical_hdev(1, tau0) } else { unit.theoretical_adev(1, tau0) };
        Self::new(alpha, (deviation / of_unit).powi(2))
    }

    /// The exponent α.
    pub fn alpha(&self) -> i8 {
        self.alpha
    }

    /// The level h in Hz^(-1-α).
    pub fn level(&self) -> f64 {
        self.level
    }

    /// Draws `n` points of phase x in s, one every `tau0` seconds (positive), fixed by (seed, stream).
    ///
    /// The running sums begin at 0 and are compensated (Neumaier). Only differences of x of order k
    /// have a meaning: offset, slope and curvature of a record follow from where the sums begin.
    ///
    /// On a white base O(n) steps and 8n bytes; on a fractional one O(n log n) steps and, with the
    /// scratch of the transform, up to about 96n bytes. Records of different length share no points there.
    pub fn phase(&self, n: usize, tau0: f64, seed: u64, stream: u64) -> Vec<f64> {
        let (sigma, gaussian) = (self.base_variance(tau0).sqrt(), Gaussian::new(seed, stream));
        let mut phase = if self.has_white_base() { gaussian.take(n).collect() } else { fractional(n, gaussian) };
        phase.iter_mut().for_each(|x| *x *= sigma);
        for _ in 0..self.sums() {
            accumulate(&mut phase);
        }
        phase
    }

    /// Returns the Allan deviation at τ = m τ₀, the same for overlapping estimates; infinite for α < -2.
    ///
    /// σ_y² = (6K(0) - 8K(m) + 2K(2m)) σ² / (2τ²). At large m white FM gives h / (2τ), white PM
    /// gives 3σ² / τ² at every m. Takes O(m) steps.
    pub fn theoretical_adev(&self, m: u64, tau0: f64) -> f64 {
        let variance = second_difference_variance(self.twice_order(), m);
        self.deviation(variance / 2.0, m, tau0, -2)
    }

    /// Returns the Hadamard deviation at τ = m τ₀, the same for overlapping estimates.
    ///
    /// Hσ_y² = (20K(0) - 30K(m) + 12K(2m) - 2K(3m)) σ² / (6τ²). Takes O(m) steps.
    pub fn theoretical_hdev(&self, m: u64, tau0: f64) -> f64 {
        let variance = third_difference_variance(self.twice_order(), m);
        self.deviation(variance / 6.0, m, tau0, -4)
    }

    /// Returns the modified Allan deviation at τ = m τ₀; infinite for α < -2.
    ///
    /// The mean over m points is a difference of the running sum of x, so that Mod σ_y² is
    /// (20K(0) - 30K(m) + 12K(2m) - 2K(3m)) σ² / (2 m² τ²) with the K of one sum more.
    /// Takes O(m) steps.
    pub fn theoretical_mdev(&self, m: u64, tau0: f64) -> f64 {
        let variance = third_difference_variance(self.twice_order() + 2, m);
        self.deviation(variance / (2.0 * (m as f64).powi(2)), m, tau0, -2)
    }

    /// The variance σ² of the innovations of the base, in s².
    fn base_variance(&self, tau0: f64) -> f64 {
        self.level * (TAU * tau0).powi(2 - i32::from(self.alpha)) / (8.0 * PI * PI * tau0)
    }

    /// Twice the order of integration of x against white noise, 2 - α.
    fn twice_order(&self) -> u32 {
        (2 - i32::from(self.alpha)).unsigned_abs()
    }

    fn has_white_base(&self) -> bool {
        self.twice_order().is_multiple_of(2)
    }

    /// The number k of running sums from the base to the phase.
    fn sums(&self) -> u32 {
        self.twice_order().div_ceil(2)
    }

    /// The root of `variance` σ² / τ², or infinity where α is below the least one that converges.
    fn deviation(&self, variance: f64, m: u64, tau0: f64, least_alpha: i8) -> f64 {
        if self.alpha < least_alpha {
            return f64::INFINITY;
        }
        (variance * self.base_variance(tau0)).sqrt() / (m as f64 * tau0)
    }
}

/// Returns the generalised covariance K(l) of phase noise of exponent `alpha` (2 … −6) for σ² = 1.
///
/// A combination Σ c(i) x(i) whose weights annihilate polynomials of degree below the number of running
/// sums has the variance ΣΣ c(i) c(j) K(|i−j|); see the head of this module. The sums of x over time are
/// noise of α − 2. Takes a fixed number of steps; lags need not be whole.
///
/// ```
/// use sigmatau_spectrum::noise::covariance;
/// assert_eq!(covariance(0, 3.0), -1.5); // white FM: the phase is a random walk
/// let harmonic = 2.0 / std::f64::consts::PI * (1.0 + 1.0 / 3.0);
/// assert!((covariance(1, 2.0) + harmonic).abs() < 1e-15);
/// ```
pub fn covariance(alpha: i8, lag: f64) -> f64 {
    covariance_with((2 - i32::from(alpha)).unsigned_abs(), lag, smooth_odd_harmonic(lag))
}

/// H(l) = ψ(l + ½)/2 + γ/2 + ln 2: the sum itself for a few terms, and else its asymptotic series.
fn smooth_odd_harmonic(l: f64) -> f64 {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    const FEW: f64 = 16.0;
    if l < FEW && l.fract() == 0.0 {
        return odd_harmonic(l as u64);
    }
    let square = 1.0 / (l * l);
    let series = square * (1.0 / 24.0 - square * (7.0 / 960.0 - square * (31.0 / 8064.0 - square * 127.0 / 30720.0)));
    0.5 * (l.ln() + series + EULER_GAMMA) + LN_2
}

/// Replaces each value by the compensated sum of all values up to it.
fn accumulate(values: &mut [f64]) {
    let mut sum = NeumaierSum::default();
    for value in values {
        sum.add(*value);
        *value = sum.total();
    }
}

/// Draws `n` points of fractional noise with d = -1/2 and σ = 1 by circulant embedding.
///
/// The autocovariance, continued evenly to a circle of N points, has the eigenvalues λ(j); numbers
/// of variance λ(j) / N transform back to a series of just that autocovariance.
fn fractional(n: usize, mut gaussian: Gaussian) -> Vec<f64> {
    let mut fft = RealFft::new(2 * fast_length(n.saturating_sub(1)));
    let length = fft.length();
    let mut circle: Vec<f64> = (0..length).map(|lag| autocovariance(lag.min(length - lag))).collect();
    let mut spectrum = fft.spectrum();
    fft.forward(&mut circle, &mut spectrum);
    let last = spectrum.len() - 1;
    for (index, bin) in spectrum.iter_mut().enumerate() {
        debug_assert!(bin.re > 0.0, "eigenvalue {index} of {length} is {}", bin.re);
        let both_sides = if index == 0 || index == last { 1.0 } else { 2.0 };
        let scale = (bin.re / (both_sides * length as f64)).sqrt();
        (bin.re, bin.im) = (scale * gaussian.draw(), scale * gaussian.draw());
    }
    fft.inverse(&mut spectrum, &mut circle);
    circle.truncate(n);
    circle.shrink_to_fit();
    circle
}

/// The autocovariance γ(l) = 4 / (π (1 - 4l²)) of fractional noise with d = -1/2 and σ = 1.
fn autocovariance(lag: usize) -> f64 {
    4.0 / (PI * (1.0 - 4.0 * (lag as f64).powi(2)))
}

/// The variance of x(n+2m) - 2x(n+m) + x(n) in units of σ².
fn second_difference_variance(twice_order: u32, m: u64) -> f64 {
    let k = |lag| generalised_covariance(twice_order, lag);
    6.0 * k(0) - 8.0 * k(m) + 2.0 * k(2 * m)
}

/// The variance of x(n+3m) - 3x(n+2m) + 3x(n+m) - x(n) in units of σ².
fn third_difference_variance(twice_order: u32, m: u64) -> f64 {
    let k = |lag| generalised_covariance(twice_order, lag);
    20.0 * k(0) - 30.0 * k(m) + 12.0 * k(2 * m) - 2.0 * k(3 * m)
}

/// K(l) of the module page, for k running sums of a white (even `twice_order`) or fractional base.
fn generalised_covariance(twice_order: u32, lag: u64) -> f64 {
    covariance_with(twice_order, lag as f64, if twice_order.is_multiple_of(2) { 0.0 } else { odd_harmonic(lag) })
}

/// K(l) from l and H(l).
fn covariance_with(twice_order: u32, l: f64, harmonic: f64) -> f64 {
    if twice_order == 0 {
        return if l == 0.0 { 1.0 } else { 0.0 };
    }
    let sums = twice_order.div_ceil(2);
    let half = if twice_order.is_multiple_of(2) { 0.0 } else { 0.5 };
    let product: f64 = (1..sums).map(|j| l * l - (f64::from(j) - half).powi(2)).product();
    let factorial: f64 = (1..twice_order).map(f64::from).product();
    let sign = if sums.is_multiple_of(2) { 1.0 } else { -1.0 };
    match half {
        0.0 => sign * l * product / (2.0 * factorial),
        _ => sign * 2.0 * harmonic * product / (PI * factorial),
    }
}

/// H(l) = 1 + 1/3 + … + 1/(2l-1), summed from the small end.
fn odd_harmonic(l: u64) -> f64 {
    (1..=l).rev().map(|j| 1.0 / (2 * j - 1) as f64).sum()
}

#[cfg(test)]
mod tests;
