//! The random-effects value by restricted maximum likelihood.

use super::{Consensus, between, random_effects};

/// Weights 1/(u² + τ²), τ² where the likelihood of the differences between laboratories is largest.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "reml",
    title: "random effects, τ² by restricted maximum likelihood",
    reference: "W. Viechtbauer, Journal of Educational and Behavioral Statistics 30, 2005, 261",
    fewest: 2,
    correlated: false,
    reckon: |comparison, settings| random_effects(comparison, settings, between::restricted_likelihood(comparison)),
};
