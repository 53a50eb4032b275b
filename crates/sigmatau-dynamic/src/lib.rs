//! Dynamic calibration: from records of excitation and response to a frequency response with covariance,
//! a model, a compensation filter, and a corrected signal with its uncertainty.
//!
//! What lives here: [`method`], the table of ways to a frequency response; [`response`], the result that they
//! share; [`screen`], what a record looks like before; [`covariance`], what is known of the errors of a series, as a type. What never does: transforms and
//! spectra as such (those are in `sigmatau-spectrum`), files, printing.

pub mod covariance;
pub mod method;
pub mod response;
pub mod screen;

pub use covariance::{Autocovariance, Bivariate, Covariance, StandardUncertainty, Variance};
pub use response::{Line, Response};
pub use sigmatau_spectrum::fft::Complex64;

/// Raised when a digit of a result moves.
pub const REVISION: u32 = 1;
