//! The low-pass of one pole: a shunt with its inductance, a thermometer, an RC filter.

use super::{Fraction, Model, Orders, Parameter};
use nalgebra::DMatrix;
use std::f64::consts::TAU;

/// H = S0/(1 + jf/fc), of parameters S0 and the corner frequency fc.
pub(super) static MODEL: Model = Model {
    name: "first-order",
    title: "a low-pass of one pole: static sensitivity and corner frequency",
    formula: "S0/(1 + jf/fc)",
    reference: "A. V. Oppenheim and A. S. Willsky, Signals and Systems, 2nd edition, 1997, first-order systems",
    settings: &[],
    orders: |_| Orders { numerator: 0, denominator: 1 },
    parameters: |_| vec![Parameter::new("s0", "H"), Parameter::new("fc", "Hz")],
    fraction,
    inverse: |numerator, denominator| {
        let corner = (TAU * denominator[1]).recip();
        corner.is_finite().then(|| vec![numerator[0], corner])
    },
};

fn fraction(values: &[f64], _: Orders) -> Fraction {
    let (s0, corner) = (values[0], values[1]);
    let linear = (TAU * corner).recip();
    let slopes = DMatrix::from_row_slice(3, 2, &[1.0, 0.0, 0.0, 0.0, 0.0, -linear / corner]);
    Fraction { numerator: vec![s0], denominator: vec![1.0, linear], slopes }
}
