//! The law of propagation of uncertainty: from what is known of the inputs of a function to values, standard
//! uncertainties, degrees of freedom and budgets of its outputs, for one point or for columns of them.
//!
//! What lives here: [`propagate`], one measurement; [`Rows`], millions of them; what goes in, [`Inputs`] and, for rows,
//! [`Uncertainty`]; what comes from indications, [`type_a`], and from common causes, [`Shared`]; where several
//! quantities lie together, [`Region`].
//!
//! What never does: distributions that are drawn from, text of models, units beyond the door.

mod budget;
mod covariance;
mod dof;
mod expansion;
mod factors;
mod inputs;
mod region;
mod rows;
mod shape;
mod shared;
mod term;
pub mod type_a;

pub use budget::{Budget, Line};
pub use dof::{DofRule, Unjustified, effective_dof};
pub use factors::Factors;
pub use inputs::{Components, Inputs, Quantity};
pub use region::{Region, RegionError, ellipsoid_factor, rectangle_factor};
pub use rows::{Flags, OutputColumns, RowInput, RowResults, Rows, RowsError, Worker};
pub use shape::Shape;
pub use shared::{Shared, Source};
pub use term::{Given, HalfWidth, Meaning, Size, Term, Uncertainty};

use crate::Function;
use covariance::Errors;
use expansion::Expansion;
use nalgebra::DMatrix;
use sigmatau_core::estimate::EstimateError;
use sigmatau_core::{Coverage, Estimate, Unit};

/// How far a function is expanded about the estimates of its inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// u² = cᵀ Σ c.
    #[default]
    First,
    /// With every further term of up to the fourth power of the uncertainties, see [`propagate`].
    Second,
}

/// How uncertainties are propagated and stated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Which uncertainty is stated.
    pub order: Order,
    /// The coverage probability of expanded uncertainties, 0.95 unless told.
    pub probability: f64,
    /// What is done about fractional degrees of freedom.
    pub dof_rule: DofRule,
    /// The curvature ratio above which the second order is said to matter, 0.05 unless told: the quadratic part then adds
    /// 1/800 to the standard uncertainty, and the distribution begins to be skewed.
    pub curvature: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { order: Order::First, probability: 0.95, dof_rule: DofRule::Truncate, curvature: 0.05 }
    }
}

/// Why nothing was propagated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PropagationError {
    /// A quantity is none.
    #[error("take the input `{symbol}`: its {what} is {value}")]
    Quantity {
        /// The symbol.
        symbol: String,
        /// Which of its values is out of range.
        what: &'static str,
        /// That value.
        value: f64,
    },
    /// The correlations are those of other inputs.
    #[error("correlate {wanted} inputs: the matrix has {found} rows")]
    Correlations {
        /// The number of rows.
        found: usize,
        /// The number of inputs.
        wanted: usize,
    },
    /// An input is in two ensembles.
    #[error("part the inputs into ensembles: `{symbol}` is in two of them")]
    TwoEnsembles {
        /// The symbol.
        symbol: String,
    },
    /// The members of an ensemble can't come from the same observations.
    #[error(
        "take `{}` and `{}` as estimated together: they have {} and {} degrees of freedom, and the same observations \
         give the same",
        symbols[0], symbols[1], dofs[0], dofs[1]
    )]
    UnevenEnsemble {
        /// The symbols.
        symbols: [String; 2],
        /// Their degrees of freedom.
        dofs: [f64; 2],
    },
    /// The function is one of other inputs.
    #[error("propagate {found} inputs through a function of {wanted}")]
    Inputs {
        /// How many are given.
        found: usize,
        /// How many the function takes.
        wanted: usize,
    },
    /// A coverage probability is none.
    #[error("state an interval with the coverage probability {0}: it lies between 0 and 1")]
    Probability(f64),
    /// There is no value or no derivative at the estimates.
    #[error("evaluate output {output} (from 0) at the estimates: its {what} is {value}")]
    NotFinite {
        /// The output.
        output: usize,
        /// What is not finite.
        what: &'static str,
        /// What it is instead.
        value: f64,
    },
}

/// The outputs of a function, with what they share.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The outputs, in the order of the function.
    pub outputs: Vec<Output>,
    /// Their covariance matrix, of the order that was asked for.
    pub covariance: DMatrix<f64>,
}

