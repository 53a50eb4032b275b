//! What each input contributes to the uncertainty of a result.

use super::Inputs;

/// The uncertainty budget of one output, the largest contribution first.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// A line for each input.
    pub lines: Vec<Line>,
}

/// What one input contributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The place of the input in the model, from 0.
    pub input: usize,
    /// Its symbol.
    pub symbol: String,
    /// Its estimate x, in SI units.
    pub estimate: f64,
    /// Its standard uncertainty u(x).
    pub standard_uncertainty: f64,
    /// The degrees of freedom of u(x).
    pub dof: f64,
    /// The sensitivity coefficient c = ∂f/∂x.
    pub sensitivity: f64,
    /// |c| u(x), in the unit of the output.
    pub contribution: f64,
    /// Its share of the variance, cᵢuᵢ Σⱼ rᵢⱼcⱼuⱼ / Σᵢⱼ rᵢⱼcᵢuᵢcⱼuⱼ: half of what a pair of inputs shares is put to the
    /// account of each. The shares sum to 1; a share below 0 says that a correlation takes off more than the input adds.
    /// `NaN` where the variance is 0.
    pub share: f64,
}

impl Budget {
    /// Of an output with the sensitivity coefficients `gradient`.
    ///
    /// Reference: JCGM 100:2008, 5.1.3 and 5.2.2.
    pub(super) fn new(inputs: &Inputs, gradient: &[f64]) -> Self {
        let signed: Vec<f64> =
            gradient.iter().zip(inputs.quantities()).map(|(c, quantity)| c * quantity.standard_uncertainty).collect();
        let shared = |i: usize| (0..signed.len()).map(|j| inputs.correlation().between(i, j) * signed[j]).sum::<f64>();
        let parts: Vec<f64> = (0..signed.len()).map(|i| signed[i] * shared(i)).collect();
        let variance: f64 = parts.iter().sum();
        let line = |(input, quantity): (usize, &super::Quantity)| Line {
            input,
            symbol: quantity.symbol.clone(),
            estimate: quantity.estimate,
            standard_uncertainty: quantity.standard_uncertainty,
            dof: quantity.dof,
            sensitivity: gradient[input],
            contribution: signed[input].abs(),
            share: parts[input] / variance,
        };
        let mut lines: Vec<Line> = inputs.quantities().iter().enumerate().map(line).collect();
        lines.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        Self { lines }
    }
}
