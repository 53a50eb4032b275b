//! The normal equations of every line.

use nalgebra::{DMatrix, DVector};
use sigmatau_spectrum::fft::Complex64;

/// Sums over segments for each line, and room to work.
pub(super) struct Neighbourhood {
    order: usize,
    reach: usize,
    /// Takes the leakage, any polynomial of order R, off 2h + 1 bins: I − Q Qᵀ.
    without_leakage: DMatrix<Complex64>,
    /// The columns rˢ X(k + r) for s = 0 … R, and Y(k + r).
    columns: DMatrix<Complex64>,
    cleared: DMatrix<Complex64>,
    /// For each line the products of all columns, freed of leakage: Σ over segments of Aᴴ (I − Q Qᵀ) A.
    products: Vec<DMatrix<Complex64>>,
}

/// What least squares tell of a line.
pub(super) struct Solution {
    pub(super) value: Complex64,
    /// Of the real and of the imaginary part.
    pub(super) variance: f64,
    pub(super) dof: f64,
}

impl Neighbourhood {
    pub(super) fn new(order: usize, reach: usize, lines: usize) -> Self {
        let (bins, columns) = (2 * reach + 1, order + 2);
        let power = |r: usize, s: usize| (r as f64 / reach as f64 - 1.0).powi(s as i32);
        let leakage = DMatrix::from_fn(bins, order + 1, power).qr().q();
        let without = DMatrix::identity(bins, bins) - &leakage * leakage.transpose();
        Self {
            order,
            reach,
            without_leakage: without.map(Complex64::from),
            columns: DMatrix::zeros(bins, columns),
            cleared: DMatrix::zeros(bins, columns),
            products: vec![DMatrix::zeros(columns, columns); lines],
        }
    }

    /// The correlation of h₀ with that of the next line, the next but one and so on.
    ///
    /// An excitation that is as strong at every bin and unrelated between bins makes h₀ = Σ p(r) V(k + r) / X(k + r)
    /// with the weights p that give a polynomial of order R at 0 from its values at |r| ≤ h, and ρ(j) =
    /// Σ p(r) p(r − j) / Σ p²(r). At the ends of the spectrum lines share more.
    pub(super) fn sharing(&self) -> Vec<f64> {
        let (reach, bins) = (self.reach, 2 * self.reach + 1);
        let power = |r: usize, s: usize| (r as f64 / reach as f64 - 1.0).powi(s as i32);
        let basis = DMatrix::from_fn(bins, self.order + 1, power).qr().q();
        let weights = &basis * basis.row(reach).transpose();
        let product = |apart: usize| weights.rows(apart, bins - apart).dot(&weights.rows(0, bins - apart));
        (1..bins).map(|apart| product(apart) / product(0)).collect()
    }

    /// Adds one segment's bins around a line, which is the `offset`-th of them.
    pub(super) fn add(&mut self, line: usize, offset: usize, excitation: &[Complex64], response: &[Complex64]) {
        for (row, (x, y)) in excitation.iter().zip(response).enumerate() {
            let r = (row as f64 - offset as f64) / self.reach as f64;
            (0..=self.order).for_each(|s| self.columns[(row, s)] = x * r.powi(s as i32));
            self.columns[(row, self.order + 1)] = *y;
        }
        self.cleared.gemm(Complex64::ONE, &self.without_leakage, &self.columns, Complex64::ZERO);
        self.products[line].gemm_ad(Complex64::ONE, &self.columns, &self.cleared, Complex64::ONE);
    }

    /// h₀ with its variance from what the polynomials leave over; nothing where the excitation does not determine
    /// the unknowns.
    ///
    /// With n segments n (2h + 1 − (R + 1)) − (R + 1) complex degrees of freedom are left over. Digits cancel in the
    /// residual: noise below some 10⁻⁷ of the response is not seen, and is stated as that.
    pub(super) fn solve(&self, line: usize, segments: usize) -> Option<Solution> {
        let (products, unknowns) = (&self.products[line], self.order + 1);
        let normal = products.view((0, 0), (unknowns, unknowns)).into_owned();
        let right: DVector<Complex64> = products.view((0, unknowns), (unknowns, 1)).column(0).into_owned();
        let power = products[(unknowns, unknowns)].re;
        let inverse = regular(normal)?;
        let found = &inverse * &right;
        let explained = right.dotc(&found).re;
        let freedom =
            (segments * (2 * self.reach + 1 - unknowns)).checked_sub(unknowns).filter(|freedom| *freedom > 0)?;
        let residual = (power - explained).max(16.0 * f64::EPSILON * power) / freedom as f64;
        Some(Solution { value: found[0], variance: 0.5 * residual * inverse[(0, 0)].re, dof: 2.0 * freedom as f64 })
    }
}

/// The inverse of a matrix that is regular beyond rounding.
fn regular(normal: DMatrix<Complex64>) -> Option<DMatrix<Complex64>> {
    let power = normal.diagonal().map(|entry| entry.re);
    let factor = normal.cholesky()?;
    let pivots = factor.l_dirty().diagonal().map(|entry| entry.norm_sqr());
    let sound = pivots.iter().zip(power.iter()).all(|(pivot, power)| *pivot > 1e-12 * power);
    sound.then(|| factor.inverse())
}
