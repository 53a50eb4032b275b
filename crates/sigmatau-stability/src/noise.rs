//! Which power-law noise dominates at an averaging time.
//!
//! The lag-1 autocorrelation identifies the exponent from the data themselves. With fewer than
//! [`FEWEST_POINTS`] points it is unreliable; then the ratio B₁ of the standard to the Allan variance
//! decides, with R(n), the ratio of the modified to the Allan variance, between the two phase noises;
//! where even that has too few points, the type of the next shorter averaging time is carried on.
//! Each result says which of the three it came from.

use crate::kernel::Terms;
use crate::kernel::consecutive;
use crate::kernel::line::Line;
use crate::kernel::modified;
use sigmatau_core::PhaseSeries;
use std::fmt;

/// Points below which the lag-1 autocorrelation is not trusted.
pub const FEWEST_POINTS: usize = 30;
/// Frequency averages below which the ratio B₁ is not trusted either: its own scatter, about √(2/n),
/// then exceeds what separates white FM from phase noise. Stable32 stops between 8 and 12 as well.
const FEWEST_AVERAGES: usize = 10;

/// A power law S_y(f) ∝ f^α (IEEE 1139, 5; NIST SP 1065, 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise(i8);

impl Noise {
    /// The names of the power laws, from α = 2 down to α = −4.
    const NAMES: [&str; 7] =
        ["white PM", "flicker PM", "white FM", "flicker FM", "random walk FM", "flicker walk FM", "random run FM"];

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
        Self::NAMES[usize::try_from(2 - self.0).expect("alpha is at most 2")]
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
    /// Lag-1 autocorrelation of enough points.
    Lag1,
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

/// Identifies the noise at each of the rising averaging factors, for statistics of differences of
/// the given order (2: α down to −2, 3: α down to −4).
///
/// Time O(N/m) per factor, in one pass over every m-th point; no memory beyond the data but for the
/// few longest averaging times.
pub fn identify(phase: &PhaseSeries<'_>, factors: &[usize], order: u8) -> Vec<Option<Identified>> {
    let mut last = None;
    let next = |m: &usize| {
        last = measured(phase, *m, order).or(last.map(|noise| Identified { evidence: Evidence::Carried, ..noise }));
        last
    };
    factors.iter().map(next).collect()
}

fn measured(phase: &PhaseSeries<'_>, m: usize, order: u8) -> Option<Identified> {
    let lag1 = lag1_exponent(phase, m, order).map(|p| (p.round_ties_even(), Evidence::Lag1));
    let (alpha, evidence) = lag1.or_else(|| Some((f64::from(bias_ratio_exponent(phase, m)?), Evidence::BiasRatio)))?;
    let lowest = if order == 2 { -2.0 } else { -4.0 };
    Noise::of(alpha.clamp(lowest, 2.0) as i8).map(|noise| Identified { noise, evidence })
}

/// Returns the exponent α, not rounded, from the lag-1 autocorrelation at averaging factor `m`, or
/// nothing for fewer than [`FEWEST_POINTS`] points.
///
/// Every m-th phase is taken and its quadratic trend removed. With r₁ the lag-1 autocorrelation,
/// ρ = r₁/(1 + r₁); while ρ ≥ 1/4 the data are differenced, up to `order` times; then
/// α = 2 − 2(ρ + d) after d differences (Riley and Greenhall, "Power law noise identification using
/// the lag 1 autocorrelation", EFTF 2004; NIST SP 1065, 5.5.6).
pub fn lag1_exponent(phase: &PhaseSeries<'_>, m: usize, order: u8) -> Option<f64> {
    let every = Every { phase, m, line: Line::through_ends(phase, m) };
    if every.len() < FEWEST_POINTS || every.present() < FEWEST_POINTS {
        return None;
    }
    let moments = every.moments(&every.trend());
    let mut last = None;
    for (d, moment) in moments.iter().enumerate().take(usize::from(order) + 1) {
        let r1 = moment.autocorrelation()?;
        let rho = r1 / (1.0 + r1);
        last = Some(2.0 - 2.0 * (rho + d as f64));
        if rho < 0.25 {
            break;
        }
    }
    last
}

/// Every m-th phase, less the line through the ends.
struct Every<'a> {
    phase: &'a PhaseSeries<'a>,
    m: usize,
    line: Line,
}

/// c₀ + c₁ t + c₂ t² with t from −1 to 1 over the record.
struct Trend([f64; 3]);

