//! Tikhonov's regularisation: least squares that dislikes large results.

use super::{Bin, Regularisation};

/// g = |H|² / (|H|² + (α max|H|)²).
pub(super) static REGULARISATION: Regularisation = Regularisation {
    name: "tikhonov",
    title: "least squares with a penalty on the power of the result",
    strength: "α, the response at which half is left, as a part of the largest response",
    reference: "Tikhonov and Arsenin, Solutions of Ill-Posed Problems, 1977",
    gain,
};

fn gain(bin: &Bin, alpha: f64) -> f64 {
    let power = bin.response * bin.response;
    power / (power + (alpha * bin.largest).powi(2))
}
