//! How the inputs of a measurement are drawn.

use super::Measurement;
use sigmatau_uncertainty::montecarlo::{Copula, DrawError, Draws};
use sigmatau_uncertainty::{Distribution, Input};

/// Why inputs can't be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotDrawn {
    /// Too few joint observations.
    #[error(
        "draw {quantities} inputs from {count} joint observations: their distribution takes more observations than inputs"
    )]
    Few {
        /// How many inputs.
        quantities: usize,
        /// How many observations of each.
        count: usize,
    },
    /// What the draws say.
    #[error(transparent)]
    Draws(#[from] DrawError),
}

impl Measurement {
    /// Draws of the inputs and sources.
    ///
    /// N inputs with n joint observations have the multivariate t distribution with n − N degrees of freedom, whose scale
    /// is √((n − 1)/(n − N)) times that of each by itself. Where other inputs are correlated, or inputs of several such
    /// ensembles, the extremes of each come as the Gaussian copula has them.
    ///
    /// Reference: JCGM 102:2011, 5.3.2.
    ///
    /// # Errors
    /// When there are not more joint observations than inputs; when the distributions can't be correlated as they are.
    pub fn draws(&self) -> Result<Draws, NotDrawn> {
        let mut inputs = self.inputs.clone();
        for (places, count) in &self.together {
            let quantities = places.len();
            let few = NotDrawn::Few { quantities, count: *count };
            let dof = count.checked_sub(quantities).filter(|dof| *dof > 0).ok_or(few)? as f64;
            let widening = ((*count as f64 - 1.0) / dof).sqrt();
            places.iter().for_each(|place| widen(&mut inputs[*place], widening, dof));
        }
        Ok(Draws::new(&inputs, self.knowledge.correlation(), self.copula())?)
    }

    fn copula(&self) -> Copula {
        let [(places, count)] = self.together.as_slice() else { return Copula::Gaussian };
        let pairs = self.knowledge.correlation().pairs();
        match pairs.iter().all(|(a, b, _)| places.contains(a) && places.contains(b)) {
            true => Copula::Student { dof: (count - places.len()) as f64 },
            false => Copula::Gaussian,
        }
    }
}

fn widen(input: &mut Input, widening: f64, dof: f64) {
    let scale = input.standard_uncertainty() * widening;
    input.distribution = Distribution::Student { scale, dof };
}
