//! The table of models: formulas that the frequency response of a sensor follows.
//!
//! Every model is a fraction of two polynomials, in s = jω or in z⁻¹ = e^(−jω/rate), and may be late by a delay τ:
//! H = e^(−jωτ) N/D. An entry of the folder `model/` says how its parameters make the coefficients, and the other way
//! round; values, derivatives and poles follow from that for all alike. [`Structure`] is a model of definite orders,
//! [`Known`] one whose parameters have values and a covariance. To fit one to a measured response is the work of
//! [`crate::identify`].

use crate::response::Response;
use nalgebra::DMatrix;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_spectrum::fft::Complex64;

mod continuous;
mod discrete;
mod first_order;
mod fraction;
mod known;
mod roots;
mod second_order;

pub use fraction::Evaluated;
use fraction::Fraction;
pub(crate) use fraction::horner;
pub use known::Known;

/// Every model.
pub static MODELS: &[&Model] = &[&first_order::MODEL, &second_order::MODEL, &continuous::MODEL, &discrete::MODEL];

/// A formula for the response of a sensor.
pub struct Model {
    /// The word for it.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub title: &'static str,
    /// The response without delay.
    pub formula: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The names of those [`Settings`] that it needs; every model takes `delay`.
    pub settings: &'static [&'static str],
    /// The orders of numerator and denominator.
    orders: fn(&Settings) -> Orders,
    /// The parameters, without the delay.
    parameters: fn(Orders) -> Vec<Parameter>,
    /// The fraction that parameters make.
    fraction: fn(&[f64], Orders) -> Fraction,
    /// The parameters that make a fraction whose denominator begins with 1; nothing where none do.
    inverse: fn(&[f64], &[f64]) -> Option<Vec<f64>>,
}

/// What makes a model definite. Each uses what [`Model::settings`] names, and the delay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings {
    /// The order of the numerator.
    pub numerator: usize,
    /// The order of the denominator.
    pub denominator: usize,
    /// The sampling rate in Hz.
    pub rate: Option<f64>,
    /// Whether the response may be late, by a parameter `delay` in s.
    pub delay: bool,
}

/// The orders of two polynomials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Orders {
    numerator: usize,
    denominator: usize,
}

/// What can be said of a parameter before it has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What it is called in tables.
    pub name: String,
    /// Its unit, where `H` stands for that of the response.
    pub unit: String,
}

impl Parameter {
    fn new(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), unit: unit.into() }
    }
}

/// What the polynomials are polynomials of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Variable {
    /// s = jω.
    S,
    /// z⁻¹ = e^(−jω/rate), with the rate in Hz.
    Z(f64),
}

impl Variable {
    /// Its value at a frequency in Hz.
    pub fn at(self, frequency: f64) -> Complex64 {
        let omega = std::f64::consts::TAU * frequency;
        match self {
            Self::S => Complex64::new(0.0, omega),
            Self::Z(rate) => Complex64::cis(-omega / rate),
        }
    }
}

/// Why a model was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// There is no model of this name.
    #[error("find the model `{name}`: there is none of this name{}", did_you_mean(name, &MODELS.iter().map(|model| model.name).collect::<Vec<_>>()))]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// A discrete model was given no sampling rate, or one that is none.
    #[error("make a model `discrete`: it needs the sampling rate as a positive number of hertz, not {0:?}")]
    Rate(Option<f64>),
    /// The number of values is not that of the parameters.
    #[error(
        "give a model `{model}` its parameters: it has {wanted} of them, and {given} values were given with a covariance of {rows} × {columns}"
    )]
    Count {
        /// The name of the model.
        model: &'static str,
        /// How many parameters it has.
        wanted: usize,
        /// How many values were given.
        given: usize,
        /// Rows of the covariance that was given.
        rows: usize,
        /// Columns of the covariance that was given.
        columns: usize,
    },
    /// A fraction cannot be divided so that its denominator begins with 1.
    #[error(
        "make a rational model: the constant term of the denominator is {0}, and it must be a finite number other than 0"
    )]
    Constant(f64),
}

/// A model of definite orders.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    model: &'static Model,
    orders: Orders,
    variable: Variable,
    delay: bool,
}

