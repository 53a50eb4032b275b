//! H₁: least squares with all noise on the response.

use super::Method;
use super::segments::{Biased, Rule, Share, begin};
use sigmatau_spectrum::welch::CrossBin;

/// H₁ = S_xy / S_x.
///
/// Noise on the response does not bias it; noise of the density q S_x on the excitation makes it H / (1 + q).
pub(super) static METHOD: Method = Method {
    name: "h1",
    title: "random excitation, all noise on the response",
    reference: "J. S. Bendat and A. G. Piersol, Random Data",
    settings: &["window", "segment", "overlap", "detrend", "delay", "range"],
    begin: |settings, rate| begin(&RULE, settings, rate),
};

static RULE: Rule = Rule {
    method: "h1",
    share,
    biased: Some(Biased { noisy: "excitation", direction: "low", factor: |coherence| 1.0 - coherence }),
    inverse: false,
};

fn share(bin: &CrossBin, _: Option<f64>) -> Share {
    Share { magnitude: bin.cross.norm() / bin.x, elasticities: [-1.0, 0.0, 1.0] }
}
