//! The arithmetic mean: every laboratory alike, whatever it states.

use super::{Comparison, Consensus, Found, Reference, Settings, student};

/// x̄ with u = s/√n, and the interval of Student's t with n − 1 degrees of freedom.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "arithmetic-mean",
    title: "arithmetic mean, u from the scatter",
    reference: "JCGM 100:2008, 4.2",
    fewest: 2,
    correlated: false,
    reckon,
};

fn reckon(comparison: &Comparison, settings: &Settings) -> Reference {
    let (values, count) = (comparison.values(), comparison.len() as f64);
    let value = values[0] + values.iter().map(|x| x - values[0]).sum::<f64>() / count;
    let squares: f64 = values.iter().map(|x| (x - value).powi(2)).sum();
    let u = (squares / (count * (count - 1.0))).sqrt();
    let covariances = comparison.covariances_with(&vec![count.recip(); values.len()]);
    Found { value, u, interval: student(value, u, count - 1.0, settings), tau: 0.0, covariances }.of_all(comparison)
}