impl Model {
    /// The model of this name.
    ///
    /// # Errors
    /// When there is none; the message names the nearest.
    pub fn named(name: &str) -> Result<&'static Self, ModelError> {
        let unknown = || ModelError::Unknown { name: name.to_owned() };
        MODELS.iter().copied().find(|model| model.name == name).ok_or_else(unknown)
    }

    /// The model with the orders, the sampling rate and the delay that the settings state.
    ///
    /// ```
    /// use sigmatau_dynamic::model::{Model, Settings};
    /// let structure = Model::named("second-order")?.structure(&Settings { delay: true, ..Settings::default() })?;
    /// let names: Vec<String> = structure.parameters().into_iter().map(|parameter| parameter.name).collect();
    /// assert_eq!(names, ["s0", "damping", "f0", "delay"]);
    /// # Ok::<(), sigmatau_dynamic::model::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// When a model that needs a sampling rate is given none that is positive.
    pub fn structure(&'static self, settings: &Settings) -> Result<Structure, ModelError> {
        let variable = match settings.rate {
            _ if !self.settings.contains(&"rate") => Variable::S,
            Some(rate) if rate > 0.0 && rate.is_finite() => Variable::Z(rate),
            rate => return Err(ModelError::Rate(rate)),
        };
        Ok(Structure { model: self, orders: (self.orders)(settings), variable, delay: settings.delay })
    }
}

impl Structure {
    /// The model.
    pub fn model(&self) -> &'static Model {
        self.model
    }

    /// What its polynomials are polynomials of.
    pub fn variable(&self) -> Variable {
        self.variable
    }

    /// The parameters in the order in which their values are given, the delay last.
    pub fn parameters(&self) -> Vec<Parameter> {
        let delay = self.delay.then(|| Parameter::new("delay", "s"));
        (self.model.parameters)(self.orders).into_iter().chain(delay).collect()
    }

    /// The model at these values of its parameters.
    ///
    /// ```
    /// use sigmatau_dynamic::model::{Model, Settings};
    /// let structure = Model::named("second-order")?.structure(&Settings::default())?;
    /// let resonance = structure.at(&[2.0, 0.1, 1000.0]).value(1000.0); // S0/(2jδ)
    /// assert!(resonance.re.abs() < 1e-14 && (resonance.im + 10.0).abs() < 1e-14);
    /// # Ok::<(), sigmatau_dynamic::model::ModelError>(())
    /// ```
    ///
    /// # Panics
    /// When there are not as many values as [`Structure::parameters`].
    pub fn at(&self, values: &[f64]) -> Evaluated {
        let own = values.len() - usize::from(self.delay);
        assert_eq!(own, (self.model.parameters)(self.orders).len(), "one value for each parameter");
        let delay = self.delay.then(|| values[own]);
        Evaluated::new((self.model.fraction)(&values[..own], self.orders), self.variable, delay)
    }

    /// The model with values of its parameters and their covariance, both in the order of
    /// [`Structure::parameters`], and the degrees of freedom of the covariance.
    ///
    /// # Errors
    /// When the sizes do not agree.
    pub fn known(&self, values: Vec<f64>, covariance: DMatrix<f64>, dof: f64) -> Result<Known, ModelError> {
        let (model, wanted, given) = (self.model.name, self.parameters().len(), values.len());
        let (rows, columns) = covariance.shape();
        if [given, rows, columns].iter().any(|size| *size != wanted) {
            return Err(ModelError::Count { model, wanted, given, rows, columns });
        }
        Ok(Known { structure: self.clone(), values, covariance, dof })
    }

    /// The response without uncertainty at frequencies in Hz, for simulations and plans.
    pub fn response(&self, values: &[f64], frequencies: &[f64]) -> Response {
        let count = self.parameters().len();
        let known = self.known(values.to_vec(), DMatrix::zeros(count, count), f64::INFINITY);
        known.expect("the sizes are those of the structure").response(frequencies)
    }

    /// The usual values of the parameters among those of the same response.
    pub(crate) fn usual(&self, values: &[f64]) -> Option<Vec<f64>> {
        let own = values.len() - usize::from(self.delay);
        let Fraction { numerator, denominator, .. } = (self.model.fraction)(&values[..own], self.orders);
        self.values_of(&numerator, &denominator, values.last().copied().unwrap_or(0.0))
    }

    /// The orders of numerator and denominator.
    pub(crate) fn orders(&self) -> (usize, usize) {
        (self.orders.numerator, self.orders.denominator)
    }

    /// Whether the delay is a parameter.
    pub(crate) fn delayed(&self) -> bool {
        self.delay
    }

    /// The parameters of a fraction whose denominator begins with 1, that is late by `delay`.
    pub(crate) fn values_of(&self, numerator: &[f64], denominator: &[f64], delay: f64) -> Option<Vec<f64>> {
        let own = (self.model.inverse)(numerator, denominator)?;
        Some(own.into_iter().chain(self.delay.then_some(delay)).collect())
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Model").field(&self.name).finish()
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

#[cfg(test)]
mod tests;
