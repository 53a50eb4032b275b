//! The roots of a real polynomial.

use super::fraction::horner;
use nalgebra::{DMatrix, Schur};
use sigmatau_spectrum::fft::Complex64;

/// The most steps of the QR iteration for each root.
const STEPS: usize = 200;
/// How often a root is improved by Newton's method.
const IMPROVEMENTS: usize = 3;

/// The roots of Σ c_k x^k: the eigenvalues of the companion matrix, improved by Newton's method.
///
/// Trailing zeros of c lower the degree. The variable is scaled so that the product of the roots is 1, which keeps
/// roots in rad/s of any size apart. A root is `NaN` where the iteration does not end.
pub(super) fn roots(coefficients: &[f64]) -> Vec<Complex64> {
    let degree = coefficients.iter().rposition(|c| *c != 0.0).unwrap_or(0);
    let origin = coefficients.iter().position(|c| *c != 0.0).unwrap_or(0);
    let core = &coefficients[origin.min(degree)..=degree];
    let at_origin = std::iter::repeat_n(Complex64::ZERO, origin.min(degree));
    at_origin.chain(away_from_origin(core)).collect()
}

/// The roots where neither the first nor the last coefficient is 0.
fn away_from_origin(coefficients: &[f64]) -> Vec<Complex64> {
    let degree = coefficients.len() - 1;
    if degree == 0 {
        return Vec::new();
    }
    let scale = (coefficients[0] / coefficients[degree]).abs().powf((degree as f64).recip());
    let scaled: Vec<f64> = (0..=degree).map(|k| coefficients[k] * scale.powi(k as i32 - degree as i32)).collect();
    let monic = |k: usize| -scaled[k] / scaled[degree];
    let companion = DMatrix::from_fn(degree, degree, |row, column| match column {
        column if column + 1 == degree => monic(row),
        column => f64::from(u8::from(row == column + 1)),
    });
    match Schur::try_new(companion, f64::EPSILON, STEPS * degree) {
        Some(schur) => schur.complex_eigenvalues().iter().map(|root| improved(&scaled, *root) * scale).collect(),
        None => vec![Complex64::new(f64::NAN, f64::NAN); degree],
    }
}

/// The root after a few steps of Newton's method, as long as they make the polynomial smaller.
fn improved(coefficients: &[f64], start: Complex64) -> Complex64 {
    let slope: Vec<f64> = coefficients.iter().enumerate().skip(1).map(|(k, c)| k as f64 * c).collect();
    let step = |root: Complex64| root - horner(coefficients, root) / horner(&slope, root);
    let size = |root: Complex64| horner(coefficients, root).norm();
    (0..IMPROVEMENTS).fold(start, |root, _| Some(step(root)).filter(|next| size(*next) < size(root)).unwrap_or(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_of_known_polynomials_are_found() {
        let found = roots(&[0.0, -6.0, 11.0, -6.0, 1.0, 0.0]); // x (x − 1)(x − 2)(x − 3)
        for root in [0.0, 1.0, 2.0, 3.0] {
            let nearest = found.iter().map(|z| (z - root).norm()).fold(f64::INFINITY, f64::min);
            assert!(nearest < 1e-13, "{root} is {nearest} away in {found:?}");
        }
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn roots_of_nine_decades_keep_their_digits() {
        let poles = [-1e-2, -1e2, -1e7_f64];
        let [a, b, c] = poles;
        let found = roots(&[-a * b * c, a * b + a * c + b * c, -(a + b + c), 1.0]);
        for pole in poles {
            let nearest = found.iter().map(|z| (z - pole).norm() / pole.abs()).fold(f64::INFINITY, f64::min);
            assert!(nearest < 1e-12, "{pole} is off by a share of {nearest}");
        }
    }

    #[test]
    fn a_constant_has_no_roots() {
        assert_eq!(roots(&[3.0, 0.0]), []);
        assert_eq!(roots(&[0.0]), []);
    }
}
