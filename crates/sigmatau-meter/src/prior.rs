//! What is known of the errors of meters before their readings are seen, and how the readings of many areas teach it.

use crate::factor::{Factor, square};
use nalgebra::{DMatrix, DVector};

/// The mixture (1−π)·N(μ, s₁²) + π·N(μ, s₂²) from which the lacks κ of sound meters are drawn, μ ~ N(0, u²(lot)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// The standard deviation s₁ of ordinary meters.
    pub spread: f64,
    /// The standard deviation s₂ of the others.
    pub wide: f64,
    /// The share π of the others.
    pub share: f64,
    /// The standard uncertainty of the mean error of the meters.
    pub mean: f64,
}

impl Default for Prior {
    /// Meters of class 1 or 2 before any batch is known: 0.4 % for most, 2.5 % for one in twelve, 0.2 % for the mean.
    fn default() -> Self {
        Self { spread: 0.004, wide: 0.025, share: 0.08, mean: 0.002 }
    }
}

impl Prior {
    /// The variance of the lack of one meter, all meters taken together.
    pub fn variance(&self) -> f64 {
        (1.0 - self.share) * self.spread.powi(2) + self.share * self.wide.powi(2) + self.mean.powi(2)
    }
}

/// What readings alone say of lacks κ: the log-likelihood −½ κ'Λκ + η'κ, everything else integrated out.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The information Λ.
    pub information: DMatrix<f64>,
    /// The vector η.
    pub vector: DVector<f64>,
    /// The place in its area of the meter that each row speaks of.
    pub meters: Vec<usize>,
    /// The standard deviation of a lack that is not drawn from the prior of all meters.
    pub free: Vec<Option<f64>>,
    /// The standard uncertainty of the master meter, which all lacks share.
    pub master: f64,
}

impl Evidence {
    /// The same where each lack beside holds something of this standard deviation that no reading tells from it:
    /// (Λ⁻¹ + s²)⁻¹ = Λ − Λ(Λ + s⁻²)⁻¹Λ.
    pub(crate) fn blurred(mut self, deviation: f64) -> Self {
        if deviation > 0.0 {
            let count = self.vector.len();
            let inner = &self.information + DMatrix::from_diagonal_element(count, count, deviation.powi(-2));
            let factor = Factor::of(inner);
            self.vector -= &self.information * factor.solve(&self.vector);
            self.information -= square(&factor.forward(self.information.clone()));
        }
        self
    }
}

/// The lacks, given the readings and the prior.
#[derive(Clone, Debug)]
pub(crate) struct Posterior {
    /// What the lacks of the meters themselves are.
    pub(crate) mean: DVector<f64>,
    pub(crate) covariance: DMatrix<f64>,
    /// What the balance lacks, the part of the master meter within.
    pub(crate) balance: DVector<f64>,
    /// Mean and variance of each lack less what all share.
    pub(crate) own: Vec<(f64, f64)>,
    /// What stands for the prior of it.
    pub(crate) sites: Vec<Site>,
    /// What the lacks of ordinary meters teach the prior.
    pub(crate) lesson: Lesson,
}

/// Sums that teach a prior: of meters, of the squares of their lacks, for ordinary ones and for the others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Lesson {
    ordinary: f64,
    ordinary_squares: f64,
    others: f64,
    other_squares: f64,
}

/// A normal factor that stands for the prior of one lack: precision and precision times mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub(crate) precision: f64,
    pub(crate) vector: f64,
}

/// How often the sites are matched at most, and how little they change, in standard deviations, when that is enough.
const ROUNDS: usize = 8;
const SETTLED: f64 = 1e-3;

/// The lacks by expectation propagation: the mixture of each meter is matched by a normal factor.
///
/// All lacks share κᵢ = δᵢ + μ, μ ~ N(0, u²(mean) + u²(master)). Of μ, the meters own the share u²(mean)/(u²(mean) +
/// u²(master)); the rest is the master meter's, and what cannot be told apart stays in the covariance.
pub(crate) fn posterior(evidence: &Evidence, prior: &Prior) -> Posterior {
    let mut matching = Matching::new(evidence, prior);
    let lesson = matching.settle(prior);
    matching.posterior(lesson)
}

