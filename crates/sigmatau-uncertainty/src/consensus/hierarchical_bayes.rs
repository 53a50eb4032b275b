//! The hierarchical model: laboratories as drawn from a normal population of unknown mean and spread.
//!
//! x_i ~ N(μ, τ² + u_i²), every μ alike, τ half-Cauchy. The only integral that is not closed is that over τ, and it is
//! taken by quadrature: no chain has to converge, and the same data give the same digits.

use super::between::given;
use super::mixture::Mixture;
use super::{Comparison, Consensus, Found, Reference, Settings};
use crate::expectation::nodes;
use crate::robust::{mad, median};
use std::f64::consts::FRAC_PI_2;

/// Into how many pieces the angle arctan(τ/scale) is cut.
const PIECES: u32 = 32;

/// Chances below this are nothing beside the others.
const NOTHING: f64 = 1e-18;

/// The posterior mean and standard deviation of μ with its credible interval; τ is its posterior mean.
///
/// The prior of τ is half-Cauchy, the scale being 1.4826 times the median absolute deviation of the values, or the
/// median of the stated uncertainties where that is larger. With fewer than three laboratories the posterior has no
/// variance.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "hierarchical-bayes",
    title: "hierarchical model, flat prior of the mean, half-Cauchy prior of τ, by quadrature",
    reference: "A. Gelman, Bayesian Analysis 1, 2006, 515; A. Koepke et al., Metrologia 54, 2017, S34",
    fewest: 3,
    correlated: false,
    reckon,
};

fn reckon(comparison: &Comparison, settings: &Settings) -> Reference {
    let taus = posterior(comparison, scale(comparison));
    let part = |(chance, tau): &(f64, f64)| {
        let (_, mean, deviation) = given(comparison, *tau);
        [*chance, mean, deviation]
    };
    let mixture = Mixture { parts: taus.iter().map(part).collect() };
    let found = Found {
        value: mixture.mean(),
        u: mixture.standard_deviation(),
        interval: mixture.interval(settings),
        tau: taus.iter().map(|(chance, tau)| chance * tau).sum(),
        covariances: comparison.covariances_with(&weights(comparison, &taus)),
    };
    found.of_all(comparison)
}

fn scale(comparison: &Comparison) -> f64 {
    mad(comparison.values()).max(median(comparison.uncertainties()))
}

/// The places τ = scale tan θ with their posterior chances; the prior is even in θ.
fn posterior(comparison: &Comparison, scale: f64) -> Vec<(f64, f64)> {
    let end = |piece: u32| FRAC_PI_2 * f64::from(piece) / f64::from(PIECES);
    let pieces = (0..PIECES).flat_map(|piece| nodes(end(piece), end(piece + 1)));
    let place = |(_, angle, weight): (usize, f64, f64)| {
        let tau = scale * angle.tan();
        (weight, tau, given(comparison, tau).0)
    };
    let places: Vec<(f64, f64, f64)> = pieces.map(place).collect();
    let most = places.iter().map(|(_, _, likelihood)| *likelihood).fold(f64::NEG_INFINITY, f64::max);
    let chances: Vec<f64> = places.iter().map(|(weight, _, likelihood)| weight * (likelihood - most).exp()).collect();
    let sum: f64 = chances.iter().sum();
    let taus = chances.iter().zip(places).map(|(chance, (_, tau, _))| (chance / sum, tau));
    taus.filter(|(chance, _)| *chance > NOTHING).collect()
}

/// The weights of the laboratories in the posterior mean, over τ.
fn weights(comparison: &Comparison, taus: &[(f64, f64)]) -> Vec<f64> {
    let mut sums = vec![0.0; comparison.len()];
    for (chance, tau) in taus {
        let (_, _, deviation) = given(comparison, *tau);
        for (sum, u) in sums.iter_mut().zip(comparison.uncertainties()) {
            *sum += chance * deviation * deviation / (u * u + tau * tau);
        }
    }
    sums
}
