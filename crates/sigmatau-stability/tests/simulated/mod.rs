//! Simulated records of known noise: how often an interval holds the theoretical deviation.

use rayon::prelude::*;
use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::PowerLaw;
use sigmatau_stability::edf::Model;
use sigmatau_stability::{ClockData, Convention, ESTIMATORS, Estimator, Noise, Point, Settings, TauList, analyse};

/// Phase points of a record, τ₀ = 1 s apart.
pub(crate) const POINTS: usize = 1025;
/// The confidence of the intervals.
pub(crate) const CONFIDENCE: f64 = 0.95;
const SEED: u64 = 20_261_122;

/// Records of power-law noise.
pub(crate) struct Simulation {
    /// How many.
    pub(crate) records: u64,
    /// The averaging times in s; those of Theo1 are multiples of 1.5 s.
    pub(crate) taus: &'static [f64],
}

/// How often the intervals of one statistic at one averaging time held the theoretical deviation.
pub(crate) struct Coverage {
    pub(crate) estimator: &'static Estimator,
    pub(crate) tau: f64,
    /// The share of the records; nothing where none has an interval or there is no true value.
    pub(crate) share: Option<f64>,
    /// Whether every record flags this point.
    pub(crate) flagged: bool,
    /// Whether the share is what the confidence gives in so many records, to 3.5 standard deviations.
    pub(crate) as_stated: bool,
}

impl Simulation {
    /// The coverage of every statistic that has intervals and a true value under noise of exponent `alpha`.
    pub(crate) fn coverage(&self, alpha: i8, stated: bool, convention: Convention) -> Vec<Coverage> {
        let noise = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
        let settings = Settings {
            estimators: with_intervals(alpha),
            taus: TauList::Explicit(self.taus.into()),
            confidence: CONFIDENCE,
            noise: stated.then(|| Noise::of(alpha).unwrap()),
            convention,
            ..Settings::default()
        };
        let analysed = |record| {
            let x = noise.phase(POINTS, 1.0, SEED, record);
            analyse(&ClockData::Phase(PhaseSeries::new(&x, 1.0).unwrap()), &settings).points
        };
        let records: Vec<Vec<Point>> = (0..self.records).into_par_iter().map(analysed).collect();
        (0..records[0].len()).map(|row| self.of_row(&noise, records.iter().map(|record| &record[row]))).collect()
    }

    fn of_row<'a>(&self, noise: &PowerLaw, mut points: impl Iterator<Item = &'a Point> + Clone) -> Coverage {
        let first = points.clone().next().expect("there is a record");
        let truth = truth(noise, first);
        let intervals = points.clone().filter_map(|point| point.interval);
        let held = intervals.clone().filter(|ends| (ends.lower..=ends.upper).contains(&truth)).count();
        let there = truth.is_finite() && intervals.count() > 0;
        let share = there.then(|| held as f64 / self.records as f64);
        let deviation = (CONFIDENCE * (1.0 - CONFIDENCE) / self.records as f64).sqrt();
        let as_stated = share.is_some_and(|share| (share - CONFIDENCE).abs() < 3.5 * deviation);
        let flagged = points.all(|point| !point.flags().is_empty());
        Coverage { estimator: first.estimator, tau: first.tau, share, flagged, as_stated }
    }
}

/// The estimators that have an expected value and degrees of freedom; Allan statistics do not converge below α = −2.
fn with_intervals(alpha: i8) -> Vec<&'static Estimator> {
    let converges = |model: Model| alpha >= -2 || model.order() == 3;
    let have = |estimator: &&Estimator| !matches!(estimator.model, Model::Order(_)) && converges(estimator.model);
    ESTIMATORS.iter().copied().filter(have).collect()
}

/// The deviation that the noise has. That of ThêoH, which depends on the record, is Allan's at the same τ.
fn truth(noise: &PowerLaw, point: &Point) -> f64 {
    match point.estimator.model {
        Model::Hybrid => noise.theoretical_adev(point.tau as u64, 1.0),
        _ => (point.estimator.expected)(noise, point.m as u64, 1.0),
    }
}
