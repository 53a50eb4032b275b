//! The N-cornered hat: the stability of each of N ≥ 3 clocks from their differences alone.
//!
//! For clocks whose noises are uncorrelated the variance of a difference is v_kl = σ_k² + σ_l², so that any two
//! others b and c tell σ_a² = ½ (v_ab + v_ac − v_bc). With more than three clocks the mean over all b and c is taken,
//! with the inverse of its variance v_ab v_ac as the weight of each. The estimate can turn out negative where a
//! clock is much better than the others; then the upper end of its interval says what is known.
//! How the intervals are made is told in [`interval`].
//!
//! References: J. E. Gray and D. W. Allan, "A method for estimating the frequency stability of an
//! individual oscillator", 28th Frequency Control Symposium, 1974; C. R. Ekstrom and P. A. Koppang,
//! "Error bars for three-cornered hats", IEEE Transactions on UFFC 53, 2006.

pub mod interval;

use crate::analysis::{Analysis, ClockData, Point, Settings, analyse};
use crate::estimator::{Estimator, Gather};
use crate::interval::Interval;
use crate::noise::Evidence;
use crate::together::{Together, TogetherError};
use rayon::prelude::*;
use sigmatau_core::Finding;

/// One clock at one averaging time.
#[derive(Clone, Debug, PartialEq)]
pub struct Corner {
    /// The place of the clock.
    pub clock: usize,
    /// The statistic.
    pub estimator: &'static Estimator,
    /// The averaging time τ = m τ₀ in seconds.
    pub tau: f64,
    /// The averaging factor.
    pub m: usize,
    /// The estimated variance, in the square of the estimator's unit; it can be negative.
    pub variance: f64,
    /// The standard uncertainty of the variance, where there are degrees of freedom.
    pub uncertainty: Option<f64>,
    /// The number of terms.
    pub n: u64,
    /// The degrees of freedom: the geometric mean of those of the clock's pairs.
    pub edf: Option<f64>,
    /// The confidence interval of the deviation; its lower end is 0 where only an upper bound is known.
    pub interval: Option<Interval>,
    /// Whether terms were dropped because they touch a missing point.
    pub gaps: bool,
    /// Whether the noise type of a pair rests on few points.
    pub noise_uncertain: bool,
}

impl Corner {
    /// The deviation √σ², or nothing where the estimated variance is negative.
    pub fn deviation(&self) -> Option<f64> {
        (self.variance >= 0.0).then(|| self.variance.sqrt())
    }

    /// Remarks as words for the `flags` column: `negative`, `upper-bound`, `gaps`, `noise-uncertain`, `no-interval`.
    pub fn flags(&self) -> Vec<&'static str> {
        let bound = self.interval.is_some_and(|ends| ends.lower == 0.0);
        let flags = [
            (self.variance < 0.0, "negative"),
            (bound, "upper-bound"),
            (self.gaps, "gaps"),
            (self.noise_uncertain, "noise-uncertain"),
            (self.interval.is_none(), "no-interval"),
        ];
        flags.into_iter().filter(|(there, _)| *there).map(|(_, word)| word).collect()
    }
}

/// What the differences tell about every clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hat {
    /// Clock by clock, estimator by estimator, with rising τ.
    pub corners: Vec<Corner>,
    /// Remarks about the differences, each with the two clocks.
    pub findings: Vec<([usize; 2], Finding)>,
}

