//! Whether a phase that is called radians can only be degrees.

use super::judge::{Expected, Verdict, explains};
use super::whitening::Problem;
use super::{Between, descent};
use crate::model::Structure;
use crate::response::{Line, Response};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::{PI, TAU};

/// How many times closer the lines lie to the model when their phases are read as degrees, for a finding to be made.
const CLOSER: f64 = 3.0;
/// The relative difference that phases in radians must leave: a model that misses a small effect in the phase misses
/// 57 times less of phases that are divided by 57, and that is no sign of degrees.
const GROSS: f64 = 0.05;

/// Tells whether phases that were read as radians only fit the model as degrees.
///
/// The model is fitted to |H| e^(jφ) with the phases φ as they are, and as φ π/180. A finding is made where the first
/// contradicts the covariance and lies more than 5 % off, and the second lies three times closer, in relative difference. `phases` is the
/// column as it was read, in which steps of 2π or 360 may be missing or not.
///
/// # Panics
/// When there are not as many phases as lines.
pub fn phase_in_degrees(response: &Response, phases: &[f64], structure: &Structure) -> Option<Finding> {
    assert_eq!(phases.len(), response.lines.len(), "there is a phase for each line");
    let as_radians = read_as(response, phases, 1.0);
    let problem = Problem::new(&as_radians, structure, Between::Neighbours).ok()?;
    let solution = descent::solve(&problem).ok()?;
    if explains(&problem, solution.cost, Expected::of(&problem, &solution)) {
        return None;
    }
    closer(response, phases, structure, distance(&problem, &problem.differences(&solution.point, &[])))
}

/// The same for a fit that was made, with the phases of its lines.
pub(super) fn suspected(
    problem: &Problem<'_>,
    response: &Response,
    between: Between<'_>,
    differences: &[Complex64],
    verdict: &Verdict,
) -> Option<Finding> {
    let doubtful = between == Between::Neighbours && verdict.inflation != 1.0;
    let closer = || closer(response, &unwrapped(response), problem.structure, distance(problem, differences));
    doubtful.then(closer).flatten()
}

fn closer(response: &Response, phases: &[f64], structure: &Structure, as_radians: f64) -> Option<Finding> {
    if as_radians < GROSS {
        return None;
    }
    let as_degrees = read_as(response, phases, PI / 180.0);
    let problem = Problem::new(&as_degrees, structure, Between::Neighbours).ok()?;
    let solution = descent::solve(&problem).ok()?;
    let left = distance(&problem, &problem.differences(&solution.point, &[]));
    (left * CLOSER < as_radians).then(|| {
        let model = structure.model().name;
        Finding::new(
            Severity::Warning,
            "phase-in-degrees",
            format!(
                "the lines lie {:.2} % off a {model} model with their phases in radians, {:.2} % with the same numbers in degrees",
                100.0 * as_radians,
                100.0 * left
            ),
            "a phase in degrees that is called radians turns every line by 57 times too much",
            "look up the unit of the phase column where it was made",
        )
    })
}

/// The response whose phases are these numbers times `unit`, with the covariance of its lines turned along.
fn read_as(response: &Response, phases: &[f64], unit: f64) -> Response {
    let line = |(line, phase): (&Line, &f64)| {
        let value = Complex64::from_polar(line.value.norm(), phase * unit);
        Line { value, covariance: line.covariance.times(value / line.value), ..*line }
    };
    let lines = response.lines.iter().zip(phases).map(line).collect();
    Response { lines, findings: Vec::new(), ..response.clone() }
}

/// The root mean square of |r/H|.
fn distance(problem: &Problem<'_>, differences: &[Complex64]) -> f64 {
    let squares = problem.lines.iter().zip(differences).map(|(line, r)| (r / line.value).norm_sqr());
    (squares.filter(|square| square.is_finite()).sum::<f64>() / problem.lines.len() as f64).sqrt()
}

/// The phases in the order of the lines, each within half a turn of the one before.
fn unwrapped(response: &Response) -> Vec<f64> {
    let step = |last: &mut f64, line: &Line| {
        let apart = if line.value.is_finite() { line.value.arg() - *last } else { 0.0 };
        *last += apart - TAU * (apart / TAU).round();
        Some(*last)
    };
    response.lines.iter().scan(0.0, step).collect()
}