/// One output of a function, in coherent SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The value y = f(x) at the estimates of the inputs.
    pub value: f64,
    /// The standard uncertainty of the order that was asked for.
    pub standard_uncertainty: f64,
    /// The standard uncertainty of the first order.
    pub first_order: f64,
    /// The standard uncertainty of the second order; `NaN` where the terms do not make a variance.
    pub second_order: f64,
    /// By how much the expectation differs from the value in the second order, ½ tr(HΣ). It is told, never added.
    pub shift: f64,
    /// The standard deviation of the quadratic part of the expansion over that of the linear part; infinite where the
    /// latter is 0 and the former is not.
    pub curvature_ratio: f64,
    /// Whether the curvature ratio exceeds its threshold: a propagation of distributions should then have the last word.
    pub curved: bool,
    /// The effective degrees of freedom, of the first order, or why there are none.
    pub dof: Result<f64, Unjustified>,
    /// The coverage factor and its probability; the factor is `NaN` where there are no degrees of freedom.
    pub coverage: Coverage,
    /// What each input contributes in the first order.
    pub budget: Budget,
}

impl Output {
    /// The expanded uncertainty U = k u.
    pub fn expanded_uncertainty(&self) -> f64 {
        self.coverage.factor * self.standard_uncertainty
    }

    /// The result as it is stated, rounded when printed.
    ///
    /// ```
    /// # use sigmatau_uncertainty::{Block, Evaluator, Function, propagation::*};
    /// # struct Sum;
    /// # impl Function for Sum {
    /// #     fn inputs(&self) -> usize { 2 }
    /// #     fn outputs(&self) -> usize { 1 }
    /// #     fn evaluator(&self) -> Box<dyn Evaluator + '_> { Box::new(Sum) }
    /// # }
    /// # impl Evaluator for Sum {
    /// #     fn values(&mut self, x: &Block, y: &mut Block) {
    /// #         y.reshape(1, x.points());
    /// #         for k in 0..x.points() { y.column_mut(0)[k] = x.column(0)[k] + x.column(1)[k]; }
    /// #     }
    /// #     fn gradients(&mut self, x: &Block, c: &mut Block) { c.reshape(2, x.points()); (0..2).for_each(|i| c.column_mut(i).fill(1.0)); }
    /// #     fn curvatures(&mut self, x: &Block, h: &mut Block) { h.reshape(4, x.points()); (0..4).for_each(|i| h.column_mut(i).fill(0.0)); }
    /// # }
    /// # let function = &Sum;
    /// use sigmatau_core::Unit;
    /// let inputs = Inputs::independent(vec![Quantity::normal("a", 10.0, 0.03), Quantity::normal("b", 2.0, 0.04)])?;
    /// let results = propagate(function, &inputs, &Settings::default())?;
    /// assert_eq!(results.outputs[0].estimate(Unit::parse("V")?)?.to_string(), "12.000(50) V");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the standard uncertainty is not finite.
    pub fn estimate(&self, unit: Unit) -> Result<Estimate, EstimateError> {
        let estimate = Estimate::new(self.value, self.standard_uncertainty, unit)?;
        let degrees_of_freedom = self.dof.unwrap_or(f64::NAN);
        Ok(Estimate { degrees_of_freedom, coverage: Some(self.coverage), ..estimate })
    }
}

impl Results {
    /// The correlation coefficient of two outputs; `NaN` where one is exact.
    pub fn correlation(&self, first: usize, second: usize) -> f64 {
        let variance = |output: usize| self.covariance[(output, output)];
        self.covariance[(first, second)] / (variance(first) * variance(second)).sqrt()
    }
}

