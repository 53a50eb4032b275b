//! Errors of complex values that share their sources.
//!
//! The relative error of the j-th of M values is δ_j = Σ_s p_sj z_s: Re δ is that of its magnitude, Im δ the one
//! of its argument in rad. Each z is an independent number of mean 0 and variance 1. What names the same source
//! has the same z: two values that were measured against one standard err together by their parts of it, and
//! their ratio is free of it. Only parts that are not zero are kept, so that M values with errors of their own and
//! a few common ones take O(M) numbers in place of the (2M)² of a covariance matrix.

use crate::covariance::Bivariate;
use nalgebra::{DMatrix, Matrix2};
use sigmatau_spectrum::fft::Complex64;
use statrs::function::gamma::gamma_ur;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A source of uncertainty, by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// What it belongs to, one line of a budget: a transducer, a standard, a time base.
    pub of: String,
    /// Which of its sources, such as `gain at 1000 Hz`.
    pub detail: String,
}

impl Source {
    /// The source of this name.
    pub fn new(of: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { of: of.into(), detail: detail.into() }
    }
}

/// The parts p_sj of one source that are not zero, with their places j.
pub type Parts = Vec<(usize, Complex64)>;

/// The relative errors of M complex values, source by source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Errors {
    length: usize,
    parts: BTreeMap<Source, Parts>,
}

impl Errors {
    /// No errors of `length` values.
    pub fn none(length: usize) -> Self {
        Self { length, parts: BTreeMap::new() }
    }

    /// Independent errors of the values, each with the covariance of relative magnitude and argument.
    ///
    /// The sources are those `of` this name, two for each value.
    ///
    /// ```
    /// use sigmatau_dynamic::Bivariate;
    /// use sigmatau_dynamic::source::Errors;
    /// let covariance = Bivariate { real: 4e-6, imaginary: 1e-6, cross: 1e-6 };
    /// let errors = Errors::independent("run 1", &[covariance, covariance]);
    /// assert!((errors.at(1).cross - 1e-6).abs() < 1e-20 && errors.between(0, 1).norm() == 0.0);
    /// ```
    pub fn independent(of: &str, covariances: &[Bivariate]) -> Self {
        let mut errors = Self::none(covariances.len());
        for (place, covariance) in covariances.iter().enumerate() {
            for (axis, part) in ["magnitude", "argument"].into_iter().zip(axes(covariance)) {
                errors.add(Source::new(of, format!("{axis} of value {place}")), place, part);
            }
        }
        errors
    }

    /// M.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The sources with their parts, in the order of their names.
    pub fn sources(&self) -> impl Iterator<Item = (&Source, &Parts)> {
        self.parts.iter()
    }

    /// Adds a part of a source to the error of one value. A part of zero leaves no trace.
    ///
    /// # Panics
    /// When the place is not below M.
    pub fn add(&mut self, source: Source, place: usize, part: Complex64) {
        assert!(place < self.length, "the place {place} is not below {}", self.length);
        if part == Complex64::ZERO {
            return;
        }
        let parts = self.parts.entry(source).or_default();
        match parts.binary_search_by_key(&place, |(known, _)| *known) {
            Ok(found) => parts[found].1 += part,
            Err(behind) => parts.insert(behind, (place, part)),
        }
    }

    /// Adds a new source with its parts, in the order of rising places. Parts of zero leave no trace.
    ///
    /// # Panics
    /// When a place is not below M.
    pub fn add_source(&mut self, source: Source, parts: impl IntoIterator<Item = (usize, Complex64)>) {
        let parts: Parts = parts.into_iter().filter(|(_, part)| *part != Complex64::ZERO).collect();
        assert!(parts.iter().all(|(place, _)| *place < self.length), "places are below {}", self.length);
        if !parts.is_empty() {
            self.parts.insert(source, parts);
        }
    }

