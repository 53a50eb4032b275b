//! Recursive least squares with a forgetting factor.

use super::classic::{LOSSES, Rows, solution};
use super::{Solution, Solver};
use crate::Area;
use crate::prior::Prior;
use nalgebra::{DMatrix, DVector};

pub(super) static SOLVER: Solver = Solver {
    name: "rls",
    title: "recursive least squares that forgets",
    reference: "Kong, Ma, Zhao, Li and Teng, Energies 12(5) 805, 2019",
    solve,
};

/// What an interval counts one interval later.
const FORGET: f64 = 0.9998;
/// The variance of every coefficient at the start, in units of that of the noise.
const OPEN: f64 = 1e3;

fn solve(area: &Area, prior: &Prior) -> Solution {
    let rows = Rows::of(area);
    let filter = Recursion::run(&rows, area.meters.len() + LOSSES);
    let scale = rows.scale(&rows.residuals(&filter.coefficients));
    solution(area, prior, &filter.coefficients, &(filter.covariance * scale))
}

struct Recursion {
    coefficients: DVector<f64>,
    /// Their covariance in units of the variance of the noise.
    covariance: DMatrix<f64>,
}

impl Recursion {
    fn run(rows: &Rows, terms: usize) -> Self {
        let start = Self {
            coefficients: DVector::zeros(terms),
            covariance: DMatrix::from_diagonal_element(terms, terms, OPEN),
        };
        (0..rows.lack.len()).fold(start, |filter, t| filter.updated(&rows.design.row(t).transpose(), rows.lack[t]))
    }

    fn updated(mut self, row: &DVector<f64>, lack: f64) -> Self {
        let towards = &self.covariance * row;
        let gain = &towards / (FORGET + row.dot(&towards));
        let surprise = lack - row.dot(&self.coefficients);
        self.coefficients.axpy(surprise, &gain, 1.0);
        self.covariance.ger(-1.0, &gain, &towards, 1.0);
        self.covariance /= FORGET;
        self
    }
}
