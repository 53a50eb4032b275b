//! The transform of stationary errors, O(1) for each entry, also with zeros behind and a window upon them.
//!
//! Let r(d) be the autocovariance of M points and A(ν) = Σ_(d ≥ 0) r(d) e^(-2πi ν d) its one-sided transform. Summing
//! the geometric series in E F(ν) F(μ)* = Σ_(n, m) r(n − m) e^(-2πi (ν n − μ m)) gives with θ = ν − μ
//!
//! G(ν, μ) = [A(ν) + A(μ)* − r(0) − e^(-2πi M θ) (A(μ) + A(ν)* − r(0))] / (1 − e^(-2πi θ)),
//! G(ν, ν) = Σ_(d ≥ 0) (2 − [d = 0]) (M − d) r(d) cos(2π ν d),
//!
//! and P(ν, μ) = G(ν, −μ). At ν = k/M and μ = l/M that is 2i (Im A(k) − Im A(l)) / (1 − w^(k − l)). Zeros behind the
//! points leave ν = k/N with N > M. Weights that are sums of tones, w(n) = Σ c(j) e^(2πi jn/M), give
//! F(ν) = Σ c(j) F₀(ν − j/M) of the series F₀ without weights.
//!
//! Differences of frequencies are whole numbers over M N, so that nothing cancels before it is rounded.

use super::{block, phasor};
use crate::covariance::Autocovariance;
use nalgebra::Matrix2;
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::{PI, TAU};

/// Tones below this part of the largest one are the rounding of the transform that found them.
const ROUNDING: f64 = 1e-14;

/// Weights of more tones than this are no window that is a sum of a few cosines.
const TONES: usize = 16;

/// Stationary errors of a number of points, weighted by tones, in a transform of N ≥ M points.
#[derive(Clone, Debug)]
pub(crate) struct Stationary {
    autocovariance: Autocovariance,
    points: usize,
    length: usize,
    weights: Option<Vec<f64>>,
    tones: Vec<Tone>,
}

/// A tone c(j) of the weights, with A and G(ν, ν) at all ν = k/N − j/M.
#[derive(Clone, Debug)]
struct Tone {
    number: i128,
    amplitude: Complex64,
    sides: Vec<Complex64>,
    powers: Vec<f64>,
}

/// One frequency of one tone, as a whole number over M N.
#[derive(Clone, Copy)]
struct Place {
    frequency: i128,
    side: Complex64,
    power: f64,
}

impl Place {
    /// The same at the negative frequency.
    fn mirrored(self) -> Self {
        Self { frequency: -self.frequency, side: self.side.conj(), power: self.power }
    }
}

impl Stationary {
    /// Transforms the autocovariance of M = `points` points to N = `length` ≥ M. Takes O(J N log N) steps for J tones.
    ///
    /// `None` where the weights have more than a few tones.
    pub(crate) fn new(
        autocovariance: &Autocovariance,
        points: usize,
        length: usize,
        weights: Option<Vec<f64>>,
    ) -> Option<Self> {
        let lags = autocovariance.0.len().min(points);
        let autocovariance = Autocovariance(autocovariance.0[..lags].to_vec());
        let found = weights.as_deref().map_or(vec![(0, Complex64::ONE)], tones);
        if found.len() > TONES {
            return None;
        }
        let mut fft = RealFft::new(length);
        let tone = |(number, amplitude)| Tone::new(&autocovariance.0, points, number, amplitude, &mut fft);
        let tones = found.into_iter().map(tone).collect();
        Some(Self { autocovariance, points, length, weights, tones })
    }

    /// Whether the errors are those of all points, without weights.
    pub(crate) fn is_whole(&self) -> bool {
        self.points == self.length && self.weights.is_none()
    }

    pub(crate) fn autocovariance(&self) -> &Autocovariance {
        &self.autocovariance
    }

    /// The covariance of two of the N points.
    pub(crate) fn at(&self, n: usize, m: usize) -> f64 {
        if n >= self.points || m >= self.points {
            return 0.0;
        }
        let weight = |n: usize| self.weights.as_ref().map_or(1.0, |weights| weights[n]);
        weight(n) * weight(m) * self.autocovariance.at(n as isize - m as isize)
    }

