//! The Hann window: what most spectra are made with.

use super::Window;

/// w = ½ − ½ cos(2πn/N); side lobes fall by 18 dB an octave.
pub(super) static WINDOW: Window = Window {
    name: "hann",
    title: "Hann",
    reference: "F. J. Harris, Proceedings of the IEEE 66(1), 1978",
    coefficients: &[0.5, 0.5],
};
