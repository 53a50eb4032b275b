//! Wiener's filter: the least mean square error for a signal of known spectrum.

use super::{Bin, Regularisation};

/// g = |H|² B² / (|H|² B² + α E|δY|²), with the bound B in place of the spectrum of the signal.
pub(super) static REGULARISATION: Regularisation = Regularisation {
    name: "wiener",
    title: "the least mean square error for a signal as large as its bound",
    strength: "α, what the power of the noise is multiplied by; 1 is Wiener's filter",
    reference: "Wiener, Extrapolation, Interpolation, and Smoothing of Stationary Time Series, 1949",
    gain,
};

fn gain(bin: &Bin, alpha: f64) -> f64 {
    let signal = (bin.response * bin.bound).powi(2);
    let noise = alpha * bin.noise;
    if noise == 0.0 { 1.0 } else { signal / (signal + noise) }
}
