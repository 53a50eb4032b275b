//! A line of both transforms, and how well its neighbours agree with it.

use nalgebra::{Matrix2, Vector2};
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::Complex64;
use sigmatau_spectrum::sine::fourier_sums;

/// The line itself with those that are fitted together.
const LINES: usize = 13;

/// The lowest of them is at least so many turns per record.
const LOWEST: f64 = 0.75;

/// What the neighbourhood of a frequency tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    pub(super) frequency: f64,
    pub(super) excitation: Complex64,
    pub(super) response: Complex64,
    /// E|E|² of Y = H X + E, from what a response that changes linearly with frequency leaves unexplained in the
    /// lines around.
    pub(super) unexplained: f64,
    /// The degrees of freedom of that.
    pub(super) dof: f64,
}

/// The transforms of both channels.
pub(super) struct Neighbours<'a> {
    channels: [&'a [f64]; 2],
    spectra: [Vec<Complex64>; 2],
    rate: f64,
}

impl<'a> Neighbours<'a> {
    pub(super) fn new(channels: [&'a [f64]; 2], rate: f64) -> Self {
        let mut fft = RealFft::new(channels[0].len());
        let spectra = channels.map(|series| {
            let (mut series, mut spectrum) = (series.to_vec(), fft.spectrum());
            fft.forward(&mut series, &mut spectrum);
            spectrum
        });
        Self { channels, spectra, rate }
    }

    /// The distance of lines in Hz.
    pub(super) fn width(&self) -> f64 {
        self.rate / self.channels[0].len() as f64
    }

    /// All lines of the transform within a range, but for zero and the Nyquist frequency.
    pub(super) fn bins(&self, range: (f64, f64)) -> Vec<Local> {
        let last = (self.channels[0].len() - 1) / 2;
        let inside = |bin: &usize| (range.0..=range.1).contains(&(*bin as f64 * self.width()));
        let local = |bin: usize| {
            let first = bin.saturating_sub(LINES / 2).clamp(1, last + 1 - LINES.min(last));
            let [x, y] = [0, 1].map(|channel| &self.spectra[channel][first..(first + LINES).min(last + 1)]);
            local(bin as f64 * self.width(), bin - first, x, y)
        };
        (1..=last).filter(inside).map(local).collect()
    }

    /// Any frequency, with neighbours a whole number of lines away from it.
    pub(super) fn at(&self, frequency: f64) -> Local {
        let place = frequency / self.width();
        let below = ((place - LOWEST).max(0.0) as usize).min(LINES / 2);
        let above = (0.5 * self.channels[0].len() as f64 - LOWEST - place).max(0.0) as usize;
        let below = below.max((LINES - 1).saturating_sub(above)).min((place - LOWEST).max(0.0) as usize);
        let frequencies: Vec<f64> =
            (0..LINES).map(|line| frequency + (line as f64 - below as f64) * self.width()).collect();
        let [x, y] = self.channels.map(|series| fourier_sums(series, 0.0, self.rate, &frequencies));
        local(frequency, below, &x, &y)
    }
}

/// Fits Y = (h₀ + h₁ j) X + E to the lines around `own`, from which j counts. The line itself is left out: an error
/// that went into the estimate of its own variance would seldom look large beside it.
fn local(frequency: f64, own: usize, x: &[Complex64], y: &[Complex64]) -> Local {
    let around = || (0..x.len()).filter(|line| *line != own).map(|line| (line as f64 - own as f64, x[line], y[line]));
    let sum = |power: i32| around().map(|(j, x, _)| j.powi(power) * x.norm_sqr()).sum::<f64>();
    let normal = Matrix2::new(sum(0), sum(1), sum(1), sum(2)).cast::<Complex64>();
    let pull = |power: i32| around().map(|(j, x, y)| j.powi(power) * x.conj() * y).sum::<Complex64>();
    let fitted = normal.lu().solve(&Vector2::new(pull(0), pull(1))).unwrap_or_default();
    let dof = x.len() as f64 - 3.0;
    let rest = |(j, x, y): (f64, Complex64, Complex64)| (y - (fitted[0] + fitted[1] * j) * x).norm_sqr();
    let unexplained = around().map(rest).sum::<f64>() / dof;
    Local { frequency, excitation: x[own], response: y[own], unexplained, dof: 2.0 * dof }
}
