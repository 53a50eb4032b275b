//! A sensor with digital output, or the digital filter inside it.

use super::{Fraction, Model, Parameter};

/// H = (b0 + b1 z⁻¹ + …)/(1 + a1 z⁻¹ + …) with z = e^(jω/rate).
pub(super) static MODEL: Model = Model {
    name: "discrete",
    title: "a fraction of two polynomials in z⁻¹ of stated orders, its denominator beginning with 1",
    formula: "(b0 + b1 z⁻¹ + …)/(1 + a1 z⁻¹ + …), z = e^(jω/rate)",
    reference: "A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing, 3rd edition, 2010",
    settings: &["numerator", "denominator", "rate"],
    orders: super::fraction::stated,
    parameters: |orders| super::fraction::coefficients(orders, coefficient),
    fraction: |values, orders| Fraction::of_coefficients(values, orders),
    inverse: |numerator, denominator| Some([numerator, &denominator[1..]].concat()),
};

fn coefficient(letter: char, k: usize) -> Parameter {
    Parameter::new(format!("{letter}{k}"), if letter == 'b' { "H" } else { "1" })
}
