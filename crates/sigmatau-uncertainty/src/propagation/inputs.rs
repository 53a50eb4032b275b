//! What is known of the inputs of a function together.

use super::{PropagationError, Shape};
use crate::{Correlation, Input};
use nalgebra::DMatrix;

/// An input in coherent SI units, as far as propagation sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The symbol in the model.
    pub symbol: String,
    /// The best estimate x.
    pub estimate: f64,
    /// The standard uncertainty u(x).
    pub standard_uncertainty: f64,
    /// The degrees of freedom ν of u(x), infinite where it is known exactly.
    pub dof: f64,
    /// How far its distribution is from normal.
    pub shape: Shape,
}

impl Quantity {
    /// A normal quantity whose standard uncertainty is known exactly.
    pub fn normal(symbol: &str, estimate: f64, standard_uncertainty: f64) -> Self {
        let (symbol, dof) = (symbol.to_owned(), f64::INFINITY);
        Self { symbol, estimate, standard_uncertainty, dof, shape: Shape::NORMAL }
    }

    /// The same quantity with ν degrees of freedom.
    #[must_use]
    pub fn with_dof(self, dof: f64) -> Self {
        Self { dof, ..self }
    }

    fn check(&self) -> Result<(), PropagationError> {
        let Self { symbol, estimate, standard_uncertainty, dof, .. } = self;
        let refuse = |what, value| Err(PropagationError::Quantity { symbol: symbol.clone(), what, value });
        match () {
            () if !estimate.is_finite() => refuse("estimate", *estimate),
            () if !standard_uncertainty.is_finite() || *standard_uncertainty < 0.0 => {
                refuse("standard uncertainty", *standard_uncertainty)
            }
            () if dof.is_nan() || *dof <= 0.0 => refuse("degrees of freedom", *dof),
            () => Ok(()),
        }
    }
}

/// Converted to the coherent SI unit.
impl From<&Input> for Quantity {
    fn from(input: &Input) -> Self {
        let conversion = input.unit.conversion(&input.unit.coherent()).expect("a unit converts to its coherent one");
        Self {
            symbol: input.symbol.clone(),
            estimate: conversion.apply(input.estimate),
            standard_uncertainty: conversion.apply_to_difference(input.standard_uncertainty()),
            dof: input.dof,
            shape: Shape::of(&input.distribution),
        }
    }
}

/// The inputs of a function: what is known of each, what they share, and which of them were estimated together.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    quantities: Vec<Quantity>,
    correlation: Correlation,
    components: Components,
}

impl Inputs {
    /// Inputs of which each was estimated by itself.
    ///
    /// # Errors
    /// When an estimate is not finite, an uncertainty is negative, degrees of freedom are not above 0, or the correlations
    /// are those of another number of inputs.
    pub fn new(quantities: Vec<Quantity>, correlation: Correlation) -> Result<Self, PropagationError> {
        let (found, wanted) = (correlation.inputs(), quantities.len());
        if found != wanted {
            return Err(PropagationError::Correlations { found, wanted });
        }
        quantities.iter().try_for_each(Quantity::check)?;
        let components = Components::separate(wanted);
        Ok(Self { quantities, correlation, components })
    }

    /// Inputs that share nothing.
    ///
    /// # Errors
    /// As [`Inputs::new`].
    pub fn independent(quantities: Vec<Quantity>) -> Result<Self, PropagationError> {
        let correlation = Correlation::none(quantities.len());
        Self::new(quantities, correlation)
    }

    /// The same inputs, of which some were estimated together: each ensemble is a list of places, from 0.
    ///
    /// Members of an ensemble come from the same sets of observations, and have the same degrees of freedom.
    ///
    /// # Errors
    /// When an input is in two ensembles or the members of one differ in their degrees of freedom.
    ///
    /// # Panics
    /// When a place is not that of an input.
    pub fn with_ensembles(self, ensembles: &[Vec<usize>]) -> Result<Self, PropagationError> {
        let components = Components::of_ensembles(self.quantities.len(), ensembles).map_err(|place| {
            let symbol = self.quantities[place].symbol.clone();
            PropagationError::TwoEnsembles { symbol }
        })?;
        let dof = |place: usize| self.quantities[place].dof;
        for (first, other) in ensembles.iter().flat_map(|members| members.iter().map(|member| (members[0], *member))) {
            if dof(first) != dof(other) {
                let symbols = [first, other].map(|place| self.quantities[place].symbol.clone());
                return Err(PropagationError::UnevenEnsemble { symbols, dofs: [first, other].map(dof) });
            }
        }
        Ok(Self { components, ..self })
    }

