//! From a series to its spectrum and back: what becomes of each form.

use super::{Banded, Form, SpectralCovariance, Stationary, Term, is_real};
use crate::covariance::{Autocovariance, Bivariate, Covariance, Variance, both_sides};
use nalgebra::DMatrix;
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::Complex64;

/// How far two numbers may lie apart that differ by the rounding of transforms only.
const ROUNDING: f64 = 1e-13;

impl SpectralCovariance {
    /// The covariance of the transform of N = `length` points: those of the series, weighted, and zeros behind them.
    pub(crate) fn of_series(covariance: &Covariance, weights: Option<&[f64]>, length: usize) -> Self {
        let points = covariance.length();
        let form = match covariance {
            Covariance::White { variance, .. } if weights.is_none() && points == length => Form::White(*variance),
            Covariance::Stationary { autocovariance, .. } => {
                let owned = weights.map(<[f64]>::to_vec);
                let form = Stationary::new(autocovariance, points, length, owned).map(Form::Stationary);
                form.unwrap_or_else(|| Form::Dense(transformed(&covariance.to_dense(), weights, length)))
            }
            Covariance::LowRank { sources } => Form::LowRank(transformed_sources(sources, weights, length)),
            Covariance::Dense(matrix) => Form::Dense(transformed(matrix, weights, length)),
            other => match other.diagonals() {
                Some(diagonals) => Form::Banded(Banded::new(&weighted(diagonals, weights), length)),
                None => mirrored_bins(other, weights, length)
                    .unwrap_or_else(|| Form::Dense(transformed(&other.to_dense(), weights, length))),
            },
        };
        Self::of(length, form)
    }

    /// The covariance of the N points of the series that belongs to the spectrum.
    pub(crate) fn into_series(self) -> Covariance {
        let length = self.length;
        let none = Covariance::White { variance: Variance(0.0), length };
        let terms = self.terms.into_iter().map(|term| term.into_series(length));
        terms.reduce(|sum, term| sum.plus(term).expect("all terms are of N points")).unwrap_or(none)
    }
}

impl Term {
    fn into_series(self, length: usize) -> Covariance {
        match self {
            Self { form: Form::White(variance), maps: None } => Covariance::White { variance, length },
            Self { form: Form::Banded(errors), maps: None } => Covariance::from_diagonals(errors.diagonals()),
            Self { form: Form::Stationary(errors), maps: None } => stationary_series(&errors, length),
            Self { form: Form::LowRank(sources), maps: None } => {
                Covariance::LowRank { sources: source_series(&sources, length) }
            }
            Self { form: Form::PerBin(bins), maps: None } => mirrored_series(&bins, length),
            Self { form: Form::Dense(matrix), maps: None } => Covariance::Dense(dense_series(&matrix, length)),
            term => {
                Covariance::Dense(dense_series(&SpectralCovariance { length, terms: vec![term] }.into_dense(), length))
            }
        }
    }
}

fn stationary_series(errors: &Stationary, length: usize) -> Covariance {
    if errors.is_whole() {
        return Covariance::Stationary { autocovariance: errors.autocovariance().clone(), length };
    }
    Covariance::Dense(DMatrix::from_fn(length, length, |n, m| errors.at(n, m)))
}

/// Diagonals of a series that is multiplied by weights.
fn weighted(mut diagonals: Vec<Vec<f64>>, weights: Option<&[f64]>) -> Vec<Vec<f64>> {
    let Some(weights) = weights else { return diagonals };
    for (d, diagonal) in diagonals.iter_mut().enumerate() {
        diagonal.iter_mut().enumerate().for_each(|(n, entry)| *entry *= weights[n] * weights[n + d]);
    }
    diagonals
}

/// Independent bins: U(n, m) = t(n − m) + h(n + m), the transforms of the powers and of the pseudo-powers.
///
/// t(d) = N⁻² Σ_k E|ε(k)|² e^(2πi kd/N) and h(s) = N⁻² Σ_k E ε(k)² e^(2πi ks/N) over both halves of the spectrum; bins
/// without an imaginary part have their whole power in t.
fn mirrored_series(bins: &[Bivariate], length: usize) -> Covariance {
    let scale = (length as f64).powi(-2);
    let mut fft = RealFft::new(length);
    let mut back = |moments: Vec<Complex64>| {
        let (mut moments, mut series) = (moments, vec![0.0; length]);
        fft.inverse(&mut moments, &mut series);
        series.iter_mut().for_each(|value| *value *= scale);
        series
    };
    let pseudo = |(k, bin): (usize, &Bivariate)| if is_real(length, k) { Complex64::ZERO } else { bin.pseudo() };
    let toeplitz = back(bins.iter().map(|bin| Complex64::from(bin.power())).collect());
    let hankel = back(bins.iter().enumerate().map(pseudo).collect());
    Covariance::Mirrored { toeplitz: Autocovariance(toeplitz), hankel }
}

