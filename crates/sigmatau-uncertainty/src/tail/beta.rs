//! The regularised incomplete beta function, as logarithms of both its tails.

use super::gamma::away_from_zero;
use super::{ln_complement, stirling};
use std::f64::consts::PI;

const TERMS: u32 = 1_000_000;

/// ln of the lower and the upper tail of Beta(a, b) at x, given x and 1 − x, whichever is small being exact.
pub(super) fn ln_tails(a: f64, b: f64, x: f64, rest: f64) -> (f64, f64) {
    let shaped = a > 0.0 && b > 0.0 && a < f64::INFINITY && b < f64::INFINITY;
    match x {
        _ if !shaped || x.is_nan() || rest.is_nan() => (f64::NAN, f64::NAN),
        x if x <= 0.0 => (f64::NEG_INFINITY, 0.0),
        _ if rest <= 0.0 => (0.0, f64::NEG_INFINITY),
        x if x < (a + 1.0) / (a + b + 2.0) => {
            let lower = ln_lower(a, b, x, rest);
            (lower, ln_complement(lower))
        }
        x => {
            let upper = ln_lower(b, a, rest, x);
            (ln_complement(upper), upper)
        }
    }
}

fn ln_lower(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    (ln_power(a, b, x, rest) - fraction(a, b, x, rest).ln()).min(0.0)
}

/// ln(xᵃ(1−x)ᵇ/B(a,b)) = ½ ln(ab/(2π(a+b))) − Δ(a) − Δ(b) + Δ(a+b) + a ln(x(a+b)/a) + b ln((1−x)(a+b)/b).
fn ln_power(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    let sum = a + b;
    let corrections = stirling(sum) - stirling(a) - stirling(b);
    // x(a+b)/a − 1 = (b x − a(1−x))/a, which is exact where the point is near the mean.
    let excess = b * x - a * rest;
    let power = a * ln_near(excess / a, x * sum / a) + b * ln_near(-excess / b, rest * sum / b);
    0.5 * (a / sum * b / (2.0 * PI)).ln() + corrections + power
}

fn ln_near(excess: f64, ratio: f64) -> f64 {
    if excess.abs() < 0.5 { excess.ln_1p() } else { ratio.ln() }
}

/// The even part of the continued fraction of xᵃ(1−x)ᵇ/(B(a,b) I(x; a, b)), in which nothing cancels where a is large, by
/// Lentz's method.
///
/// Reference: A. R. DiDonato, A. H. Morris, ACM Transactions on Mathematical Software 18 (1992) 360.
fn fraction(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    let from_mean = a * rest - b * x + 1.0;
    let mut value = away_from_zero(a * from_mean / (a + 1.0));
    let (mut c, mut d) = (value, 0.0);
    for term in 1..=TERMS {
        let m = f64::from(term);
        let place = a + 2.0 * m;
        let step = m * (b - m) * x / (place - 1.0);
        let numerator = (a + m - 1.0) * (a + b + m - 1.0) / (place - 1.0) * step * x;
        let denominator = m + step + (a + m) * (from_mean + m * (2.0 - x)) / (place + 1.0);
        d = 1.0 / away_from_zero(denominator + numerator * d);
        c = away_from_zero(denominator + numerator / c);
        value *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}
