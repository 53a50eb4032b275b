//! Models fitted to a measured response by maximum likelihood, and what the residuals say of them.
//!
//! The errors of the lines are Gaussian with the covariance that the response states, so that the likelihood is
//! largest where χ² = Σ rᵀC⁻¹r is least, with r the difference of Re H and Im H from the model. [`identify`] begins at
//! the solution of the linearised problem (`start`), goes down by Levenberg and Marquardt's method (`descent`) on
//! residuals of unit variance (`whitening`), and then judges the fit (`judge`).
//!
//! The unweighted fit of 1/H that is in use elsewhere loses most of what a resonance tells: 1/H is small there, and
//! its error large away from it.

use crate::covariance::Covariance;
use crate::effect::Effect;
use crate::model::{Known, Structure};
use crate::response::Response;
use rayon::prelude::*;
use sigmatau_core::Finding;
use sigmatau_spectrum::fft::Complex64;

mod compare;
mod degrees;
mod descent;
mod factored;
mod judge;
mod remarks;
mod start;
mod whitening;

pub use compare::{Rank, likelihood_ratio, ranks};
pub use degrees::phase_in_degrees;
pub use judge::{Largest, Verdict};

/// How the errors of different lines go together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Between<'a> {
    /// As the response says of its neighbouring lines ([`Response::sharing`]) and of a delay that all have in common
    /// ([`Response::common_delay`]), and not at all beyond.
    #[default]
    Neighbours,
    /// Besides that, the lines share these sources. Their values are found with the parameters, each as one
    /// more number of mean 0 and variance 1, which is the likelihood of the full covariance without its N² numbers.
    Sources(&'a [Effect]),
    /// This covariance, of Re H at every line followed by Im H at every line, in place of that of the lines.
    Whole(&'a Covariance),
}

/// A model that was fitted to a response.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// The model with its parameters and their covariance, which is [`Verdict::inflation`] times that of the stated
    /// errors alone.
    pub known: Known,
    /// The value of each source in its standard uncertainties, behind those that were given that of the common delay
    /// of the response; about 0 where the lines do not tell it.
    pub sources: Vec<f64>,
    /// The measured response less the model, sources included, at each line that was used.
    pub residuals: Vec<Residual>,
    /// What the residuals say.
    pub verdict: Verdict,
    /// What a reader should know.
    pub findings: Vec<Finding>,
}

/// What the model leaves of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The model at this frequency.
    pub fitted: Complex64,
    /// The measured value less the model.
    pub difference: Complex64,
    /// √(rᵀC⁻¹r) with the covariance of the line; `NaN` where a covariance of all lines stands in its place.
    pub normalised: f64,
}

/// Why no model could be fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifyError {
    /// There is less to be seen than is to be found.
    #[error(
        "fit the model `{model}`: {usable} usable numbers (two a line) do not determine {parameters} parameters; take more lines or lower orders"
    )]
    TooFew {
        /// The name of the model.
        model: &'static str,
        /// Numbers in lines that can be used.
        usable: usize,
        /// Parameters to be found.
        parameters: usize,
    },
    /// The covariance or a source belongs to another number of lines.
    #[error("fit a model to {lines} lines: `{what}` is for {given}")]
    Lines {
        /// Lines of the response.
        lines: usize,
        /// The source, or `covariance`.
        what: String,
        /// Its lines.
        given: usize,
    },
    /// No start was found from which the model has a finite response.
    #[error("fit the model `{model}`: it is finite nowhere near the {lines} lines; look at their values")]
    NoStart {
        /// The name of the model.
        model: &'static str,
        /// Lines of the response.
        lines: usize,
    },
}

/// Fits a model to a response.
///
/// The parameters are those of greatest likelihood, each line weighed by its own covariance. Their covariance is
/// J⁺ R J⁺ᵀ, with the derivatives J of the residuals of unit variance at the solution and the correlations R that
/// neighbouring lines share: (JᵀJ)⁻¹ where they share nothing. To weigh by R⁻¹ too would gain nothing for a model that
/// changes little from line to line, and would lean on what R hardly knows, the rapid changes. Where the covariance of a line is itself an estimate of ν degrees of freedom, its part is larger by
/// ν/(ν − 4), the cost of weights that are known no better. Where χ² is larger than the covariance can explain
/// (p < 0.01), the covariance is multiplied by χ² per degree of freedom, the square of the Birge ratio, and a finding
/// says so. Lines without covariance are left out, unless no line has one: then all count alike, and the scatter of
/// the residuals stands for their covariance.
///
/// Takes O(N P²) steps for N lines and P parameters a step, some ten steps; of a whole covariance O(N³) once.
///
/// ```
/// use sigmatau_dynamic::identify::{Between, identify};
/// use sigmatau_dynamic::model::{Model, Settings};
/// use sigmatau_dynamic::Bivariate;
/// let structure = Model::named("second-order")?.structure(&Settings::default())?;
/// let frequencies: Vec<f64> = (1..=50).map(|k| 100.0 * f64::from(k)).collect();
/// let mut response = structure.response(&[0.2, 0.03, 3500.0], &frequencies);
/// response.lines.iter_mut().for_each(|line| line.covariance = Bivariate::circular(1e-6));
/// let found = identify(&response, &structure, Between::Neighbours)?;
/// assert!((found.known.values()[2] - 3500.0).abs() < 1e-6 && found.verdict.stable);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When there are fewer usable numbers than parameters, a covariance is for another number of lines, or the model
/// has no finite response at the lines.
pub fn identify(response: &Response, structure: &Structure, between: Between<'_>) -> Result<Identified, IdentifyError> {
    let problem = whitening::Problem::new(response, structure, between)?;
    let solution = descent::solve(&problem)?;
    Ok(judge::judged(&problem, solution, response, between))
}

/// Fits a model to many responses, in parallel; each result is that of [`identify`].
pub fn identify_each(responses: &[Response], structure: &Structure) -> Vec<Result<Identified, IdentifyError>> {
    responses.par_iter().map(|response| identify(response, structure, Between::Neighbours)).collect()
}

#[cfg(test)]
mod tests;
