//! One term of the covariance of a spectrum: a form, seen through a matrix per bin.

use super::{Banded, Stationary, block, is_real, matrix_of};
use crate::covariance::sum::beside;
use crate::covariance::{Bivariate, Variance};
use nalgebra::{DMatrix, Matrix2, Vector2};
use sigmatau_spectrum::fft::Complex64;

/// The forms that errors of a spectrum take.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// The transform of white errors: 1 number.
    White(Variance),
    /// The transform of errors in a band, of which independent ones are the band of one diagonal: N numbers for each.
    Banded(Banded),
    /// The transform of stationary errors: 2 N numbers for each tone of the window.
    Stationary(Stationary),
    /// Errors of common sources, one column for each: real parts above imaginary parts.
    LowRank(DMatrix<f64>),
    /// Bins that are independent of each other: 3 numbers for each.
    PerBin(Vec<Bivariate>),
    /// Any errors, the matrix of all real parts above all imaginary parts: N² numbers.
    Dense(DMatrix<f64>),
}

/// A form with the matrix by which each bin (Re, Im) of the errors is multiplied.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) form: Form,
    pub(crate) maps: Option<Vec<Matrix2<f64>>>,
}

impl Form {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::White(_) => "white",
            Self::Banded(_) => "banded",
            Self::Stationary(_) => "stationary",
            Self::LowRank(_) => "low rank",
            Self::PerBin(_) => "per bin",
            Self::Dense(_) => "dense",
        }
    }

    fn entry(&self, length: usize, k: usize, l: usize) -> Matrix2<f64> {
        let bins = length / 2 + 1;
        match self {
            Self::White(variance) => white(*variance, length, k, l),
            Self::Banded(errors) => errors.entry(k, l),
            Self::Stationary(errors) => errors.entry(k, l),
            Self::LowRank(sources) => {
                let part = |row: usize, column: usize| sources.row(row).dot(&sources.row(column));
                Matrix2::new(part(k, l), part(k, bins + l), part(bins + k, l), part(bins + k, bins + l))
            }
            Self::PerBin(each) if k == l => matrix_of(&each[k]),
            Self::PerBin(_) => Matrix2::zeros(),
            Self::Dense(c) => Matrix2::new(c[(k, l)], c[(k, bins + l)], c[(bins + k, l)], c[(bins + k, bins + l)]),
        }
    }
}

fn white(variance: Variance, length: usize, k: usize, l: usize) -> Matrix2<f64> {
    let power = if k == l { length as f64 * variance.0 } else { 0.0 };
    let pseudo = if is_real(length, k) { power } else { 0.0 };
    block(Complex64::from(power), Complex64::from(pseudo))
}

impl Term {
    pub(crate) fn entry(&self, length: usize, k: usize, l: usize) -> Matrix2<f64> {
        let block = self.form.entry(length, k, l);
        self.maps.as_ref().map_or(block, |maps| maps[k] * block * maps[l].transpose())
    }

    /// The term after a further multiplication of each bin; forms that are closed under it take it in.
    pub(crate) fn through(self, length: usize, maps: &[Matrix2<f64>]) -> Self {
        let maps = match self.maps {
            Some(first) => maps.iter().zip(first).map(|(second, first)| second * first).collect(),
            None => maps.to_vec(),
        };
        match self.form {
            form @ (Form::White(_) | Form::PerBin(_)) => {
                let bin =
                    |(k, map): (usize, &Matrix2<f64>)| bivariate(map * form.entry(length, k, k) * map.transpose());
                Self { form: Form::PerBin(maps.iter().enumerate().map(bin).collect()), maps: None }
            }
            Form::LowRank(sources) => Self { form: Form::LowRank(mapped(sources, &maps)), maps: None },
            form => Self { form, maps: Some(maps) },
        }
    }

    /// Takes `other` in where the sum has the same form, else gives it back.
    pub(crate) fn merge(&mut self, other: Self) -> Option<Self> {
        match (&mut self.form, other.form) {
            (Form::White(a), Form::White(b)) => a.0 += b.0,
            (Form::PerBin(a), Form::PerBin(b)) => a.iter_mut().zip(b).for_each(|(a, b)| *a = *a + b),
            (Form::LowRank(a), Form::LowRank(b)) => *a = beside(a, &b),
            (_, form) => return Some(Self { form, maps: other.maps }),
        }
        None
    }
}

fn bivariate(block: Matrix2<f64>) -> Bivariate {
    Bivariate { real: block[(0, 0)], imaginary: block[(1, 1)], cross: 0.5 * (block[(0, 1)] + block[(1, 0)]) }
}

/// Sources after a multiplication of each bin.
fn mapped(mut sources: DMatrix<f64>, maps: &[Matrix2<f64>]) -> DMatrix<f64> {
    let bins = maps.len();
    for mut source in sources.column_iter_mut() {
        for (k, map) in maps.iter().enumerate() {
            let parts = map * Vector2::new(source[k], source[bins + k]);
            (source[k], source[bins + k]) = (parts[0], parts[1]);
        }
    }
    sources
}