/// The bins from which [`mirrored_series`] came, where t is periodic and nothing weights the series.
fn mirrored_bins(covariance: &Covariance, weights: Option<&[f64]>, length: usize) -> Option<Form> {
    let Covariance::Mirrored { toeplitz, hankel } = covariance else { return None };
    let twin = |d: usize| toeplitz.at(d as isize) - toeplitz.at((length - d) as isize);
    let periodic = (1..length).all(|d| twin(d).abs() <= ROUNDING * toeplitz.at(0));
    if weights.is_some() || hankel.len() != length || !periodic {
        return None;
    }
    let mut fft = RealFft::new(length);
    let mut forward = |series: &[f64]| {
        let (mut series, mut spectrum) = (series.to_vec(), fft.spectrum());
        series.resize(length, 0.0);
        fft.forward(&mut series, &mut spectrum);
        spectrum
    };
    let (powers, pseudos) = (forward(&toeplitz.0), forward(hankel));
    let bin = |(k, (power, pseudo)): (usize, (&Complex64, Complex64))| {
        let n = length as f64;
        let pseudo = if is_real(length, k) { power + pseudo } else { pseudo };
        let power = if is_real(length, k) { pseudo.re } else { power.re };
        Bivariate::from_moments(n * power, n * pseudo)
    };
    Some(Form::PerBin(powers.iter().zip(pseudos).enumerate().map(bin).collect()))
}

/// Writes the transform of weighted points to real parts above imaginary parts.
fn forward(plan: &mut Plan, weights: Option<&[f64]>, from: &[f64], to: &mut [f64]) {
    plan.series.fill(0.0);
    plan.series[..from.len()].copy_from_slice(from);
    if let Some(weights) = weights {
        plan.series.iter_mut().zip(weights).for_each(|(value, weight)| *value *= weight);
    }
    plan.fft.forward(&mut plan.series, &mut plan.spectrum);
    let (real, imaginary) = to.split_at_mut(plan.spectrum.len());
    for ((bin, real), imaginary) in plan.spectrum.iter().zip(real).zip(imaginary) {
        (*real, *imaginary) = (bin.re, bin.im);
    }
}

/// Writes the series that has these real parts above imaginary parts.
fn inverse(plan: &mut Plan, from: &[f64], to: &mut [f64]) {
    let (real, imaginary) = from.split_at(plan.spectrum.len());
    let scale = 1.0 / to.len() as f64;
    for ((bin, real), imaginary) in plan.spectrum.iter_mut().zip(real).zip(imaginary) {
        *bin = Complex64::new(scale * real, scale * imaginary);
    }
    plan.fft.inverse(&mut plan.spectrum, to);
}

/// A transform with the memory that it works in.
#[derive(Clone)]
struct Plan {
    fft: RealFft,
    series: Vec<f64>,
    spectrum: Vec<Complex64>,
}

impl Plan {
    fn new(length: usize) -> Self {
        let fft = RealFft::new(length);
        Self { series: vec![0.0; length], spectrum: fft.spectrum(), fft }
    }
}

fn transformed(matrix: &DMatrix<f64>, weights: Option<&[f64]>, length: usize) -> DMatrix<f64> {
    let (plan, rows) = (Plan::new(length), 2 * (length / 2 + 1));
    both_sides(matrix, rows, || plan.clone(), |plan, from, to| forward(plan, weights, from, to))
}

fn dense_series(matrix: &DMatrix<f64>, length: usize) -> DMatrix<f64> {
    let plan = Plan::new(length);
    both_sides(matrix, length, || plan.clone(), inverse)
}

fn transformed_sources(sources: &DMatrix<f64>, weights: Option<&[f64]>, length: usize) -> DMatrix<f64> {
    let mut plan = Plan::new(length);
    each_column(sources, 2 * (length / 2 + 1), |from, to| forward(&mut plan, weights, from, to))
}

fn source_series(sources: &DMatrix<f64>, length: usize) -> DMatrix<f64> {
    let mut plan = Plan::new(length);
    each_column(sources, length, |from, to| inverse(&mut plan, from, to))
}

fn each_column(matrix: &DMatrix<f64>, rows: usize, mut map: impl FnMut(&[f64], &mut [f64])) -> DMatrix<f64> {
    let mut mapped = DMatrix::zeros(rows, matrix.ncols());
    let columns = mapped.as_mut_slice().chunks_mut(rows).zip(matrix.as_slice().chunks(matrix.nrows()));
    columns.for_each(|(to, from)| map(from, to));
    mapped
}