    /// The errors a δ + b δ′ of these and `other` ones, sources of one name being the same.
    ///
    /// ```
    /// use sigmatau_dynamic::Complex64;
    /// use sigmatau_dynamic::source::{Errors, Source};
    /// let mut errors = Errors::none(1);
    /// errors.add(Source::new("standard", "gain"), 0, Complex64::new(1e-4, 0.0));
    /// assert_eq!(errors.combined(1.0, &errors, -1.0), Errors::none(1));
    /// ```
    ///
    /// # Panics
    /// When the two are not of equal length.
    #[must_use]
    pub fn combined(&self, a: f64, other: &Self, b: f64) -> Self {
        assert_eq!(self.length, other.length, "errors of the same values are combined");
        let mut sum = Self::none(self.length);
        for (errors, factor) in [(self, a), (other, b)] {
            for (source, parts) in &errors.parts {
                parts.iter().for_each(|(place, part)| sum.add(source.clone(), *place, part * factor));
            }
        }
        sum.parts.values_mut().for_each(|parts| parts.retain(|(_, part)| *part != Complex64::ZERO));
        sum.parts.retain(|_, parts| !parts.is_empty());
        sum
    }

    /// The covariance of relative magnitude and argument of every value.
    pub fn covariances(&self) -> Vec<Bivariate> {
        let mut sums = vec![Bivariate::default(); self.length];
        for (place, part) in self.parts.values().flatten() {
            sums[*place] = sums[*place] + outer(*part);
        }
        sums
    }

    /// The covariance of relative magnitude and argument of one value.
    pub fn at(&self, place: usize) -> Bivariate {
        self.parts.values().filter_map(|parts| part_at(parts, place)).fold(Bivariate::default(), |a, p| a + outer(p))
    }

    /// The covariances of the relative magnitude and the argument of the value `i`, row by row, with those of the
    /// value `j`.
    pub fn between(&self, i: usize, j: usize) -> Matrix2<f64> {
        let both = |parts: &Parts| Some((part_at(parts, i)?, part_at(parts, j)?));
        let product = |(p, q): (Complex64, Complex64)| Matrix2::new(p.re * q.re, p.re * q.im, p.im * q.re, p.im * q.im);
        self.parts.values().filter_map(both).map(product).sum()
    }

    /// The covariance matrix of (Re δ_0, Im δ_0, Re δ_1, …): (2M)² numbers.
    pub fn dense(&self) -> DMatrix<f64> {
        let mut matrix = DMatrix::zeros(2 * self.length, 2 * self.length);
        for parts in self.parts.values() {
            for ((i, p), (j, q)) in parts.iter().flat_map(|a| parts.iter().map(move |b| (a, b))) {
                let mut block = matrix.fixed_view_mut::<2, 2>(2 * i, 2 * j);
                block += Matrix2::new(p.re * q.re, p.re * q.im, p.im * q.re, p.im * q.im);
            }
        }
        matrix
    }

    /// Yᵀ C⁻¹ Y for the covariance matrix C of [`Errors::dense`], which is not made; nothing where the errors that
    /// single values have of their own leave a direction free.
    ///
    /// With the own errors D = L Lᵀ in blocks of two and the common parts P, W = L⁻¹ P and V = L⁻¹ Y:
    /// Yᵀ C⁻¹ Y = Vᵀ V − (Wᵀ V)ᵀ (1 + Wᵀ W)⁻¹ (Wᵀ V). O(M S²) steps for S common sources.
    pub fn weighted(&self, columns: &DMatrix<f64>) -> Option<DMatrix<f64>> {
        let (own, common): (Vec<&Parts>, Vec<&Parts>) = self.parts.values().partition(|parts| parts.len() == 1);
        let mut blocks = vec![Bivariate::default(); self.length];
        own.iter().for_each(|parts| blocks[parts[0].0] = blocks[parts[0].0] + outer(parts[0].1));
        let factors: Option<Vec<Factor>> = blocks.iter().map(Factor::of).collect();
        let (whitened, shared) =
            (whiten(columns, factors.as_ref()?), whiten(&side_by_side(self.length, &common), factors.as_ref()?));
        let (kernel, cross) =
            (DMatrix::identity(common.len(), common.len()) + shared.tr_mul(&shared), shared.tr_mul(&whitened));
        Some(whitened.tr_mul(&whitened) - cross.tr_mul(&kernel.cholesky()?.solve(&cross)))
    }
}

/// The parts of two sources of variance 1 that make this covariance: (l₁₁ + i l₂₁) and i l₂₂ of its Cholesky factor.
pub(crate) fn axes(covariance: &Bivariate) -> [Complex64; 2] {
    let along = covariance.real.max(0.0).sqrt();
    let across = if along > 0.0 { covariance.cross / along } else { 0.0 };
    let rest = (covariance.imaginary - across * across).max(0.0).sqrt();
    [Complex64::new(along, across), Complex64::new(0.0, rest)]
}

