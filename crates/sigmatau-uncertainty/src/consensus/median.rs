//! The median, propagated by Monte Carlo: what laboratories say when some of them can't be believed.

use super::{Comparison, Consensus, Found, Reference, Settings};
use crate::robust::median_of;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Trials that share a stream of random numbers.
const BLOCK: usize = 1000;

/// The mean, the standard deviation and the interval with equal tails of the median of normal draws, one for each
/// laboratory. Each block of trials has a stream of its own, keyed by the seed: threads change nothing.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "median",
    title: "median by Monte Carlo, procedure B",
    reference: "M. G. Cox, Metrologia 39, 2002, 589",
    fewest: 2,
    correlated: true,
    reckon,
};

fn reckon(comparison: &Comparison, settings: &Settings) -> Reference {
    let blocks = settings.trials.div_ceil(BLOCK).max(1);
    let factor = Factor::of(comparison);
    let drawn: Vec<Drawn> =
        (0..blocks as u64).into_par_iter().map(|block| Drawn::of(comparison, &factor, settings.seed, block)).collect();
    let mut medians: Vec<f64> = drawn.iter().flat_map(|block| block.medians.iter().copied()).collect();
    let count = medians.len() as f64;
    let origin = medians[0];
    let value = origin + medians.iter().map(|x| x - origin).sum::<f64>() / count;
    let squares: f64 = medians.iter().map(|x| (x - value).powi(2)).sum();
    let covariance =
        |i: usize| drawn.iter().map(|block| block.products[i] - value * block.errors[i]).sum::<f64>() / count;
    let covariances = (0..comparison.len()).map(covariance).collect();
    let outside = 0.5 - 0.5 * settings.confidence;
    let rank = ((outside * count).round() as usize).min(medians.len() / 2);
    let low = *medians.select_nth_unstable_by(rank, f64::total_cmp).1;
    let last = medians.len() - 1 - rank;
    let high = *medians.select_nth_unstable_by(last, f64::total_cmp).1;
    Found { value, u: (squares / (count - 1.0)).sqrt(), interval: [low, high], tau: 0.0, covariances }
        .of_all(comparison)
}

/// How independent draws become the errors of the laboratories.
enum Factor {
    /// Each by its own uncertainty.
    Own,
    /// By the lower triangle L with L Lᵀ = V, row by row.
    Shared(Vec<Vec<f64>>),
}

impl Factor {
    fn of(comparison: &Comparison) -> Self {
        if comparison.correlation.is_none() {
            return Self::Own;
        }
        let whole: Vec<usize> = (0..comparison.len()).collect();
        let lower = comparison.covariance_of(&whole).cholesky().expect("checked to be positive definite").l();
        Self::Shared((0..comparison.len()).map(|row| lower.row(row).iter().take(row + 1).copied().collect()).collect())
    }

    fn errors(&self, comparison: &Comparison, draws: &[f64], errors: &mut [f64]) {
        for (i, error) in errors.iter_mut().enumerate() {
            *error = match self {
                Self::Own => comparison.uncertainties()[i] * draws[i],
                Self::Shared(rows) => rows[i].iter().zip(draws).map(|(factor, draw)| factor * draw).sum(),
            };
        }
    }
}

/// The medians of a block of trials, and of each laboratory Σ error and Σ error · median.
struct Drawn {
    medians: Vec<f64>,
    errors: Vec<f64>,
    products: Vec<f64>,
}

impl Drawn {
    fn of(comparison: &Comparison, factor: &Factor, seed: u64, block: u64) -> Self {
        let laboratories = comparison.len();
        let mut numbers = stream(seed, block);
        let mut drawn = Self { medians: vec![], errors: vec![0.0; laboratories], products: vec![0.0; laboratories] };
        let (mut draws, mut errors, mut values) = (vec![0.0; laboratories], vec![0.0; laboratories], vec![]);
        for _ in 0..BLOCK {
            draws.fill_with(|| StandardNormal.sample(&mut numbers));
            factor.errors(comparison, &draws, &mut errors);
            values.clear();
            values.extend(comparison.values().iter().zip(&errors).map(|(value, error)| value + error));
            drawn.push(median_of(&mut values), &errors);
        }
        drawn
    }

    fn push(&mut self, median: f64, errors: &[f64]) {
        self.medians.push(median);
        for ((sum, product), error) in self.errors.iter_mut().zip(&mut self.products).zip(errors) {
            *sum += error;
            *product += error * median;
        }
    }
}

fn stream(seed: u64, block: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut numbers = ChaCha8Rng::from_seed(key);
    numbers.set_stream(block);
    numbers
}
