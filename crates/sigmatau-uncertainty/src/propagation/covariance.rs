//! The covariance of two outputs, from their expansions about the estimates of the inputs.

use super::expansion::Expansion;
use super::{Inputs, Shape};
use nalgebra::{DMatrix, DVector};

/// What is known of the errors of the inputs: their covariances, and how far from normal they are.
pub(super) struct Errors {
    covariance: DMatrix<f64>,
    shapes: Vec<Shape>,
}

impl Errors {
    pub(super) fn of(inputs: &Inputs) -> Self {
        Self { covariance: inputs.covariance(), shapes: inputs.shapes() }
    }

    /// c_aᵀ Σ c_b, the law of propagation of uncertainty.
    pub(super) fn linear(&self, a: &Expansion, b: &Expansion) -> f64 {
        a.gradient.dot(&(&self.covariance * &b.gradient))
    }

    /// The covariance of the quadratic parts ½ δᵀHδ of the outputs:
    ///
    /// ½ tr(H_a Σ H_b Σ) + ¼ Σᵢ H_aᵢᵢ H_bᵢᵢ (μ₄ᵢ − 3uᵢ⁴).
    pub(super) fn quadratic(&self, a: &Expansion, b: &Expansion) -> f64 {
        let [left, right] = [a, b].map(|expansion| &expansion.curvature * &self.covariance);
        let normal = 0.5 * left.component_mul(&right.transpose()).sum();
        let excess = |i: usize| a.curvature[(i, i)] * b.curvature[(i, i)] * self.fourth(i);
        normal + 0.25 * self.inputs().map(excess).sum::<f64>()
    }

    /// The covariances of the linear part of each output with the quadratic and the cubic part of the other: those of
    /// [`Errors::lopsided`] either way.
    pub(super) fn mixed(&self, a: &Expansion, b: &Expansion) -> f64 {
        self.lopsided(a, b) + self.lopsided(b, a)
    }

    /// The covariance of the linear part of one output with the quadratic and the cubic part of another:
    ///
    /// ½ Σᵢ cᵢ Hᵢᵢ μ₃ᵢ + ½ cᵀ Σ ∇tr(HΣ) + ⅙ Σᵢ cᵢ ∂Hᵢᵢ/∂xᵢ (μ₄ᵢ − 3uᵢ⁴).
    fn lopsided(&self, linear: &Expansion, bent: &Expansion) -> f64 {
        let c = &linear.gradient;
        let skewed = |i: usize| 0.5 * c[i] * bent.curvature[(i, i)] * self.third(i);
        let excess = |i: usize| c[i] * bent.thirds[i][(i, i)] * self.fourth(i) / 6.0;
        let turns = bent.thirds.iter().map(|slope| slope.component_mul(&self.covariance).sum());
        let turns = DVector::from_iterator(c.len(), turns);
        0.5 * c.dot(&(&self.covariance * turns)) + self.inputs().map(|i| skewed(i) + excess(i)).sum::<f64>()
    }

    /// ½ tr(HΣ): by how much the expectation of an output differs from its value at the estimates.
    pub(super) fn shift(&self, output: &Expansion) -> f64 {
        0.5 * output.curvature.component_mul(&self.covariance).sum()
    }

    fn inputs(&self) -> std::ops::Range<usize> {
        0..self.shapes.len()
    }

    /// μ₃ of an input.
    fn third(&self, input: usize) -> f64 {
        self.shapes[input].skewness * self.covariance[(input, input)].powf(1.5)
    }

    /// μ₄ − 3u⁴ of an input.
    fn fourth(&self, input: usize) -> f64 {
        self.shapes[input].excess * self.covariance[(input, input)].powi(2)
    }
}
