//! Which power-law noise dominates at an averaging time.
//!
//! The lag-1 autocorrelation identifies the exponent from the data themselves. With fewer than
//! [`FEWEST_POINTS`] points it is unreliable; then the ratio B₁ of the standard to the Allan variance
//! decides, with R(n), the ratio of the modified to the Allan variance, between the two phase noises;
//! where even that has too few points, the type of the next shorter averaging time is carried on.
//! Each result says which of the three it came from.

mod bias_ratio;
mod lag1;

pub use bias_ratio::{FEWEST_AVERAGES, b1, bias_ratio_exponent, r};
pub(crate) use lag1::Lag1;
pub use lag1::{FEWEST_POINTS, lag1_exponent};

use rayon::prelude::*;
use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::noise::NAMES;
use std::fmt;

/// Points from which on the lag-1 autocorrelation hardly ever misses the exponent, whose standard
/// uncertainty is about 2/√n.
///
/// With fewer points flicker PM and white FM are now and then taken for white PM. That hardly moves
/// the degrees of freedom of averaged or consecutive terms, but multiplies those of the overlapping
/// Allan and Hadamard deviations: in simulated records of 1025 points their 95 % intervals then held
/// the true value in 58 % to 89 % of cases. State the noise where it is known.
pub const ENOUGH_POINTS: usize = 256;

/// A power law S_y(f) ∝ f^α (IEEE 1139; NIST SP 1065, 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise(i8);

impl Noise {
    /// The noise of exponent `alpha`, which lies between −4 and 2.
    pub fn of(alpha: i8) -> Option<Self> {
        (-4..=2).contains(&alpha).then_some(Self(alpha))
    }

    /// The exponent α.
    pub fn alpha(self) -> i8 {
        self.0
    }

    /// The name, such as `white FM`.
    pub fn name(self) -> &'static str {
        let named = NAMES.iter().find(|(alpha, _)| *alpha == self.0);
        named.expect("every exponent has a name").1
    }
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a noise type was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Lag-1 autocorrelation of at least [`ENOUGH_POINTS`] points.
    Lag1,
    /// Lag-1 autocorrelation of fewer points: the exponent may be off by one.
    ShortLag1,
    /// The ratio B₁, since there were too few points for the autocorrelation.
    BiasRatio,
    /// The type at the next shorter averaging time, since there were too few points for either.
    Carried,
    /// The user said so.
    Stated,
}

/// A noise type and how it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identified {
    /// The noise type.
    pub noise: Noise,
    /// How it was found.
    pub evidence: Evidence,
}

impl Identified {
    /// The same for a statistic of differences of the given order: an Allan statistic, of order 2, does
    /// not tell anything below α = −2 apart, nor does one of order 1. What the user states stays.
    #[must_use]
    pub fn seen_by(self, order: u8) -> Self {
        let lowest = if order <= 2 && self.evidence != Evidence::Stated { -2 } else { -4 };
        Self { noise: Noise(self.noise.0.max(lowest)), ..self }
    }
}

