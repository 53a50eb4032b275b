//! Any lumped linear sensor.

use super::{Fraction, Model, Parameter};

/// H = (b0 + b1 s + …)/(1 + a1 s + …) with s = jω; b0 is the response at rest.
pub(super) static MODEL: Model = Model {
    name: "rational",
    title: "a fraction of two polynomials in jω of stated orders, its denominator beginning with 1",
    formula: "(b0 + b1 s + …)/(1 + a1 s + …), s = jω",
    reference: "R. Pintelon and J. Schoukens, System Identification: A Frequency Domain Approach, 2nd edition, 2012",
    settings: &["numerator", "denominator"],
    orders: super::fraction::stated,
    parameters: |orders| super::fraction::coefficients(orders, power),
    fraction: |values, orders| Fraction::of_coefficients(values, orders),
    inverse: |numerator, denominator| Some([numerator, &denominator[1..]].concat()),
};

/// `H·s^k` for b and `s^k` for a.
fn power(letter: char, k: usize) -> Parameter {
    let unit = match (letter, k) {
        ('b', 0) => "H".to_owned(),
        ('b', 1) => "H·s".to_owned(),
        ('b', _) => format!("H·s^{k}"),
        (_, 1) => "s".to_owned(),
        _ => format!("s^{k}"),
    };
    Parameter::new(format!("{letter}{k}"), unit)
}