/// The lacks, and the prior that they teach from `prior` on in so many lessons.
pub(crate) fn taught(evidence: &Evidence, prior: &Prior, lessons: usize) -> (Posterior, Prior) {
    let mut matching = Matching::new(evidence, prior);
    let (mut lesson, mut latest) = (matching.settle(prior), *prior);
    for _ in 0..lessons {
        latest = lesson.taught(prior, SMALL);
        lesson = matching.settle(&latest);
    }
    (matching.posterior(lesson), latest)
}

/// The information 1 − u²/s² on each lack from readings alone: no neighbour is taken to be sound, all are drawn from the
/// wide part s₂ of the prior or left as free as they are.
pub(crate) fn alone(evidence: &Evidence, prior: &Prior) -> Vec<f64> {
    let mut matching = Matching::new(evidence, prior);
    let widest = |free: &Option<f64>| free.unwrap_or(prior.wide);
    matching.sites = evidence.free.iter().map(|free| Site { precision: widest(free).powi(-2), vector: 0.0 }).collect();
    let (_, reciprocal) = matching.joined();
    let of = |(place, free): (usize, &Option<f64>)| {
        (1.0 - reciprocal.column(place).norm_squared() / widest(free).powi(2)).clamp(0.0, 1.0)
    };
    evidence.free.iter().enumerate().map(of).collect()
}

/// Evidence with a normal factor in the place of each prior.
struct Matching<'a> {
    free: &'a [Option<f64>],
    /// The variances of what all lacks share: of the meters, and of the master meter.
    own: f64,
    foreign: f64,
    /// The information with what all share as the last quantity.
    matrix: DMatrix<f64>,
    vector: DVector<f64>,
    sites: Vec<Site>,
}

impl<'a> Matching<'a> {
    fn new(evidence: &'a Evidence, prior: &Prior) -> Self {
        let (own, foreign) = (prior.mean.powi(2), evidence.master.powi(2));
        let (matrix, vector) = with_common(evidence, own + foreign);
        let start =
            |free: &Option<f64>| Site { precision: 1.0 / free.map_or(prior.spread.powi(2), |sd| sd * sd), vector: 0.0 };
        let sites = evidence.free.iter().map(start).collect();
        Self { free: &evidence.free, own, foreign, matrix, vector, sites }
    }

    /// Matches the sites until they stay.
    fn settle(&mut self, prior: &Prior) -> Lesson {
        for _ in 1..ROUNDS {
            let (lesson, change) = self.round(prior);
            if change < SETTLED {
                return lesson;
            }
        }
        self.round(prior).0
    }

    /// Matches each site once: what that teaches, and by how many standard deviations a lack moved.
    fn round(&mut self, prior: &Prior) -> (Lesson, f64) {
        let (mean, reciprocal) = self.joined();
        let (mut lesson, mut change) = (Lesson::default(), 0.0_f64);
        for place in (0..self.free.len()).filter(|place| self.free[*place].is_none()) {
            let variance = reciprocal.column(place).norm_squared();
            let (site, taught) = self.sites[place].matched(mean[place], variance, prior);
            change = change.max(site.differs(&self.sites[place], mean[place], variance));
            self.sites[place] = site;
            lesson.add(taught);
        }
        (lesson, change)
    }

    /// The mean of the lacks and of what they share, and R of their covariance R'R.
    fn joined(&self) -> (DVector<f64>, DMatrix<f64>) {
        let (mut matrix, mut vector) = (self.matrix.clone(), self.vector.clone());
        for (place, site) in self.sites.iter().enumerate() {
            matrix[(place, place)] += site.precision;
            vector[place] += site.vector;
        }
        let reciprocal = Factor::of(matrix).reciprocal();
        (reciprocal.tr_mul(&(&reciprocal * vector)), reciprocal)
    }

