//! The Blackman–Harris window.

use super::Window;

/// Four terms; the highest side lobe is at −92 dB.
pub(super) static WINDOW: Window = Window {
    name: "blackman-harris",
    title: "Blackman–Harris, four terms, −92 dB",
    reference: "F. J. Harris, Proceedings of the IEEE 66(1), 1978",
    coefficients: &[0.35875, 0.48829, 0.14128, 0.01168],
};
