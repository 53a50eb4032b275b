//! What is known of the errors of a spectrum: the covariance of all real and imaginary parts, kept in the cheapest
//! exact form.
//!
//! The spectrum is that of a real series of N points, unscaled and one-sided: F(k) = Σ x(n) e^(-2πi kn/N) for
//! k = 0 … ⌊N/2⌋. The imaginary parts at zero frequency and, for even N, at the Nyquist frequency are no numbers but
//! zeros; whatever is stated about them is taken as zero.
//!
//! With ε the error of F, everything follows from the two moments
//!
//! G(k, l) = E ε(k) ε(l)*, P(k, l) = E ε(k) ε(l),
//!
//! cov(Re k, Re l) = Re(G + P)/2, cov(Im k, Im l) = Re(G − P)/2, cov(Im k, Re l) = Im(P + G)/2,
//! cov(Re k, Im l) = Im(P − G)/2. White errors of variance σ² have G = N σ² δ(k − l) and P = 0 but for the real bins.
//!
//! A covariance is a sum of terms that are independent of each other, each of one form seen through a 2 × 2 matrix per
//! bin; so the product of a stationary term and a response costs O(N), not N².

mod banded;
mod dense;
mod stationary;
mod term;
mod time;

use super::{Bivariate, CovarianceError};
use nalgebra::{DMatrix, Matrix2};
use rayon::prelude::*;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

pub(crate) use banded::Banded;
pub(crate) use stationary::Stationary;
pub(crate) use term::{Form, Term};

/// The covariance of the real and imaginary parts of all bins of a spectrum.
///
/// ```
/// use sigmatau_dynamic::covariance::spectral::SpectralCovariance;
/// use sigmatau_dynamic::{Bivariate, Variance};
/// let white = SpectralCovariance::white(Variance(2.0), 8);
/// assert_eq!(white.bin(1), Bivariate::circular(8.0)); // N σ² / 2 in either part
/// assert_eq!(white.bin(4), Bivariate { real: 16.0, imaginary: 0.0, cross: 0.0 }); // the Nyquist frequency
/// assert_eq!(white.entry(1, 2).norm(), 0.0);
/// ```
#[derive(Clone, Debug)]
pub struct SpectralCovariance {
    length: usize,
    terms: Vec<Term>,
}

impl SpectralCovariance {
    pub(crate) fn of(length: usize, form: Form) -> Self {
        Self { length, terms: vec![Term { form, maps: None }] }
    }

    /// No errors, of the spectrum of `length` points.
    pub fn none(length: usize) -> Self {
        Self { length, terms: Vec::new() }
    }

    /// The transform of white errors of N = `length` points.
    pub fn white(variance: super::Variance, length: usize) -> Self {
        Self::of(length, Form::White(variance))
    }

    /// Bins that are independent of each other, in the spectrum of `length` points.
    ///
    /// # Errors
    /// When there are not ⌊`length`/2⌋ + 1 of them, or one is no covariance.
    pub fn per_bin(length: usize, mut bins: Vec<Bivariate>) -> Result<Self, CovarianceError> {
        expect_bins(length, bins.len())?;
        for (k, bin) in bins.iter_mut().enumerate() {
            if is_real(length, k) {
                *bin = Bivariate { real: bin.real, ..Bivariate::default() };
            }
            check_bin(k, bin)?;
        }
        Ok(Self::of(length, Form::PerBin(bins)))
    }

    /// The stacked matrix of (Re F(0) … Re F(K − 1), Im F(0) … Im F(K − 1)), K = ⌊`length`/2⌋ + 1.
    ///
    /// # Errors
    /// When it has not 2 K rows and columns, is not symmetric, or holds no variances on its diagonal.
    pub fn dense(length: usize, stacked: DMatrix<f64>) -> Result<Self, CovarianceError> {
        let stacked = super::Covariance::Dense(stacked);
        stacked.check(2 * (length / 2 + 1))?;
        let super::Covariance::Dense(stacked) = stacked else { unreachable!("it was made so above") };
        Ok(Self::of(length, Form::Dense(dense::without_phantoms(stacked, length))))
    }

    /// N, the number of points of the series.
    pub fn length(&self) -> usize {
        self.length
    }

    /// K = ⌊N/2⌋ + 1, the number of bins.
    pub fn bins(&self) -> usize {
        self.length / 2 + 1
    }

    /// The covariance of the two parts of one bin. Takes O(1) steps for each term.
    ///
    /// # Panics
    /// When the bin is not below K.
    pub fn bin(&self, k: usize) -> Bivariate {
        let block = self.entry(k, k);
        Bivariate { real: block[(0, 0)], imaginary: block[(1, 1)], cross: 0.5 * (block[(0, 1)] + block[(1, 0)]) }
    }

    /// The covariance of the parts (Re, Im) of bin k, by rows, with those of bin l, by columns.
    ///
    /// Takes O(1) steps for each term; where a window weights stationary errors, O(J²) for its J tones.
    ///
    /// # Panics
    /// When a bin is not below K.
    pub fn entry(&self, k: usize, l: usize) -> Matrix2<f64> {
        let bins = self.bins();
        assert!(k < bins && l < bins, "the bins {k} and {l} are not both below {bins}");
        let mut block: Matrix2<f64> = self.terms.iter().map(|term| term.entry(self.length, k, l)).sum();
        if is_real(self.length, k) {
            block.row_mut(1).fill(0.0);
        }
        if is_real(self.length, l) {
            block.column_mut(1).fill(0.0);
        }
        block
    }

