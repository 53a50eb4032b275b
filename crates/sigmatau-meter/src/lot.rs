//! Grading of lots: the share of meters that do not conform, from uncertain estimates of their errors.
//!
//! Counting estimates beyond the limit counts the uncertainty with them: of 1 % it makes 15 %. Here the distribution of the
//! true errors is sought under which the estimates are most likely, and its share beyond the limit is read off. No shape is
//! presumed, since the tail of a normal one would be biased by whatever the bad meters do.
//!
//! In simulated lots of 2000 meters with u from 0.3 to 0.9 % and a limit of 1 %, shares of 1, 5 and 10 % come out with a bias
//! below 0.5 % of the lot; the share of one lot scatters by 0.4 to 0.9 % of it, which is what its interval is for.
//!
//! Reference: N. Laird, Journal of the American Statistical Association 73 (1978) 805, on the non-parametric estimate of a
//! mixing distribution.

use crate::solver::Estimate;
use sigmatau_uncertainty::tail::Law;

/// Places of the grid of true errors in one limit.
const FINE: f64 = 10.0;
/// The largest number of places.
const PLACES: usize = 400;
/// Steps of the search for the distribution.
const STEPS: usize = 400;
/// Steps of the search with a given share, from the distribution that was found.
const STEPS_BESIDE: usize = 100;
/// A share below this is what weights leave behind that fall to 0.
const NOTHING: f64 = 1e-9;
/// Halvings of the way to the end of an interval.
const HALVINGS: usize = 13;

/// An estimate of an error that contains nothing but its own readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// The error, as a share of one.
    pub error: f64,
    /// Its standard uncertainty.
    pub u: f64,
}

/// What is said of a lot.
#[derive(Clone, Debug)]
pub struct Grade {
    /// The share of meters whose error lies beyond the limit.
    pub share: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// What counting the estimates beyond the limit says.
    pub counted: f64,
    /// How many meters were taken.
    pub meters: usize,
    /// The distribution of the true errors: places and weights.
    pub distribution: Vec<(f64, f64)>,
}

impl Observed {
    /// What the readings alone say, taken out of an estimate in which they stand beside a prior N(mean, u²/(1 − I)) of
    /// errors: with information I the error is mean + (e − mean)/I, its variance u²/I. Exact for a normal prior; nothing
    /// where the readings say less than `least`.
    ///
    /// ```
    /// use sigmatau_meter::lot::Observed;
    /// use sigmatau_meter::solver::{Estimate, Plight};
    /// let estimate = Estimate {
    ///     error: 0.008, u: 0.004, information: 0.8, plight: Plight::Sound, onset: None, late: 0.0, energy: 300.0, readings: 2880,
    /// };
    /// let observed = Observed::of(&estimate, 0.0, 0.1).unwrap();
    /// assert!((observed.error - 0.01).abs() < 1e-15 && (observed.u - 0.004_472_136).abs() < 1e-9);
    /// ```
    pub fn of(estimate: &Estimate, mean: f64, least: f64) -> Option<Self> {
        Self::estimated(estimate.error, estimate.u, estimate.information, mean, least)
    }

    /// The same from the numbers of an estimate: its error, standard uncertainty and information.
    pub fn estimated(error: f64, u: f64, information: f64, mean: f64, least: f64) -> Option<Self> {
        let says = information >= least && information > 0.0 && error.is_finite() && u > 0.0;
        says.then(|| Self { error: mean + (error - mean) / information, u: u / information.sqrt() })
    }
}

impl Grade {
    /// The grade of a lot for a limit ±T of the error, with an interval of a coverage probability; nothing without a meter.
    ///
    /// The weights w of the places θ maximise Σ ln Σ w φ((e − θ)/u)/u, by the steps of expectation and maximisation. The
    /// interval holds all shares p under which the best distribution of that share has a log-likelihood within χ²/2 of
    /// the maximum; since a share near the limit can be had by many distributions, it covers more often than it says.
    ///
    /// Time O(meters · places · steps).
    pub fn of(meters: &[Observed], limit: f64, coverage: f64) -> Option<Self> {
        let mixture = Mixture::of(meters, limit)?;
        let weights = mixture.climbed(mixture.even(), None, STEPS);
        let (share, top) = (mixture.share(&weights), mixture.log_likelihood(&weights));
        let reach = 0.5 * Law::Normal.quantile(0.5 + 0.5 * coverage).powi(2);
        let beyond = |share: f64| top - mixture.best_with(&weights, share) > reach;
        let counted = meters.iter().filter(|meter| meter.error.abs() > limit).count() as f64 / meters.len() as f64;
        Some(Self {
            share: if share < NOTHING { 0.0 } else { share },
            low: end(share, 0.0, beyond),
            high: end(share, 1.0, beyond),
            counted,
            meters: meters.len(),
            distribution: mixture.places.iter().copied().zip(weights).collect(),
        })
    }
}

