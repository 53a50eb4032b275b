//! Dynamic calibration: from records of excitation and response to a frequency response with covariance,
//! a model, a compensation filter, and a corrected signal with its uncertainty.
//!
//! What lives here: [`method`], the table of ways to a frequency response; [`response`], the result that they
//! share; [`screen`], what a record looks like before; [`covariance`], what is known of the errors of a series, as a type. What never does: transforms and
//! share; [`compare`] and [`merge`], results of several methods beside each other and as one; [`covariance`], what is known of the errors of a series, as a type. What never does: transforms and
//! share; [`covariance`], what is known of the errors of a series, as a type; [`source`], errors of complex values that
//! share their sources; [`transducer`], chains of instrument transformers, shunts and digitizers, and their accuracy
//! classes; [`power`], power and energy at the harmonics; [`network`], many sensors calibrated at once; [`drift`],
//! what changed between two calibrations. What never does: transforms and
//! share; [`covariance`], what is known of the errors of a series, as a type; [`filter`], digital filters with
//! uncertain coefficients, and what they do to a signal and its errors. What never does: transforms and
//! share; [`screen`], what a record looks like before; [`covariance`], what is known of the errors of a series, as a
//! type. What never does: transforms and
//! spectra as such (those are in `sigmatau-spectrum`), files, printing.

pub mod compare;
pub mod covariance;
pub mod deconvolution;
pub mod dft;
pub mod drift;
pub mod effect;
pub mod filter;
pub mod identify;
pub mod interpolate;
pub mod merge;
pub mod method;
pub mod model;
pub mod network;
pub mod power;
pub mod response;
pub mod screen;
pub mod sample_clock;
pub mod source;
pub mod transducer;
pub mod verify;

pub use covariance::{Autocovariance, Bivariate, Covariance, SpectralCovariance, StandardUncertainty, Variance};
pub use dft::{Signal, Spectrum};
pub use response::{Line, Response};
pub use sigmatau_spectrum::fft::Complex64;

/// Raised when a digit of a result moves.
pub const REVISION: u32 = 1;