    /// The covariance of each bin for itself.
    pub fn each_bin(&self) -> Vec<Bivariate> {
        (0..self.bins()).into_par_iter().map(|k| self.bin(k)).collect()
    }

    /// The words for the forms of its terms, such as `white` or `dense`.
    pub fn forms(&self) -> Vec<&'static str> {
        self.terms.iter().map(|term| term.form.word()).collect()
    }

    /// The form, where there is one term that is seen as it is.
    pub(crate) fn only_form(&self) -> Option<&Form> {
        match &self.terms[..] {
            [Term { form, maps: None }] => Some(form),
            _ => None,
        }
    }

    /// The memory in bytes that [`SpectralCovariance::into_dense`] takes: 8 (2 K)².
    pub fn dense_bytes(&self) -> usize {
        32 * self.bins() * self.bins()
    }

    /// The memory in bytes of the whole matrices that the transform back to a series takes; 0 where it needs none.
    pub fn back_bytes(&self) -> usize {
        let (length, half) = (self.length, 2 * self.bins());
        let one = |term: &Term| match (&term.form, &term.maps) {
            (Form::Dense(_), None) => length * (half + length),
            (Form::Stationary(errors), None) => {
                if errors.is_whole() {
                    0
                } else {
                    length * length
                }
            }
            (Form::White(_) | Form::PerBin(_) | Form::LowRank(_) | Form::Banded(_), None) => 0,
            (_, Some(_)) => half * half + length * (half + length),
        };
        8 * self.terms.iter().map(one).sum::<usize>()
    }

    /// The covariance of the sum of two spectra whose errors are independent of each other.
    ///
    /// # Errors
    /// When the lengths differ.
    pub fn plus(mut self, other: Self) -> Result<Self, CovarianceError> {
        if self.length != other.length {
            return Err(CovarianceError::Length { expected: self.length, found: other.length });
        }
        for term in other.terms {
            self.add(term);
        }
        Ok(self)
    }

    /// With so much more in the block of each bin, which may also be less.
    pub(crate) fn plus_excess(mut self, excess: Vec<Bivariate>) -> Self {
        self.add(Term { form: Form::PerBin(excess), maps: None });
        self
    }

    /// Merges with a term of the same form where the form is closed under sums.
    fn add(&mut self, mut term: Term) {
        for held in &mut self.terms {
            match held.merge(term) {
                None => return,
                Some(apart) => term = apart,
            }
        }
        self.terms.push(term);
    }

    /// The covariance of a spectrum of which each bin (Re, Im) is multiplied by a matrix, to first order.
    pub(crate) fn through(self, maps: Vec<Matrix2<f64>>) -> Self {
        let length = self.length;
        let terms = self.terms.into_iter().map(|term| term.through(length, &maps)).collect();
        Self { length, terms }
    }
}

/// Whether bin k has no imaginary part: at zero and, for even N, at the Nyquist frequency.
pub(crate) fn is_real(length: usize, k: usize) -> bool {
    k == 0 || 2 * k == length
}

/// The matrix by which (Re, Im) is multiplied when a value is multiplied by `factor`.
pub(crate) fn rotation(factor: Complex64) -> Matrix2<f64> {
    Matrix2::new(factor.re, -factor.im, factor.im, factor.re)
}

/// The block of two bins from E ε(k) ε(l)* and E ε(k) ε(l).
fn block(g: Complex64, p: Complex64) -> Matrix2<f64> {
    0.5 * Matrix2::new(g.re + p.re, p.im - g.im, p.im + g.im, g.re - p.re)
}

/// e^(-2πi turns / of), with the whole turns taken off before any rounding.
fn phasor(turns: i128, of: i128) -> Complex64 {
    Complex64::cis(-TAU * (turns.rem_euclid(of)) as f64 / of as f64)
}

fn matrix_of(bin: &Bivariate) -> Matrix2<f64> {
    Matrix2::new(bin.real, bin.cross, bin.cross, bin.imaginary)
}

pub(crate) fn expect_bins(length: usize, found: usize) -> Result<(), CovarianceError> {
    let expected = length / 2 + 1;
    if found == expected { Ok(()) } else { Err(CovarianceError::Length { expected, found }) }
}

fn check_bin(k: usize, bin: &Bivariate) -> Result<(), CovarianceError> {
    let unsound = [bin.real, bin.imaginary].into_iter().find(|variance| !(*variance >= 0.0 && variance.is_finite()));
    if let Some(variance) = unsound {
        return Err(CovarianceError::Variance { point: k, variance });
    }
    if bin.cross.powi(2) <= bin.real * bin.imaginary * (1.0 + 1e-9) {
        return Ok(());
    }
    Err(CovarianceError::Correlation { i: k, j: k, covariance: bin.cross })
}

#[cfg(test)]
mod tests;