/// Identifies the noise at each of the rising averaging factors, α from 2 down to −4.
///
/// The factors run in parallel. Time O(N/m) per factor; no memory beyond the data, but where the
/// ratios have to decide.
pub fn identify(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Option<Identified>> {
    let exponents = lag1::lag1_exponents(phase.values(), factors);
    judged(phase.len(), factors, &exponents, |m| bias_ratio_exponent(phase, m))
}

/// The noise at each of the rising factors, from the exponents by lag-1 autocorrelation, `by_ratio` where there
/// is none, or else the next shorter averaging time.
pub(crate) fn judged(
    points: usize,
    factors: &[usize],
    lag1: &[Option<f64>],
    by_ratio: impl Fn(usize) -> Option<i8> + Sync,
) -> Vec<Option<Identified>> {
    let measured = |(m, lag1): (&usize, &Option<f64>)| {
        let evidence = if points.div_ceil(*m) < ENOUGH_POINTS { Evidence::ShortLag1 } else { Evidence::Lag1 };
        let lag1 = lag1.map(|p| (p.round_ties_even(), evidence));
        let (alpha, evidence) = lag1.or_else(|| Some((f64::from(by_ratio(*m)?), Evidence::BiasRatio)))?;
        Noise::of(alpha.clamp(-4.0, 2.0) as i8).map(|noise| Identified { noise, evidence })
    };
    let measured: Vec<_> = factors.par_iter().zip(lag1).map(measured).collect();
    let mut last = None;
    let or_carried = |found: Option<Identified>| {
        last = found.or(last.map(|noise| Identified { evidence: Evidence::Carried, ..noise }));
        last
    };
    measured.into_iter().map(or_carried).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The 1000-point suite of NIST SP 1065 as phase.
    pub(crate) fn suite() -> Vec<f64> {
        let mut n: u64 = 1_234_567_890;
        let mut x = vec![0.0];
        for _ in 0..1000 {
            x.push(x[x.len() - 1] + n as f64 / 2_147_483_647.0);
            n = n * 16_807 % 2_147_483_647;
        }
        x
    }

    #[test]
    fn lag1_agrees_with_the_detrended_definition() {
        let x = suite();
        for m in [1, 3, 10] {
            let direct = lag1_by_definition(&x, m, 2);
            let fast = lag1_exponent(&x, m).unwrap();
            assert!((direct - fast).abs() < 1e-9, "m {m}: {direct} and {fast}");
        }
    }

    #[test]
    fn frequency_offset_and_drift_leave_the_exponent_unchanged() {
        let x = suite();
        let moved: Vec<f64> =
            x.iter().enumerate().map(|(i, x)| x + 5.0 + 0.25 * i as f64 + 1e-3 * (i * i) as f64).collect();
        let exponent = |x: &[f64]| lag1_exponent(x, 1).unwrap();
        assert!((exponent(&x) - exponent(&moved)).abs() < 1e-9);
    }

    #[test]
    fn a_constant_record_has_no_noise() {
        let x = [3.0; 200];
        assert_eq!(identify(&PhaseSeries::new(&x, 1.0).unwrap(), &[1, 2]), [None, None]);
    }

    #[test]
    fn few_points_fall_back_and_say_so() {
        let x = suite();
        let phase = PhaseSeries::new(&x[..321], 1.0).unwrap();
        let found: Vec<Evidence> = identify(&phase, &[1, 4, 16, 64]).iter().map(|id| id.unwrap().evidence).collect();
        assert_eq!(found, [Evidence::Lag1, Evidence::ShortLag1, Evidence::BiasRatio, Evidence::Carried]);
    }

    fn lag1_by_definition(x: &[f64], m: usize, order: usize) -> f64 {
        let decimated: Vec<f64> = x.iter().step_by(m).copied().collect();
        let mut z = less_parabola(&decimated);
        for d in 0.. {
            let mean = z.iter().sum::<f64>() / z.len() as f64;
            let c0: f64 = z.iter().map(|z| (z - mean).powi(2)).sum();
            let c1: f64 = z.windows(2).map(|w| (w[0] - mean) * (w[1] - mean)).sum();
            let rho = (c1 / c0) / (1.0 + c1 / c0);
            if rho < 0.25 || d == order {
                return 2.0 - 2.0 * (rho + d as f64);
            }
            z = z.windows(2).map(|w| w[1] - w[0]).collect();
        }
        unreachable!("the loop returns")
    }

    /// Gram–Schmidt on 1, t, t².
    fn less_parabola(x: &[f64]) -> Vec<f64> {
        let n = x.len() as f64;
        let t: Vec<f64> = (0..x.len()).map(|i| i as f64 - (n - 1.0) / 2.0).collect();
        let mean_square = t.iter().map(|t| t * t).sum::<f64>() / n;
        let basis: [Vec<f64>; 3] = [vec![1.0; x.len()], t.clone(), t.iter().map(|t| t * t - mean_square).collect()];
        basis.iter().fold(x.to_vec(), |left, p| {
            let c = left.iter().zip(p).map(|(x, p)| x * p).sum::<f64>() / p.iter().map(|p| p * p).sum::<f64>();
            left.iter().zip(p).map(|(x, p)| x - c * p).collect()
        })
    }
}