    /// What is known of each.
    pub fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    /// What they share.
    pub fn correlation(&self) -> &Correlation {
        &self.correlation
    }

    /// Which were estimated together.
    pub fn components(&self) -> &Components {
        &self.components
    }

    /// The covariance matrix uᵢ uⱼ rᵢⱼ.
    pub fn covariance(&self) -> DMatrix<f64> {
        let u = |place: usize| self.quantities[place].standard_uncertainty;
        self.correlation.matrix().map_with_location(|row, column, coefficient| u(row) * u(column) * coefficient)
    }

    /// The shapes, where those of correlated inputs are normal: more than their correlation is not known.
    pub(super) fn shapes(&self) -> Vec<Shape> {
        let pairs = self.correlation.pairs();
        let alone = |place: usize| pairs.iter().all(|(first, second, _)| *first != place && *second != place);
        let shape = |(place, quantity): (usize, &Quantity)| if alone(place) { quantity.shape } else { Shape::NORMAL };
        self.quantities.iter().enumerate().map(shape).collect()
    }
}

/// The inputs parted into components: each ensemble is one, and so is each input that is in none.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    of_input: Vec<usize>,
    members: Vec<Vec<usize>>,
}

impl Components {
    /// Every input by itself.
    pub fn separate(inputs: usize) -> Self {
        Self { of_input: (0..inputs).collect(), members: (0..inputs).map(|input| vec![input]).collect() }
    }

    /// Some inputs together.
    ///
    /// # Errors
    /// Names an input that is in two ensembles.
    ///
    /// # Panics
    /// When a place is not that of an input.
    pub fn of_ensembles(inputs: usize, ensembles: &[Vec<usize>]) -> Result<Self, usize> {
        let mut of_input = vec![None; inputs];
        let mut members = ensembles.to_vec();
        for (component, ensemble) in ensembles.iter().enumerate() {
            for &input in ensemble {
                if of_input[input].replace(component).is_some() {
                    return Err(input);
                }
            }
        }
        let of_input = of_input.into_iter().enumerate().map(|(input, component)| {
            component.unwrap_or_else(|| {
                members.push(vec![input]);
                members.len() - 1
            })
        });
        Ok(Self { of_input: of_input.collect(), members })
    }

    /// The members of each component.
    pub fn members(&self) -> &[Vec<usize>] {
        &self.members
    }

    /// Whether two inputs were estimated together.
    pub fn together(&self, first: usize, second: usize) -> bool {
        self.of_input[first] == self.of_input[second]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Distribution;
    use sigmatau_core::Unit;

    #[test]
    fn units_are_left_at_the_door() {
        let celsius = Unit::parse("degC").unwrap();
        let input = Input::new("t", celsius, 20.0, Distribution::Normal { standard_deviation: 0.2 }).unwrap();
        let quantity = Quantity::from(&input);
        assert_eq!((quantity.estimate, quantity.standard_uncertainty), (293.15, 0.2));
    }

    #[test]
    fn ensembles_part_the_inputs() {
        let components = Components::of_ensembles(4, &[vec![3, 1]]).unwrap();
        assert_eq!(components.members(), [vec![3, 1], vec![0], vec![2]]);
        assert!(components.together(1, 3) && !components.together(0, 2));
        assert_eq!(Components::of_ensembles(4, &[vec![3, 1], vec![1, 2]]), Err(1));
    }

    #[test]
    fn bad_quantities_are_named() {
        let of = |quantity: Quantity| Inputs::independent(vec![quantity]).unwrap_err().to_string();
        assert_eq!(of(Quantity::normal("V", 5.0, -1.0)), "take the input `V`: its standard uncertainty is -1");
        assert!(of(Quantity::normal("V", f64::NAN, 1.0)).contains("estimate"));
        assert!(of(Quantity::normal("V", 5.0, 1.0).with_dof(0.0)).contains("degrees of freedom"));
        let two = [3.0, 4.0].map(|dof| Quantity::normal("x", 1.0, 1.0).with_dof(dof)).to_vec();
        assert!(Inputs::independent(two).unwrap().with_ensembles(&[vec![0, 1]]).is_err());
    }
}