/// Propagates what is known of the inputs through a function.
///
/// In the first order, the covariance of two outputs is c_aᵀ Σ c_b, with Σᵢⱼ = rᵢⱼ uᵢ uⱼ. The second order adds to it, of the
/// expansions to cubic terms about the estimates, everything that is of the third and fourth power of the uncertainties:
///
/// - ½ tr(H_a Σ H_b Σ), which for one output of independent inputs is the GUM's ½ Σᵢⱼ (∂²f/∂xᵢ∂xⱼ)² uᵢ² uⱼ²,
/// - ½ c_aᵀ Σ ∇tr(H_b Σ) and the same with a and b exchanged: the GUM's Σᵢⱼ ∂f/∂xᵢ ∂³f/∂xᵢ∂xⱼ² uᵢ² uⱼ²,
/// - of inputs that are not normal: ½ (cᵢ Hᵢᵢ) μ₃ᵢ for each output with the other, ¼ H_aᵢᵢ H_bᵢᵢ (μ₄ᵢ − 3uᵢ⁴), and
///   ⅙ cᵢ ∂³f/∂xᵢ³ (μ₄ᵢ − 3uᵢ⁴) either way, which the GUM leaves out.
///
/// Correlated inputs count as jointly normal. The value stays f(x); by how much its expectation is shifted is told beside it.
///
/// Time O(m n³ + n² evaluations of curvature), memory O(m n³), for m outputs and n inputs.
///
/// Reference: JCGM 100:2008, 5.1.2 with its note, 5.2.2; JCGM 102:2011, 6.2.
///
/// # Errors
/// When the function takes another number of inputs, the coverage probability is none, or an output or one of its
/// derivatives is not finite at the estimates.
pub fn propagate(function: &dyn Function, inputs: &Inputs, settings: &Settings) -> Result<Results, PropagationError> {
    let (found, wanted) = (inputs.quantities().len(), function.inputs());
    if found != wanted {
        return Err(PropagationError::Inputs { found, wanted });
    }
    if !(settings.probability > 0.0 && settings.probability < 1.0) {
        return Err(PropagationError::Probability(settings.probability));
    }
    let (errors, expansions) = (Errors::of(inputs), expansion::expand(function, inputs));
    expansions.iter().enumerate().try_for_each(|(output, expansion)| finite(output, expansion))?;
    let covariance = |a: usize, b: usize| covariance_of(settings.order, &errors, &expansions[a], &expansions[b]);
    let outputs = expansions.iter().map(|expansion| output(expansion, &errors, inputs, settings)).collect();
    Ok(Results { outputs, covariance: DMatrix::from_fn(expansions.len(), expansions.len(), covariance) })
}

fn finite(output: usize, expansion: &Expansion) -> Result<(), PropagationError> {
    let derivatives = expansion.gradient.iter().chain(expansion.curvature.iter()).copied();
    let strange = derivatives.fold(0.0, |strange: f64, value| if value.is_finite() { strange } else { value });
    match () {
        () if !expansion.value.is_finite() => {
            Err(PropagationError::NotFinite { output, what: "value", value: expansion.value })
        }
        () if !strange.is_finite() => Err(PropagationError::NotFinite { output, what: "derivative", value: strange }),
        () => Ok(()),
    }
}

fn covariance_of(order: Order, errors: &Errors, a: &Expansion, b: &Expansion) -> f64 {
    match order {
        Order::First => errors.linear(a, b),
        Order::Second => errors.linear(a, b) + errors.mixed(a, b) + errors.quadratic(a, b),
    }
}

fn output(expansion: &Expansion, errors: &Errors, inputs: &Inputs, settings: &Settings) -> Output {
    // Correlations make no variance negative, rounding may.
    let linear = errors.linear(expansion, expansion).max(0.0);
    let quadratic = errors.quadratic(expansion, expansion);
    let first_order = linear.sqrt();
    let second_order = (linear + errors.mixed(expansion, expansion) + quadratic).sqrt();
    let quadratic = quadratic.max(0.0).sqrt();
    let curvature_ratio = if quadratic == 0.0 { 0.0 } else { quadratic / first_order };
    let dof = dof_of(expansion, inputs);
    Output {
        value: expansion.value,
        standard_uncertainty: if settings.order == Order::First { first_order } else { second_order },
        first_order,
        second_order,
        shift: errors.shift(expansion),
        curvature_ratio,
        curved: curvature_ratio > settings.curvature,
        coverage: Coverage::of_interval(settings.probability, settings.dof_rule.apply(dof.unwrap_or(f64::NAN))),
        dof,
        budget: Budget::new(inputs, expansion.gradient.as_slice()),
    }
}

fn dof_of(expansion: &Expansion, inputs: &Inputs) -> Result<f64, Unjustified> {
    let quantities = inputs.quantities().iter();
    let (contributions, dofs): (Vec<f64>, Vec<f64>) = quantities
        .zip(expansion.gradient.iter())
        .map(|(quantity, c)| (c * quantity.standard_uncertainty, quantity.dof))
        .unzip();
    effective_dof(&contributions, &dofs, inputs.correlation(), inputs.components())
}
