//! Dynamic calibration: from records of excitation and response to a frequency response with covariance,
//! a model, a compensation filter, and a corrected signal with its uncertainty.
//!
//! What lives here, along the way of the data: [`screen`], what a record looks like before anything is estimated;
//! [`method`], the table of ways to a frequency response; [`response`], the result that they share; [`compare`] and
//! [`merge`], results of several methods beside each other and as one; [`model`] and [`identify`], models and their fit;
//! [`filter`], digital filters with uncertain coefficients; [`dft`] and [`deconvolution`], signals and spectra with
//! their covariance; [`interpolate`], values between others; [`sample_clock`], the clock of a digital sensor.
//! Of several sensors: [`transducer`], chains of instrument transformers, shunts and digitizers; [`power`], power and
//! energy at the harmonics; [`network`], many sensors calibrated at once; [`drift`], what changed between two calibrations.
//! What is known of errors: [`covariance`], of a series, as a type; [`effect`], what shifts every line of a response;
//! [`source`], errors of complex values that share their sources. [`verify`] holds linear results against trials.
//!
//! What never does: transforms and spectra as such (those are in `sigmatau-spectrum`), files, printing.

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
pub mod sample_clock;
pub mod screen;
pub mod source;
pub mod transducer;
pub mod verify;

pub use covariance::{Autocovariance, Bivariate, Covariance, SpectralCovariance, StandardUncertainty, Variance};
pub use dft::{Signal, Spectrum};
pub use response::{Line, Response};
pub use sigmatau_spectrum::fft::Complex64;

/// Raised when a digit of a result moves.
pub const REVISION: u32 = 3;