impl Every<'_> {
    fn len(&self) -> usize {
        self.phase.len().div_ceil(self.m)
    }

    fn at(&self, k: usize) -> f64 {
        self.line.off(k, self.phase.values()[k * self.m])
    }

    fn present(&self) -> usize {
        match self.phase.has_gaps() {
            true => (0..self.len()).filter(|k| !self.at(*k).is_nan()).count(),
            false => self.len(),
        }
    }

    /// The place of point k between −1 and 1.
    fn place(&self, k: usize) -> f64 {
        let half = (self.len() - 1) as f64 / 2.0;
        k as f64 / half - 1.0
    }

    /// The least-squares parabola, by the normal equations in t.
    fn trend(&self) -> Trend {
        let mut powers = [0.0; 5];
        let mut products = [0.0; 3];
        for k in 0..self.len() {
            let (x, t) = (self.at(k), self.place(k));
            if x.is_nan() {
                continue;
            }
            let square = t * t;
            for (power, term) in powers.iter_mut().zip([1.0, t, square, square * t, square * square]) {
                *power += term;
            }
            for (product, term) in products.iter_mut().zip([x, x * t, x * square]) {
                *product += term;
            }
        }
        Trend(solve(powers, products))
    }

    /// Sums over the detrended points and their first three differences, in one pass.
    fn moments(&self, trend: &Trend) -> [Moments; 4] {
        let mut moments = [Moments::default(); 4];
        let mut previous = [f64::NAN; 4];
        for k in 0..self.len() {
            let t = self.place(k);
            let mut difference = self.at(k) - (trend.0[0] + t * (trend.0[1] + t * trend.0[2]));
            for (moment, before) in moments.iter_mut().zip(&mut previous) {
                moment.add(*before, difference);
                let next = difference - *before;
                *before = difference;
                difference = next;
            }
        }
        moments
    }
}

/// Solves the 3×3 normal equations whose matrix is made of the sums of powers t⁰ … t⁴ (Cramer).
fn solve(s: [f64; 5], b: [f64; 3]) -> [f64; 3] {
    let determinant = |[a, b, c]: [[f64; 3]; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let matrix = [[s[0], s[1], s[2]], [s[1], s[2], s[3]], [s[2], s[3], s[4]]];
    let whole = determinant(matrix);
    std::array::from_fn(|column| {
        let mut replaced = matrix;
        replaced.iter_mut().zip(b).for_each(|(row, value)| row[column] = value);
        determinant(replaced) / whole
    })
}

/// Sums for the mean, the variance and the lag-1 covariance of a series with missing points.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
    pairs: f64,
    pair_sum: f64,
    products: f64,
}

impl Moments {
    fn add(&mut self, before: f64, value: f64) {
        if value.is_nan() {
            return;
        }
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
        if !before.is_nan() {
            self.pairs += 1.0;
            self.pair_sum += before + value;
            self.products += before * value;
        }
    }

    /// r₁ = Σ (z(i) − z̄)(z(i+1) − z̄) / Σ (z(i) − z̄)²; nothing for a constant series.
    fn autocorrelation(&self) -> Option<f64> {
        let mean = self.sum / self.count;
        let covariance = self.products - mean * self.pair_sum + self.pairs * mean * mean;
        let variance = self.squares - self.count * mean * mean;
        (variance > 0.0).then(|| covariance / variance)
    }
}

/// Returns the exponent α by B₁, and R(n) between the phase noises (NIST SP 1065, 5.5.3 to 5.5.5), or nothing
/// for fewer than ten frequency averages.
pub fn bias_ratio_exponent(phase: &PhaseSeries<'_>, m: usize) -> Option<i8> {
    let averages = averages(phase, m);
    if averages.len() < FEWEST_AVERAGES {
        return None;
    }
    let allan = allan_variance(phase, m)?;
    let ratio = variance(&averages) / allan;
    let alpha = nearest_by_ratio(ratio, &[-2, -1, 0, 2], |alpha| b1(averages.len() as f64, alpha))?;
    if alpha < 2 || m == 1 {
        return Some(alpha);
    }
    nearest_by_ratio(modified_variance(phase, m)? / allan, &[2, 1], |alpha| r(m as f64, alpha))
}

/// The candidate whose expected ratio is nearest to the measured one on a logarithmic scale.
fn nearest_by_ratio(ratio: f64, candidates: &[i8], expected: impl Fn(i8) -> f64) -> Option<i8> {
    let distance = |alpha: &i8| (ratio / expected(*alpha)).ln().abs();
    let measurable = ratio.is_finite() && ratio > 0.0;
    measurable.then(|| candidates.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b))))?
}

