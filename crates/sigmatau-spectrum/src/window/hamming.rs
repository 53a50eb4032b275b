//! The Hamming window.

use super::Window;

/// w = 0.54 − 0.46 cos(2πn/N); the highest side lobe is at −43 dB, and they hardly fall.
pub(super) static WINDOW: Window = Window {
    name: "hamming",
    title: "Hamming",
    reference: "F. J. Harris, Proceedings of the IEEE 66(1), 1978",
    coefficients: &[0.54, 0.46],
};
