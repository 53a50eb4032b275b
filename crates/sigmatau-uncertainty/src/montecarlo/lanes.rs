//! Random numbers: sixteen generators side by side, keyed so that they do not depend on the schedule.
//!
//! Sixteen streams of xoshiro256++ step together, so that the widest vectors of a processor are full. Their states
//! are hashed from (seed, row, block): who draws a block, and when, changes nothing, and nothing has to be skipped to
//! reach it. Whole numbers and correctly rounded operations only: every vector width gives the same bits.
//!
//! Reference: D. Blackman, S. Vigna, Scrambled linear pseudorandom number generators, ACM Trans. Math. Softw. 47 (2021).

use super::round;
use crate::elementary;

/// The number of generators.
pub(super) const LANES: usize = 16;
/// A number for each generator.
pub(super) type Wide<T> = [T; LANES];

/// 2⁶⁴ over the golden ratio: steps of it visit all numbers and are never near each other.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
const EXPONENT_OF_ONE: u64 = 1023 << 52;
/// Half of the distance of the numbers that [`unit`] gives.
const HALF_STEP: f64 = 0.5 * f64::EPSILON;

/// What fixes the numbers: a run, one of its rows, and a block of trials within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) seed: u64,
    pub(super) row: u64,
    pub(super) block: u64,
}

/// The states of the generators.
#[derive(Clone, Debug)]
pub(super) struct Lanes([Wide<u64>; 4]);

impl Lanes {
    /// The beginning of the streams of a key.
    pub(super) fn keyed(key: Key) -> Self {
        let origin = [key.seed, key.row, key.block].iter().fold(0, |hash, part| mixed(hash ^ part));
        let state =
            |word: usize, lane: usize| mixed(origin.wrapping_add(GOLDEN.wrapping_mul((word * LANES + lane) as u64)));
        Self(std::array::from_fn(|word| std::array::from_fn(|lane| state(word, lane))))
    }

    /// The next 64 bits of every generator.
    #[inline(always)]
    pub(super) fn bits(&mut self) -> Wide<u64> {
        let [a, b, c, d] = &mut self.0;
        let mut bits = [0; LANES];
        for lane in 0..LANES {
            bits[lane] = a[lane].wrapping_add(d[lane]).rotate_left(23).wrapping_add(a[lane]);
            let shifted = b[lane] << 17;
            c[lane] ^= a[lane];
            d[lane] ^= b[lane];
            b[lane] ^= c[lane];
            a[lane] ^= d[lane];
            c[lane] ^= shifted;
            d[lane] = d[lane].rotate_left(45);
        }
        bits
    }

    /// Uniform numbers between 0 and 1, exclusive of both.
    #[inline(always)]
    pub(super) fn uniform(&mut self) -> Wide<f64> {
        let bits = self.bits();
        let mut uniform = [0.0; LANES];
        (0..LANES).for_each(|lane| uniform[lane] = unit(bits[lane]));
        uniform
    }

    /// Two independent normal numbers of variance 1 from each generator: √(−2 ln U) in a random direction.
    ///
    /// Reference: G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29 (1958).
    #[inline(always)]
    pub(super) fn normal(&mut self) -> [Wide<f64>; 2] {
        let (first, second) = (self.bits(), self.bits());
        let mut pair = [[0.0; LANES]; 2];
        for lane in 0..LANES {
            let radius = (-2.0 * elementary::ln(unit(first[lane]))).sqrt();
            let (cosine, sine) = round::direction(second[lane]);
            (pair[0][lane], pair[1][lane]) = (radius * cosine, radius * sine);
        }
        pair
    }
}

/// The upper 52 bits as (k + ½) 2⁻⁵².
#[inline(always)]
pub(super) fn unit(bits: u64) -> f64 {
    f64::from_bits(EXPONENT_OF_ONE | (bits >> 12)) - (1.0 - HALF_STEP)
}

/// The upper 52 bits as a number between −½ and ½.
#[inline(always)]
pub(super) fn centred(bits: u64) -> f64 {
    (f64::from_bits(EXPONENT_OF_ONE | (bits >> 12)) - 1.5) + HALF_STEP
}

