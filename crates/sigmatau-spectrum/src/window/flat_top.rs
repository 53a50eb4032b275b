//! The flat-top window: amplitudes of tones wherever in a bin they lie.

use super::Window;

/// Five terms; a tone loses at most 0.01 dB between bins.
pub(super) static WINDOW: Window = Window {
    name: "flat-top",
    title: "flat-top, five terms (as in MATLAB and SciPy)",
    reference: "G. D'Antona and A. Ferrero, Digital Signal Processing for Measurement Systems, 2006",
    coefficients: &[0.215_578_95, 0.416_631_58, 0.277_263_158, 0.083_578_947, 0.006_947_368],
};