    fn posterior(self, lesson: Lesson) -> Posterior {
        let count = self.free.len();
        let (mean, reciprocal) = self.joined();
        let covariance = square(&reciprocal);
        let share = if self.own > 0.0 { self.own / (self.own + self.foreign) } else { 0.0 };
        let inseparable = share * self.foreign;
        let beside = |one: usize, other: usize| {
            let across = covariance[(one, count)] + covariance[(count, other)];
            covariance[(one, other)] + share * across + share * share * covariance[(count, count)] + inseparable
        };
        Posterior {
            own: (0..count).map(|place| (mean[place], covariance[(place, place)])).collect(),
            balance: DVector::from_fn(count, |place, _| mean[place] + mean[count]),
            mean: DVector::from_fn(count, |place, _| mean[place] + share * mean[count]),
            covariance: DMatrix::from_fn(count, count, beside),
            sites: self.sites,
            lesson,
        }
    }
}

/// The information with a common part μ of all lacks as the last quantity.
fn with_common(evidence: &Evidence, variance: f64) -> (DMatrix<f64>, DVector<f64>) {
    let count = evidence.vector.len();
    let sums = evidence.information.column_sum();
    let matrix = DMatrix::from_fn(count + 1, count + 1, |row, column| match (row == count, column == count) {
        (false, false) => evidence.information[(row, column)],
        (true, true) => sums.sum() + 1.0 / variance.max(1e-12),
        (true, false) => sums[column],
        (false, true) => sums[row],
    });
    let vector =
        DVector::from_fn(count + 1, |row, _| if row == count { evidence.vector.sum() } else { evidence.vector[row] });
    (matrix, vector)
}

impl Site {
    /// By how many standard deviations this moves a lack from another site's place.
    fn differs(&self, before: &Self, mean: f64, variance: f64) -> f64 {
        let (precision, vector) = (self.precision - before.precision, self.vector - before.vector);
        (vector - precision * mean).abs() * variance.sqrt() + precision.abs() * variance
    }

    /// The site that gives a lack the mean and the variance that the mixture gives it, and what that teaches.
    fn matched(self, mean: f64, variance: f64, prior: &Prior) -> (Self, Lesson) {
        let rest = (1.0 / variance - self.precision).max(1e-3 / prior.wide.powi(2));
        let (rest_variance, rest_mean) = (1.0 / rest, (mean / variance - self.vector) / rest);
        let part = |share: f64, deviation: f64| {
            let (own, sum) = (deviation * deviation, rest_variance + deviation * deviation);
            let weight = share.ln() - 0.5 * sum.ln() - 0.5 * rest_mean * rest_mean / sum;
            (weight, rest_mean * own / sum, rest_variance * own / sum)
        };
        let (ordinary, other) = (part(1.0 - prior.share, prior.spread), part(prior.share, prior.wide));
        let odds = 1.0 / (1.0 + (ordinary.0 - other.0).exp());
        let mixed = (1.0 - odds) * ordinary.1 + odds * other.1;
        let square = |part: (f64, f64, f64)| part.1 * part.1 + part.2;
        let spread = (1.0 - odds) * square(ordinary) + odds * square(other) - mixed * mixed;
        let widest = 0.1 / prior.wide.powi(2);
        let precision = (1.0 / spread - rest).max(widest);
        let vector = if precision > widest { mixed / spread - rest_mean * rest } else { 0.0 };
        let (kept, new) = (0.4, 0.6);
        let site =
            Self { precision: kept * self.precision + new * precision, vector: kept * self.vector + new * vector };
        let lesson = Lesson {
            ordinary: 1.0 - odds,
            ordinary_squares: (1.0 - odds) * square(ordinary),
            others: odds,
            other_squares: odds * square(other),
        };
        (site, lesson)
    }
}

impl Lesson {
    pub(crate) fn add(&mut self, other: Self) {
        self.ordinary += other.ordinary;
        self.ordinary_squares += other.ordinary_squares;
        self.others += other.others;
        self.other_squares += other.other_squares;
    }

    /// The prior that it teaches, `start` counting as much as so many meters.
    pub(crate) fn taught(&self, start: &Prior, meters: f64) -> Prior {
        let few = meters * start.share;
        let mean =
            |sum: f64, count: f64, known: f64, worth: f64| ((sum + worth * known * known) / (count + worth)).sqrt();
        Prior {
            spread: mean(self.ordinary_squares, self.ordinary, start.spread, meters),
            wide: mean(self.other_squares, self.others, start.wide, meters),
            share: (self.others + few) / (self.ordinary + self.others + meters),
            mean: start.mean,
        }
    }
}

