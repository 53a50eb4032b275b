//! Several quantities that were indicated together.

use super::mean;
use crate::Correlation;
use crate::correlation::CorrelationError;
use crate::propagation::{Inputs, PropagationError, Quantity};
use nalgebra::DMatrix;

/// The means of quantities that were observed together n times, and their covariances.
#[derive(Clone, Debug, PartialEq)]
pub struct Simultaneous {
    /// The number n of sets of observations.
    pub count: usize,
    /// The means.
    pub means: Vec<f64>,
    /// The covariance matrix of the means, Σₖ (xᵢₖ − x̄ᵢ)(xⱼₖ − x̄ⱼ) / (n(n − 1)).
    pub covariance: DMatrix<f64>,
    /// The degrees of freedom n − 1 that the standard uncertainties share.
    pub dof: f64,
}

impl Simultaneous {
    /// From the observations of each quantity. `None` where there are fewer than two, or not equally many of each.
    ///
    /// Reference: JCGM 100:2008, 5.2.3 and H.2.
    pub fn of(observations: &[&[f64]]) -> Option<Self> {
        let count = observations.first()?.len();
        if count < 2 || observations.iter().any(|quantity| quantity.len() != count) {
            return None;
        }
        let (n, means) = (count as f64, observations.iter().map(|quantity| mean(quantity)).collect::<Vec<_>>());
        let away = |i: usize| observations[i].iter().map(|value| value - means[i]).collect::<Vec<_>>();
        let away: Vec<Vec<f64>> = (0..means.len()).map(away).collect();
        let products = |i: usize, j: usize| away[i].iter().zip(&away[j]).map(|(a, b)| a * b).sum::<f64>();
        let covariance = DMatrix::from_fn(means.len(), means.len(), |i, j| products(i, j) / (n * (n - 1.0)));
        Some(Self { count, means, covariance, dof: n - 1.0 })
    }

    /// The standard uncertainties of the means.
    pub fn standard_uncertainties(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }

    /// The correlation coefficients of the means; 0 where one did not scatter.
    ///
    /// # Errors
    /// When an observation was not a number.
    pub fn correlation(&self) -> Result<Correlation, CorrelationError> {
        let (u, count) = (self.standard_uncertainties(), self.means.len());
        let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
        let shared = pairs.filter(|pair| self.covariance[*pair] != 0.0);
        let coefficient = |(i, j): (usize, usize)| (i, j, (self.covariance[(i, j)] / (u[i] * u[j])).clamp(-1.0, 1.0));
        Correlation::of_pairs(count, &shared.map(coefficient).collect::<Vec<_>>())
    }

    /// The means as inputs of a model: one ensemble.
    ///
    /// # Errors
    /// When an observation was not finite.
    ///
    /// # Panics
    /// When there are not as many symbols as quantities.
    pub fn inputs(&self, symbols: &[&str]) -> Result<Inputs, PropagationError> {
        assert_eq!(symbols.len(), self.means.len(), "each quantity has a symbol");
        let known = symbols.iter().zip(&self.means).zip(self.standard_uncertainties());
        let quantity =
            |((symbol, mean), u): ((&&str, &f64), f64)| Quantity::normal(symbol, *mean, u).with_dof(self.dof);
        let quantities: Vec<Quantity> = known.map(quantity).collect();
        let everything = (0..quantities.len()).collect();
        // A mean that is not finite is named by the inputs, before any coefficient of it is.
        let correlation = self.correlation().unwrap_or_else(|_| Correlation::none(quantities.len()));
        Inputs::new(quantities, correlation)?.with_ensembles(&[everything])
    }

    /// The covariance matrix of the multivariate t distribution that n sets of observations of N quantities lead to:
    /// that of the means, times (n − 1)/(n − N − 2). `None` where n ≤ N + 2, when that distribution has none.
    ///
    /// Reference: JCGM 102:2011, 5.3.2.
    pub fn student_covariance(&self) -> Option<DMatrix<f64>> {
        let (n, quantities) = (self.count as f64, self.means.len() as f64);
        let left = n - quantities - 2.0;
        (left > 0.0).then(|| &self.covariance * ((n - 1.0) / left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_sets_have_no_covariance_of_student() {
        let observed: [&[f64]; 2] = [&[1.0, 2.0, 4.0, 3.0], &[2.0, 1.0, 3.0, 5.0]];
        let four = Simultaneous::of(&observed).unwrap();
        assert_eq!(four.student_covariance(), None);
        assert_eq!(Simultaneous::of(&[&[1.0, 2.0], &[1.0]]), None);
        assert_eq!(Simultaneous::of(&[&[1.0], &[1.0]]), None);
    }

    #[test]
    fn what_did_not_scatter_correlates_with_nothing() {
        let still = Simultaneous::of(&[&[1.0, 2.0, 4.0], &[7.0, 7.0, 7.0]]).unwrap();
        assert!(still.correlation().unwrap().pairs().is_empty());
        let lost = Simultaneous::of(&[&[1.0, f64::NAN, 4.0], &[7.0, 7.5, 7.0]]).unwrap();
        assert!(lost.inputs(&["a", "b"]).unwrap_err().to_string().contains("`a`"));
    }
}
