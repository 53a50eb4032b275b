//! No weights: the narrowest main lobe, the most leakage.

use super::Window;

/// w = 1.
pub(super) static WINDOW: Window = Window {
    name: "rectangular",
    title: "rectangular",
    reference: "F. J. Harris, Proceedings of the IEEE 66(1), 1978",
    coefficients: &[1.0],
};
