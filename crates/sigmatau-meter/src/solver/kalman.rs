//! A Kalman filter whose errors wander.

use super::classic::{LOSSES, Rows, solution};
use super::{Solution, Solver};
use crate::Area;
use crate::prior::Prior;
use nalgebra::{DMatrix, DVector};

pub(super) static SOLVER: Solver =
    Solver { name: "kalman", title: "Kalman filter with errors that wander slowly", reference: "Kalman 1960", solve };

/// The variance by which a lack wanders in one interval, as a share of the variance of the prior.
const WANDER: f64 = 1e-6;
/// The standard deviation of the loss coefficients at the start.
const OPEN: f64 = 0.1;

fn solve(area: &Area, prior: &Prior) -> Solution {
    let rows = Rows::of(area);
    let (count, terms) = (rows.lack.len(), area.meters.len() + LOSSES);
    let (plain, _) = rows.least_squares(&DVector::repeat(count, 1.0), &DVector::zeros(terms));
    let noise = rows.scale(&rows.residuals(&plain));
    let known = |place: usize| if place < area.meters.len() { prior.variance() } else { OPEN * OPEN };
    let mut coefficients = DVector::zeros(terms);
    let mut covariance = DMatrix::from_diagonal(&DVector::from_fn(terms, |place, _| known(place)));
    for t in 0..count {
        (0..terms).for_each(|place| covariance[(place, place)] += WANDER * known(place));
        let row = rows.design.row(t).transpose();
        let towards = &covariance * &row;
        let gain = &towards / (noise + row.dot(&towards));
        let surprise = rows.lack[t] - row.dot(&coefficients);
        coefficients.axpy(surprise, &gain, 1.0);
        covariance.ger(-1.0, &gain, &towards, 1.0);
    }
    solution(area, prior, &coefficients, &covariance)
}
