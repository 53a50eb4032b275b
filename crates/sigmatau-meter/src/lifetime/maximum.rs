//! Where the likelihood of a law of lives is largest.

use super::{Early, Law, Life, Parameters, Weibull};
use crate::root::turn;
use nalgebra::DMatrix;

/// Shapes between which a Weibull distribution is sought.
const SHAPES: (f64, f64) = (0.05, 50.0);
/// The step of a difference quotient in parameters that are logarithms.
const STEP: f64 = 1e-4;
/// Newton steps after which a search is given up.
const STEPS: usize = 100;
/// A search ends where a step promises less than this of the log-likelihood.
const PROMISE: f64 = 1e-10;
/// The most that a parameter may change in one step.
const REACH: f64 = 1.0;

/// The most likely Weibull distribution: with λ = η^−β the score of λ gives λ = D/Σ n (u^β − f^β), and that of β
/// D/β + Σ_failed n ln u = λ Σ n (u^β ln u − f^β ln f), which falls in β. Nothing where no shape does.
pub(super) fn weibull(record: &[Life]) -> Option<Weibull> {
    let failed = || record.iter().filter(|life| life.failed);
    let failures: f64 = failed().map(|life| life.meters).sum();
    // Ages relative to the largest, so that no power overflows.
    let unit = record.iter().map(|life| life.until).fold(0.0, f64::max);
    let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
        record.iter().map(|life| life.meters * (of(life.until / unit) - of(life.from / unit))).sum()
    };
    let logarithms: f64 = failed().map(|life| life.meters * (life.until / unit).ln()).sum();
    let falls = |shape: f64| {
        let (all, weighted) = (sum(&|x| x.powf(shape)), sum(&|x| if x > 0.0 { x.powf(shape) * x.ln() } else { 0.0 }));
        failures / shape + logarithms <= failures * weighted / all
    };
    (!falls(SHAPES.0) && falls(SHAPES.1)).then(|| {
        let shape = turn(SHAPES.0, SHAPES.1, falls);
        Weibull { shape, scale: unit * (sum(&|x| x.powf(shape)) / failures).powf(shape.recip()) }
    })
}

/// Laws with early failures from which a search begins: all failures before some age early, the rest wear.
pub(super) fn starts(record: &[Life]) -> Vec<Law> {
    let oldest = record.iter().map(|life| life.until).fold(0.0, f64::max);
    let all: f64 = record.iter().map(|life| life.meters).sum();
    let start = |part: &f64| {
        let age = part * oldest;
        let before: Vec<&Life> = record.iter().filter(|life| life.failed && life.until < age).collect();
        let meters: f64 = before.iter().map(|life| life.meters).sum();
        let mean = before.iter().map(|life| life.meters * life.until).sum::<f64>() / meters;
        let later =
            record.iter().filter(|life| life.until > age).map(|life| Life { from: life.from.max(age), ..*life });
        let wear = weibull(&later.collect::<Vec<_>>())?;
        (meters > 0.0).then_some(Law { wear, early: Some(Early { share: meters / all, mean }) })
    };
    [0.1, 0.2, 0.35, 0.5].iter().filter_map(start).collect()
}

/// The top of the likelihood that Newton steps reach from a start, each damped until the likelihood rises; nothing where
/// they do not settle.
pub(super) fn newton(record: &[Life], start: Law) -> Option<Law> {
    let value = |parameters: &Parameters| Law::from_parameters(parameters).log_likelihood(record);
    let mut parameters = start.parameters();
    for _ in 0..STEPS {
        let slope = gradient(&parameters, value);
        let step = uphill(information(record, &Law::from_parameters(&parameters), &parameters), &slope)?;
        if slope.dot(&step) < PROMISE {
            return Some(Law::from_parameters(&parameters));
        }
        let here = value(&parameters);
        let damped = std::iter::successors(Some(step), |step| Some(0.5 * step)).take(30);
        parameters = damped.map(|step| &parameters + step).find(|next| value(next) > here)?;
    }
    None
}

/// The Newton step, the information raised by a multiple of 1 until it is positive definite, no component above
/// [`REACH`].
fn uphill(information: DMatrix<f64>, slope: &Parameters) -> Option<Parameters> {
    let scale = information.diagonal().amax().max(1.0);
    let raised = std::iter::once(0.0).chain((-6..4).map(|power| scale * 10_f64.powi(power)));
    let raise = |more: f64| &information + DMatrix::identity(slope.len(), slope.len()) * more;
    let step = raised.filter_map(|more| raise(more).cholesky()).map(|factor| factor.solve(slope)).next()?;
    let size = step.amax();
    Some(if size > REACH { step * (REACH / size) } else { step })
}

/// The observed information −∂² ln L/∂θ∂θ', by central differences.
pub(super) fn information(record: &[Life], law: &Law, parameters: &Parameters) -> DMatrix<f64> {
    let value = |parameters: &Parameters| Law::from_parameters(parameters).log_likelihood(record);
    let count = parameters.len();
    let here = law.log_likelihood(record);
    let at = |moves: &[(usize, f64)]| {
        let mut moved = parameters.clone();
        moves.iter().for_each(|(place, step)| moved[*place] += step * STEP);
        value(&moved)
    };
    DMatrix::from_fn(count, count, |i, j| match i == j {
        true => (2.0 * here - at(&[(i, 1.0)]) - at(&[(i, -1.0)])) / STEP.powi(2),
        false => {
            let [same, opposite] =
                [[1.0, 1.0], [1.0, -1.0]].map(|[a, b]| at(&[(i, a), (j, b)]) + at(&[(i, -a), (j, -b)]));
            (opposite - same) / (4.0 * STEP.powi(2))
        }
    })
}

/// The gradient of a function of parameters, by central differences.
pub(super) fn gradient(parameters: &Parameters, value: impl Fn(&Parameters) -> f64) -> Parameters {
    let moved = |place: usize, step: f64| {
        let mut moved = parameters.clone();
        moved[place] += step;
        value(&moved)
    };
    let slope = |place: usize, _: usize| (moved(place, STEP) - moved(place, -STEP)) / (2.0 * STEP);
    Parameters::from_fn(parameters.len(), slope)
}