impl Grade {
    /// The same grade, its interval widened by an uncertainty `common` that the errors of the meters of one area share, that
    /// of its master meter; `areas` tells the area of each meter. It stays inside of what [`Grade::of`] takes for
    /// independent, and does not average out over the meters, only over the areas.
    ///
    /// With nₐ of n meters in area a the mean of the errors is off by ± common · √(Σ nₐ²)/n. The grade is found again with
    /// all errors moved by that, either way; the larger change Δ of the share widens the interval to
    /// √((share − low)² + (kΔ)²) below and likewise above, k the quantile of the coverage.
    ///
    /// # Panics
    /// When there is not one area for each meter.
    #[must_use]
    pub fn shared(self, meters: &[Observed], areas: &[usize], limit: f64, common: f64, coverage: f64) -> Self {
        assert_eq!(meters.len(), areas.len(), "each meter hangs in one area");
        let mut counts = vec![0.0_f64; areas.iter().max().map_or(0, |last| last + 1)];
        areas.iter().for_each(|area| counts[*area] += 1.0);
        let squares: f64 = counts.iter().map(|count| count * count).sum();
        let shift = common * squares.sqrt() / meters.len() as f64;
        let moved = |by: f64| {
            let moved: Vec<Observed> = meters.iter().map(|seen| Observed { error: seen.error + by, ..*seen }).collect();
            let mixture = Mixture::of(&moved, limit).expect("there are meters");
            (mixture.share(&mixture.climbed(mixture.even(), None, STEPS)) - self.share).abs()
        };
        let reach = Law::Normal.quantile(0.5 + 0.5 * coverage) * moved(shift).max(moved(-shift));
        let low = (self.share - (self.share - self.low).hypot(reach)).max(0.0);
        let high = (self.share + (self.high - self.share).hypot(reach)).min(1.0);
        Self { low, high, ..self }
    }
}

/// The place between one inside of the interval and the last one, from which on it is beyond; taken outwards.
fn end(mut inside: f64, last: f64, beyond: impl Fn(f64) -> bool) -> f64 {
    let mut outside = last;
    for _ in 0..if beyond(last) { HALVINGS } else { 0 } {
        let middle = 0.5 * (inside + outside);
        if beyond(middle) { outside = middle } else { inside = middle }
    }
    outside
}

/// Places of true errors, and how likely each makes each estimate.
struct Mixture {
    places: Vec<f64>,
    beyond: Vec<bool>,
    /// The densities of one meter after the other.
    densities: Vec<f64>,
}

impl Mixture {
    /// Places from the least to the largest estimate, none of them on a limit.
    fn of(meters: &[Observed], limit: f64) -> Option<Self> {
        let largest = meters.iter().map(|meter| meter.error.abs()).reduce(f64::max)?.max(1.5 * limit);
        let width = (limit / FINE).max(2.0 * largest / PLACES as f64);
        // A limit lies on an edge between two places.
        let width = limit / (limit / width).floor().max(1.0);
        let count = (largest / width).ceil() as i64;
        let places: Vec<f64> = (-count..count).map(|place| (place as f64 + 0.5) * width).collect();
        let density = |meter: &Observed, place: f64| (-0.5 * ((meter.error - place) / meter.u).powi(2)).exp() / meter.u;
        let densities = meters.iter().flat_map(|meter| places.iter().map(|place| density(meter, *place))).collect();
        Some(Self { beyond: places.iter().map(|place| place.abs() > limit).collect(), places, densities })
    }

    fn even(&self) -> Vec<f64> {
        vec![1.0 / self.places.len() as f64; self.places.len()]
    }

