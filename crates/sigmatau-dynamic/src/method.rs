//! The table of methods: ways from records of excitation and response to a frequency response.
//!
//! One entry per file in the folder `method/`. Help, pipelines, tests and benches walk [`METHODS`].

use crate::response::Response;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_spectrum::Window;
use sigmatau_spectrum::welch::{Detrend, SpectrumError};

mod alignment;
mod band;
mod h1;
mod h2;
mod hv;
mod lpm;
mod segments;

/// Every method.
pub static METHODS: &[&Method] = &[&h1::METHOD, &h2::METHOD, &hv::METHOD, &lpm::METHOD];

/// A way to a frequency response.
pub struct Method {
    /// The word for it.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub title: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The names of those [`Settings`] that it uses.
    pub settings: &'static [&'static str],
    /// Begins with no points of a record.
    pub begin: Begin,
}

/// Begins an estimate with settings and the sampling rate in Hz.
pub type Begin = fn(&Settings, f64) -> Result<Box<dyn Estimation>, MethodError>;

/// An estimate that grows with its record.
pub trait Estimation: Send {
    /// Goes on with equally many points of both channels. How they are divided among calls changes nothing.
    fn push(&mut self, excitation: &[f64], response: &[f64]);

    /// The response from all points so far.
    fn finish(self: Box<Self>) -> Response;
}

/// What a method is told besides the records. Each uses what [`Method::settings`] names.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The window of a segment.
    pub window: &'static Window,
    /// Points of a segment.
    pub segment: usize,
    /// Share of a segment that the next one has too, from 0 to below 1.
    pub overlap: f64,
    /// What is taken off each segment.
    pub detrend: Detrend,
    /// By how many seconds the response is late.
    pub delay: Delay,
    /// The frequencies of the excitation in Hz.
    pub frequencies: Vec<f64>,
    /// Points of a period of the excitation.
    pub period: Option<usize>,
    /// The lowest and the highest frequency of the result in Hz.
    pub range: Option<(f64, f64)>,
    /// The noise density of the response over that of the excitation, in the square of the response's unit over the
    /// excitation's; nothing where both channels are taken as equally noisy beside their signals.
    pub noise_ratio: Option<f64>,
    /// The order of a local polynomial.
    pub order: usize,
    /// The step between codes of the digitizer, of excitation and response, in their units.
    pub step: [f64; 2],
    /// The standard deviation of the sampling instants in s.
    pub jitter: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window: Window::named("hann").expect("the table has it"),
            segment: 4096,
            overlap: 0.5,
            detrend: Detrend::Constant,
            delay: Delay::Seconds(0.0),
            frequencies: Vec::new(),
            period: None,
            range: None,
            noise_ratio: None,
            order: 2,
            step: [0.0; 2],
            jitter: 0.0,
        }
    }
}

/// By how much the response is late, so that both channels can be aligned before segments are cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delay {
    /// So much; the method aligns by whole samples and gives the response back as it was recorded.
    Seconds(f64),
    /// Found from the cross-correlation of the first segments.
    Found,
}

/// Why a method was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MethodError {
    /// There is no method of this name.
    #[error("find the method `{name}`: there is none of this name{}", did_you_mean(name, &METHODS.iter().map(|method| method.name).collect::<Vec<_>>()))]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// The rate is zero, negative or not finite.
    #[error("estimate a response: the sampling rate {0} Hz is not a positive number")]
    Rate(f64),
    /// A setting that the method needs is missing or out of range.
    #[error("estimate a response by `{method}`: {what}")]
    Setting {
        /// The name of the method.
        method: &'static str,
        /// Which setting, its value, and what would do.
        what: String,
    },
    /// The segments do not make a spectrum.
    #[error(transparent)]
    Spectrum(#[from] SpectrumError),
}

impl Method {
    /// The method of this name.
    ///
    /// # Errors
    /// When there is none; the message names the nearest.
    pub fn named(name: &str) -> Result<&'static Self, MethodError> {
        let unknown = || MethodError::Unknown { name: name.to_owned() };
        METHODS.iter().copied().find(|method| method.name == name).ok_or_else(unknown)
    }
}

impl std::fmt::Debug for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Method").field(&self.name).finish()
    }
}
