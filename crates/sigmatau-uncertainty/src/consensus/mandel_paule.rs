//! The random-effects value of Mandel and Paule.

use super::{Consensus, between, random_effects};

/// Weights 1/(u² + τ²), τ² that makes χ² what is expected.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "mandel-paule",
    title: "random effects, τ² of Mandel and Paule",
    reference: "R. C. Paule, J. Mandel, Journal of Research of the NBS 87, 1982, 377",
    fewest: 2,
    correlated: false,
    reckon: |comparison, settings| random_effects(comparison, settings, between::mandel_paule(comparison)),
};
