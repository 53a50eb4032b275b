//! What a digitizer adds to a fitted sine wave: steps between its codes, and jitter of its instants.

use super::SineFit;
use crate::fft::Complex64;
use nalgebra::DMatrix;
use std::f64::consts::{PI, TAU};

/// Terms of the series of the quantiser's error that are added; the rest is about 0.1 % of it.
const TERMS: u32 = 20;

impl SineFit {
    /// The fit as a digitizer with the `step` q between its codes leaves it.
    ///
    /// The residuals have at least the variance q²/12 of even rounding: where they show less, the covariance is
    /// raised to it. Rounding without noise also repeats from period to period and moves the amplitude by
    /// Σ (2q/πk) J₁(2πkA/q) cos(2πkC/q) e^(−2π²k²σ²/q²), which no number of points averages out. With A and C
    /// unknown to a code this has the variance
    ///
    /// Σ q³ e^(−4π²k²σ²/q²) / (π⁴ A k³), σ² = s² − q²/12,
    ///
    /// which is added along the phasor. Assumes instants that are spread over the period, and A above q.
    #[must_use]
    pub fn with_quantisation(mut self, step: f64) -> Self {
        let (even, seen) = (step * step / 12.0, self.residual * self.residual);
        self.raise_residual(even);
        let noise = (seen - even).max(0.0);
        for tone in 0..self.tones.len() {
            let direction = self.direction(tone);
            let variance = repeated_rounding(step, self.tones[tone].amplitude(), noise);
            let (re, im) = (2 * tone + 1, 2 * tone + 2);
            self.covariance[(re, re)] += variance * direction.re * direction.re;
            self.covariance[(im, im)] += variance * direction.im * direction.im;
            self.covariance[(re, im)] += variance * direction.re * direction.im;
            self.covariance[(im, re)] += variance * direction.re * direction.im;
        }
        self
    }

    /// The fit freed of what independent Gaussian `jitter` of the sampling instants, σ in s, did to it.
    ///
    /// With x = (ωσ)² jitter shrinks a tone by e^(−x/2), which is undone, and adds noise of the variance
    /// A²/2 [(1 − e^(−x)) − (e^(−x) − e^(−2x)) cos 2θ] at the phase θ of the wave: it is largest where the wave is
    /// steepest. The residuals hold its mean, and are raised to it where they show less; the covariance for even
    /// residuals overstates the variance of the amplitude and understates those of phase and frequency by
    /// 1 ∓ A² (e^(−x) − e^(−2x)) / 4s², which is put right.
    #[must_use]
    pub fn with_jitter(mut self, jitter: f64) -> Self {
        let square = |frequency: f64| (TAU * frequency * jitter).powi(2);
        let gains: Vec<f64> = self.tones.iter().map(|tone| (0.5 * square(tone.frequency)).exp()).collect();
        let power = |tone: usize| 0.5 * (self.tones[tone].amplitude() * gains[tone]).powi(2);
        let uneven = |tone: usize| -> (f64, f64) {
            let x = square(self.tones[tone].frequency);
            (-power(tone) * (-x).exp_m1(), -power(tone) * (-x).exp() * (-x).exp_m1())
        };
        let parts: Vec<(f64, f64)> = (0..self.tones.len()).map(uneven).collect();
        self.raise_residual(parts.iter().map(|(even, _)| even).sum());
        let scale = self.jitter_scale(&gains, &parts);
        self.covariance = &scale * &self.covariance * scale.transpose();
        self.tones.iter_mut().zip(&gains).for_each(|(tone, gain)| tone.phasor *= *gain);
        self
    }

    /// The matrix that turns the covariance for even residuals into that for residuals by jitter.
    fn jitter_scale(&self, gains: &[f64], parts: &[(f64, f64)]) -> DMatrix<f64> {
        let mut scale = DMatrix::identity(self.covariance.nrows(), self.covariance.nrows());
        let variance = (self.residual * self.residual).max(f64::MIN_POSITIVE);
        let share = |uneven: f64| 0.5 * uneven / variance;
        for (tone, (gain, (_, uneven))) in gains.iter().zip(parts).enumerate() {
            let Complex64 { re: x, im: y } = self.direction(tone);
            let [along, across] = [1.0 - share(*uneven), 1.0 + share(*uneven)].map(|factor| gain * factor.sqrt());
            let (re, im) = (2 * tone + 1, 2 * tone + 2);
            scale[(re, re)] = along * x * x + across * y * y;
            scale[(im, im)] = along * y * y + across * x * x;
            scale[(re, im)] = (along - across) * x * y;
            scale[(im, re)] = scale[(re, im)];
        }
        let frequency = 2 * self.tones.len() + 1;
        if frequency < scale.nrows() {
            scale[(frequency, frequency)] = (1.0 + share(self.mean_unevenness(parts))).sqrt();
        }
        scale
    }

    /// The unevenness of all tones, each weighted by what it tells of the frequency, (f A)².
    fn mean_unevenness(&self, parts: &[(f64, f64)]) -> f64 {
        let weights = self.tones.iter().map(|tone| (tone.frequency * tone.amplitude()).powi(2));
        let total: f64 = weights.clone().sum();
        weights.zip(parts).map(|(weight, (_, uneven))| weight / total * uneven).sum()
    }

    fn direction(&self, tone: usize) -> Complex64 {
        let phasor = self.tones[tone].phasor;
        if phasor.norm() > 0.0 { phasor / phasor.norm() } else { Complex64::ONE }
    }

    /// Raises the variance of the residuals to what is known of it, and the covariance with it.
    fn raise_residual(&mut self, known: f64) {
        let seen = self.residual * self.residual;
        if seen < known {
            self.covariance += &self.cofactor * (known - seen);
            self.residual = known.sqrt();
        }
    }
}

/// The variance of a tone's amplitude A by rounding to steps q that repeats from period to period,
/// Σ q³ e^(−4π²k²σ²/q²) / (π⁴ A k³), with the variance σ² of the noise before rounding.
///
/// ```
/// use sigmatau_spectrum::sine::repeated_rounding;
/// let closed = 1.202_057 / std::f64::consts::PI.powi(4); // ζ(3) / π⁴
/// assert!((repeated_rounding(1.0, 1.0, 0.0) / closed - 1.0).abs() < 2e-3);
/// assert!(repeated_rounding(1.0, 1.0, 0.25) < 1e-4 * closed); // noise of half a step smooths it away
/// ```
pub fn repeated_rounding(step: f64, amplitude: f64, noise: f64) -> f64 {
    let term = |k: u32| {
        let k = f64::from(k);
        let dither = (-4.0 * PI * PI * k * k * noise / (step * step)).exp();
        step.powi(3) * dither / (PI.powi(4) * amplitude * k.powi(3))
    };
    if step > 0.0 && amplitude > 0.0 { (1..=TERMS).map(term).sum() } else { 0.0 }
}
