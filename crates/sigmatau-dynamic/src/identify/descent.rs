//! Levenberg and Marquardt's way down to the greatest likelihood.

use super::IdentifyError;
use super::factored::Factored;
use super::start::starts;
use super::whitening::Problem;
use nalgebra::DVector;

/// The most steps from one start.
const STEPS: usize = 200;
/// A step that promises less than this share of χ² per degree of freedom is the last: it moves no parameter by more
/// than 1e-5 of its standard uncertainty.
const PROMISE: f64 = 1e-10;
/// Where no step goes down, the share of χ² that a step still promised if rounding was in its way.
const STALLED: f64 = 1e-9;
/// Damping to begin with, and beyond which no step goes down.
const FIRST_DAMPING: f64 = 1e-3;
const LAST_DAMPING: f64 = 1e12;
/// χ² per degree of freedom above which other starts are tried.
const DOUBTFUL: f64 = 2.0;

/// Where the way down ended.
pub(super) struct Solution {
    /// The parameters, then the values of the sources.
    pub(super) point: Vec<f64>,
    /// χ².
    pub(super) cost: f64,
    /// The derivatives there.
    pub(super) slopes: Factored,
    /// Whether the next step would not have moved a parameter.
    pub(super) converged: bool,
}

/// The least χ² that is found from any start. The first start is the last where its end explains the lines.
pub(super) fn solve(problem: &Problem<'_>) -> Result<Solution, IdentifyError> {
    let enough = |solution: &Solution| {
        problem.weighted && solution.converged && solution.cost <= DOUBTFUL * problem.dof() as f64
    };
    let mut best: Option<Solution> = None;
    for start in starts(problem) {
        let Some(end) = descend(problem, start) else { continue };
        if best.as_ref().is_none_or(|best| end.cost < best.cost) {
            best = Some(end);
        }
        if best.as_ref().is_some_and(enough) {
            break;
        }
    }
    best.ok_or(IdentifyError::NoStart { model: problem.structure.model().name, lines: problem.lines.len() })
}

fn descend(problem: &Problem<'_>, mut point: Vec<f64>) -> Option<Solution> {
    let (mut cost, mut damping) = (problem.cost(&point), FIRST_DAMPING);
    for _ in 0..STEPS {
        let (residuals, jacobian) = problem.system(&point);
        let slopes = Factored::new(jacobian)?;
        let reachable = slopes.reachable(&residuals);
        let promise = reachable.norm_squared();
        let converged = promise <= PROMISE * cost / problem.dof() as f64 + problem.rounding();
        let step = |damping: f64| slopes.damped(&reachable, damping);
        let next = (!converged).then(|| lower(problem, &point, cost, &mut damping, step)).flatten();
        let Some((lower, at)) = next else {
            return Some(Solution { point, cost, slopes, converged: converged || promise <= STALLED * cost });
        };
        (cost, point) = (lower, at);
    }
    let slopes = Factored::new(problem.system(&point).1)?;
    Some(Solution { point, cost, slopes, converged: false })
}

/// The next point with a smaller χ², and the damping that led there; nothing where no step goes down.
fn lower(
    problem: &Problem<'_>,
    point: &[f64],
    cost: f64,
    damping: &mut f64,
    step: impl Fn(f64) -> DVector<f64>,
) -> Option<(f64, Vec<f64>)> {
    while *damping < LAST_DAMPING {
        let moved: Vec<f64> = point.iter().zip(&step(*damping)).map(|(value, step)| value + step).collect();
        let reached = problem.cost(&moved);
        if reached < cost {
            *damping *= 0.1;
            return Some((reached, upright(problem, moved)));
        }
        *damping *= 10.0;
    }
    None
}

/// The same model by its usual parameters: a resonance at −f0 of damping −δ is one at f0 of damping δ.
fn upright(problem: &Problem<'_>, mut point: Vec<f64>) -> Vec<f64> {
    let count = problem.parameters();
    if let Some(usual) = problem.structure.usual(&point[..count]) {
        point.splice(..count, usual);
    }
    point
}
