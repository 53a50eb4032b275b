//! Values to begin with, from the problem made linear.
//!
//! N(x) − H·D(x) is linear in the coefficients (E. C. Levy, "Complex-curve fitting", IRE Transactions on Automatic
//! Control AC-4, 1959); over the D of the step before it is the residual of the model itself (C. K. Sanathanan and
//! J. Koerner, "Transfer function synthesis as a ratio of two complex polynomials", ibid. AC-8, 1963).

use super::factored::Factored;
use super::whitening::Problem;
use crate::model::{Variable, horner};
use crate::response::Line;
use nalgebra::DMatrix;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

/// Linear steps from D = 1.
const STEPS: usize = 8;
/// Linear steps for each delay that is tried, and such delays on either side of that of the phase.
const DELAY_STEPS: usize = 2;
const DELAYS: i32 = 8;
/// Where the poles of a model without any other start are, in units of the highest frequency.
const CORNERS: [f64; 3] = [0.3, 1.0, 3.0];

/// Points to begin with, the most promising first; those at which the model is not finite are left out.
pub(super) fn starts(problem: &Problem<'_>) -> Vec<Vec<f64>> {
    let delay = if problem.structure.delayed() { likely_delay(problem) } else { 0.0 };
    let linear = linearised(problem, delay, STEPS);
    let plain = CORNERS.iter().filter_map(|corner| plain(problem, *corner, delay));
    let sources = problem.unknowns() - problem.parameters();
    let whole = |values: Vec<f64>| values.into_iter().chain(std::iter::repeat_n(0.0, sources)).collect();
    let points = linear.into_iter().chain(plain).map(whole);
    let mut rated: Vec<(f64, Vec<f64>)> = points.map(|point: Vec<f64>| (problem.cost(&point), point)).collect();
    rated.retain(|(cost, _)| cost.is_finite());
    rated.sort_by(|a, b| a.0.total_cmp(&b.0));
    rated.into_iter().map(|(_, point)| point).collect()
}

/// The parameters after each linear step.
fn linearised(problem: &Problem<'_>, delay: f64, steps: usize) -> Vec<Vec<f64>> {
    let points: Vec<Complex64> = problem.lines.iter().map(|line| scaled(problem, line.frequency)).collect();
    let mut below = vec![Complex64::ONE; points.len()];
    let mut found = Vec::new();
    for _ in 0..steps {
        let Some((numerator, denominator)) = linear_step(problem, &points, &below, delay) else { break };
        below = points.iter().map(|x| horner(&denominator, *x)).collect();
        found.extend(in_units(problem, &numerator, &denominator, delay));
    }
    found
}

/// The coefficients of N and D, in the scaled variable, that make (N e^(−jωτ) − H D)/`below` least.
fn linear_step(
    problem: &Problem<'_>,
    points: &[Complex64],
    below: &[Complex64],
    delay: f64,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let (top, bottom) = problem.structure.orders();
    let each = |of: &dyn Fn(usize, &Line) -> Complex64| -> Vec<Complex64> {
        problem.lines.iter().enumerate().map(|(place, line)| of(place, line) / below[place]).collect()
    };
    let late = |line: &Line| Complex64::cis(-TAU * line.frequency * delay);
    let above = (0..=top).map(|k| each(&|place, line| late(line) * points[place].powu(k as u32)));
    let beside = (1..=bottom).map(|k| each(&|place, line| -line.value * points[place].powu(k as u32)));
    let columns: Vec<_> = above.chain(beside).map(|column| problem.white(&column)).collect();
    let factored = Factored::new(DMatrix::from_columns(&columns))?;
    let right = factored.reachable(&problem.white(&each(&|_, line| line.value)));
    let coefficients = factored.damped(&right, 0.0);
    let (numerator, rest) = coefficients.as_slice().split_at(top + 1);
    Some((numerator.to_vec(), std::iter::once(1.0).chain(rest.iter().copied()).collect()))
}

/// A model at rest up to its poles, all at one frequency: D = (1 + s/ω)^n, of discrete models D = 1; N is the mean
/// response.
fn plain(problem: &Problem<'_>, corner: f64, delay: f64) -> Option<Vec<f64>> {
    let (top, bottom) = problem.structure.orders();
    let mean = problem.lines.iter().map(|line| line.value.re).sum::<f64>() / problem.lines.len() as f64;
    let numerator: Vec<f64> = (0..=top).map(|k| if k == 0 { mean } else { 0.0 }).collect();
    let times = |row: Vec<f64>| -> Vec<f64> {
        (0..=bottom).map(|k| row[k] + if k == 0 { 0.0 } else { row[k - 1] / corner }).collect()
    };
    let one: Vec<f64> = (0..=bottom).map(|k| if k == 0 { 1.0 } else { 0.0 }).collect();
    let denominator = match problem.structure.variable() {
        Variable::S => (0..bottom).fold(one, |row, _| times(row)),
        Variable::Z(_) => one,
    };
    in_units(problem, &numerator, &denominator, delay)
}

/// The delay whose linearised fit leaves least, near that of the phase.
fn likely_delay(problem: &Problem<'_>) -> f64 {
    let highest = highest(problem);
    let near = phase_delay(&problem.lines);
    let tried = (-DELAYS..=DELAYS).map(|k| near + f64::from(k) / (4.0 * highest)).chain([0.0]);
    let sources = vec![0.0; problem.unknowns() - problem.parameters()];
    let left = |delay: f64| {
        let costs = linearised(problem, delay, DELAY_STEPS)
            .into_iter()
            .map(|values| problem.cost(&[values, sources.clone()].concat()));
        costs.filter(|cost| cost.is_finite()).fold(f64::INFINITY, f64::min)
    };
    tried.map(|delay| (left(delay), delay)).min_by(|a, b| a.0.total_cmp(&b.0)).map_or(near, |(_, delay)| delay)
}

/// The median of −Δφ/Δω between neighbours.
fn phase_delay(lines: &[Line]) -> f64 {
    let slope = |pair: &[Line]| {
        let turned = (pair[1].value * pair[0].value.conj()).arg();
        -turned / (TAU * (pair[1].frequency - pair[0].frequency))
    };
    let mut slopes: Vec<f64> = lines.windows(2).map(slope).filter(|slope| slope.is_finite()).collect();
    slopes.sort_by(f64::total_cmp);
    slopes.get(slopes.len() / 2).copied().unwrap_or(0.0)
}

/// The variable in which lines are of size 1 at most.
fn scaled(problem: &Problem<'_>, frequency: f64) -> Complex64 {
    match problem.structure.variable() {
        Variable::S => Complex64::new(0.0, frequency / highest(problem)),
        variable => variable.at(frequency),
    }
}

/// The parameters of coefficients in the scaled variable.
fn in_units(problem: &Problem<'_>, numerator: &[f64], denominator: &[f64], delay: f64) -> Option<Vec<f64>> {
    let omega = match problem.structure.variable() {
        Variable::S => TAU * highest(problem),
        Variable::Z(_) => 1.0,
    };
    let unscaled = |coefficients: &[f64]| -> Vec<f64> {
        coefficients.iter().enumerate().map(|(k, c)| c * omega.powi(-(k as i32))).collect()
    };
    problem.structure.values_of(&unscaled(numerator), &unscaled(denominator), delay)
}

fn highest(problem: &Problem<'_>) -> f64 {
    let highest = problem.lines.iter().map(|line| line.frequency.abs()).fold(0.0, f64::max);
    if highest > 0.0 { highest } else { 1.0 }
}
