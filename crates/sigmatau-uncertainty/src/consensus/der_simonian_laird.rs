//! The random-effects value of DerSimonian and Laird.

use super::{Consensus, between, random_effects};

/// Weights 1/(u² + τ²), τ² from the excess of χ² over its expectation.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "der-simonian-laird",
    title: "random effects, τ² of DerSimonian and Laird",
    reference: "R. DerSimonian, N. Laird, Controlled Clinical Trials 7, 1986, 177",
    fewest: 2,
    correlated: false,
    reckon: |comparison, settings| random_effects(comparison, settings, between::der_simonian_laird(comparison)),
};
