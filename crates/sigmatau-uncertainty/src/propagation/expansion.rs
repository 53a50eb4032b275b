//! A function about the estimates of its inputs: values, first, second and third derivatives.

use super::Inputs;
use crate::{Block, Function};
use nalgebra::{DMatrix, DVector};

/// The step of a difference, over the standard uncertainty: a power of two, so that it is exact.
const STEP: f64 = 1.0 / 64.0;
/// The places of a central difference of the fourth order, in steps.
const PLACES: [f64; 4] = [-2.0, -1.0, 1.0, 2.0];
/// Its weights, which are divided by the step.
const WEIGHTS: [f64; 4] = [1.0 / 12.0, -8.0 / 12.0, 8.0 / 12.0, -1.0 / 12.0];

/// The expansion of one output.
pub(super) struct Expansion {
    pub(super) value: f64,
    /// ∂f/∂xᵢ.
    pub(super) gradient: DVector<f64>,
    /// ∂²f/∂xᵢ∂xⱼ.
    pub(super) curvature: DMatrix<f64>,
    /// ∂/∂xₖ of the curvature, for each k.
    pub(super) thirds: Vec<DMatrix<f64>>,
}

/// The expansions of the outputs.
///
/// Values, gradients and curvatures are exact. Third derivatives are central differences of exact curvatures with a step
/// that is a small part of the uncertainty, wrong by about 10⁻⁹ of themselves where the third-order terms are small
/// beside the second, and else by less than rounding is worth in the first order; 0 along an input that is exact.
pub(super) fn expand(function: &dyn Function, inputs: &Inputs) -> Vec<Expansion> {
    let mut evaluator = function.evaluator();
    let estimates: Vec<f64> = inputs.quantities().iter().map(|quantity| quantity.estimate).collect();
    let (point, n) = (Block::of_point(&estimates), estimates.len());
    let [mut values, mut gradients, mut curvatures] = [Block::default(), Block::default(), Block::default()];
    evaluator.values(&point, &mut values);
    evaluator.gradients(&point, &mut gradients);
    evaluator.curvatures(&point, &mut curvatures);
    let first = |output: usize| DVector::from_fn(n, |i, _| gradients.column(output * n + i)[0]);
    let second = |output: usize| DMatrix::from_fn(n, n, |i, j| curvatures.column((output * n + i) * n + j)[0]);
    let expansion = |output: usize| Expansion {
        value: values.column(output)[0],
        gradient: first(output),
        curvature: second(output),
        thirds: Vec::with_capacity(n),
    };
    let mut expansions: Vec<Expansion> = (0..function.outputs()).map(expansion).collect();
    for (direction, quantity) in inputs.quantities().iter().enumerate() {
        let step = (quantity.estimate + STEP * quantity.standard_uncertainty) - quantity.estimate;
        evaluator.curvatures(&line_through(&estimates, direction, step), &mut curvatures);
        for (output, expansion) in expansions.iter_mut().enumerate() {
            let slope = |i: usize, j: usize| slope(curvatures.column((output * n + i) * n + j), step);
            expansion.thirds.push(DMatrix::from_fn(n, n, slope));
        }
    }
    expansions
}

/// Points about the estimates along one input.
fn line_through(estimates: &[f64], direction: usize, step: f64) -> Block {
    let mut block = Block::new(estimates.len(), PLACES.len());
    for (input, estimate) in estimates.iter().enumerate() {
        let step = if input == direction { step } else { 0.0 };
        block.column_mut(input).iter_mut().zip(PLACES).for_each(|(x, place)| *x = estimate + place * step);
    }
    block
}

fn slope(values: &[f64], step: f64) -> f64 {
    let difference: f64 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    if step == 0.0 { 0.0 } else { difference / step }
}
