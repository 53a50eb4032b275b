//! Effective degrees of freedom, and why there may be none.

use super::Components;
use crate::Correlation;

/// Why a result has no effective degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unjustified {
    /// Two inputs are correlated, not estimated together, and the uncertainty of one of them is not known exactly.
    #[error(
        "inputs {first} and {second} (from 0) are correlated without having been estimated together; \
         name the ensemble that they come from, or take their uncertainties as known exactly"
    )]
    Correlated {
        /// The place of one input, from 0.
        first: usize,
        /// The place of the other.
        second: usize,
    },
    /// No input contributes in the first order, so that there is nothing to weigh the degrees of freedom by.
    #[error("no input contributes in the first order, and some uncertainties are not known exactly")]
    Flat,
}

/// What is done about degrees of freedom that are not an integer, before a coverage factor is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DofRule {
    /// The next lower integer, which errs towards wide intervals.
    #[default]
    Truncate,
    /// Student's quantile at the fractional number itself.
    Fractional,
}

impl DofRule {
    /// The degrees of freedom that a factor is taken for.
    pub fn apply(self, dof: f64) -> f64 {
        match self {
            Self::Truncate => dof.floor(),
            Self::Fractional => dof,
        }
    }
}

/// The effective degrees of freedom of a sum of contributions, by the formula of Welch and Satterthwaite with each
/// ensemble of jointly estimated inputs as one component:
///
/// ν_eff = u_c⁴ / Σ_E u_E⁴/ν_E,
///
/// u_E² being the variance that the members of E contribute together. With every input by itself this is the formula of the
/// GUM. Infinite where every uncertainty that contributes is known exactly. `contributions` are the signed cᵢ uᵢ, `dofs` the νᵢ.
///
/// ```
/// use sigmatau_uncertainty::{Correlation, propagation::{Components, effective_dof}};
/// let nu = effective_dof(&[3.0, 4.0], &[9.0, 16.0], &Correlation::none(2), &Components::separate(2));
/// assert!((nu.unwrap() - 25.0).abs() < 1e-13);
/// ```
///
/// # Errors
/// When correlated inputs were not estimated together and ν of one of them is finite; when nothing contributes and an
/// uncertainty is not known exactly.
///
/// Reference: JCGM 100:2008, G.4.1; R. Willink, A generalization of the Welch–Satterthwaite formula for use with correlated
/// uncertainty components, Metrologia 44 (2007) 340–349.
pub fn effective_dof(
    contributions: &[f64],
    dofs: &[f64],
    correlation: &Correlation,
    components: &Components,
) -> Result<f64, Unjustified> {
    if dofs.iter().all(|dof| dof.is_infinite()) {
        return Ok(f64::INFINITY);
    }
    if contributions.iter().all(|contribution| *contribution == 0.0) {
        return Err(Unjustified::Flat);
    }
    let strange = |&(i, j, _): &(usize, usize, f64)| {
        let uncertain = dofs[i].is_finite() || dofs[j].is_finite();
        uncertain && !components.together(i, j) && contributions[i] * contributions[j] != 0.0
    };
    if let Some((first, second, _)) = correlation.pairs().into_iter().find(strange) {
        return Err(Unjustified::Correlated { first, second });
    }
    let everything: Vec<usize> = (0..contributions.len()).collect();
    let total = variance_of(&everything, contributions, correlation);
    let weights = components.members().iter().filter(|members| !members.is_empty()).map(|members| {
        let variance = variance_of(members, contributions, correlation);
        variance * variance / dofs[members[0]]
    });
    Ok(total * total / weights.sum::<f64>())
}

/// Σ rᵢⱼ bᵢ bⱼ over some inputs.
fn variance_of(members: &[usize], contributions: &[f64], correlation: &Correlation) -> f64 {
    let row = |i: usize| members.iter().map(|j| correlation.between(i, *j) * contributions[*j]).sum::<f64>();
    members.iter().map(|i| contributions[*i] * row(*i)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ensemble_has_the_degrees_of_freedom_of_its_members() {
        let correlation = Correlation::of_pairs(3, &[(0, 1, -0.4), (0, 2, 0.8), (1, 2, -0.6)]).unwrap();
        let together = Components::of_ensembles(3, &[vec![0, 1, 2]]).unwrap();
        let found = effective_dof(&[1.0, -2.0, 0.7], &[4.0; 3], &correlation, &together).unwrap();
        assert!((found - 4.0).abs() < 1e-13, "{found}");
    }

    #[test]
    fn correlation_across_components_is_no_case_of_the_formula_unless_uncertainties_are_exact() {
        let correlation = Correlation::of_pairs(2, &[(0, 1, 0.5)]).unwrap();
        let dof = |dofs| effective_dof(&[1.0, 2.0], dofs, &correlation, &Components::separate(2));
        assert_eq!(dof(&[5.0, f64::INFINITY]), Err(Unjustified::Correlated { first: 0, second: 1 }));
        assert_eq!(dof(&[f64::INFINITY; 2]), Ok(f64::INFINITY));
    }

    #[test]
    fn what_does_not_contribute_does_not_matter() {
        let correlation = Correlation::of_pairs(3, &[(0, 1, 0.5)]).unwrap();
        let dof = |b: &[f64]| effective_dof(b, &[5.0, 6.0, 7.0], &correlation, &Components::separate(3));
        assert_eq!(dof(&[1.0, 0.0, 0.0]), Ok(5.0));
        assert_eq!(dof(&[0.0, 0.0, 2.0]), Ok(7.0));
        assert_eq!(dof(&[0.0; 3]), Err(Unjustified::Flat));
    }
}
