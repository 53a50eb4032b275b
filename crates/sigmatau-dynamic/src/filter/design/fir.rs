//! The linear design of FIR filters.

use super::least_squares::LeastSquares;
use super::{Design, Goal, Target};
use crate::covariance::Covariance;
use crate::filter::{FilterError, Fir};
use nalgebra::DMatrix;
use sigmatau_spectrum::fft::Complex64;

impl Goal<'_> {
    /// A FIR filter of `taps` taps.
    ///
    /// The taps are linear in the target, h = P T, so that their covariance is exactly P U_T Pᵀ. Takes one QR
    /// decomposition, O(M L²) steps for M lines, for any number of delays.
    ///
    /// ```
    /// use sigmatau_dynamic::filter::design::{Aim, Goal, Lag};
    /// use sigmatau_dynamic::filter::{Filter, Fir};
    /// use sigmatau_dynamic::Response;
    /// let sensor = Fir::certain(vec![1.0, 0.5])?;
    /// let lines = (0..9).map(|k| sensor.line(f64::from(k), 16.0)).collect();
    /// let response = Response { lines, ..Response::default() };
    /// let (covariance, weights) = (None, None);
    /// let goal = Goal { response: &response, covariance, rate: 16.0, aim: Aim::Forward, delay: Lag::Points(0.0), weights };
    /// let twin = goal.fir(2)?.filter;
    /// assert!((twin.taps()[0] - 1.0).abs() < 1e-14 && (twin.taps()[1] - 0.5).abs() < 1e-14);
    /// # Ok::<(), sigmatau_dynamic::filter::FilterError>(())
    /// ```
    ///
    /// # Errors
    /// When rate, frequencies, weights or covariance do not fit, an inverse does not exist, or the lines do not tell
    /// all taps.
    pub fn fir(&self, taps: usize) -> Result<Design<Fir>, FilterError> {
        if taps == 0 {
            return Err(FilterError::Empty);
        }
        let target = self.target()?;
        let system = LeastSquares::new(system(&target, taps))?;
        let right = |delay: f64| target.stacked(&target.delayed(&target.response, delay));
        let rated = self.delays().into_iter().map(|delay| (system.residual(&right(delay)), delay));
        let (_, delay) = rated.min_by(|one, other| one.0.total_cmp(&other.0)).expect("there is a delay");
        let covariance = Covariance::Dense(target.covariance(&target.by_target(&system), delay));
        let filter = Fir::new(system.solve(&right(delay)).as_slice().to_vec(), covariance)?;
        Ok(target.design(filter, delay, self.rate, Vec::new()))
    }
}

/// e^(−iωk) of all lines, weighted, a column for each tap.
fn system(target: &Target, taps: usize) -> DMatrix<f64> {
    let column = |tap: usize| {
        let turns: Vec<Complex64> = target.omega.iter().map(|omega| Complex64::cis(-omega * tap as f64)).collect();
        target.stacked(&turns)
    };
    DMatrix::from_columns(&(0..taps).map(column).collect::<Vec<_>>())
}