/// The probability of a χ² beyond this one with `dof` degrees of freedom; `NaN` of `NaN`.
pub(crate) fn p_beyond(chi_squared: f64, dof: usize) -> f64 {
    match chi_squared.total_cmp(&0.0) {
        _ if chi_squared.is_nan() => f64::NAN,
        Ordering::Greater => gamma_ur(0.5 * dof as f64, 0.5 * chi_squared),
        _ => 1.0,
    }
}

fn part_at(parts: &Parts, place: usize) -> Option<Complex64> {
    parts.binary_search_by_key(&place, |(known, _)| *known).ok().map(|found| parts[found].1)
}

fn outer(part: Complex64) -> Bivariate {
    Bivariate { real: part.re * part.re, imaginary: part.im * part.im, cross: part.re * part.im }
}

/// The lower Cholesky factor of a 2×2 covariance that leaves no direction free.
struct Factor {
    first: f64,
    below: f64,
    second: f64,
}

impl Factor {
    fn of(covariance: &Bivariate) -> Option<Self> {
        let [first, second] = axes(covariance);
        (first.re > 0.0 && second.im > 0.0).then_some(Self { first: first.re, below: first.im, second: second.im })
    }

    fn solve(&self, [a, b]: [f64; 2]) -> [f64; 2] {
        let a = a / self.first;
        [a, (b - self.below * a) / self.second]
    }
}

/// L⁻¹ Y, block by block.
fn whiten(columns: &DMatrix<f64>, factors: &[Factor]) -> DMatrix<f64> {
    let mut whitened = columns.clone();
    for (place, factor) in factors.iter().enumerate() {
        for mut column in whitened.column_iter_mut() {
            let solved = factor.solve([column[2 * place], column[2 * place + 1]]);
            [column[2 * place], column[2 * place + 1]] = solved;
        }
    }
    whitened
}

/// The parts of each source as a column.
fn side_by_side(length: usize, sources: &[&Parts]) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(2 * length, sources.len());
    for (column, (place, part)) in
        sources.iter().enumerate().flat_map(|(s, parts)| parts.iter().map(move |part| (s, part)))
    {
        (matrix[(2 * place, column)], matrix[(2 * place + 1, column)]) = (part.re, part.im);
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Errors {
        let own: Vec<Bivariate> =
            (1..=4).map(|j| Bivariate { real: f64::from(j), imaginary: 2.0, cross: 0.5 }).collect();
        let mut errors = Errors::independent("own", &own);
        for place in 0..4 {
            errors.add(Source::new("standard", "gain"), place, Complex64::new(3.0, 0.1 * place as f64));
            errors.add(Source::new("standard", "phase"), place, Complex64::new(0.0, -1.0));
        }
        errors
    }

    #[test]
    fn every_way_to_a_covariance_tells_the_same() {
        let (errors, dense) = (example(), example().dense());
        for (i, j) in (0..4).flat_map(|i| (0..4).map(move |j| (i, j))) {
            let block = dense.fixed_view::<2, 2>(2 * i, 2 * j).into_owned();
            assert!((errors.between(i, j) - block).norm() < 1e-14, "{i}, {j}");
        }
        for (place, covariance) in errors.covariances().into_iter().enumerate() {
            assert_eq!(covariance, errors.at(place));
            assert!((covariance.cross - dense[(2 * place, 2 * place + 1)]).abs() < 1e-14);
        }
    }

    #[test]
    fn weights_are_those_of_the_dense_inverse() {
        let columns = DMatrix::from_fn(8, 3, |i, j| ((i * 3 + j) as f64).sin());
        let direct = columns.transpose() * example().dense().try_inverse().unwrap() * &columns;
        let fast = example().weighted(&columns).unwrap();
        assert!((fast - &direct).norm() < 1e-12 * direct.norm());
    }

    #[test]
    fn values_without_errors_of_their_own_have_no_weights() {
        let mut errors = Errors::none(1);
        errors.add(Source::new("standard", "gain"), 0, Complex64::new(1.0, 0.0));
        assert_eq!(errors.weighted(&DMatrix::identity(2, 2)), None);
    }
}