    /// The share of the weights that lies beyond the limit.
    fn share(&self, weights: &[f64]) -> f64 {
        weights.iter().zip(&self.beyond).filter(|(_, beyond)| **beyond).map(|(weight, _)| weight).sum()
    }

    /// The density of each estimate.
    fn likelihoods<'a>(&'a self, weights: &'a [f64]) -> impl Iterator<Item = (&'a [f64], f64)> {
        let rows = self.densities.chunks_exact(self.places.len());
        let likelihood =
            move |row: &[f64]| row.iter().zip(weights).map(|(density, weight)| density * weight).sum::<f64>();
        rows.map(move |row| (row, likelihood(row).max(f64::MIN_POSITIVE)))
    }

    fn log_likelihood(&self, weights: &[f64]) -> f64 {
        self.likelihoods(weights).map(|(_, likelihood)| likelihood.ln()).sum()
    }

    /// The weights after steps of expectation and maximisation, their share beyond the limit held where one is given.
    fn climbed(&self, mut weights: Vec<f64>, share: Option<f64>, steps: usize) -> Vec<f64> {
        for _ in 0..steps {
            weights = self.step(&weights);
            if let Some(share) = share {
                self.hold(&mut weights, share);
            }
        }
        weights
    }

    fn step(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; weights.len()];
        for (row, likelihood) in self.likelihoods(weights) {
            let inverse = likelihood.recip();
            sums.iter_mut().zip(row).for_each(|(sum, density)| *sum += density * inverse);
        }
        let all: f64 = sums.iter().zip(weights).map(|(sum, weight)| sum * weight).sum();
        sums.iter().zip(weights).map(|(sum, weight)| sum * weight / all).collect()
    }

    /// Scales the weights on both sides of the limit, so that a share lies beyond.
    fn hold(&self, weights: &mut [f64], share: f64) {
        let now = self.share(weights);
        let [within, beyond] = [(1.0 - share) / (1.0 - now), share / now];
        let scale = |is_beyond: &bool| if *is_beyond { beyond } else { within };
        weights.iter_mut().zip(&self.beyond).for_each(|(weight, is_beyond)| *weight *= scale(is_beyond));
    }

    /// The largest log-likelihood with a share beyond the limit. It starts from the best weights, a little of the even ones
    /// mixed in: no weight that fell to 0 would come back.
    fn best_with(&self, weights: &[f64], share: f64) -> f64 {
        let even = 1.0 / self.places.len() as f64;
        let mut start: Vec<f64> = weights.iter().map(|weight| 0.99 * weight + 0.01 * even).collect();
        self.hold(&mut start, share);
        self.log_likelihood(&self.climbed(start, Some(share), STEPS_BESIDE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};
    use rand_distr::{Distribution, StandardNormal};

    fn uniform(draws: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
        low + (high - low) * (draws.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(draws: &mut ChaCha8Rng) -> f64 {
        Distribution::<f64>::sample(&StandardNormal, draws)
    }

    /// A lot of good meters of 0.3 % and a share of bad ones of 1 to 3 % either way, seen with u from 0.3 to 0.9 %; with the
    /// true share beyond 1 %.
    fn lot(seed: u64, meters: usize, bad: f64) -> (Vec<Observed>, f64) {
        let mut draws = ChaCha8Rng::seed_from_u64(seed);
        let draws = &mut draws;
        let mut beyond = 0;
        let mut meter = || {
            let size = uniform(draws, 0.01, 0.03);
            let error = match uniform(draws, 0.0, 1.0) {
                place if place < 0.5 * bad => size,
                place if place < bad => -size,
                _ => 0.003 * normal(draws),
            };
            let u = uniform(draws, 0.003, 0.009);
            beyond += usize::from(error.abs() > 0.01);
            Observed { error: error + u * normal(draws), u }
        };
        let seen = (0..meters).map(|_| meter()).collect();
        (seen, beyond as f64 / meters as f64)
    }

    /// Mean over lots of the difference between the share that is said and the true one, by each way.
    fn biases(bad: f64) -> (f64, f64) {
        let lots: Vec<(f64, f64)> = (0..8_u64)
            .map(|seed| {
                let (seen, truth) = lot(seed, 2000, bad);
                let mixture = Mixture::of(&seen, 0.01).unwrap();
                let share = mixture.share(&mixture.climbed(mixture.even(), None, STEPS));
                let counted = seen.iter().filter(|meter| meter.error.abs() > 0.01).count() as f64 / 2000.0;
                (share - truth, counted - truth)
            })
            .collect();
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| lots.iter().map(of).sum::<f64>() / lots.len() as f64;
        (mean(&|lot| lot.0), mean(&|lot| lot.1))
    }

    #[test]
    fn shares_of_1_5_and_10_percent_are_found_to_half_a_percent_where_counting_is_off_by_ten() {
        for bad in [0.01, 0.05, 0.1] {
            let (bias, counted) = biases(bad);
            assert!(bias.abs() < 0.005 && counted > 0.1, "{bad}: {bias}, counting {counted}");
        }
    }

    #[test]
    fn intervals_of_shares_cover_at_least_as_often_as_they_say() {
        let covered = (0..60_u64).filter(|seed| {
            let (seen, truth) = lot(1000 + seed, 400, 0.05);
            let mixture = Mixture::of(&seen, 0.01).unwrap();
            let weights = mixture.climbed(mixture.even(), None, STEPS);
            mixture.log_likelihood(&weights) - mixture.best_with(&weights, truth) <= 0.5 * 1.645_f64.powi(2)
        });
        let covered = covered.count();
        assert!(covered >= 51, "{covered} of 60 at 90 %");
    }

    #[test]
    fn the_interval_holds_its_share_and_gets_shorter_with_more_meters() {
        let graded = |meters| Grade::of(&lot(3, meters, 0.1).0, 0.01, 0.95).unwrap();
        let (few, many) = (graded(100), graded(800));
        for grade in [&few, &many] {
            assert!(
                grade.low <= grade.share && grade.share <= grade.high,
                "{} {} {}",
                grade.low,
                grade.share,
                grade.high
            );
        }
        assert!(many.high - many.low < few.high - few.low);
    }

    #[test]
    fn exact_estimates_are_counted() {
        let meters: Vec<Observed> = (0..100).map(|n| Observed { error: 0.000_21 * f64::from(n), u: 1e-4 }).collect();
        let grade = Grade::of(&meters, 0.01, 0.95).unwrap();
        assert!((grade.share - grade.counted).abs() < 0.011, "{} {}", grade.share, grade.counted);
    }

    /// Four areas, whose master meters move all errors of theirs by 0.5 %.
    #[test]
    fn what_meters_of_an_area_share_is_in_the_interval() {
        let graded = |seed: u64| {
            let (mut seen, truth) = lot(3000 + seed, 160, 0.1);
            let areas: Vec<usize> = (0..seen.len()).map(|meter| meter % 4).collect();
            let mut draws = ChaCha8Rng::seed_from_u64(seed);
            let shifts: Vec<f64> = (0..4).map(|_| 0.005 * normal(&mut draws)).collect();
            for (meter, area) in seen.iter_mut().zip(&areas) {
                *meter = Observed { error: meter.error + shifts[*area], u: meter.u.hypot(0.005) };
            }
            let alone = Grade::of(&seen, 0.01, 0.9).unwrap();
            let shared = alone.clone().shared(&seen, &areas, 0.01, 0.005, 0.9);
            assert!(shared.low <= alone.low && alone.high <= shared.high);
            shared.low <= truth && truth <= shared.high
        };
        let covered = (0..24).filter(|seed| graded(*seed)).count();
        assert!(covered >= 19, "{covered} of 24 at 90 %");
    }

    #[test]
    fn a_lot_without_meters_has_no_grade() {
        assert!(Grade::of(&[], 0.01, 0.95).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn units_and_signs_do_not_matter(seed in 0_u64..1000, power in -3_i32..4) {
            let scale = 2.0_f64.powi(power);
            let (seen, _) = lot(seed, 60, 0.1);
            let turned: Vec<Observed> = seen.iter().map(|m| Observed { error: -m.error * scale, u: m.u * scale }).collect();
            let shares = [(&seen, 0.01), (&turned, 0.01 * scale)].map(|(seen, limit)| {
                let mixture = Mixture::of(seen, limit).unwrap();
                mixture.share(&mixture.climbed(mixture.even(), None, 50))
            });
            prop_assert!((shares[0] - shares[1]).abs() < 1e-9);
        }
    }
}
