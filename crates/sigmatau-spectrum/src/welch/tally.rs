//! How many segments were averaged, and how much they tell.

use crate::fft::{Complex64, RealFft};
use std::collections::VecDeque;

/// Bins of a smaller correlation with another share nothing with it.
const NOTHING: f64 = 1e-3;

/// What was averaged.
#[derive(Clone, Debug, PartialEq)]
pub struct Averages {
    /// Segments in the mean.
    pub segments: u64,
    /// Segments left out, since a point is missing in them.
    pub dropped: u64,
    /// How many independent segments would give the same variance:
    ///
    /// K_e = K² / (K + 2 Σ n(j) ρ(j)), ρ(j) = (Σ w(n) w(n+jD))² / (Σw²)²,
    ///
    /// with n(j) pairs of whole segments that lie j steps of D points apart (Welch 1967; exact for
    /// white noise, and with gaps since pairs are counted).
    pub effective: f64,
    /// How many neighbouring bins hold the information of one independent bin: the sum over all bins
    /// of their covariance with one bin, over its variance. For the windows in use it lies between 1
    /// and about 4.
    pub shared: f64,
    /// The correlation of a bin with the one beside it, the next but one and so on, as far as it is above 0.001:
    ///
    /// ρ(k) = Σ n(j) |DFT of w(n) w(n+jD) at k|² over the same at 0, with n(0) = K and 2 n(j) pairs for j > 0.
    ///
    /// Of power, of cross spectra and of what is made of them, for noise that hardly changes from bin to bin.
    pub neighbours: Vec<f64>,
}

/// Counts segments, and pairs of them that share points.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    used: u64,
    dropped: u64,
    /// n(j − 1): pairs of whole segments j steps apart.
    pairs: Vec<u64>,
    /// Whether the last segments were whole, newest first.
    recent: VecDeque<bool>,
}

impl Tally {
    /// Begins with nothing; a segment shares points with the `reach` segments before it.
    pub(super) fn new(reach: usize) -> Self {
        Self { used: 0, dropped: 0, pairs: vec![0; reach], recent: VecDeque::with_capacity(reach + 1) }
    }

    pub(super) fn used(&self) -> u64 {
        self.used
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(super) fn count(&mut self, whole: bool) {
        if whole {
            self.used += 1;
            self.pairs.iter_mut().zip(&self.recent).for_each(|(pairs, earlier)| *pairs += u64::from(*earlier));
        } else {
            self.dropped += 1;
        }
        self.recent.push_front(whole);
        self.recent.truncate(self.pairs.len());
    }

    pub(super) fn averages(&self, weights: &[f64], step: usize) -> Averages {
        let pairs = self.pairs.iter().enumerate().map(|(place, pairs)| (place + 1, 2 * pairs));
        let counts: Vec<(usize, u64)> = std::iter::once((0, self.used)).chain(pairs).collect();
        let weighted = |overlap: fn(&[f64], usize) -> f64| -> f64 {
            counts.iter().map(|(steps, count)| *count as f64 * overlap(weights, steps * step)).sum()
        };
        let of_bin = weighted(|weights, lag| correlation(weights, lag).powi(2)) / correlation(weights, 0).powi(2);
        let of_all = weighted(energy) * weights.len() as f64 / correlation(weights, 0).powi(2);
        let used = self.used as f64;
        Averages {
            segments: self.used,
            dropped: self.dropped,
            effective: if self.used == 0 { 0.0 } else { used * used / of_bin },
            shared: of_all / of_bin,
            neighbours: neighbours(weights, step, &counts),
        }
    }
}

/// ρ(1), ρ(2) … from the steps between segments with the counts of such pairs.
fn neighbours(weights: &[f64], step: usize, counts: &[(usize, u64)]) -> Vec<f64> {
    let mut fft = RealFft::new(weights.len());
    let (mut product, mut spectrum) = (vec![0.0; weights.len()], fft.spectrum());
    let mut powers = vec![0.0; fft.bins()];
    for (steps, count) in counts {
        let later = weights[steps * step..].iter().copied().chain(std::iter::repeat(0.0));
        product.iter_mut().zip(weights).zip(later).for_each(|((product, w), later)| *product = w * later);
        fft.forward(&mut product, &mut spectrum);
        powers.iter_mut().zip(&spectrum).for_each(|(power, z)| *power += *count as f64 * Complex64::norm_sqr(z));
    }
    let correlation = |power: &f64| power / powers[0];
    let reach = powers.iter().map(correlation).rposition(|correlation| correlation >= NOTHING).unwrap_or(0);
    powers[..=reach].iter().skip(1).map(correlation).collect()
}

/// Σ w(n) w(n + lag).
fn correlation(weights: &[f64], lag: usize) -> f64 {
    weights.iter().zip(&weights[lag..]).map(|(a, b)| a * b).sum()
}

/// Σ w²(n) w²(n + lag), which is Σ over bins |DFT of w(n) w(n + lag)|² / N (Parseval).
fn energy(weights: &[f64], lag: usize) -> f64 {
    weights.iter().zip(&weights[lag..]).map(|(a, b)| (a * b).powi(2)).sum()
}
