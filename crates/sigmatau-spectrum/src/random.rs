//! Gaussian random numbers from a counter, keyed so that they do not depend on the schedule.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// Independent numbers of mean 0 and variance 1, fixed by (seed, stream).
///
/// ChaCha8 with the seed as key and the stream as nonce, shaped by the ziggurat method. There are
/// 2⁶⁴ streams to a seed; which thread draws from a stream, and when, changes nothing.
///
/// ```
/// use sigmatau_spectrum::Gaussian;
/// let once: Vec<f64> = Gaussian::new(1, 7).take(3).collect();
/// let again: Vec<f64> = Gaussian::new(1, 7).take(3).collect();
/// assert_eq!(once, again);
/// assert_ne!(once[0], Gaussian::new(1, 8).draw());
/// ```
#[derive(Clone, Debug)]
pub struct Gaussian(ChaCha8Rng);

impl Gaussian {
    /// The beginning of stream `stream` of seed `seed`.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut numbers = ChaCha8Rng::from_seed(key);
        numbers.set_stream(stream);
        Self(numbers)
    }

    /// The next number.
    pub fn draw(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// The next number of another kind: uniform from 0 to 1, in steps of 2⁻⁵³.
    ///
    /// ```
    /// use sigmatau_spectrum::Gaussian;
    /// let mut numbers = Gaussian::new(1, 7);
    /// assert!((0..1000).all(|_| (0.0..1.0).contains(&numbers.uniform())));
    /// ```
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * 2.0_f64.powi(-53)
    }
}

impl Iterator for Gaussian {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        Some(self.draw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: usize = 200_000;

    /// The mean of f over the first draws, in units of its standard error given Var f.
    fn excess(mean: f64, expected: f64, variance: f64) -> f64 {
        (mean - expected) / (variance / DRAWS as f64).sqrt()
    }

    #[test]
    fn moments_are_those_of_the_normal_law() {
        for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
            let sum: f64 = Gaussian::new(3, 1).take(DRAWS).map(|x| x.powi(power)).sum();
            let excess = excess(sum / DRAWS as f64, expected, variance);
            assert!(excess.abs() < 4.0, "moment {power} is off by {excess} standard errors");
        }
    }

    #[test]
    fn streams_and_seeds_are_uncorrelated() {
        for (a, b) in [((3, 1), (3, 2)), ((3, 1), (4, 1)), ((0, 1), (1, 0))] {
            let (one, other) = (Gaussian::new(a.0, a.1), Gaussian::new(b.0, b.1));
            let sum: f64 = one.zip(other).take(DRAWS).map(|(x, y)| x * y).sum();
            let excess = excess(sum / DRAWS as f64, 0.0, 1.0);
            assert!(excess.abs() < 4.0, "{a:?} and {b:?} correlate by {excess} standard errors");
        }
    }

    #[test]
    fn numbers_do_not_change_between_releases() {
        assert_eq!(Gaussian::new(1, 0).draw(), -0.231_985_695_498_738_15);
    }
}
