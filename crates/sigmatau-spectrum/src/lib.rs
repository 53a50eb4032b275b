//! FFT plans and power-law noise with an exactly known spectrum.
//!
//! What lives here: [`fft`], the only place that names an FFT library; [`random`], Gaussian numbers
//! that do not depend on the schedule; [`noise`], clock noise whose stability is known in closed
//! form. What never does: stability statistics, files.

pub mod fft;
pub mod noise;
pub mod random;

pub use fft::RealFft;
pub use noise::{NoiseError, PowerLaw, WeightedMean};
pub use random::Gaussian;
