//! What is known of the variance of one clock from the differences of all.
//!
//! The estimate of a hat is a mean of quadratic forms z'Az of the clocks' Gaussian differences z, with
//! A_aa = 1, A_bc = ½ ω_bc for the weights ω of two others, and rows that sum to 0; under variances D it is distributed as
//! Σ λ_j χ²_j(ν)/ν with the eigenvalues λ of √D A √D. A value θ of σ_a² is tested by asking how likely an
//! estimate at most as large, or at least as large, as the observed one is under θ. The other
//! variances are those most likely given θ: positive, and in line with every difference.
//!
//! The lower end is the θ under which at least as large an estimate has the probability (1−p)/2; 0 where
//! no θ is so small. The upper end is the θ under which at most as large an estimate is
//! (1−p)/2 as probable as it is under θ = 0 (A. L. Read, "Presentation of search results: the CLs technique",
//! Journal of Physics G 28, 2002). For a clock that clearly differs from 0 this is the plain (1−p)/2 quantile; for
//! a negative estimate it is a bound that is never 0 and covers no less than p. This serves the purpose
//! of the Bayesian intervals of Lantz et al. (KLTS, IEEE Transactions on UFFC 66, 2019) without a prior.

use super::{PairVariances, Weights};
use crate::interval::Interval;
use crate::quadratic::QuadraticForm;

