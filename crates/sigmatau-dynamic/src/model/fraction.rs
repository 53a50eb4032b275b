//! A fraction of two polynomials with its derivatives.

use super::{Orders, Parameter, Settings, Variable, roots};
use nalgebra::DMatrix;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

/// N/D, coefficients by rising powers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fraction {
    pub(crate) numerator: Vec<f64>,
    pub(crate) denominator: Vec<f64>,
    /// The derivatives of the coefficients, a row for each, first those of the numerator; a column for each
    /// parameter.
    pub(crate) slopes: DMatrix<f64>,
}

/// The orders of a rational model.
pub(super) fn stated(settings: &Settings) -> Orders {
    Orders { numerator: settings.numerator, denominator: settings.denominator }
}

/// The coefficients b0, b1, …, a1, a2, … as parameters.
pub(super) fn coefficients(orders: Orders, of: fn(char, usize) -> Parameter) -> Vec<Parameter> {
    let numerator = (0..=orders.numerator).map(|k| of('b', k));
    numerator.chain((1..=orders.denominator).map(|k| of('a', k))).collect()
}

impl Fraction {
    /// The fraction whose parameters are its coefficients, without the leading 1 of the denominator.
    pub(super) fn of_coefficients(values: &[f64], orders: Orders) -> Self {
        let (numerator, rest) = values.split_at(orders.numerator + 1);
        let denominator = std::iter::once(1.0).chain(rest.iter().copied()).collect::<Vec<f64>>();
        let one = numerator.len();
        let slope = |row: usize, column: usize| match row {
            row if row < one => row == column,
            row => row == column + 1 && column >= one,
        };
        let rows = one + denominator.len();
        let slopes = DMatrix::from_fn(rows, values.len(), |row, column| f64::from(u8::from(slope(row, column))));
        Self { numerator: numerator.to_vec(), denominator, slopes }
    }
}

/// A model at definite values of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    fraction: Fraction,
    variable: Variable,
    delay: Option<f64>,
}

impl Evaluated {
    pub(super) fn new(fraction: Fraction, variable: Variable, delay: Option<f64>) -> Self {
        Self { fraction, variable, delay }
    }

    /// The response H at a frequency in Hz.
    pub fn value(&self, frequency: f64) -> Complex64 {
        let x = self.variable.at(frequency);
        self.late(frequency) * (horner(&self.fraction.numerator, x) / horner(&self.fraction.denominator, x))
    }

    /// The response at a frequency in Hz, and its exact derivative by every parameter, which goes to `slopes`.
    ///
    /// With b_k and a_k the coefficients of N and D: ∂H = e^(−jωτ) (Σ ∂b_k x^k − N/D Σ ∂a_k x^k)/D, and
    /// ∂H/∂τ = −jω H. Takes as many steps as there are coefficients times parameters.
    ///
    /// # Panics
    /// When `slopes` is not as long as there are parameters.
    pub fn value_and_slopes(&self, frequency: f64, slopes: &mut [Complex64]) -> Complex64 {
        let Fraction { numerator, denominator, slopes: by } = &self.fraction;
        let x = self.variable.at(frequency);
        let bottom = horner(denominator, x);
        let factor = self.late(frequency) / bottom;
        let ratio = horner(numerator, x) / bottom;
        for (column, slope) in by.column_iter().zip(&mut *slopes) {
            let (above, below) = column.as_slice().split_at(numerator.len());
            *slope = factor * (horner(above, x) - ratio * horner(below, x));
        }
        let value = self.late(frequency) * ratio;
        if self.delay.is_some() {
            slopes[by.ncols()] = Complex64::new(0.0, -TAU * frequency) * value;
        }
        value
    }

    /// Where the denominator is 0: in s, in rad/s, or in z.
    pub fn poles(&self) -> Vec<Complex64> {
        self.in_plane(&self.fraction.denominator)
    }

    /// Where the numerator is 0: in s, in rad/s, or in z.
    pub fn zeros(&self) -> Vec<Complex64> {
        self.in_plane(&self.fraction.numerator)
    }

    /// The frequencies in Hz of the poles: |s|/2π, or |ln z| rate/2π.
    pub fn pole_frequencies(&self) -> Vec<f64> {
        let rate = |pole: &Complex64| match self.variable {
            Variable::S => pole.norm(),
            Variable::Z(rate) => pole.ln().norm() * rate,
        };
        self.poles().iter().map(|pole| rate(pole) / TAU).collect()
    }

    /// Whether all transients die away: every pole left of the imaginary axis, or inside the unit circle.
    pub fn stable(&self) -> bool {
        self.poles().iter().all(|pole| match self.variable {
            Variable::S => pole.re < 0.0,
            Variable::Z(_) => pole.norm() < 1.0,
        })
    }

    /// Coefficients by rising powers of s are roots in s; by rising powers of z⁻¹ they are, turned round, roots in z.
    fn in_plane(&self, coefficients: &[f64]) -> Vec<Complex64> {
        match self.variable {
            Variable::S => roots::roots(coefficients),
            Variable::Z(_) => roots::roots(&coefficients.iter().rev().copied().collect::<Vec<f64>>()),
        }
    }

    /// e^(−jωτ).
    fn late(&self, frequency: f64) -> Complex64 {
        self.delay.map_or(Complex64::ONE, |delay| Complex64::cis(-TAU * frequency * delay))
    }
}

/// Σ c_k x^k.
pub(crate) fn horner(coefficients: &[f64], x: Complex64) -> Complex64 {
    coefficients.iter().rev().fold(Complex64::ZERO, |sum, coefficient| sum * x + coefficient)
}
