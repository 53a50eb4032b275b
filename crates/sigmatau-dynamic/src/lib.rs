//! Dynamic calibration: from records of excitation and response to a frequency response with covariance,
//! a model, a compensation filter, and a corrected signal with its uncertainty.
//!
//! What lives here: [`method`], the table of ways to a frequency response; [`response`], the result that they
//! share; [`covariance`], what is known of the errors of a series, as a type; [`dft`], series and spectra with the
//! covariance of all their errors; [`deconvolution`], what went into a sensor, with the price of regularisation;
//! [`interpolate`], values between points; [`verify`], the check of any linear result. What never does: transforms and
//! spectra as such (those are in `sigmatau-spectrum`), files, printing.

pub mod covariance;
pub mod deconvolution;
pub mod dft;
pub mod interpolate;
pub mod method;
pub mod response;
pub mod verify;

pub use covariance::{Autocovariance, Bivariate, Covariance, SpectralCovariance, StandardUncertainty, Variance};
pub use dft::{Signal, Spectrum};
pub use response::{Line, Response};
pub use sigmatau_spectrum::fft::Complex64;

/// Raised when a digit of a result moves.
pub const REVISION: u32 = 1;
