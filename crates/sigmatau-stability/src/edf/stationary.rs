//! Degrees of freedom of a mean square of stationary differences, from the exact covariances of the noise.
//!
//! 1/ν = (1/n) Σ (1 − |k|/n) ρ²(k) over all |k| < n, ρ the autocorrelation of the terms. The terms are
//! differences of the phases, or of their running sum where they are averaged, so that their covariance
//! is a difference of twice the order of the generalised covariance of the noise. Near multiples of m the
//! sum is taken lag by lag; in between, where ρ is smooth, over panels of rising width (Gauss–Legendre).

use super::{Differences, Model};
use sigmatau_spectrum::noise::covariance;
use std::ops::Range;

/// Lags on both sides of a multiple of m that are summed one by one.
const NEAR: usize = 48;
/// Averaging times beyond which the autocorrelation is not followed: it falls as the square at least.
const FARTHEST: usize = 32;

/// Returns the degrees of freedom; nothing where there is no term.
pub(super) fn stationary(alpha: i8, differences: Differences, points: usize, m: usize) -> Option<f64> {
    let n = Model::Differences(differences).terms(points, m);
    let stride = if differences.overlapping { 1 } else { m };
    let terms = Terms::new(alpha, differences, m as f64);
    let variance = terms.covariance(0.0);
    let weighted = |k: f64| (1.0 - k / n as f64) * (terms.covariance(k * stride as f64) / variance).powi(2);
    let spacing = if differences.overlapping { m } else { 1 };
    let end = n.min(FARTHEST * spacing + NEAR);
    (n > 0).then(|| n as f64 / (1.0 + 2.0 * graded_sum(&weighted, end, spacing)))
}

/// Returns the expected square of a term for σ² = 1; m need not be whole.
pub(super) fn expected_square(alpha: i8, differences: Differences, m: f64) -> f64 {
    Terms::new(alpha, differences, m).covariance(0.0)
}

/// Returns the expected mean over a window of Theo1 of its weighted squares for σ² = 1:
/// (2/m) Σ E(x(0) − x(s) + x(m) − x(m−s))²/s, s = 1 … m/2.
pub(super) fn expected_window_of_theo1(alpha: i8, m: usize) -> f64 {
    let (half, m) = (m / 2, m as f64);
    let k = |lag: f64| covariance(alpha, lag);
    let square = |s: f64| 4.0 * (k(0.0) - k(s) - k(m - s)) + 2.0 * (k(m) + k(m - 2.0 * s));
    graded_sum(&|s| square(s) / s, half + 1, half) / half as f64
}

/// Terms of a statistic, as a difference of order `order` over m of noise of exponent `alpha`.
struct Terms {
    alpha: i8,
    order: i32,
    m: f64,
}

impl Terms {
    /// A mean over m points is a difference of the running sum, whose noise has the exponent α − 2.
    fn new(alpha: i8, differences: Differences, m: f64) -> Self {
        let sums = i8::from(differences.averaged);
        Self { alpha: alpha - 2 * sums, order: i32::from(differences.order) + i32::from(sums), m }
    }

    /// The covariance of two terms `lag` points apart: Σ (−1)^j C(2d, d+j) K(|lag + j m|), j = −d … d.
    fn covariance(&self, lag: f64) -> f64 {
        let d = self.order;
        let mut weight = if d % 2 == 0 { 1.0 } else { -1.0 };
        let mut sum = 0.0;
        for j in -d..=d {
            sum += weight * covariance(self.alpha, (lag + f64::from(j) * self.m).abs());
            weight *= -f64::from(d - j) / f64::from(d + j + 1);
        }
        sum
    }
}

/// Sums f(1) + … + f(end − 1), where f is smooth except near multiples of `spacing`.
fn graded_sum(f: &impl Fn(f64) -> f64, end: usize, spacing: usize) -> f64 {
    let mut sum = 0.0;
    let mut start = 1;
    while start < end {
        let nearest = (start + spacing / 2) / spacing * spacing;
        let distance = start.abs_diff(nearest);
        if distance <= NEAR || spacing <= 4 * NEAR {
            sum += f(start as f64);
            start += 1;
            continue;
        }
        let until_next = if start > nearest { nearest + spacing / 2 } else { nearest - NEAR };
        let grown = if start > nearest { start + distance } else { start + (distance - NEAR).div_ceil(2) };
        let stop = grown.min(until_next).max(start + 1).min(end);
        sum += integral(f, start..stop);
        start = stop;
    }
    sum
}

/// Σ f over whole numbers as the integral between the halves before and after.
fn integral(f: &impl Fn(f64) -> f64, lags: Range<usize>) -> f64 {
    let (from, to) = (lags.start as f64 - 0.5, lags.end as f64 - 0.5);
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let pair = |(node, weight): &(f64, f64)| weight * (f(middle - half * node) + f(middle + half * node));
    half * GAUSS_LEGENDRE.iter().map(pair).sum::<f64>()
}

/// Nodes and weights of the rule of eight points.
const GAUSS_LEGENDRE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];
