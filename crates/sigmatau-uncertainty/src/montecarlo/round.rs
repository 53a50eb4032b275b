//! Random directions: the cosine and the sine of an angle that comes as random bits, so that nothing has to be reduced.
//! Correctly rounded operations only, without fused multiply-add: every vector width gives the same bits.

use super::lanes::centred;
use crate::elementary::{COS, SIN, polynomial};
use std::f64::consts::{FRAC_PI_2, PI};

/// The series of sin x / x in x², which at π/2 leaves out less than 2e-18.
const SIN_SERIES: [f64; 11] = {
    let (mut series, mut term, mut power) = ([0.0; 11], 1.0, 0);
    while power < 11 {
        series[power] = term;
        power += 1;
        term /= -((2 * power * (2 * power + 1)) as f64);
    }
    series
};

/// The cosine and the sine of an angle that is uniform on the circle, from 64 random bits: 52 for the place in an eighth
/// on both sides of an axis, two for the axis.
#[inline(always)]
pub(super) fn direction(bits: u64) -> (f64, f64) {
    let angle = FRAC_PI_2 * centred(bits);
    let square = angle * angle;
    let along = 1.0 - (0.5 * square - square * square * polynomial(&COS, square));
    let across = angle + angle * square * polynomial(&SIN, square);
    let along = f64::from_bits(along.to_bits() ^ (bits << 63));
    let is_swapped = bits & 2 != 0;
    (if is_swapped { across } else { along }, if is_swapped { along } else { across })
}

/// The sine of an angle that is uniform on the circle.
#[inline(always)]
pub(super) fn sine(bits: u64) -> f64 {
    let angle = PI * centred(bits);
    angle * polynomial(&SIN_SERIES, angle * angle)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between 0 and 1 that are small, and that are near both ends.
    fn numbers() -> impl Iterator<Item = f64> {
        let even = (1..100_000).map(|k| f64::from(k) * 1e-5);
        let small = (1..53).map(|k| 0.5_f64.powi(k));
        even.chain(small.clone()).chain(small.map(|x| 1.0 - x))
    }

    #[test]
    fn directions_are_on_the_circle_at_their_angle() {
        for bits in numbers().map(|x| (x * 2.0_f64.powi(64)) as u64) {
            let angle = FRAC_PI_2 * centred(bits);
            let along = if bits & 1 == 0 { angle.cos() } else { -angle.cos() };
            let (cosine, sine) = direction(bits);
            let (cosine, sine) = if bits & 2 == 0 { (cosine, sine) } else { (sine, cosine) };
            assert!((cosine - along).abs() <= f64::EPSILON && (sine - angle.sin()).abs() <= f64::EPSILON);
            let angle = PI * centred(bits);
            assert!((super::sine(bits) - angle.sin()).abs() <= 2.0 * f64::EPSILON, "sin {angle}");
        }
    }
}
