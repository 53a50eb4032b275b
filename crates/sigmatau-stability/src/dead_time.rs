//! Dead time: the bias of variances of frequencies that were not measured back to back.
//!
//! A counter that measures over τ but starts only every T = rτ misses part of the noise. For a power
//! law whose Allan variance goes as τ^μ, the mean frequencies over intervals that begin Aτ apart have
//! the generalised covariance
//!
//! K(A) = ½ [u(A+1) − 2u(A) + u(A−1)], u(A) = −A² (|A|^μ − 1)/μ, which is −A² ln|A| at μ = 0,
//!
//! and every bias function is a ratio of two variances of contrasts under K. The term −A²(−1)/μ only
//! adds a constant to K, which no contrast sees, and lets μ pass through 0.
//!
//! What does not live here: fractional bandwidth effects. At μ = −2 the functions are the limits for a
//! measurement bandwidth far above 1/τ and above the reciprocal of the dead time.
//!
//! Reference: J. A. Barnes, NBS Technical Note 375 (1969), for B₁ and B₂; J. A. Barnes and D. W. Allan,
//! NIST Technical Note 1318 (1990), for B₃.

use crate::analysis::{Analysis, Point};
use crate::edf::{Differences, Model};
use crate::interval::Interval;
use crate::noise::{Evidence, Noise};
use sigmatau_core::{Finding, Severity};

/// From here on the expansion of K is exact to 1e-13, and its second difference is no longer.
const FAR: f64 = 300.0;

/// Generalised covariances of mean frequencies under one power law.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Covariance {
    mu: f64,
}

impl Covariance {
    /// The covariances where the Allan variance goes as τ^`mu`.
    pub(crate) fn new(mu: f64) -> Self {
        Self { mu }
    }

    /// K(A) for mean frequencies over unit intervals that begin `apart` units apart.
    ///
    /// Far apart the second difference of u would lose its digits; there u″ + u⁗/12 stands for it.
    pub(crate) fn at(self, apart: f64) -> f64 {
        if apart.abs() > FAR {
            return self.far(apart.abs());
        }
        0.5 * (self.kernel(apart + 1.0) - 2.0 * self.kernel(apart) + self.kernel(apart - 1.0))
    }

    /// K(0) − K(A), half the variance of the difference of two mean frequencies.
    pub(crate) fn half_variance(self, apart: f64) -> f64 {
        self.at(0.0) - self.at(apart)
    }

    fn kernel(self, a: f64) -> f64 {
        if a == 0.0 { 0.0 } else { -a * a * self.growth(a.abs()) }
    }

    /// (a^μ − 1)/μ, which is ln a at μ = 0.
    fn growth(self, a: f64) -> f64 {
        if self.mu == 0.0 { a.ln() } else { (self.mu * a.ln()).exp_m1() / self.mu }
    }

    fn far(self, a: f64) -> f64 {
        let mu = self.mu;
        let power = a.powf(mu);
        let fourth = -(mu + 2.0) * (mu + 1.0) * (mu - 1.0) * power / (a * a);
        -0.5 * (mu + 3.0) * power - self.growth(a) + fourth / 24.0
    }

    /// The variance of n mean frequencies about their mean, ⟨σ²(N, T, τ)⟩, from K between them.
    fn sample_variance(self, n: usize, between: impl Fn(usize) -> f64) -> f64 {
        let pairs: f64 = (1..n).map(|lag| (n - lag) as f64 * between(lag)).sum();
        between(0) - 2.0 * pairs / (n * (n - 1)) as f64
    }
}

/// The exponent μ of the Allan variance τ^μ of power-law noise; nothing below random walk FM, where
/// the Allan variance depends on the drift as well.
///
/// ```
/// use sigmatau_stability::{Noise, dead_time::mu};
/// assert_eq!(Noise::of(-1).and_then(mu), Some(0.0)); // flicker FM
/// ```
pub fn mu(noise: Noise) -> Option<f64> {
    (noise.alpha() >= -2).then(|| f64::from(-noise.alpha() - 1).max(-2.0))
}

/// Returns B₁(N, r, μ) = ⟨σ²(N, T, τ)⟩ / ⟨σ²(2, T, τ)⟩, the ratio of the variance of `n` frequencies to
/// that of two, both with dead-time ratio `r` = T/τ.
///
/// μ lies in [−2, 2). Time O(N). Nothing where `n` < 2, r < 0 or μ is out of range; at r = 0 the two
/// frequencies are the same and there is no ratio.
///
/// ```
/// use sigmatau_stability::dead_time::b1;
/// assert!((b1(10, 1.0, -2.0).unwrap() - 11.0 / 15.0).abs() < 1e-14);
/// assert_eq!(b1(10, 1.0, -1.0), Some(1.0)); // white FM: every variance is the same
/// ```
///
/// Reference: NBS Technical Note 375.
pub fn b1(n: usize, r: f64, mu: f64) -> Option<f64> {
    let possible = n >= 2 && r > 0.0 && in_range(r, mu);
    let covariance = Covariance::new(mu);
    let many = || covariance.sample_variance(n, |lag| covariance.at(lag as f64 * r));
    possible.then(|| many() / covariance.half_variance(r))
}

/// Returns B₂(r, μ) = ⟨σ²(2, T, τ)⟩ / ⟨σ²(2, τ, τ)⟩, the ratio of the two-sample variance with dead
/// time, `r` = T/τ, to the Allan variance.
///
/// μ lies in [−2, 2). Nothing where r < 0 or μ is out of range.
///
/// ```
/// use sigmatau_stability::dead_time::b2;
/// assert!((b2(1.1, -2.0).unwrap() - 2.0 / 3.0).abs() < 1e-15); // white PM: neighbours no longer share a phase
/// assert!((b2(3.0, 1.0).unwrap() - 4.0).abs() < 1e-13); // random walk FM: (3r − 1)/2
/// ```
///
/// Reference: NBS Technical Note 375.
pub fn b2(r: f64, mu: f64) -> Option<f64> {
    let covariance = Covariance::new(mu);
    in_range(r, mu).then(|| covariance.half_variance(r) / covariance.half_variance(1.0))
}

