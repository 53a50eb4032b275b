//! What the noise that is left says about the uncertainty of a drift rate.

use crate::Estimator;
use crate::analysis::ClockData;
use crate::condition::Series;
use crate::dead_time::{Covariance, mu};
use crate::noise::{Noise, identify};
use sigmatau_core::PhaseSeries;

/// The record is looked at in about this many averages.
const AVERAGES: usize = 128;

/// How a model weighs mean frequencies for its drift rate.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rate {
    /// Least squares of a line through frequencies.
    Line,
    /// The means of both halves.
    Halves,
    /// Least squares of a parabola through phases.
    Parabola,
}

/// The standard uncertainty of a drift rate under the noise of the residuals.
pub(super) struct Noisy {
    pub(super) noise: Noise,
    /// Where the noise was identified, in s.
    pub(super) tau: f64,
    pub(super) u: f64,
}

impl Rate {
    /// The uncertainty in 1/s, from noise type and Allan deviation of the residuals at a 128th of the
    /// record; nothing where they do not tell, or tell phase noise: its averages are whiter than its
    /// points, and the model's own uncertainty is the better one.
    pub(super) fn uncertainty(self, left: &Series) -> Option<Noisy> {
        let phases = longest_run(left)?;
        let phase = PhaseSeries::new(&phases, left.tau0).ok()?;
        let m = ((phases.len() - 1) / AVERAGES).max(1);
        let noise = identify(&phase, &[m])[0]?.seen_by(2).noise;
        let mu = mu(noise).filter(|mu| *mu > -2.0)?;
        let deviation = Estimator::named("oadev").ok()?.deviations(&phase, &[m])[0]?;
        let tau = m as f64 * left.tau0;
        let averages = left.values.len() / m;
        (averages > 2).then(|| Noisy { noise, tau, u: deviation * spread(&self.weights(averages), mu) / tau })
    }

    /// The weights of n mean frequencies, for a rate per averaging time; their sum is 0.
    fn weights(self, n: usize) -> Vec<f64> {
        let places = (0..n).map(|place| place as f64 - 0.5 * (n as f64 - 1.0));
        match self {
            Self::Line => {
                let squares: f64 = places.clone().map(|t| t * t).sum();
                places.map(|t| t / squares).collect()
            }
            Self::Halves => {
                let half = (n / 2) as f64;
                let side = |t: f64| if t.abs() < 0.25 { 0.0 } else { t.signum() };
                places.map(|t| side(t) / (half * (n as f64 - half))).collect()
            }
            Self::Parabola => parabola(n),
        }
    }
}

/// The weights of frequencies, summed by parts from those of n + 1 phases for twice the quadratic
/// coefficient.
fn parabola(n: usize) -> Vec<f64> {
    let places = (0..=n).map(|place| place as f64 - 0.5 * n as f64);
    let mean = places.clone().map(|t| t * t).sum::<f64>() / (n as f64 + 1.0);
    let squares: f64 = places.clone().map(|t| (t * t - mean).powi(2)).sum();
    let sums = places.scan(0.0, |sum, t| {
        *sum -= 2.0 * (t * t - mean) / squares;
        Some(*sum)
    });
    sums.take(n).collect()
}

/// The standard deviation of Σ w y where the Allan deviation of neighbouring y is 1.
fn spread(weights: &[f64], mu: f64) -> f64 {
    let covariance = Covariance::new(mu);
    let lag = |lag: usize| -> f64 { weights.iter().zip(&weights[lag..]).map(|(a, b)| a * b).sum() };
    let beside: f64 = (1..weights.len()).map(|l| lag(l) * covariance.at(l as f64)).sum();
    ((lag(0) * covariance.at(0.0) + 2.0 * beside) / covariance.half_variance(1.0)).max(0.0).sqrt()
}

/// The phases of the longest run without a missing point.
fn longest_run(left: &Series) -> Option<Vec<f64>> {
    let runs: Vec<Vec<f64>> = match left.view().ok()? {
        ClockData::Phase(phase) => phase.values().split(|x| x.is_nan()).map(<[f64]>::to_vec).collect(),
        ClockData::Frequency(frequency) => frequency.to_phase(),
    };
    runs.into_iter().max_by_key(Vec::len).filter(|run| run.len() > 2)
}
