//! How many segments were averaged, and how much they tell.

use std::collections::VecDeque;

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
        }
    }
}

/// Σ w(n) w(n + lag).
fn correlation(weights: &[f64], lag: usize) -> f64 {
    weights.iter().zip(&weights[lag..]).map(|(a, b)| a * b).sum()
}

/// Σ w²(n) w²(n + lag), which is Σ over bins |DFT of w(n) w(n + lag)|² / N (Parseval).
fn energy(weights: &[f64], lag: usize) -> f64 {
    weights.iter().zip(&weights[lag..]).map(|(a, b)| (a * b).powi(2)).sum()
}
