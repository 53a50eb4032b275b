//! Ordinary least squares.

use super::classic::{LOSSES, Rows, solution};
use super::{Solution, Solver};
use crate::Area;
use crate::prior::Prior;
use nalgebra::DVector;

pub(super) static SOLVER: Solver = Solver {
    name: "ols",
    title: "ordinary least squares with a fixed and a quadratic loss of the area",
    reference: "Liu, Liang and He, ACTA IMEKO 9(2), 2020",
    solve,
};

fn solve(area: &Area, prior: &Prior) -> Solution {
    let rows = Rows::of(area);
    let (count, terms) = (rows.lack.len(), area.meters.len() + LOSSES);
    let (coefficients, inverse) = rows.least_squares(&DVector::repeat(count, 1.0), &DVector::zeros(terms));
    let scale = rows.scale(&rows.residuals(&coefficients));
    solution(area, prior, &coefficients, &(inverse * scale))
}
