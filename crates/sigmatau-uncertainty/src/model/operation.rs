//! What a node of a graph does with numbers: one place for the loop over columns, and the single value is a column
//! of one, so that a constant that is folded has the digits it would have had.

use crate::elementary::column::{self, map};

/// An operation on one quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Unary {
    Negate,
    /// x multiplied with itself; of a negative power, the inverse of that.
    Power(i32),
    Sqrt,
    Exp,
    Ln,
    Log10,
    Log2,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Abs,
    /// −1, 0 or 1.
    Sign,
    /// The derivative of |x|: −1 or 1, and not a number at the kink.
    Slope,
}

/// An operation on two quantities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Atan2,
    Hypot,
    Min,
    Max,
}

impl Unary {
    /// y = f(x).
    #[inline(always)]
    pub(super) fn column(self, x: &[f64], y: &mut [f64]) {
        match self {
            Self::Negate => map(x, y, |x| -x),
            Self::Power(power) => map(x, y, |x| whole_power(x, power)),
            Self::Sqrt => map(x, y, f64::sqrt),
            Self::Exp => column::exp(x, y),
            Self::Ln => column::ln(x, y),
            Self::Log10 => map(x, y, libm::log10),
            Self::Log2 => map(x, y, libm::log2),
            Self::Sin => column::sin(x, y),
            Self::Cos => column::cos(x, y),
            Self::Tan => map(x, y, libm::tan),
            Self::Asin => map(x, y, libm::asin),
            Self::Acos => map(x, y, libm::acos),
            Self::Atan => map(x, y, libm::atan),
            Self::Sinh => map(x, y, libm::sinh),
            Self::Cosh => map(x, y, libm::cosh),
            Self::Tanh => map(x, y, libm::tanh),
            Self::Abs => map(x, y, f64::abs),
            Self::Sign => map(x, y, |x| signed_one(x, x)),
            Self::Slope => map(x, y, |x| signed_one(x, f64::NAN)),
        }
    }

    pub(super) fn value(self, x: f64) -> f64 {
        let mut y = [0.0];
        self.column(&[x], &mut y);
        y[0]
    }
}

impl Binary {
    /// Whether it is one of the four that processors do.
    pub(super) fn is_arithmetic(self) -> bool {
        matches!(self, Self::Add | Self::Subtract | Self::Multiply | Self::Divide)
    }

    /// z = f(x, y).
    #[inline(always)]
    pub(super) fn column(self, x: &[f64], y: &[f64], z: &mut [f64]) {
        match self {
            Self::Add => zip(x, y, z, |x, y| x + y),
            Self::Subtract => zip(x, y, z, |x, y| x - y),
            Self::Multiply => zip(x, y, z, |x, y| x * y),
            Self::Divide => zip(x, y, z, |x, y| x / y),
            Self::Power => zip(x, y, z, libm::pow),
            Self::Atan2 => zip(x, y, z, libm::atan2),
            Self::Hypot => zip(x, y, z, libm::hypot),
            Self::Min => zip(x, y, z, |x, y| if x < y || x.is_nan() { x } else { y }),
            Self::Max => zip(x, y, z, |x, y| if x > y || x.is_nan() { x } else { y }),
        }
    }

    pub(super) fn value(self, x: f64, y: f64) -> f64 {
        let mut z = [0.0];
        self.column(&[x], &[y], &mut z);
        z[0]
    }
}

/// z = second(first(a, b), c) of two arithmetic operations, or second(c, first(a, b)) where it is swapped.
#[inline(always)]
pub(super) fn pair(first: Binary, second: Binary, is_swapped: bool, columns: [&[f64]; 3], z: &mut [f64]) {
    match first {
        Binary::Add => after(|a, b| a + b, second, is_swapped, columns, z),
        Binary::Subtract => after(|a, b| a - b, second, is_swapped, columns, z),
        Binary::Multiply => after(|a, b| a * b, second, is_swapped, columns, z),
        Binary::Divide => after(|a, b| a / b, second, is_swapped, columns, z),
        first => unreachable!("{first:?} is no arithmetic operation"),
    }
}

#[inline(always)]
fn after(first: impl Fn(f64, f64) -> f64, second: Binary, is_swapped: bool, columns: [&[f64]; 3], z: &mut [f64]) {
    match (second, is_swapped) {
        (Binary::Add, _) => zip3(columns, z, |a, b, c| first(a, b) + c),
        (Binary::Multiply, _) => zip3(columns, z, |a, b, c| first(a, b) * c),
        (Binary::Subtract, false) => zip3(columns, z, |a, b, c| first(a, b) - c),
        (Binary::Subtract, true) => zip3(columns, z, |a, b, c| c - first(a, b)),
        (Binary::Divide, false) => zip3(columns, z, |a, b, c| first(a, b) / c),
        (Binary::Divide, true) => zip3(columns, z, |a, b, c| c / first(a, b)),
        (second, _) => unreachable!("{second:?} is no arithmetic operation"),
    }
}

#[inline(always)]
fn zip3([a, b, c]: [&[f64]; 3], z: &mut [f64], f: impl Fn(f64, f64, f64) -> f64) {
    for (((a, b), c), z) in a.iter().zip(b).zip(c).zip(z) {
        *z = f(*a, *b, *c);
    }
}

/// z = f(x, y), place by place.
#[inline(always)]
fn zip(x: &[f64], y: &[f64], z: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    for ((x, y), z) in x.iter().zip(y).zip(z) {
        *z = f(*x, *y);
    }
}

/// 1 above nought, −1 below, and otherwise that.
#[inline(always)]
fn signed_one(x: f64, otherwise: f64) -> f64 {
    let below = if x < 0.0 { -1.0 } else { otherwise };
    if x > 0.0 { 1.0 } else { below }
}

/// x^power by squaring.
#[inline(always)]
fn whole_power(x: f64, power: i32) -> f64 {
    let (mut product, mut square, mut left) = (1.0, x, power.unsigned_abs());
    while left > 1 {
        product = if left & 1 == 1 { product * square } else { product };
        square *= square;
        left >>= 1;
    }
    let product = if left == 1 { product * square } else { product };
    if power < 0 { 1.0 / product } else { product }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_powers_are_products() {
        assert_eq!(
            [0, 1, 2, 3, 10, -1, -2].map(|power| whole_power(2.0, power)),
            [1.0, 2.0, 4.0, 8.0, 1024.0, 0.5, 0.25]
        );
        assert_eq!(whole_power(-1.5, 3), -3.375);
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        for operation in [Unary::Sign, Unary::Slope, Unary::Abs, Unary::Sin, Unary::Ln] {
            assert!(operation.value(f64::NAN).is_nan(), "{operation:?}");
        }
        for operation in [Binary::Min, Binary::Max, Binary::Add] {
            assert!(
                operation.value(f64::NAN, 1.0).is_nan() && operation.value(1.0, f64::NAN).is_nan(),
                "{operation:?}"
            );
        }
    }

    #[test]
    fn kink_has_no_slope() {
        assert!(Unary::Slope.value(0.0).is_nan());
        assert_eq!([-2.0, 3.0].map(|x| Unary::Slope.value(x)), [-1.0, 1.0]);
        assert_eq!([-2.0, 0.0, 3.0].map(|x| Unary::Sign.value(x)), [-1.0, 0.0, 1.0]);
    }
}