/// Returns the two-sided interval of the variance of `clock` from `nu` degrees of freedom, at level p =
/// `confidence`; its lower end is 0 where the data give an upper bound alone. Nothing where a variance, `nu` or
/// `confidence` is not positive, or `confidence` not below 1.
///
/// ```
/// use sigmatau_stability::hat::{PairVariances, interval::bounds};
/// // Two poor clocks and one whose variance comes out as ½ (0.9 + 1.0 − 2.1) = −0.1.
/// let pairs = PairVariances::new(3, &[0.9, 1.0, 2.1]);
/// let known = bounds(&pairs, 0, 50.0, 0.95).unwrap();
/// assert!(known.lower == 0.0 && 0.1 < known.upper && known.upper < 0.3);
/// ```
pub fn bounds(pairs: &PairVariances, clock: usize, nu: f64, confidence: f64) -> Option<Interval> {
    let positive = (0..pairs.clocks).all(|k| (0..k).all(|l| pairs.row(k)[l] > 0.0));
    if !(positive && nu > 0.0 && confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let estimate = pairs.estimates()[clock];
    let below = |theta: f64| form(pairs, clock, theta, nu).probability_below(estimate);
    let at_zero = below(0.0);
    let tail = 0.5 - 0.5 * confidence;
    let scale = standard_uncertainty(pairs, clock, nu).max(estimate.abs());
    let lower = if 1.0 - at_zero > tail { 0.0 } else { falls_to(1.0 - tail, scale, below) };
    Some(Interval { lower, upper: falls_to(tail * at_zero, scale, below) })
}

/// Returns the standard uncertainty √(2 Σ_kl A_kl² σ_k² σ_l² / ν) of the estimated variance of `clock`, with the most
/// likely variances of all clocks (Ekstrom and Koppang 2006 for three).
pub fn standard_uncertainty(pairs: &PairVariances, clock: usize, nu: f64) -> f64 {
    let likely = likely_variances(pairs, None);
    let n = pairs.clocks;
    let weights = Weights::of(pairs, clock);
    let terms = (0..n).flat_map(|k| (0..n).map(move |l| (k, l)));
    let sum: f64 = terms.map(|(k, l)| weights.coefficient(k, l).powi(2) * likely[k] * likely[l]).sum();
    (2.0 * sum / nu).sqrt()
}

/// The θ > 0 at which a falling probability reaches `level`, to 1e-6, by octaves from `scale` on and bisection;
/// infinite where it never does.
fn falls_to(level: f64, scale: f64, probability: impl Fn(f64) -> f64) -> f64 {
    let above = |theta: &f64| probability(*theta) > level;
    let octave = |power: i32| scale * 2f64.powi(power);
    let ends = if above(&scale) {
        (1..100).map(octave).find(|theta| !above(theta)).map(|high| (0.5 * high, high))
    } else {
        (1..100).map(|power| octave(-power)).find(above).map(|low| (low, 2.0 * low))
    };
    let Some((mut low, mut high)) = ends else { return if above(&scale) { f64::INFINITY } else { 0.0 } };
    while high - low > 1e-6 * high {
        let middle = 0.5 * (low + high);
        if above(&middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The distribution of the estimate for `clock` when its variance is `theta`.
fn form(pairs: &PairVariances, clock: usize, theta: f64, nu: f64) -> QuadraticForm {
    let roots: Vec<f64> =
        likely_variances(pairs, Some((clock, theta))).iter().map(|variance| variance.sqrt()).collect();
    let n = pairs.clocks;
    let weights = Weights::of(pairs, clock);
    let entry = |k: usize, l: usize| roots[k] * weights.coefficient(k, l) * roots[l];
    let matrix = (0..n).map(|k| (0..n).map(|l| entry(k, l)).collect()).collect();
    QuadraticForm::new(eigenvalues(matrix), nu)
}

/// Variances below this share of the smallest difference count as 0.
const NEGLIGIBLE: f64 = 1e-9;

/// The variances of all clocks that make the differences most likely, one of them held where it is given.
///
/// Maximum likelihood of Gaussian differences by expectation and maximisation: with weights w ∝ 1/σ², each
/// σ_k² becomes the variance of the clock against the weighted mean of all plus that of the mean,
/// 1/Σ(1/σ²), until none moves by more than 1e-6 of the smallest difference.
fn likely_variances(pairs: &PairVariances, held: Option<(usize, f64)>) -> Vec<f64> {
    let smallest = (0..pairs.clocks).flat_map(|k| (0..k).map(move |l| (k, l)));
    let smallest = smallest.map(|(k, l)| pairs.row(k)[l]).fold(f64::INFINITY, f64::min);
    let floor = NEGLIGIBLE * smallest;
    let hold = |mut variances: Vec<f64>| {
        variances.iter_mut().for_each(|variance| *variance = variance.max(floor));
        held.iter().for_each(|(clock, theta)| variances[*clock] = theta.max(floor));
        variances
    };
    let start = pairs.estimates().iter().map(|estimate| estimate.max(0.05 * smallest)).collect();
    let mut variances = hold(start);
    for _ in 0..500 {
        let next = hold(expected_squares(pairs, &variances));
        let moved = next.iter().zip(&variances).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
        variances = next;
        if moved < 1e-6 * smallest {
            break;
        }
    }
    variances
}

/// E(z_k²) for every clock given the differences: v(k against the mean) + 1/Σ(1/σ²).
fn expected_squares(pairs: &PairVariances, variances: &[f64]) -> Vec<f64> {
    let precision: f64 = variances.iter().map(|variance| 1.0 / variance).sum();
    let weights: Vec<f64> = variances.iter().map(|variance| 1.0 / variance / precision).collect();
    let dot = |a: &[f64]| a.iter().zip(&weights).map(|(a, w)| a * w).sum::<f64>();
    let to_mean: Vec<f64> = (0..pairs.clocks).map(|k| dot(pairs.row(k))).collect();
    let half = 0.5 * dot(&to_mean);
    to_mean.iter().map(|against| (against - half).max(0.0) + 1.0 / precision).collect()
}

/// The eigenvalues of a symmetric matrix by Jacobi's rotations.
fn eigenvalues(mut a: Vec<Vec<f64>>) -> Vec<f64> {
    let n = a.len();
    let size: f64 = a.iter().flatten().map(|entry| entry * entry).sum();
    for _ in 0..50 {
        let off: f64 = (0..n).flat_map(|k| (0..k).map(move |l| (k, l))).map(|(k, l)| a[k][l] * a[k][l]).sum();
        if off <= 1e-30 * size {
            break;
        }
        (0..n).for_each(|k| (0..k).for_each(|l| rotate(&mut a, k, l)));
    }
    (0..n).map(|k| a[k][k]).collect()
}

/// Turns the plane of axes k and l until their entry is 0.
fn rotate(a: &mut [Vec<f64>], k: usize, l: usize) {
    if a[k][l] == 0.0 {
        return;
    }
    let ratio = (a[l][l] - a[k][k]) / (2.0 * a[k][l]);
    let tangent = ratio.signum() / (ratio.abs() + ratio.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for row in a.iter_mut() {
        (row[k], row[l]) = (cosine * row[k] - sine * row[l], sine * row[k] + cosine * row[l]);
    }
    for column in 0..a.len() {
        (a[k][column], a[l][column]) =
            (cosine * a[k][column] - sine * a[l][column], sine * a[k][column] + cosine * a[l][column]);
    }
}
