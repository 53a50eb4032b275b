//! Mandel's statistics: which laboratory lies apart (h), and which repeats worse than the others (k).

use super::{Law, mean, squares};

/// h and k of each laboratory.
#[derive(Clone, Debug, PartialEq)]
pub struct Consistency {
    /// h = (x̄_i − x̄)/s(x̄): the mean of a laboratory beside those of all.
    pub h: Vec<f64>,
    /// k = s_i/√(Σs²/p): the scatter within a laboratory beside that within all.
    pub k: Vec<f64>,
}

/// h and k of laboratories with as many replicates each; nothing of fewer than three laboratories or two replicates.
///
/// Reference: ISO 5725-2.
pub fn consistency(laboratories: &[&[f64]]) -> Option<Consistency> {
    let replicates = laboratories.first()?.len();
    if laboratories.len() < 3 || replicates < 2 || laboratories.iter().any(|values| values.len() != replicates) {
        return None;
    }
    let count = laboratories.len() as f64;
    let means: Vec<f64> = laboratories.iter().map(|values| mean(values)).collect();
    let (centre, spread) = (mean(&means), (squares(&means) / (count - 1.0)).sqrt());
    let within: Vec<f64> = laboratories.iter().map(|values| squares(values)).collect();
    let pooled = within.iter().sum::<f64>() / count;
    Some(Consistency {
        h: means.iter().map(|mean| (mean - centre) / spread).collect(),
        k: within.iter().map(|squares| (squares / pooled).sqrt()).collect(),
    })
}

/// The |h| that one of p laboratories exceeds by chance with the probability `significance`:
/// (p − 1) t/√(p (t² + p − 2)), t two-sided with p − 2 degrees of freedom.
pub fn critical_h(laboratories: usize, significance: f64) -> f64 {
    let count = laboratories as f64;
    let t = Law::Student { dof: count - 2.0 }.exceeded(0.5 * significance);
    (count - 1.0) * t / (count * (t * t + count - 2.0)).sqrt()
}

/// The k that one of p laboratories with n replicates exceeds by chance with the probability `significance`:
/// √(p F/(F + p − 1)), F one-sided with (n − 1, (p − 1)(n − 1)) degrees of freedom.
pub fn critical_k(laboratories: usize, replicates: usize, significance: f64) -> f64 {
    let (count, dof) = (laboratories as f64, (replicates - 1) as f64);
    let f = Law::Fisher { numerator: dof, denominator: (count - 1.0) * dof }.exceeded(significance);
    (count * f / (f + count - 1.0)).sqrt()
}
