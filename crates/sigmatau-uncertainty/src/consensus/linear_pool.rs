//! The linear pool: one of the laboratories is right, each is as likely to be.

use super::mixture::Mixture;
use super::{Comparison, Consensus, Found, Reference, Settings};

/// The mean, standard deviation and quantiles of the even mixture of what the laboratories state. Its interval is that of
/// a laboratory drawn at random, not of the mean: it does not shrink with the number of laboratories.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "linear-pool",
    title: "even mixture of what the laboratories state",
    reference: "M. Stone, Annals of Mathematical Statistics 32, 1961, 1339; A. Koepke et al., Metrologia 54, 2017, S34",
    fewest: 1,
    correlated: false,
    reckon,
};

fn reckon(comparison: &Comparison, settings: &Settings) -> Reference {
    let weight = (comparison.len() as f64).recip();
    let pairs = comparison.values().iter().zip(comparison.uncertainties());
    let mixture = Mixture { parts: pairs.map(|(value, u)| [weight, *value, *u]).collect() };
    let found = Found {
        value: mixture.mean(),
        u: mixture.standard_deviation(),
        interval: mixture.interval(settings),
        tau: 0.0,
        covariances: comparison.covariances_with(&vec![weight; comparison.len()]),
    };
    found.of_all(comparison)
}
