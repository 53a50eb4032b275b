//! H_v: total least squares with noise on both channels.

use super::segments::{Rule, Share, begin};
use super::{Method, MethodError};
use sigmatau_spectrum::welch::CrossBin;

/// With κ the noise density of the response over that of the excitation,
///
/// H_v = (S_y − κ S_x + √((S_y − κ S_x)² + 4 κ |S_xy|²)) / (2 S_yx),
///
/// which goes to H₁ for κ → ∞ and to H₂ for κ → 0. Where κ is not stated, both channels are taken as equally noisy
/// beside their signals, κ = S_y / S_x: then |H_v| = √(S_y / S_x), the geometric mean of |H₁| and |H₂|.
pub(super) static METHOD: Method = Method {
    name: "hv",
    title: "random excitation, noise on both channels",
    reference: "G. T. Rocklin, J. Crowley and H. Vold, 3rd International Modal Analysis Conference, 1985",
    settings: &["window", "segment", "overlap", "detrend", "delay", "range", "noise_ratio"],
    begin: |settings, rate| match settings.noise_ratio {
        Some(ratio) if !(ratio > 0.0 && ratio.is_finite()) => {
            let what =
                format!("a noise ratio of {ratio} is not positive; take `h1` or `h2` where one channel has no noise");
            Err(MethodError::Setting { method: METHOD.name, what })
        }
        _ => begin(&RULE, settings, rate),
    },
};

static RULE: Rule = Rule { method: "hv", share, biased: None, inverse: false };

fn share(bin: &CrossBin, noise_ratio: Option<f64>) -> Share {
    noise_ratio.map_or_else(|| equal(bin), |ratio| stated(bin, ratio))
}

fn equal(bin: &CrossBin) -> Share {
    Share { magnitude: (bin.y / bin.x).sqrt(), elasticities: [-0.5, 0.5, 0.0] }
}

/// With D = S_y − κ S_x and R the root: ∂ ln|H| is −κ S_x/R, S_y/R and −D/R of ∂ ln S_x, ∂ ln S_y and ∂ ln|S_xy|.
fn stated(bin: &CrossBin, ratio: f64) -> Share {
    let difference = bin.y - ratio * bin.x;
    let product = 2.0 * ratio.sqrt() * bin.cross.norm();
    let root = difference.hypot(product);
    // Of the two forms of the same value the one without cancellation.
    let magnitude = if difference > 0.0 {
        (root + difference) / (2.0 * bin.cross.norm())
    } else {
        2.0 * ratio * bin.cross.norm() / (root - difference)
    };
    Share { magnitude, elasticities: [-ratio * bin.x / root, bin.y / root, -difference / root] }
}
