//! Linear least squares of a correction in time.

use super::{ClockError, SampleClock, Terms, basis};
use crate::covariance::StandardUncertainty;
use nalgebra::{DMatrix, DVector};

/// The columns 1, x, x²/2 with x = (s − s̄)/h, where h is half the length of the record, so that they are of one size.
pub(super) struct Design {
    origin: f64,
    half: f64,
    matrix: DMatrix<f64>,
    /// (XᵀX)⁻¹.
    pub(super) inverse: DMatrix<f64>,
}

impl Design {
    /// For values at these times of the sensor.
    pub(super) fn new(times: &[f64], terms: Terms, what: &'static str) -> Result<Self, ClockError> {
        let (points, coefficients) = (times.len(), terms.count());
        let too_few = ClockError::TooFew { points, what, coefficients };
        let (first, last) = match times {
            [first, .., last] if points > coefficients && last > first => (*first, *last),
            _ => return Err(too_few),
        };
        let (origin, half) = (0.5 * (first + last), 0.5 * (last - first));
        let row = |row: usize| basis((times[row] - origin) / half, coefficients);
        let matrix = DMatrix::from_fn(points, coefficients, |i, j| row(i)[j]);
        let inverse = matrix.tr_mul(&matrix).try_inverse().ok_or(too_few)?;
        Ok(Self { origin, half, matrix, inverse })
    }

    /// How many values there are.
    pub(super) fn points(&self) -> usize {
        self.matrix.nrows()
    }

    /// How many coefficients there are.
    pub(super) fn count(&self) -> usize {
        self.matrix.ncols()
    }

    /// The coefficients of least squares.
    pub(super) fn fit(&self, values: &DVector<f64>) -> DVector<f64> {
        &self.inverse * self.matrix.tr_mul(values)
    }

    /// The coefficients of least squares of some values only; nothing where they do not determine them.
    pub(super) fn fit_at(&self, places: &[usize], values: &DVector<f64>) -> Option<DVector<f64>> {
        let rows = self.matrix.select_rows(places);
        let right = rows.tr_mul(&values.select_rows(places));
        rows.tr_mul(&rows).cholesky().map(|normal| normal.solve(&right))
    }

    /// The values less what coefficients make.
    pub(super) fn residuals(&self, values: &DVector<f64>, coefficients: &DVector<f64>) -> DVector<f64> {
        values - &self.matrix * coefficients
    }

    /// A row of X.
    pub(super) fn row(&self, row: usize) -> Vec<f64> {
        self.matrix.row(row).iter().copied().collect()
    }

    /// The clock of coefficients and covariance in units of x, both to be multiplied by `unit` s.
    pub(super) fn clock(&self, coefficients: &DVector<f64>, covariance: &DMatrix<f64>, unit: f64) -> SampleClock {
        let scale = |k: usize| unit * self.half.powi(-(k as i32));
        let count = coefficients.len();
        SampleClock {
            origin: self.origin,
            coefficients: coefficients.iter().enumerate().map(|(k, c)| c * scale(k)).collect(),
            covariance: DMatrix::from_fn(count, count, |i, j| covariance[(i, j)] * scale(i) * scale(j)),
            dof: f64::INFINITY,
            reference: StandardUncertainty(0.0),
            delays: None,
            findings: Vec::new(),
        }
    }
}