/// Why a hat can't be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HatError {
    /// Fewer than three clocks.
    #[error("make a hat: {0} clocks are too few; the variances of three or more can be told apart")]
    TooFew(usize),
    /// A pair of clocks was not compared, or more than once.
    #[error("make a hat: clocks number {} and {} were compared {times} times; give each pair once", pair[0], pair[1])]
    Pair {
        /// The places of the clocks.
        pair: [usize; 2],
        /// How often they were compared.
        times: usize,
    },
    /// The squares of a statistic don't add up.
    #[error("make a hat of `{0}`: the largest of independent noises is no sum; take a deviation such as oadev")]
    NotAVariance(&'static str),
    /// The records don't fit together.
    #[error(transparent)]
    Together(#[from] TogetherError),
}

/// The hat of N clocks that were all read against one common reference.
///
/// The reference cancels in the differences; it may be one of the clocks' own neighbours or worse than all
/// of them. The estimators of `settings` are taken of every difference by [`analyse`]; the intervals are two-sided. Time O(N² points) per averaging factor, pairs side by side.
///
/// # Errors
/// With fewer than three clocks, when a statistic is no variance, or when the records don't share kind, sampling interval and length.
pub fn against_common_reference(clocks: &[ClockData<'_>], settings: &Settings) -> Result<Hat, HatError> {
    let together = Together::new(clocks)?;
    let pairs = pairs_of(enough(clocks.len(), settings)?);
    let analysed = |[k, l]: &[usize; 2]| analyse(&together.view(&together.difference(*k, *l)), settings);
    let analyses: Vec<Analysis> = pairs.par_iter().map(analysed).collect();
    Ok(hat(clocks.len(), &pairs, analyses, together.has_gaps(), settings))
}

/// The hat of `clocks` clocks of which every pair was measured by itself, in either direction.
///
/// The noise of the counters is not told apart from that of the clocks: a counter that measures one pair
/// adds its variance to that of the two clocks and takes it from the third.
///
/// # Errors
/// As [`against_common_reference`], and when a pair is missing or stands twice.
pub fn from_pairs(
    clocks: usize,
    records: &[([usize; 2], ClockData<'_>)],
    settings: &Settings,
) -> Result<Hat, HatError> {
    let pairs = pairs_of(enough(clocks, settings)?);
    let data: Vec<ClockData<'_>> = records.iter().map(|(_, data)| *data).collect();
    let together = Together::new(&data)?;
    let places: Vec<usize> = pairs.iter().map(|pair| place_of(*pair, records)).collect::<Result<_, _>>()?;
    let analyses = places.par_iter().map(|place| analyse(&together.record(*place), settings)).collect();
    Ok(hat(clocks, &pairs, analyses, together.has_gaps(), settings))
}

/// The number of clocks, where there are enough of them and variances are asked for.
fn enough(clocks: usize, settings: &Settings) -> Result<usize, HatError> {
    if let Some(largest) = settings.estimators.iter().find(|estimator| estimator.gather == Gather::Largest) {
        return Err(HatError::NotAVariance(largest.name));
    }
    if clocks < 3 { Err(HatError::TooFew(clocks)) } else { Ok(clocks) }
}

/// The pairs k < l of N clocks, in order.
pub(crate) fn pairs_of(clocks: usize) -> Vec<[usize; 2]> {
    (0..clocks).flat_map(|k| (k + 1..clocks).map(move |l| [k, l])).collect()
}

fn place_of(pair: [usize; 2], records: &[([usize; 2], ClockData<'_>)]) -> Result<usize, HatError> {
    let [k, l] = pair;
    let compares = |clocks: [usize; 2]| clocks == [k, l] || clocks == [l, k];
    let places: Vec<usize> = (0..records.len()).filter(|place| compares(records[*place].0)).collect();
    match places[..] {
        [place] => Ok(place),
        _ => Err(HatError::Pair { pair, times: places.len() }),
    }
}

fn hat(clocks: usize, pairs: &[[usize; 2]], analyses: Vec<Analysis>, gaps: bool, settings: &Settings) -> Hat {
    let rows = analyses.iter().map(|analysis| analysis.points.len()).min().unwrap_or(0);
    let of_row = |row: usize| {
        corners(clocks, &analyses.iter().map(|pair| &pair.points[row]).collect::<Vec<_>>(), gaps, settings)
    };
    let by_row: Vec<Vec<Corner>> = (0..rows).into_par_iter().map(of_row).collect();
    let corners = (0..clocks).flat_map(|clock| by_row.iter().map(move |row| row[clock].clone())).collect();
    let mut findings: Vec<([usize; 2], Finding)> = Vec::new();
    for (pair, finding) in
        pairs.iter().zip(analyses).flat_map(|(pair, found)| found.findings.into_iter().map(|finding| (*pair, finding)))
    {
        if findings.iter().all(|(_, earlier)| *earlier != finding) {
            findings.push((pair, finding));
        }
    }
    Hat { corners, findings }
}

/// Every clock at one averaging time, from the points of the pairs.
fn corners(clocks: usize, points: &[&Point], gaps: bool, settings: &Settings) -> Vec<Corner> {
    let first = points[0];
    let variances = PairVariances::new(clocks, &points.iter().map(|point| point.deviation.powi(2)).collect::<Vec<_>>());
    let n = points.iter().map(|point| point.n).min().unwrap_or(0);
    let uncertain =
        |point: &&Point| point.noise.is_some_and(|noise| !matches!(noise.evidence, Evidence::Lag1 | Evidence::Stated));
    let noise_uncertain = points.iter().any(uncertain);
    let estimates = variances.estimates();
    let corner = |clock: usize| {
        let edf = edf(clock, clocks, points);
        let bounds = edf.and_then(|nu| interval::bounds(&variances, clock, nu, settings.confidence));
        Corner {
            clock,
            estimator: first.estimator,
            tau: first.tau,
            m: first.m,
            variance: estimates[clock],
            uncertainty: edf.map(|nu| interval::standard_uncertainty(&variances, clock, nu)),
            n,
            edf,
            interval: bounds.map(|ends| Interval { lower: ends.lower.sqrt(), upper: ends.upper.sqrt() }),
            gaps,
            noise_uncertain,
        }
    };
    (0..clocks).map(corner).collect()
}

/// The geometric mean of the degrees of freedom of a clock's pairs; nothing where one of them has none.
///
/// By the inequality of Cauchy and Schwarz the mean of the products of two pairs' differences has at least
/// this many.
fn edf(clock: usize, clocks: usize, points: &[&Point]) -> Option<f64> {
    let mine = pairs_of(clocks).into_iter().zip(points).filter(|(pair, _)| pair.contains(&clock));
    let logarithms: Option<Vec<f64>> = mine.map(|(_, point)| point.edf.map(|edf| edf.value.ln())).collect();
    logarithms.map(|all| (all.iter().sum::<f64>() / all.len() as f64).exp())
}

/// The variances of all differences of N clocks.
#[derive(Clone, Debug, PartialEq)]
pub struct PairVariances {
    clocks: usize,
    /// v_kl at k N + l, with v_kk = 0.
    values: Vec<f64>,
}

impl PairVariances {
    /// The variances of the pairs k < l of `clocks` clocks, in the order 01, 02, …, 12, ….
    ///
    /// # Panics
    /// When there are not as many variances as pairs.
    pub fn new(clocks: usize, of_pairs: &[f64]) -> Self {
        let pairs = pairs_of(clocks);
        assert_eq!(pairs.len(), of_pairs.len(), "one variance for each of the pairs of {clocks} clocks");
        let mut values = vec![0.0; clocks * clocks];
        for ([k, l], variance) in pairs.into_iter().zip(of_pairs) {
            values[k * clocks + l] = *variance;
            values[l * clocks + k] = *variance;
        }
        Self { clocks, values }
    }

    /// The number of clocks.
    pub fn clocks(&self) -> usize {
        self.clocks
    }

    /// v_kl for every l.
    fn row(&self, k: usize) -> &[f64] {
        &self.values[k * self.clocks..][..self.clocks]
    }

    /// Returns the estimated variance of every clock, which can be negative: the mean of the classical
    /// ½ (v_ab + v_ac − v_bc) over all b and c, weighted by 1/(v_ab v_ac).
    ///
    /// ```
    /// use sigmatau_stability::hat::PairVariances;
    /// // Three oscillators of 6, 8 and 10 in 1e-12, as pairs.
    /// let pairs = PairVariances::new(3, &[36.0 + 64.0, 36.0 + 100.0, 64.0 + 100.0]);
    /// assert_eq!(pairs.estimates(), [36.0, 64.0, 100.0]);
    /// ```
    pub fn estimates(&self) -> Vec<f64> {
        (0..self.clocks).map(|clock| self.estimate(clock)).collect()
    }

    fn estimate(&self, clock: usize) -> f64 {
        let (weights, v) = (Weights::of(self, clock), self.row(clock));
        let classical = |[b, c]: [usize; 2]| 0.5 * (v[b] + v[c] - self.row(b)[c]);
        let others = pairs_of(self.clocks).into_iter().filter(|pair| !pair.contains(&clock));
        others.map(|[b, c]| weights.of_pair(b, c) * classical([b, c])).sum()
    }
}

/// The weights of the pairs b, c in the estimate for one clock a: ω_bc ∝ h_b h_c with h_b = 1/v_ab, in sum 1.
///
/// v_ab v_ac is the variance of a product of differences to b and to c but for a factor: a poor clock among
/// good ones takes no part in what is said of these.
struct Weights {
    clock: usize,
    h: Vec<f64>,
    /// Σ h.
    all: f64,
    /// Σ h_b h_c over b < c.
    norm: f64,
}

impl Weights {
    fn of(pairs: &PairVariances, clock: usize) -> Self {
        let v = pairs.row(clock);
        let positive = (0..pairs.clocks).all(|b| b == clock || v[b] > 0.0);
        let smallest = (0..pairs.clocks).filter(|b| *b != clock).map(|b| v[b]).fold(f64::INFINITY, f64::min);
        let weight = |b: usize| match b == clock {
            true => 0.0,
            false => {
                if positive {
                    smallest / v[b]
                } else {
                    1.0
                }
            }
        };
        let h: Vec<f64> = (0..pairs.clocks).map(weight).collect();
        let all: f64 = h.iter().sum();
        let norm = 0.5 * (all * all - h.iter().map(|h| h * h).sum::<f64>());
        Self { clock, h, all, norm }
    }

    fn of_pair(&self, b: usize, c: usize) -> f64 {
        self.h[b] * self.h[c] / self.norm
    }

    /// A_kl of the estimate as a mean of quadratic forms z'Az of the clocks' own differences.
    fn coefficient(&self, k: usize, l: usize) -> f64 {
        let with_clock = |b: usize| -0.5 * self.h[b] * (self.all - self.h[b]) / self.norm;
        match (k == self.clock, l == self.clock) {
            (true, true) => 1.0,
            (true, false) => with_clock(l),
            (false, true) => with_clock(k),
            (false, false) if k == l => 0.0,
            (false, false) => 0.5 * self.of_pair(k, l),
        }
    }
}
