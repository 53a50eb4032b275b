//! What the classical solvers share: an area as rows of Σ κφ + b·S² + a = z, and a solution from its coefficients.

use super::{Plight, Solution};
use crate::Area;
use crate::balance::Balance;
use crate::error::{error_of, uncertainty_of_error};
use crate::factor::{Factor, square};
use crate::prior::Prior;
use nalgebra::{DMatrix, DVector};

/// Columns for the loss: a fixed one and one by the square of the energy of the area.
pub(super) const LOSSES: usize = 2;

/// The rows of an area, one for each interval in which the master meter was read.
pub(super) struct Rows {
    /// Energies of the meters, then 1 and S² over the mean of S.
    pub(super) design: DMatrix<f64>,
    /// Energy that the meters lack.
    pub(super) lack: DVector<f64>,
}

impl Rows {
    pub(super) fn of(area: &Area) -> Self {
        let balance = Balance::of(area, &[]);
        let (lack, total) = (balance.lack(), balance.total());
        let rows: Vec<usize> = (0..lack.len()).filter(|t| balance.doubt[*t].is_finite()).collect();
        let meters = area.meters.len();
        let mean = (total.iter().sum::<f64>() / total.len().max(1) as f64).abs().max(1e-9);
        let cell = |row: usize, column: usize| match column.checked_sub(meters) {
            None => balance.net[column][rows[row]],
            Some(0) => 1.0,
            Some(_) => total[rows[row]].powi(2) / mean,
        };
        Self {
            design: DMatrix::from_fn(rows.len(), meters + LOSSES, cell),
            lack: DVector::from_iterator(rows.len(), rows.iter().map(|t| lack[*t])),
        }
    }

    /// The coefficients c that make Σ w (z − Ac)² + Σ ridge·c² least, and (A'WA + ridge)⁻¹. A column of zeros gets 0.
    pub(super) fn least_squares(&self, weights: &DVector<f64>, ridge: &DVector<f64>) -> (DVector<f64>, DMatrix<f64>) {
        let weighted =
            DMatrix::from_fn(self.design.nrows(), self.design.ncols(), |t, p| weights[t] * self.design[(t, p)]);
        let across = weighted.transpose();
        let mut normal = &across * &self.design;
        for place in 0..normal.nrows() {
            normal[(place, place)] += ridge[place];
            if normal[(place, place)] == 0.0 {
                normal[(place, place)] = 1.0;
            }
        }
        let factor = Factor::of(normal);
        (factor.solve(&(across * &self.lack)), square(&factor.reciprocal()))
    }

    /// z − Ac.
    pub(super) fn residuals(&self, coefficients: &DVector<f64>) -> DVector<f64> {
        &self.lack - &self.design * coefficients
    }

    /// The mean square of residuals per degree of freedom.
    pub(super) fn scale(&self, residuals: &DVector<f64>) -> f64 {
        let free = self.design.nrows().saturating_sub(self.design.ncols()).max(1);
        residuals.norm_squared() / free as f64
    }
}

/// The solution that coefficients and their covariance say, as it is usually stated: no doubt but that of noise.
pub(super) fn solution(area: &Area, prior: &Prior, coefficients: &DVector<f64>, covariance: &DMatrix<f64>) -> Solution {
    let mut solution = Solution::empty(area);
    let slope = |meter: usize| uncertainty_of_error(coefficients[meter], 1.0);
    let count = area.meters.len();
    solution.covariance = DMatrix::from_fn(count, count, |one, other| {
        match solution.estimates[one].is_idle() || solution.estimates[other].is_idle() {
            true => 0.0,
            false => covariance[(one, other)] * slope(one) * slope(other),
        }
    });
    for (meter, estimate) in solution.estimates.iter_mut().enumerate().filter(|(_, estimate)| !estimate.is_idle()) {
        let variance = solution.covariance[(meter, meter)];
        (estimate.error, estimate.u) = (error_of(coefficients[meter]), variance.sqrt());
        estimate.information = (1.0 - variance / prior.variance()).clamp(0.0, 1.0);
        estimate.plight = Plight::Sound;
    }
    solution
}
