//! Coverage regions of several outputs, by the distribution of the distance from their estimates.

use super::{Draws, MonteCarloError, Numerical, Outcome, Settings, Shape, run};
use crate::{Block, Evaluator, Function};
use nalgebra::{Cholesky, DMatrix, Dyn};
use sigmatau_core::Cancel;

/// The form of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// (η − y)ᵀ U⁻¹ (η − y) ≤ k², an ellipsoid around the estimates.
    Ellipsoid,
    /// |ηⱼ − yⱼ| ≤ k u(yⱼ) for every output, a cuboid.
    Cuboid,
}

/// The factor k of the region that holds the outputs with `settings.probability`; nothing where the outputs of
/// an ellipsoid depend on each other linearly.
///
/// The outputs are drawn again, as `settings` say, and k is the order statistic of their distances from the estimates of
/// `outcome` in units of its uncertainties.
///
/// Reference: JCGM 102:2011, coverage regions by Monte Carlo.
///
/// # Errors
/// As [`run`].
pub fn factor(
    region: Region,
    function: &dyn Function,
    draws: &Draws,
    settings: &Settings,
    outcome: &Outcome,
    cancel: &Cancel,
) -> Result<Option<Numerical>, MonteCarloError> {
    let Some(measure) = Measure::new(region, outcome) else { return Ok(None) };
    let distance = Distance { function, measure };
    let settings = Settings { shapes: vec![Shape::AtMost], ..settings.clone() };
    let found = run(&distance, draws, &settings, cancel)?;
    Ok(found.outputs[0].interval(Shape::AtMost).map(|interval| interval.high))
}

/// How far from the estimates a point is.
struct Measure {
    estimates: Vec<f64>,
    /// Rows of the inverse of the lower Cholesky factor of U, or of the diagonal of uncertainties.
    rows: DMatrix<f64>,
    region: Region,
}

impl Measure {
    fn new(region: Region, outcome: &Outcome) -> Option<Self> {
        let uncertainties = outcome.covariance.diagonal().map(f64::sqrt);
        let rows = match region {
            Region::Cuboid => DMatrix::from_diagonal(&uncertainties.map(|u| 1.0 / u)),
            Region::Ellipsoid => {
                let correlation = DMatrix::from_fn(uncertainties.len(), uncertainties.len(), |a, b| {
                    outcome.covariance[(a, b)] / (uncertainties[a] * uncertainties[b])
                });
                let factor: Cholesky<f64, Dyn> = Cholesky::new(correlation)?;
                factor.l().try_inverse()? * DMatrix::from_diagonal(&uncertainties.map(|u| 1.0 / u))
            }
        };
        let estimates = outcome.outputs.iter().map(|output| output.estimate.value).collect();
        Some(Self { estimates, rows, region })
    }
}

/// A function whose one output is the distance.
struct Distance<'a> {
    function: &'a dyn Function,
    measure: Measure,
}

struct DistanceEvaluator<'a> {
    evaluator: Box<dyn Evaluator + 'a>,
    measure: &'a Measure,
    outputs: Block,
    component: Vec<f64>,
}

impl Function for Distance<'_> {
    fn inputs(&self) -> usize {
        self.function.inputs()
    }

    fn outputs(&self) -> usize {
        1
    }

    fn evaluator(&self) -> Box<dyn Evaluator + '_> {
        let (evaluator, measure) = (self.function.evaluator(), &self.measure);
        Box::new(DistanceEvaluator { evaluator, measure, outputs: Block::default(), component: Vec::new() })
    }
}

impl Evaluator for DistanceEvaluator<'_> {
    fn values(&mut self, inputs: &Block, outputs: &mut Block) {
        self.evaluator.values(inputs, &mut self.outputs);
        outputs.reshape(1, inputs.points());
        let distances = outputs.column_mut(0);
        distances.fill(0.0);
        let Measure { estimates, rows, region } = self.measure;
        for row in 0..rows.nrows() {
            self.component.clear();
            self.component.resize(inputs.points(), 0.0);
            for (column, estimate) in estimates.iter().enumerate() {
                let weight = rows[(row, column)];
                let deviations = self.component.iter_mut().zip(self.outputs.column(column));
                deviations.for_each(|(sum, value)| *sum += weight * (value - estimate));
            }
            for (distance, component) in distances.iter_mut().zip(&self.component) {
                *distance = match region {
                    Region::Ellipsoid => *distance + component * component,
                    // A maximum that lets a component through that is not a number.
                    Region::Cuboid if component.abs() <= *distance => *distance,
                    Region::Cuboid => component.abs(),
                };
            }
        }
        if *region == Region::Ellipsoid {
            distances.iter_mut().for_each(|square| *square = square.sqrt());
        }
    }

    fn gradients(&mut self, _: &Block, _: &mut Block) {
        unreachable!("a run evaluates values alone")
    }

    fn curvatures(&mut self, _: &Block, _: &mut Block) {
        unreachable!("a run evaluates values alone")
    }
}
