//! Correlations that come from common causes.

use crate::Correlation;
use crate::correlation::CorrelationError;

/// Something on which several inputs depend: a standard, a temperature, a correction.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its standard uncertainty u(q).
    pub standard_uncertainty: f64,
    /// The places of the inputs that depend on it, from 0, each with ∂x/∂q.
    pub sensitivities: Vec<(usize, f64)>,
}

/// What inputs are when all that they share is known: their standard uncertainties and correlations.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// The standard uncertainty of each input, of its own and of what it shares.
    pub standard_uncertainties: Vec<f64>,
    /// The correlations, of what they share.
    pub correlation: Correlation,
}

impl Shared {
    /// Inputs with a standard uncertainty of their own each, and independent sources that they depend on:
    ///
    /// u(xᵢ, xⱼ) = Σ_l (∂xᵢ/∂q_l)(∂xⱼ/∂q_l) u²(q_l), and uᵢ² of its own where i = j.
    ///
    /// ```
    /// use sigmatau_uncertainty::propagation::{Shared, Source};
    /// // Two resistors, each calibrated against the same standard with a comparison of its own.
    /// let standard = Source { standard_uncertainty: 4e-3, sensitivities: vec![(0, 1.0), (1, 1.0)] };
    /// let resistors = Shared::new(&[3e-3, 3e-3], &[standard])?;
    /// assert!((resistors.standard_uncertainties[0] - 5e-3).abs() < 1e-17);
    /// assert!((resistors.correlation.between(0, 1) - 0.64).abs() < 1e-14);
    /// # Ok::<(), sigmatau_uncertainty::correlation::CorrelationError>(())
    /// ```
    ///
    /// Reference: JCGM 100:2008, F.1.2.3.
    ///
    /// # Errors
    /// When an uncertainty or sensitivity is not a number, so that no coefficient comes of it.
    ///
    /// # Panics
    /// When the place of an input is not below the number of inputs.
    pub fn new(own: &[f64], sources: &[Source]) -> Result<Self, CorrelationError> {
        let inputs = own.len();
        let mut covariance =
            nalgebra::DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(own).map(|u| u * u));
        for Source { standard_uncertainty, sensitivities } in sources {
            for (first, other) in
                sensitivities.iter().flat_map(|first| sensitivities.iter().map(move |other| (first, other)))
            {
                let products = (first.1 * standard_uncertainty) * (other.1 * standard_uncertainty);
                covariance[(first.0, other.0)] += products;
            }
        }
        let u = covariance.diagonal().map(f64::sqrt);
        let pairs = (0..inputs).flat_map(|first| (first + 1..inputs).map(move |second| (first, second)));
        let shared = pairs.filter(|pair| covariance[*pair] != 0.0);
        let coefficient = |(i, j): (usize, usize)| (i, j, (covariance[(i, j)] / (u[i] * u[j])).clamp(-1.0, 1.0));
        let pairs: Vec<(usize, usize, f64)> = shared.map(coefficient).collect();
        let correlation = Correlation::of_pairs(inputs, &pairs)?;
        Ok(Self { standard_uncertainties: u.as_slice().to_vec(), correlation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JCGM 100:2008, 5.2.2, example: ten resistors against one standard, with nothing of their own.
    #[test]
    fn what_has_nothing_of_its_own_is_fully_correlated() {
        let sensitivities = (0..10).map(|resistor| (resistor, 1.0)).collect();
        let resistors = Shared::new(&[0.0; 10], &[Source { standard_uncertainty: 0.1, sensitivities }]).unwrap();
        assert!(resistors.correlation.pairs().iter().all(|(_, _, coefficient)| (coefficient - 1.0).abs() < 1e-15));
        assert_eq!(resistors.correlation.pairs().len(), 45);
    }

    #[test]
    fn opposite_sensitivities_correlate_against_each_other() {
        let of = |second| Source { standard_uncertainty: 2.0, sensitivities: vec![(0, 1.0), (2, second)] };
        let opposed = Shared::new(&[0.0, 1.0, 0.0], &[of(-3.0)]).unwrap();
        assert_eq!(opposed.correlation.pairs(), [(0, 2, -1.0)]);
        assert_eq!(opposed.standard_uncertainties, [2.0, 1.0, 6.0]);
        assert!(Shared::new(&[0.0, 1.0, 0.0], &[of(f64::NAN)]).is_err());
    }
}