/// Every bit of the result depends on every bit of the number: the output function of SplitMix64.
///
/// Reference: G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
#[inline(always)]
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(GOLDEN);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: usize = 20_000;

    fn key(seed: u64, row: u64, block: u64) -> Key {
        Key { seed, row, block }
    }

    fn uniforms(key: Key) -> Vec<Wide<f64>> {
        let mut lanes = Lanes::keyed(key);
        (0..STEPS).map(|_| lanes.uniform()).collect()
    }

    /// Σ (a − ½)(b − ½) · 12 / √n, which is about normal when a and b are independent.
    fn correlation(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
        let (sum, count) = pairs.fold((0.0, 0.0), |(sum, n), (a, b)| (sum + (a - 0.5) * (b - 0.5), n + 1.0));
        12.0 * sum / f64::sqrt(count)
    }

    /// The generator as its authors print it.
    fn one_by_one(state: &mut [u64; 4]) -> u64 {
        let result = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        result
    }

    /// From the state 1, 2, 3, 4, as in the reference tests of the crate rand_xoshiro.
    #[test]
    fn each_lane_is_the_published_generator() {
        let mut lanes = Lanes([1, 2, 3, 4].map(|word| [word; LANES]));
        let published = [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386];
        assert_eq!(published.map(|_| lanes.bits()[5]), published);
        let mut lanes = Lanes::keyed(key(1, 2, 3));
        let mut slow: Wide<[u64; 4]> = std::array::from_fn(|lane| lanes.0.map(|word| word[lane]));
        for _ in 0..100 {
            assert_eq!(lanes.bits(), std::array::from_fn(|lane| one_by_one(&mut slow[lane])));
        }
    }

    #[test]
    fn numbers_do_not_change_between_releases() {
        let mut lanes = Lanes::keyed(key(1, 0, 0));
        let [first, second] = lanes.normal();
        assert_eq!((first[0], second[15]), (-0.396_474_723_306_173_56, 0.654_109_942_591_060_7));
    }

    #[test]
    fn uniform_numbers_have_their_moments_and_never_reach_the_ends() {
        let numbers = uniforms(key(7, 0, 0)).concat();
        let count = numbers.len() as f64;
        assert!(numbers.iter().all(|u| 0.0 < *u && *u < 1.0));
        for power in 1..=4 {
            let [expected, square] = [power, 2 * power].map(|power| 1.0 / f64::from(power + 1));
            let mean = numbers.iter().map(|u| u.powi(power)).sum::<f64>() / count;
            let excess = (mean - expected) / ((square - expected * expected) / count).sqrt();
            assert!(excess.abs() < 4.0, "moment {power} is off by {excess} standard errors");
        }
        assert_eq!((unit(0), unit(u64::MAX)), (HALF_STEP, 1.0 - HALF_STEP));
        assert_eq!(centred(0), -centred(u64::MAX));
    }

    #[test]
    fn every_bit_is_set_half_of_the_time() {
        let mut lanes = Lanes::keyed(key(7, 0, 1));
        let mut counts = [0_i64; 64];
        for bits in (0..STEPS).flat_map(|_| lanes.bits()) {
            counts.iter_mut().enumerate().for_each(|(place, count)| *count += (bits >> place & 1) as i64);
        }
        let count = (STEPS * LANES) as f64;
        let excess = counts.map(|ones| (ones as f64 - 0.5 * count) / (0.25 * count).sqrt());
        assert!(excess.iter().all(|excess| excess.abs() < 4.5), "{excess:?}");
    }

    #[test]
    fn keys_lanes_and_steps_are_uncorrelated() {
        let first = uniforms(key(1, 0, 0)).concat();
        for other in [key(2, 0, 0), key(1, 1, 0), key(1, 0, 1), key(0, 1, 0), key(0, 0, 1)] {
            let excess = correlation(first.iter().copied().zip(uniforms(other).concat()));
            assert!(excess.abs() < 4.0, "{other:?}: {excess}");
        }
        for lag in [1, 2, 7, LANES, 2 * LANES, 3 * LANES] {
            let excess = correlation(first.iter().copied().zip(first[lag..].iter().copied()));
            assert!(excess.abs() < 4.0, "lag {lag}: {excess}");
        }
    }

    /// The parts of a key are not exchangeable, and no two blocks of a run begin alike.
    #[test]
    fn blocks_begin_apart() {
        let keys = (0..100).flat_map(|row| (0..100).map(move |block| key(3, row, block)));
        let mut words: Vec<u64> = keys.map(|key| Lanes::keyed(key).0[0][0]).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 10_000);
    }

    #[test]
    fn normal_numbers_have_the_moments_of_the_normal_law_and_do_not_depend_on_each_other() {
        let mut lanes = Lanes::keyed(key(3, 0, 0));
        let pairs: Vec<[Wide<f64>; 2]> = (0..STEPS).map(|_| lanes.normal()).collect();
        let numbers: Vec<[f64; 2]> = pairs.iter().flat_map(|[a, b]| (0..LANES).map(move |k| [a[k], b[k]])).collect();
        let count = numbers.len() as f64;
        let mean = |f: &dyn Fn([f64; 2]) -> f64| numbers.iter().map(|pair| f(*pair)).sum::<f64>() / count;
        for (power, expected, variance) in [(1, 0.0, 1.0_f64), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
            for k in 0..2 {
                let excess = (mean(&|pair| pair[k].powi(power)) - expected) / (variance / count).sqrt();
                assert!(excess.abs() < 4.0, "moment {power} of number {k} is off by {excess} standard errors");
            }
        }
        let excess =
            [mean(&|[a, b]| a * b), mean(&|[a, b]| (a * a - 1.0) * (b * b - 1.0)) / 2.0].map(|c| c * count.sqrt());
        assert!(excess.iter().all(|excess| excess.abs() < 4.0), "{excess:?}");
    }
}
