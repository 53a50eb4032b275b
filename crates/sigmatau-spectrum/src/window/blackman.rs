//! The Blackman window.

use super::Window;

/// Three terms, rounded; the highest side lobe is at −58 dB.
pub(super) static WINDOW: Window = Window {
    name: "blackman",
    title: "Blackman, three terms",
    reference: "F. J. Harris, Proceedings of the IEEE 66(1), 1978",
    coefficients: &[0.42, 0.5, 0.08],
};
