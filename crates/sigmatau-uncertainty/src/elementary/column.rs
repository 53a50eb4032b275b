//! The elementary functions for columns: the loops, to be inlined where the vectors of the processor are known.

use super::{is_rare, sin_cos_within};

/// y = f(x), place by place.
#[inline(always)]
pub fn map(x: &[f64], y: &mut [f64], f: impl Fn(f64) -> f64) {
    for (x, y) in x.iter().zip(y) {
        *y = f(*x);
    }
}

/// y = e^x.
#[inline(always)]
pub fn exp(x: &[f64], y: &mut [f64]) {
    map(x, y, super::exp);
}

/// y = ln x.
#[inline(always)]
pub fn ln(x: &[f64], y: &mut [f64]) {
    map(x, y, super::ln);
}

/// y = sin x.
#[inline(always)]
pub fn sin(x: &[f64], y: &mut [f64]) {
    map(x, y, |x| sin_cos_within(x).0);
    mend(x, y, libm::sin);
}

/// y = cos x.
#[inline(always)]
pub fn cos(x: &[f64], y: &mut [f64]) {
    map(x, y, |x| sin_cos_within(x).1);
    mend(x, y, libm::cos);
}

/// y = sin x and z = cos x, for little more than the price of one.
#[inline(always)]
pub fn sin_cos(x: &[f64], y: &mut [f64], z: &mut [f64]) {
    for ((x, y), z) in x.iter().zip(&mut *y).zip(&mut *z) {
        (*y, *z) = sin_cos_within(*x);
    }
    mend(x, y, libm::sin);
    mend(x, z, libm::cos);
}

/// Takes the places of rare angles again.
#[inline(always)]
fn mend(x: &[f64], y: &mut [f64], f: fn(f64) -> f64) {
    if x.iter().fold(false, |any, x| any | is_rare(*x)) {
        x.iter().zip(y).filter(|(x, _)| is_rare(**x)).for_each(|(x, y)| *y = f(*x));
    }
}
