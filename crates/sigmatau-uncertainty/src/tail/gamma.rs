//! The regularised incomplete gamma function, as logarithms of both its tails.

use super::{ln_complement, stirling};
use std::f64::consts::PI;

/// Terms after which a series or fraction that has not settled is given up; √shape of them are needed near the mode.
const TERMS: u32 = 1_000_000;
const TINY: f64 = 1e-300;

/// ln of the lower and the upper tail of a gamma distribution of the given shape and scale 1.
pub(super) fn ln_tails(shape: f64, x: f64) -> (f64, f64) {
    match x {
        _ if !(shape > 0.0 && shape < f64::INFINITY) || x.is_nan() => (f64::NAN, f64::NAN),
        x if x <= 0.0 => (f64::NEG_INFINITY, 0.0),
        f64::INFINITY => (0.0, f64::NEG_INFINITY),
        x if x < shape + 1.0 => {
            let lower = ln_density(shape, x) + series(shape, x).ln();
            (lower, ln_complement(lower))
        }
        x => {
            let upper = ln_density(shape, x) + fraction(shape, x).ln();
            (ln_complement(upper), upper)
        }
    }
}

/// ln(xᵃ e⁻ˣ/Γ(a)) = ½ ln(a/2π) − Δ(a) − a (μ − ln(1+μ)) with μ = x/a − 1.
fn ln_density(a: f64, x: f64) -> f64 {
    let excess = (x - a) / a;
    let logarithm = if excess.abs() < 0.5 { excess.ln_1p() } else { (x / a).ln() };
    0.5 * (a / (2.0 * PI)).ln() - stirling(a) - a * (excess - logarithm)
}

/// Σ xⁿ/(a(a+1)…(a+n)).
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut place) = (1.0 / a, 1.0 / a, a);
    for _ in 0..TERMS {
        place += 1.0;
        term *= x / place;
        sum += term;
        if term < sum * f64::EPSILON * 0.25 {
            break;
        }
    }
    sum
}

/// Legendre's continued fraction of Γ(a,x)/(xᵃ e⁻ˣ), by Lentz's method.
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut value = d;
    for term in 1..=TERMS {
        let n = f64::from(term);
        let numerator = -n * (n - a);
        b += 2.0;
        d = 1.0 / away_from_zero(numerator * d + b);
        c = away_from_zero(b + numerator / c);
        value *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

pub(super) fn away_from_zero(value: f64) -> f64 {
    if value.abs() < TINY { TINY } else { value }
}
