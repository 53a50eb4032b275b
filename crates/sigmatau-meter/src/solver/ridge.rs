//! Least squares with a penalty on the lacks.

use super::classic::{LOSSES, Rows, solution};
use super::{Solution, Solver};
use crate::Area;
use crate::prior::Prior;
use nalgebra::DVector;

pub(super) static SOLVER: Solver = Solver {
    name: "ridge",
    title: "least squares with a penalty on errors as large as the prior makes it",
    reference: "Hoerl and Kennard 1970; Tikhonov 1963",
    solve,
};

fn solve(area: &Area, prior: &Prior) -> Solution {
    let rows = Rows::of(area);
    let (count, terms) = (rows.lack.len(), area.meters.len() + LOSSES);
    let same = DVector::repeat(count, 1.0);
    let (plain, _) = rows.least_squares(&same, &DVector::zeros(terms));
    let scale = rows.scale(&rows.residuals(&plain));
    let penalty =
        DVector::from_fn(terms, |place, _| if place < area.meters.len() { scale / prior.variance() } else { 0.0 });
    let (coefficients, inverse) = rows.least_squares(&same, &penalty);
    solution(area, prior, &coefficients, &(inverse * scale))
}
