//! A quantity that a model takes.

use crate::Distribution;
use crate::distribution::DistributionError;
use sigmatau_core::Unit;

/// An input quantity of a model: its symbol, its best estimate, and what is known about it.
///
/// The values are in `unit`; a model reckons in coherent SI units and converts at its door.
#[derive(Clone, Debug)]
pub struct Input {
    /// The symbol in the model.
    pub symbol: String,
    /// The unit of the estimate and of the parameters of the distribution.
    pub unit: Unit,
    /// The best estimate: the expectation where there is one.
    pub estimate: f64,
    /// The distribution about the estimate.
    pub distribution: Distribution,
    /// The degrees of freedom ν of the standard uncertainty, infinite where it is known exactly.
    pub dof: f64,
}

/// Why an input was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The estimate is not a number.
    #[error("take the input `{symbol}`: its estimate {estimate} is not finite")]
    Estimate {
        /// The symbol.
        symbol: String,
        /// What was given.
        estimate: f64,
    },
    /// The degrees of freedom are out of range.
    #[error("take the input `{symbol}`: its degrees of freedom {dof} have to be above 0")]
    DegreesOfFreedom {
        /// The symbol.
        symbol: String,
        /// What was given.
        dof: f64,
    },
    /// The distribution is none.
    #[error("take the input `{symbol}`: failed to {source}")]
    Distribution {
        /// The symbol.
        symbol: String,
        /// What is wrong.
        source: DistributionError,
    },
}

impl Input {
    /// An input whose standard uncertainty has the degrees of freedom of its distribution.
    ///
    /// # Errors
    /// When the estimate is not finite or the distribution is none.
    pub fn new(symbol: &str, unit: Unit, estimate: f64, distribution: Distribution) -> Result<Self, InputError> {
        let symbol = symbol.to_owned();
        if !estimate.is_finite() {
            return Err(InputError::Estimate { symbol, estimate });
        }
        match distribution.checked() {
            Ok(distribution) => Ok(Self { dof: distribution.dof(), symbol, unit, estimate, distribution }),
            Err(source) => Err(InputError::Distribution { symbol, source }),
        }
    }

    /// The same input with ν degrees of freedom of its standard uncertainty.
    ///
    /// Of a type B evaluation, ν ≈ ½ (Δu/u)⁻² where Δu/u is how doubtful the uncertainty itself is.
    ///
    /// Reference: JCGM 100:2008, G.4.2.
    ///
    /// # Errors
    /// When ν is not above 0.
    pub fn with_dof(self, dof: f64) -> Result<Self, InputError> {
        match dof > 0.0 {
            true => Ok(Self { dof, ..self }),
            false => Err(InputError::DegreesOfFreedom { symbol: self.symbol, dof }),
        }
    }

    /// The standard uncertainty of the GUM, in the unit of the input.
    pub fn standard_uncertainty(&self) -> f64 {
        self.distribution.standard_uncertainty()
    }
}
