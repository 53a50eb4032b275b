//! Least squares with Huber's weights.

use super::classic::{LOSSES, Rows, solution};
use super::{Solution, Solver};
use crate::Area;
use crate::prior::Prior;
use nalgebra::DVector;

pub(super) static SOLVER: Solver =
    Solver { name: "huber", title: "least squares with Huber's weights", reference: "Huber 1964", solve };

/// Where a residual stops to count in full, in standard deviations.
const BEND: f64 = 1.345;
const ROUNDS: usize = 15;

fn solve(area: &Area, prior: &Prior) -> Solution {
    let rows = Rows::of(area);
    let none = DVector::zeros(area.meters.len() + LOSSES);
    let mut weights = DVector::repeat(rows.lack.len(), 1.0);
    let (mut coefficients, mut inverse) = rows.least_squares(&weights, &none);
    for _ in 0..ROUNDS {
        let residuals = rows.residuals(&coefficients);
        let bend = BEND * deviation(&residuals);
        weights = residuals.map(|residual| if residual.abs() > bend { bend / residual.abs() } else { 1.0 });
        (coefficients, inverse) = rows.least_squares(&weights, &none);
    }
    let residuals = rows.residuals(&coefficients);
    let weighted = residuals.component_mul(&weights.map(f64::sqrt));
    let scale = rows.scale(&weighted);
    solution(area, prior, &coefficients, &(inverse * scale))
}

/// The standard deviation of a normal distribution with this median of absolute values.
fn deviation(residuals: &DVector<f64>) -> f64 {
    let mut sizes: Vec<f64> = residuals.iter().map(|residual| residual.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    1.4826 * sizes.get(sizes.len() / 2).copied().unwrap_or(0.0).max(1e-9)
}
