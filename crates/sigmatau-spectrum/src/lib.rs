//! FFT plans, power spectra, and power-law noise with an exactly known spectrum.
//!
//! What lives here: [`fft`], the only place that names an FFT library; [`window`], the table of
//! windows; [`welch`], power and cross spectra by averaged segments;
//! [`multitaper`], the same by orthogonal tapers; [`cascade`], power spectra over
//! many decades in one pass; [`random`], Gaussian numbers that do not depend on the schedule; [`noise`],
//! clock noise whose stability is known in closed form. What never does: stability statistics, files.

pub mod cascade;
pub mod fft;
pub mod multitaper;
pub mod noise;
pub mod random;
pub mod welch;
pub mod window;

pub use cascade::Cascade;
pub use fft::RealFft;
pub use noise::{NoiseError, PowerLaw, WeightedMean};
pub use random::Gaussian;
pub use window::Window;
