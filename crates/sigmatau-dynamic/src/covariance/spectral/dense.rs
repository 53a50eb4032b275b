//! The whole covariance of a spectrum.

use super::{Form, SpectralCovariance, Term, is_real};
use nalgebra::{DMatrix, Matrix2};
use rayon::prelude::*;

/// The two columns of the stacked matrix that belong to the parts of one bin.
type Pair<'a> = (&'a mut [f64], &'a mut [f64]);

impl SpectralCovariance {
    /// The stacked matrix of (Re F(0) … Re F(K − 1), Im F(0) … Im F(K − 1)).
    ///
    /// Ask for its memory first: [`SpectralCovariance::dense_bytes`]. Takes O(N²) steps.
    pub fn into_dense(mut self) -> DMatrix<f64> {
        if let [Term { form: Form::Dense(_), maps: None }] = self.terms[..] {
            let Some(Term { form: Form::Dense(whole), .. }) = self.terms.pop() else {
                unreachable!("it was seen above")
            };
            return whole;
        }
        let (bins, length) = (self.bins(), self.length);
        let mut whole = DMatrix::zeros(2 * bins, 2 * bins);
        for term in &self.terms {
            let (real, imaginary) = whole.as_mut_slice().split_at_mut(2 * bins * bins);
            let pairs = real.par_chunks_mut(2 * bins).zip(imaginary.par_chunks_mut(2 * bins)).enumerate();
            pairs.for_each(|(l, pair)| term.add_to(pair, length, l));
        }
        without_phantoms(whole, length)
    }
}

impl Term {
    /// Adds the covariance of every bin with bin l to the columns of the parts of bin l.
    fn add_to(&self, pair: Pair<'_>, length: usize, l: usize) {
        match &self.form {
            Form::Dense(matrix) => add_dense(pair, matrix, self.maps.as_deref(), l),
            Form::PerBin(_) | Form::White(_) => add_block(pair, l, &self.entry(length, l, l)),
            _ => {
                for k in 0..length / 2 + 1 {
                    add_block((&mut *pair.0, &mut *pair.1), k, &self.entry(length, k, l));
                }
            }
        }
    }
}

fn add_block(pair: Pair<'_>, k: usize, block: &Matrix2<f64>) {
    let bins = pair.0.len() / 2;
    for (column, part) in [pair.0, pair.1].into_iter().enumerate() {
        part[k] += block[(0, column)];
        part[bins + k] += block[(1, column)];
    }
}

/// M(k) C(k, l) M(l)ᵀ for all k, in runs along the columns.
fn add_dense((real, imaginary): Pair<'_>, matrix: &DMatrix<f64>, maps: Option<&[Matrix2<f64>]>, l: usize) {
    let bins = real.len() / 2;
    let whole = matrix.as_slice();
    let column = |j: usize| whole[2 * bins * j..2 * bins * (j + 1)].split_at(bins);
    let ((rr, ir), (ri, ii)) = (column(l), column(bins + l));
    let (real_real, imaginary_real) = real.split_at_mut(bins);
    let (real_imaginary, imaginary_imaginary) = imaginary.split_at_mut(bins);
    let right = maps.map_or(Matrix2::identity(), |maps| maps[l].transpose());
    for k in 0..bins {
        let left = maps.map_or(Matrix2::identity(), |maps| maps[k]);
        let block = left * Matrix2::new(rr[k], ri[k], ir[k], ii[k]) * right;
        real_real[k] += block[(0, 0)];
        imaginary_real[k] += block[(1, 0)];
        real_imaginary[k] += block[(0, 1)];
        imaginary_imaginary[k] += block[(1, 1)];
    }
}

/// The matrix with zeros where an imaginary part is no number.
pub(super) fn without_phantoms(mut stacked: DMatrix<f64>, length: usize) -> DMatrix<f64> {
    let bins = length / 2 + 1;
    for phantom in (0..bins).filter(|k| is_real(length, *k)).map(|k| bins + k) {
        stacked.row_mut(phantom).fill(0.0);
        stacked.column_mut(phantom).fill(0.0);
    }
    stacked
}