/// How many meters the knowledge before the first batch is worth: to many areas, and within one.
const WORTH: f64 = 30.0;
const SMALL: f64 = 60.0;
/// How often a prior is taught.
const LESSONS: usize = 5;

/// The prior that the readings of many areas teach: empirical Bayes on their [`Evidence`], which is all that it needs
/// of them. Areas whose meters are of one batch or one province belong together.
pub fn pooled(evidence: &[Evidence], start: &Prior) -> Prior {
    let mut prior = *start;
    for _ in 0..LESSONS {
        let mut lesson = Lesson::default();
        for evidence in evidence {
            lesson.add(posterior(evidence, &prior).lesson);
        }
        prior = lesson.taught(start, WORTH);
    }
    prior
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(lacks: &[f64], u: f64) -> Evidence {
        let count = lacks.len();
        Evidence {
            information: DMatrix::from_diagonal_element(count, count, u.powi(-2)),
            vector: DVector::from_row_slice(lacks) / (u * u),
            meters: (0..count).collect(),
            free: vec![None; count],
            master: 0.0,
        }
    }

    #[test]
    fn readings_that_say_nothing_leave_the_prior() {
        let prior = Prior { mean: 0.0, ..Prior::default() };
        let posterior = posterior(&evidence(&[0.0; 3], 1e3), &prior);
        assert!(
            (posterior.covariance[(0, 0)] / prior.variance() - 1.0).abs() < 1e-2,
            "{}",
            posterior.covariance[(0, 0)]
        );
    }

    #[test]
    fn a_large_lack_is_shrunk_less_than_a_small_one() {
        let posterior = posterior(&evidence(&[0.003, 0.03, 0.0, 0.0], 0.004), &Prior { mean: 0.0, ..Prior::default() });
        assert!((posterior.mean[0] - 0.0015).abs() < 3e-4, "{}", posterior.mean[0]);
        assert!((posterior.mean[1] - 0.03).abs() < 2e-3, "{}", posterior.mean[1]);
    }

    #[test]
    fn what_all_lacks_share_is_the_master_meters_for_the_most_part() {
        let shared = Evidence { master: 0.01, ..evidence(&[0.01; 20], 0.001) };
        let posterior = posterior(&shared, &Prior::default());
        assert!(posterior.mean.iter().all(|lack| lack.abs() < 1e-3), "{}", posterior.mean);
        assert!(posterior.balance.iter().all(|lack| (lack - 0.01).abs() < 1e-3));
    }

    #[test]
    fn two_meters_that_only_their_sum_is_known_of_say_half_of_each_alone() {
        let sum = Evidence { information: DMatrix::from_element(2, 2, 1e10), ..evidence(&[0.0; 2], 1.0) };
        let prior = Prior { mean: 0.0, ..Prior::default() };
        assert!(alone(&sum, &prior).iter().all(|information| (information - 0.5).abs() < 1e-3));
        assert!(alone(&evidence(&[0.0; 2], 0.001), &prior).iter().all(|information| *information > 0.99));
    }

    #[test]
    fn what_is_blurred_is_as_uncertain_as_both_together() {
        let blurred = evidence(&[0.01, -0.02], 0.003).blurred(0.004);
        assert!((blurred.information[(0, 0)] * 0.005 * 0.005 - 1.0).abs() < 1e-9);
        assert!((blurred.vector[1] / blurred.information[(1, 1)] + 0.02).abs() < 1e-9);
    }

    #[test]
    fn a_batch_teaches_its_spread() {
        let batch = |seed: usize| {
            evidence(&(0..50).map(|i| 0.002 * f64::from((i + seed) as u32 % 5).sin()).collect::<Vec<_>>(), 5e-4)
        };
        let taught = pooled(&(0..20).map(batch).collect::<Vec<_>>(), &Prior::default());
        assert!((taught.spread - 0.0014).abs() < 4e-4 && taught.share < 0.03, "{taught:?}");
    }
}
