//! Birge's adjustment: every stated uncertainty taken to be too small by the same factor.

use super::{Comparison, Consensus, Found, Reference, Settings, Weighted, student};

/// The weighted mean with u √(χ²/ν) where that is more than u, and the interval of Student's t. Whether all
/// laboratories err alike is nothing that the data can tell: look at the consistency first.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "birge",
    title: "weighted mean, u inflated by Birge's ratio where that is above 1",
    reference: "R. T. Birge, Physical Review 40, 1932, 207",
    fewest: 2,
    correlated: true,
    reckon,
};

fn reckon(comparison: &Comparison, settings: &Settings) -> Reference {
    let Weighted { value, u, chi_squared, weights } = Weighted::of_all(comparison);
    let dof = (comparison.len() - 1) as f64;
    let u = u * (chi_squared / dof).sqrt().max(1.0);
    let covariances = comparison.covariances_with(&weights);
    let found = Found { value, u, interval: student(value, u, dof, settings), tau: 0.0, covariances };
    found.of_members(chi_squared, vec![true; comparison.len()])
}