/// The ratio B₁ of the standard variance of `n` averages to the Allan variance (NIST SP 1065, 5.6):
/// n(1 − n^μ) / (2(n − 1)(1 − 2^μ)) with σ_y²(τ) ∝ τ^μ.
///
/// ```
/// assert_eq!(sigmatau_stability::noise::b1(100.0, 0), 1.0);
/// ```
pub fn b1(n: f64, alpha: i8) -> f64 {
    match alpha {
        -1 => n * n.ln() / (2.0 * (n - 1.0) * std::f64::consts::LN_2),
        _ => {
            let mu: f64 = if alpha >= 1 { -2.0 } else { f64::from(-alpha) - 1.0 };
            n * (1.0 - n.powf(mu)) / (2.0 * (n - 1.0) * (1.0 - 2f64.powf(mu)))
        }
    }
}

/// The ratio R(n) of the modified to the Allan variance at averaging factor `n` for white phase noise
/// (1/n) and flicker phase noise (with the measurement bandwidth 1/(2τ₀)).
pub fn r(n: f64, alpha: i8) -> f64 {
    match alpha {
        2 => 1.0 / n,
        _ => 1.5 * (256.0_f64 / 27.0).ln() / (1.038 + 3.0 * (std::f64::consts::PI * n).ln()),
    }
}

fn averages(phase: &PhaseSeries<'_>, m: usize) -> Vec<f64> {
    let x: Vec<f64> = phase.values().iter().step_by(m).copied().collect();
    x.windows(2).map(|pair| pair[1] - pair[0]).filter(|y| !y.is_nan()).collect()
}

fn variance(y: &[f64]) -> f64 {
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    y.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / (y.len() as f64 - 1.0)
}

fn allan_variance(phase: &PhaseSeries<'_>, m: usize) -> Option<f64> {
    let terms = consecutive::second_differences(phase, &[m])[0];
    terms.mean_square().map(|mean_square| 0.5 * mean_square)
}

fn modified_variance(phase: &PhaseSeries<'_>, m: usize) -> Option<f64> {
    let terms: Terms = modified::second_differences_of_averages(phase, &[m])[0];
    terms.mean_square().map(|mean_square| 0.5 * mean_square / (m * m) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimator::Estimator;

    /// The 1000-point suite of NIST SP 1065 as phase.
    fn suite() -> Vec<f64> {
        let mut n: u64 = 1_234_567_890;
        let mut x = vec![0.0];
        for _ in 0..1000 {
            x.push(x[x.len() - 1] + n as f64 / 2_147_483_647.0);
            n = n * 16_807 % 2_147_483_647;
        }
        x
    }

    #[test]
    fn bias_ratios_of_the_suite_are_the_published_ones() {
        // NIST SP 1065, table 32: B1 = 0.870, R(n) = 0.384 at m = 10.
        let x = suite();
        let phase = PhaseSeries::new(&x, 1.0).unwrap();
        let allan = allan_variance(&phase, 10).unwrap();
        assert!((variance(&averages(&phase, 10)) / allan - 0.870).abs() < 5e-4);
        assert!((modified_variance(&phase, 10).unwrap() / allan - 0.384).abs() < 5e-4);
    }

    #[test]
    fn lag1_agrees_with_the_detrended_definition() {
        let x = suite();
        let phase = PhaseSeries::new(&x, 1.0).unwrap();
        for m in [1, 3, 10] {
            let direct = lag1_by_definition(&x, m, 2);
            let fast = lag1_exponent(&phase, m, 2).unwrap();
            assert!((direct - fast).abs() < 1e-9, "m {m}: {direct} and {fast}");
        }
    }

    #[test]
    fn frequency_offset_and_drift_leave_the_exponent_unchanged() {
        let x = suite();
        let moved: Vec<f64> =
            x.iter().enumerate().map(|(i, x)| x + 5.0 + 0.25 * i as f64 + 1e-3 * (i * i) as f64).collect();
        let exponent = |x: &[f64]| lag1_exponent(&PhaseSeries::new(x, 1.0).unwrap(), 4, 2).unwrap();
        assert!((exponent(&x) - exponent(&moved)).abs() < 1e-9);
    }

    #[test]
    fn a_constant_record_has_no_noise() {
        let x = [3.0; 200];
        assert_eq!(identify(&PhaseSeries::new(&x, 1.0).unwrap(), &[1, 2], 2), [None, None]);
    }

    #[test]
    fn few_points_fall_back_and_say_so() {
        let x = suite();
        let phase = PhaseSeries::new(&x[..65], 1.0).unwrap();
        let found: Vec<Evidence> = identify(&phase, &[1, 4, 32], 2).iter().map(|id| id.unwrap().evidence).collect();
        assert_eq!(found, [Evidence::Lag1, Evidence::BiasRatio, Evidence::Carried]);
        assert_eq!(Estimator::named("oadev").unwrap().differences.order, 2);
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