/// Returns B₃(N, M, r, μ) = ⟨σ²(N, M, T, τ)⟩ / ⟨σ²(N, T, τ)⟩, the ratio of the variance of `n` averages
/// of `m` frequencies each, with dead time between all of them, to that of `n` frequencies with the
/// same total dead time in one piece.
///
/// `r` = T₀/τ₀ = T/τ with T = M T₀, τ = M τ₀; μ lies in [−2, 2). Time O(N M). Nothing where `n` < 2,
/// `m` < 1, r < 1 (the intervals would overlap) or μ is out of range.
///
/// ```
/// use sigmatau_stability::dead_time::b3;
/// assert!((b3(2, 5, 1.0, 0.0).unwrap() - 1.0).abs() < 1e-12); // no dead time, no bias
/// assert!((b3(2, 5, 1.1, -2.0).unwrap() - 5.0).abs() < 1e-12); // white PM: M
/// ```
///
/// Reference: NIST Technical Note 1318.
pub fn b3(n: usize, m: usize, r: f64, mu: f64) -> Option<f64> {
    let possible = n >= 2 && m >= 1 && r >= 1.0 && in_range(r, mu);
    let covariance = Covariance::new(mu);
    let averages = |lag: usize| average_covariance(covariance, m, r, lag);
    let whole = |lag: usize| covariance.at(lag as f64 * r);
    possible.then(|| {
        let distributed = covariance.sample_variance(n, averages);
        distributed / ((m as f64).powf(mu) * covariance.sample_variance(n, whole))
    })
}

/// The covariance of two averages of m frequencies, `lag` averages apart.
fn average_covariance(covariance: Covariance, m: usize, r: f64, lag: usize) -> f64 {
    let first = (lag * m) as f64;
    let pair = |shift: f64| covariance.at((first + shift) * r) + covariance.at((first - shift) * r);
    let beside: f64 = (1..m).map(|shift| (m - shift) as f64 * pair(shift as f64)).sum();
    (m as f64 * covariance.at(first * r) + beside) / (m * m) as f64
}

fn in_range(r: f64, mu: f64) -> bool {
    r >= 0.0 && r.is_finite() && (-2.0..2.0).contains(&mu)
}

/// Returns the Allan deviations that `analysis` of frequencies with dead time stands for, at the
/// averaging times that were really measured.
///
/// `r` = T/τ is the interval between the starts of two measurements, which is the τ₀ of the data, over
/// the time of one measurement. The two-sample variance of averages of m frequencies is B₂(r, μ)
/// B₃(2, m, r, μ) times the Allan variance at m τ₀/r, with μ from the noise type of the point; deviation
/// and interval are divided by the root of that. It holds for consecutive and overlapping terms alike,
/// since both have the same expectation. Time O(m) for each point.
///
/// Points of other statistics, or without a noise type down to random walk FM, have no bias function and
/// are left out. Findings: `dead-time` (note), `dead-time-noise` (warning: the noise type was identified
/// although dead time makes every noise look whiter, and white PM like white FM), `dead-time-undefined`
/// (failure: points were left out).
pub fn corrected(analysis: Analysis, r: f64) -> Analysis {
    let Analysis { points, mut findings } = analysis;
    let asked = points.len();
    let identified = points.iter().any(|point| point.noise.is_some_and(|noise| noise.evidence != Evidence::Stated));
    let points: Vec<Point> = points.into_iter().filter_map(|point| without_bias(point, r)).collect();
    findings.extend(remarks(asked, points.len(), identified, r));
    Analysis { points, findings }
}

fn without_bias(point: Point, r: f64) -> Option<Point> {
    let two_sample = matches!(point.estimator.model, Model::Differences(Differences { order: 2, averaged: false, .. }));
    let mu = point.noise.and_then(|identified| mu(identified.noise)).filter(|_| two_sample)?;
    let bias = b2(r, mu)? * b3(2, point.m, r, mu)?;
    let root = bias.sqrt();
    let interval = point.interval.map(|ends| Interval { lower: ends.lower / root, upper: ends.upper / root });
    Some(Point { tau: point.tau / r, deviation: point.deviation / root, bias: point.bias * bias, interval, ..point })
}

fn remarks(asked: usize, kept: usize, identified: bool, r: f64) -> impl Iterator<Item = Finding> {
    let done = Finding::new(
        Severity::Note,
        "dead-time",
        format!("{kept} deviations were divided by √(B₂ B₃) for the dead-time ratio T/τ = {r}"),
        "τ is the time that was measured, T/τ shorter than the time that passed",
        "state no dead_time where the frequencies were measured back to back",
    );
    let noise = Finding::new(
        Severity::Warning,
        "dead-time-noise",
        "the noise type was identified from frequencies with dead time",
        "dead time makes noise look whiter, and white PM like white FM, so that the bias may be another",
        "state the noise type",
    );
    let undefined = Finding::new(
        Severity::Failure,
        "dead-time-undefined",
        format!("{} of {asked} points have no bias function for dead time", asked - kept),
        "they were left out",
        "ask for adev or oadev, and state a noise type from white PM to random walk FM",
    );
    let there = [(kept > 0, done), (kept > 0 && identified, noise), (kept < asked, undefined)];
    there.into_iter().filter_map(|(there, finding)| there.then_some(finding))
}

#[cfg(test)]
mod tests;
