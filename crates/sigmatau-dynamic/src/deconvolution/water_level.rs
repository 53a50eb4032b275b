//! The water level: no response is taken to be smaller than a part of the largest.

use super::{Bin, Regularisation};

/// g = |H|² / max(|H|², (α max|H|)²).
pub(super) static REGULARISATION: Regularisation = Regularisation {
    name: "water-level",
    title: "responses below a level are divided by the level",
    strength: "α, the level as a part of the largest response",
    reference: "Clayton and Wiggins, Geophysical Journal of the Royal Astronomical Society 47, 1976",
    gain,
};

fn gain(bin: &Bin, alpha: f64) -> f64 {
    (bin.response / (alpha * bin.largest)).powi(2).min(1.0)
}
