//! The damped resonance of a seismic mass, a membrane or a hydrophone below its second mode.

use super::{Fraction, Model, Orders, Parameter};
use nalgebra::DMatrix;
use std::f64::consts::TAU;

/// H = S0 ω0²/(ω0² + 2jδω0ω − ω²), of parameters S0, δ and f0 = ω0/2π.
///
/// As a fraction in s: N = S0, D = 1 + 2δ/ω0 s + s²/ω0².
pub(super) static MODEL: Model = Model {
    name: "second-order",
    title: "a damped resonance: static sensitivity, damping and resonance frequency",
    formula: "S0 ω0²/(ω0² + 2jδω0ω − ω²)",
    reference: "T. J. Esward, C. Elster and J. P. Hessling, Analyses of dynamic measurements: new challenges \
                require new solutions, XIX IMEKO World Congress, 2009",
    settings: &[],
    orders: |_| Orders { numerator: 0, denominator: 2 },
    parameters: |_| vec![Parameter::new("s0", "H"), Parameter::new("damping", "1"), Parameter::new("f0", "Hz")],
    fraction,
    inverse: |numerator, denominator| {
        let omega = denominator[2].recip().sqrt();
        omega.is_finite().then(|| vec![numerator[0], 0.5 * denominator[1] * omega, omega / TAU])
    },
};

fn fraction(values: &[f64], _: Orders) -> Fraction {
    let (s0, damping, f0) = (values[0], values[1], values[2]);
    let omega = TAU * f0;
    let (linear, square) = (2.0 * damping / omega, omega.powi(-2));
    #[rustfmt::skip]
    let slopes = DMatrix::from_row_slice(4, 3, &[
        1.0, 0.0, 0.0,
        0.0, 0.0, 0.0,
        0.0, 2.0 / omega, -linear / f0,
        0.0, 0.0, -2.0 * square / f0,
    ]);
    Fraction { numerator: vec![s0], denominator: vec![1.0, linear, square], slopes }
}
