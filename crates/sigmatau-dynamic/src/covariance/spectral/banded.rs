//! The transform of errors that are correlated with a few neighbours only.
//!
//! With B(d, ·) the transform of the d-th diagonal b(d, n) = cov(x(n), x(n + d)) and w = e^(-2πi/N),
//!
//! G(k, l) = B(0, k − l) + Σ_(d ≥ 1) B(d, k − l) (w^(−ld) + w^(kd)),
//! P(k, l) = B(0, k + l) + Σ_(d ≥ 1) B(d, k + l) (w^(ld) + w^(kd)).
//!
//! Independent errors are the case of one diagonal: G = V(k − l), P = V(k + l) with the transform V of the variances.
//! Zero padding and weights keep a band a band.

use super::{block, phasor};
use nalgebra::Matrix2;
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::Complex64;

/// The transforms of the diagonals, with room for zeros behind the points.
#[derive(Clone, Debug)]
pub(crate) struct Banded {
    points: usize,
    length: usize,
    spectra: Vec<Vec<Complex64>>,
}

impl Banded {
    /// Transforms the diagonals, of at most `length` entries. Takes O(N log N) steps for each.
    pub(crate) fn new(diagonals: &[Vec<f64>], length: usize) -> Self {
        let mut fft = RealFft::new(length);
        let mut spectrum_of = |diagonal: &Vec<f64>| {
            let (mut padded, mut spectrum) = (diagonal.clone(), fft.spectrum());
            padded.resize(length, 0.0);
            fft.forward(&mut padded, &mut spectrum);
            spectrum
        };
        let points = diagonals.first().map_or(0, Vec::len);
        Self { points, length, spectra: diagonals.iter().map(&mut spectrum_of).collect() }
    }

    pub(crate) fn entry(&self, k: usize, l: usize) -> Matrix2<f64> {
        let (k, l, length) = (k as i128, l as i128, self.length as i128);
        let moment = |l: i128| {
            let side = |d: usize| phasor(l * d as i128, length) + phasor(k * d as i128, length);
            let beside = (1..self.spectra.len()).map(|d| self.spectrum(d, k + l) * side(d));
            self.spectrum(0, k + l) + beside.sum::<Complex64>()
        };
        block(moment(-l), moment(l))
    }

    /// The diagonals of the errors of all N points.
    pub(crate) fn diagonals(&self) -> Vec<Vec<f64>> {
        let mut fft = RealFft::new(self.length);
        let mut diagonal = |(d, spectrum): (usize, &Vec<Complex64>)| {
            let mut entries = vec![0.0; self.length];
            fft.inverse(&mut spectrum.clone(), &mut entries);
            entries.truncate(self.length - d);
            entries[self.points.saturating_sub(d)..].fill(0.0);
            entries.iter().map(|entry| entry / self.length as f64).collect()
        };
        self.spectra.iter().enumerate().map(&mut diagonal).collect()
    }

    /// B(d, m) for any m.
    fn spectrum(&self, d: usize, m: i128) -> Complex64 {
        let m = m.rem_euclid(self.length as i128) as usize;
        if 2 * m <= self.length { self.spectra[d][m] } else { self.spectra[d][self.length - m].conj() }
    }
}
