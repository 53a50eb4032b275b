//! Polynomials in z⁻¹, by their coefficients c(0), c(1), ….

use crate::Complex64;
use nalgebra::DMatrix;

/// Σ c(k) e^(−iωk).
pub(super) fn at(coefficients: &[f64], omega: f64) -> Complex64 {
    let turn = Complex64::cis(-omega);
    coefficients.iter().rev().fold(Complex64::ZERO, |sum, c| sum * turn + c)
}

/// −dφ/dω of the polynomial on the unit circle, in points: Re(Σ k c(k) e^(−iωk) / Σ c(k) e^(−iωk)).
pub(super) fn group_delay(coefficients: &[f64], omega: f64) -> f64 {
    let weighted: Vec<f64> = coefficients.iter().zip(0..).map(|(c, k)| f64::from(k) * c).collect();
    (at(&weighted, omega) / at(coefficients, omega)).re
}

/// The coefficients of a product.
pub(super) fn product(one: &[f64], other: &[f64]) -> Vec<f64> {
    assert!(!one.is_empty() && !other.is_empty(), "a polynomial has a coefficient");
    let mut product = vec![0.0; one.len() + other.len() - 1];
    for (shift, factor) in one.iter().enumerate() {
        product[shift..].iter_mut().zip(other).for_each(|(sum, c)| *sum += factor * c);
    }
    product
}

/// The roots z of the polynomial that begins with 1: the eigenvalues of its companion matrix.
pub(super) fn roots(coefficients: &[f64]) -> Vec<Complex64> {
    let order = coefficients.len() - 1;
    let entry = |row: usize, column: usize| match row {
        0 => -coefficients[column + 1],
        _ => f64::from(u8::from(row == column + 1)),
    };
    let companion = DMatrix::from_fn(order, order, entry);
    companion.complex_eigenvalues().iter().map(|root| Complex64::new(root.re, root.im)).collect()
}

/// The real polynomial that begins with 1 and has these roots, which come alone or in conjugate pairs.
pub(super) fn with_roots(roots: &[Complex64]) -> Vec<f64> {
    let mut coefficients = vec![Complex64::ONE];
    for root in roots {
        coefficients.push(Complex64::ZERO);
        for place in (1..coefficients.len()).rev() {
            let before = coefficients[place - 1];
            coefficients[place] -= root * before;
        }
    }
    coefficients.iter().map(|c| c.re).collect()
}

/// The polynomial with the roots outside of the unit circle reflected into it, z → 1/z*: its modulus on the circle
/// keeps its shape.
pub(super) fn reflected(coefficients: &[f64]) -> Vec<f64> {
    let inside = |root: Complex64| if root.norm() > 1.0 { root.conj().inv() } else { root };
    with_roots(&roots(coefficients).into_iter().map(inside).collect::<Vec<_>>())
}

/// Whether all roots are inside the unit circle: all reflection coefficients of the step-down recursion (Schur and
/// Cohn) are below 1 in modulus. Takes O(p²) steps, and no eigenvalues.
pub(super) fn is_stable(coefficients: &[f64]) -> bool {
    let mut remaining = coefficients.to_vec();
    while remaining.len() > 1 {
        let last = remaining.len() - 1;
        let reflection = remaining[last];
        if reflection.is_nan() || reflection.abs() >= 1.0 {
            return false;
        }
        let down = |k: usize| (remaining[k] - reflection * remaining[last - k]) / (1.0 - reflection * reflection);
        remaining = (0..last).map(down).collect();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn stability_without_roots_agrees_with_the_roots() {
        let verdicts: Vec<(bool, bool)> = (0..400)
            .map(|stream| {
                let mut coefficients: Vec<f64> = Gaussian::new(1, stream).take(4).map(|x| 0.6 * x).collect();
                coefficients.insert(0, 1.0);
                (is_stable(&coefficients), roots(&coefficients).iter().all(|root| root.norm() < 1.0))
            })
            .collect();
        assert!(verdicts.iter().all(|(quick, slow)| quick == slow));
        assert!(verdicts.iter().any(|(stable, _)| *stable) && verdicts.iter().any(|(stable, _)| !stable));
    }

    #[test]
    fn polynomials_come_back_from_their_roots() {
        let coefficients = [1.0, -1.2, 0.9, 0.3, -0.2];
        for (c, back) in coefficients.iter().zip(with_roots(&roots(&coefficients))) {
            assert!((c - back).abs() < 1e-13);
        }
    }

    #[test]
    fn reflection_stabilises_and_scales_the_modulus_alone() {
        let outside = [1.0, -2.9, 3.2, -1.0];
        let inside = reflected(&outside);
        let ratio = |omega: f64| (at(&outside, omega) / at(&inside, omega)).norm();
        assert!(!is_stable(&outside) && is_stable(&inside));
        assert!([0.3, 1.0, 3.0].iter().all(|omega| (ratio(*omega) / ratio(0.0) - 1.0).abs() < 1e-12));
    }
}
