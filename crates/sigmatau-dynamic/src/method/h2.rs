//! H₂: least squares with all noise on the excitation.

use super::Method;
use super::segments::{Biased, Rule, Share, begin};
use sigmatau_spectrum::welch::CrossBin;

/// H₂ = S_y / S_yx.
///
/// Noise on the excitation does not bias it; noise of the density q S_y on the response makes it H (1 + q). It is
/// the inverse of a least-squares estimate of 1/H: [`crate::Line::inverse`] has the interval to trust at low coherence.
pub(super) static METHOD: Method = Method {
    name: "h2",
    title: "random excitation, all noise on the excitation",
    reference: "J. S. Bendat and A. G. Piersol, Random Data",
    settings: &["window", "segment", "overlap", "detrend", "delay", "range"],
    begin: |settings, rate| begin(&RULE, settings, rate),
};

static RULE: Rule = Rule {
    method: "h2",
    share,
    biased: Some(Biased { noisy: "response", direction: "high", factor: |coherence| 1.0 / coherence - 1.0 }),
    inverse: true,
};

fn share(bin: &CrossBin, _: Option<f64>) -> Share {
    Share { magnitude: bin.y / bin.cross.norm(), elasticities: [0.0, 1.0, -1.0] }
}
