//! Which of several models of one response to take.

use super::Identified;
use super::judge::chi_squared_beyond;

/// How a model stands among others that were fitted to the same lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// Akaike's criterion less that of the best model.
    pub excess: f64,
    /// The weight of the model, e^(−excess/2) over the sum of all.
    pub weight: f64,
}

/// How each of several models of the same lines stands by Akaike's criterion.
///
/// K. P. Burnham and D. R. Anderson, *Model Selection and Multimodel Inference*, 2nd edition, 2002.
pub fn ranks(models: &[Identified]) -> Vec<Rank> {
    let least = models.iter().map(|model| model.verdict.aic).fold(f64::INFINITY, f64::min);
    let weight = |model: &Identified| (-0.5 * (model.verdict.aic - least)).exp();
    let total: f64 = models.iter().map(weight).sum();
    models.iter().map(|model| Rank { excess: model.verdict.aic - least, weight: weight(model) / total }).collect()
}

/// The probability that a model with further parameters lowers χ² by as much when it needs none of them: the
/// likelihood ratio test of S. S. Wilks, 1938.
///
/// Where lines share errors, the gain is held against what the further parameters take up of χ² on average (A.
/// Rotnitzky and N. P. Jewell, Biometrika 77(3), 1990).
///
/// `simple` is a special case of `general`, both fitted to the same lines. Nothing where `general` has no more
/// parameters.
pub fn likelihood_ratio(simple: &Identified, general: &Identified) -> Option<f64> {
    let further =
        general.known.values().len().checked_sub(simple.known.values().len()).filter(|further| *further > 0)?;
    let gain = simple.verdict.chi_squared - general.verdict.chi_squared;
    let taken = (simple.verdict.dof - general.verdict.dof) / further as f64;
    Some(chi_squared_beyond(gain.max(0.0) / taken, further as f64))
}
