//! Mixtures of normal distributions.

use super::Settings;
use crate::probability::exceeded;
use crate::tail::Law;

/// Normal distributions with weights of the sum 1.
pub(super) struct Mixture {
    /// Weight, mean, standard deviation.
    pub(super) parts: Vec<[f64; 3]>,
}

impl Mixture {
    /// The mean.
    pub(super) fn mean(&self) -> f64 {
        self.parts.iter().map(|[weight, mean, _]| weight * mean).sum()
    }

    /// The standard deviation.
    pub(super) fn standard_deviation(&self) -> f64 {
        let centre = self.mean();
        let square = |[weight, mean, deviation]: &[f64; 3]| weight * (deviation * deviation + (mean - centre).powi(2));
        self.parts.iter().map(square).sum::<f64>().sqrt()
    }

    /// The interval that leaves as much above as below.
    pub(super) fn interval(&self, settings: &Settings) -> [f64; 2] {
        let above =
            |x: f64| self.parts.iter().map(|[weight, mean, s]| weight * Law::Normal.upper((x - mean) / s)).sum();
        let outside = 0.5 - 0.5 * settings.confidence;
        [exceeded(1.0 - outside, above), exceeded(outside, above)]
    }
}
