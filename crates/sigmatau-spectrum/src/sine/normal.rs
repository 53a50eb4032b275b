//! The normal equations of a sum of sine waves, without a pass over the record.
//!
//! Every column of the design is a sum of terms Re u (t/N)^p e^(iωt), and
//!
//! Σ Re(u e^(iαt)) Re(v e^(iβt)) = ½ Re u v M(α + β) + ½ Re u v* M(α − β)
//!
//! with the moments M of [`super::sums::moments`].

use super::sums::{Sums, Wave, moments};
use crate::fft::Complex64;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// How far a column may be foretold by the others, as the share of its square that is left.
const SMALLEST_SHARE: f64 = 1e-12;

/// A term of a column; the tone 0 is that of frequency zero, which is the level.
struct Term {
    tone: usize,
    weight: Complex64,
    power: usize,
}

/// The design at one guess of the parameters: the level, two parts of each phasor, and with `free` frequencies
/// the phase that the first wave gains along the record.
pub(super) struct Design {
    columns: Vec<Vec<Term>>,
    frequencies: Vec<f64>,
}

impl Design {
    pub(super) fn new(waves: &[Wave], free: bool) -> Self {
        let term = |tone, weight, power| Term { tone, weight, power };
        let parts = |tone| [Complex64::ONE, Complex64::I].map(|weight| vec![term(tone, weight, 0)]);
        let gained = |(place, wave): (usize, &Wave)| {
            term(place + 1, Complex64::I * wave.phasor * (wave.frequency / waves[0].frequency), 1)
        };
        let mut columns = vec![vec![term(0, Complex64::ONE, 0)]];
        columns.extend((1..=waves.len()).flat_map(parts));
        columns.extend(free.then(|| waves.iter().enumerate().map(gained).collect()));
        Self { columns, frequencies: std::iter::once(0.0).chain(waves.iter().map(|wave| wave.frequency)).collect() }
    }

    /// The inner products of all columns.
    fn gram(&self, points: usize, missing: &[usize]) -> DMatrix<f64> {
        let pair = |i: usize, j: usize| {
            let [a, b] = [self.frequencies[i], self.frequencies[j]];
            [moments(a + b, points, missing), moments(a - b, points, missing)]
        };
        let tones = self.frequencies.len();
        let pairs: Vec<Vec<_>> = (0..tones).map(|i| (0..tones).map(|j| pair(i, j)).collect()).collect();
        let product = |p: &Term, q: &Term| {
            let [sum, difference] = pairs[p.tone][q.tone].map(|moments| moments[p.power + q.power]);
            0.5 * (p.weight * q.weight * sum + p.weight * q.weight.conj() * difference).re
        };
        DMatrix::from_fn(self.columns.len(), self.columns.len(), |i, j| {
            self.columns[i].iter().map(|p| self.columns[j].iter().map(|q| product(p, q)).sum::<f64>()).sum()
        })
    }

    /// The inner products of all columns with the residuals.
    pub(super) fn gradient(&self, sums: &Sums) -> DVector<f64> {
        let term = |term: &Term| match (term.tone, term.power) {
            (0, _) => sums.total,
            (tone, 0) => (term.weight * sums.plain[tone - 1].conj()).re,
            (tone, _) => (term.weight * sums.ramped[tone - 1].conj()).re,
        };
        DVector::from_iterator(self.columns.len(), self.columns.iter().map(|column| column.iter().map(term).sum()))
    }

    /// The normal equations, or nothing where the columns can't be told apart.
    pub(super) fn normal(&self, points: usize, missing: &[usize]) -> Option<Normal> {
        let gram = self.gram(points, missing);
        let scale = gram.diagonal().map(|square| 1.0 / square.sqrt());
        let scaled = DMatrix::from_diagonal(&scale) * gram * DMatrix::from_diagonal(&scale);
        let factor = Cholesky::new(scaled)?;
        let told = factor.l_dirty().diagonal().iter().all(|share| share * share > SMALLEST_SHARE);
        told.then_some(Normal { scale, factor })
    }
}

/// Normal equations that have one solution.
pub(super) struct Normal {
    scale: DVector<f64>,
    factor: Cholesky<f64, Dyn>,
}

impl Normal {
    pub(super) fn solve(&self, gradient: &DVector<f64>) -> DVector<f64> {
        self.factor.solve(&gradient.component_mul(&self.scale)).component_mul(&self.scale)
    }

    /// The covariance of the parameters for residuals of variance 1.
    pub(super) fn inverse(&self) -> DMatrix<f64> {
        let scale = DMatrix::from_diagonal(&self.scale);
        &scale * self.factor.inverse() * &scale
    }
}
