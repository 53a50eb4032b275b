//! What will fail in the next years.

use super::{Fit, Law};
use sigmatau_uncertainty::tail;

/// How many of the working meters will fail, with an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The expected number.
    pub failures: f64,
    /// The standard uncertainty of the number: of the law, and of what chance makes of it.
    pub u: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Fit {
    /// The failures within some years of meters that work now, given as pairs of age and number, with an interval of a
    /// coverage probability.
    ///
    /// The number is m = Σ n p, p = 1 − S(t + Δ)/S(t); its variance that of chance, Σ n p(1 − p), and of the law by
    /// propagation. The interval is m · exp(±k u/m), for a number that cannot fall below 0.
    pub fn failures(&self, working: &[(f64, f64)], years: f64, coverage: f64) -> Forecast {
        let expected = |law: &Law| working.iter().map(|(age, meters)| meters * law.failing(*age, years)).sum::<f64>();
        let (failures, doubt) = self.propagated(expected);
        let chances = working.iter().map(|(age, meters)| (meters, self.law.failing(*age, years)));
        let chance: f64 = chances.map(|(meters, p)| meters * p * (1.0 - p)).sum();
        let u = chance.sqrt().hypot(doubt);
        let reach = (tail::Law::Normal.quantile(0.5 + 0.5 * coverage) * u / failures).exp();
        Forecast { failures, u, low: failures / reach, high: failures * reach }
    }

    /// The share of conforming meters that still conform after some years, with the lower end of a one-sided interval of
    /// a confidence: what a sampling plan until the next inspection takes.
    pub fn survival(&self, age: f64, years: f64, confidence: f64) -> (f64, f64) {
        let (failing, u) = self.propagated(|law| law.failing(age, years));
        let reach = (tail::Law::Normal.quantile(confidence) * u / failing).exp();
        (1.0 - failing, 1.0 - (failing * reach).min(1.0))
    }

    /// The places of groups of meters, given as pairs of age and number, from the group whose replacement is worth most on:
    /// by the probability that one of its meters fails within some years. With a budget, replace from the front.
    pub fn ranking(&self, working: &[(f64, f64)], years: f64) -> Vec<usize> {
        let chance = |place: &usize| self.law.failing(working[*place].0, years);
        let mut places: Vec<usize> = (0..working.len()).collect();
        places.sort_by(|one, other| chance(other).total_cmp(&chance(one)));
        places
    }
}
