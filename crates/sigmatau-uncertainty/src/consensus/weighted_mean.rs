//! The weighted mean: right where every laboratory states its uncertainty rightly.

use super::{Comparison, Consensus, Found, Reference, Settings, Weighted, normal};

/// Σ(x/u²)/Σ(1/u²) with u = 1/√Σ(1/u²), by generalised least squares where laboratories are correlated; the first step
/// of procedure A, whose second, the test of consistency, is χ² with its probability.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "weighted-mean",
    title: "weighted mean with the test of consistency, procedure A",
    reference: "M. G. Cox, Metrologia 39, 2002, 589",
    fewest: 1,
    correlated: true,
    reckon,
};

fn reckon(comparison: &Comparison, settings: &Settings) -> Reference {
    let Weighted { value, u, chi_squared, weights } = Weighted::of_all(comparison);
    let covariances = comparison.covariances_with(&weights);
    let found = Found { value, u, interval: normal(value, u, settings), tau: 0.0, covariances };
    found.of_members(chi_squared, vec![true; comparison.len()])
}