    pub(crate) fn entry(&self, k: usize, l: usize) -> Matrix2<f64> {
        let (mut g, mut p) = (Complex64::ZERO, Complex64::ZERO);
        for (one, here) in self.places(k) {
            for (other, there) in self.places(l) {
                g += one * other.conj() * self.moment(here, there);
                p += one * other * self.moment(here, there.mirrored());
            }
        }
        block(g, p)
    }

    /// The tones that make up bin k: their amplitudes and frequencies.
    fn places(&self, k: usize) -> impl Iterator<Item = (Complex64, Place)> + '_ {
        let (points, length) = (self.points as i128, self.length as i128);
        self.tones.iter().map(move |tone| {
            let frequency = k as i128 * points - tone.number * length;
            (tone.amplitude, Place { frequency, side: tone.sides[k], power: tone.powers[k] })
        })
    }

    /// G of two frequencies.
    fn moment(&self, nu: Place, mu: Place) -> Complex64 {
        let whole = (self.points * self.length) as i128;
        let apart = (nu.frequency - mu.frequency).rem_euclid(whole);
        if apart == 0 {
            return Complex64::from(nu.power);
        }
        let ahead = nu.side + mu.side.conj() - self.autocovariance.at(0);
        let turned = phasor(apart * self.points as i128, whole) * ahead.conj();
        (ahead - turned) / one_less_phasor(apart as f64 / whole as f64)
    }
}

impl Tone {
    fn new(lags: &[f64], points: usize, number: i128, amplitude: Complex64, fft: &mut RealFft) -> Self {
        let sides = shifted(lags, points, number, fft);
        let tapered: Vec<f64> = lags.iter().enumerate().map(|(d, r)| (points - d) as f64 * r).collect();
        let middle = tapered.first().copied().unwrap_or(0.0);
        let powers = shifted(&tapered, points, number, fft).into_iter().map(|sum| 2.0 * sum.re - middle).collect();
        Self { number, amplitude, sides, powers }
    }
}

/// Σ r(d) e^(-2πi d (k/N − j/M)) for all bins k.
fn shifted(lags: &[f64], points: usize, number: i128, fft: &mut RealFft) -> Vec<Complex64> {
    let tone = |d: usize| phasor(-number * d as i128, points as i128);
    let mut part = |part: fn(Complex64) -> f64| {
        let mut series = vec![0.0; fft.length()];
        series.iter_mut().zip(lags).enumerate().for_each(|(d, (to, r))| *to = r * part(tone(d)));
        let mut spectrum = fft.spectrum();
        fft.forward(&mut series, &mut spectrum);
        spectrum
    };
    if number == 0 {
        return part(|_| 1.0);
    }
    let (real, imaginary) = (part(|tone| tone.re), part(|tone| tone.im));
    real.iter().zip(imaginary).map(|(real, imaginary)| real + Complex64::I * imaginary).collect()
}

/// The tones c(j) of which weights are the sum.
fn tones(weights: &[f64]) -> Vec<(i128, Complex64)> {
    let points = weights.len();
    let (mut fft, mut series) = (RealFft::new(points), weights.to_vec());
    let mut spectrum = fft.spectrum();
    fft.forward(&mut series, &mut spectrum);
    let largest = spectrum.iter().map(|tone| tone.norm()).fold(0.0, f64::max);
    let heard = |(_, tone): &(usize, Complex64)| tone.norm() > ROUNDING * largest;
    let both_signs = |(j, tone): (usize, Complex64)| {
        let (number, amplitude) = (j as i128, tone / points as f64);
        let negative = (!super::is_real(points, j)).then_some((-number, amplitude.conj()));
        std::iter::once((number, amplitude)).chain(negative)
    };
    spectrum.into_iter().enumerate().filter(heard).flat_map(both_signs).collect()
}

/// 1 − e^(-2πi θ) = 2i sin(πθ) e^(-πi θ), without cancellation at small θ.
fn one_less_phasor(theta: f64) -> Complex64 {
    let theta = theta - theta.round();
    2.0 * Complex64::I * (PI * theta).sin() * Complex64::cis(-0.5 * TAU * theta)
}
