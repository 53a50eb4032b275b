//! What a FIR filter makes of the errors of its input.
//!
//! With the taps h, their covariance U and their second moments S = h hᵀ + U, errors of covariance R come out with
//!
//! cov(y(n), y(m)) = Σ_ij S_ij R(n − i, m − j),
//!
//! of which h hᵀ is the first-order part and U the second-order term tr(R U). Only the diagonals of S count.

use super::Start;
use super::bank::{convolve, sum_of_squares};
use crate::covariance::Covariance;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// The second moments of taps.
pub(super) struct Moments<'a> {
    /// h.
    pub(super) taps: &'a [f64],
    /// B, with U = B Bᵀ.
    pub(super) sources: &'a DMatrix<f64>,
}

impl Moments<'_> {
    /// S(i, i + lag), for all i.
    fn diagonal(&self, lag: usize) -> Vec<f64> {
        let pairs = self.taps.iter().zip(self.taps.iter().skip(lag));
        let mut diagonal: Vec<f64> = pairs.map(|(one, other)| one * other).collect();
        for source in self.sources.column_iter() {
            let pairs = source.iter().zip(source.iter().skip(lag));
            diagonal.iter_mut().zip(pairs).for_each(|(sum, (one, other))| *sum += one * other);
        }
        diagonal
    }

    /// h and the columns of B, as columns.
    fn filters(&self) -> DMatrix<f64> {
        let mut filters = self.sources.clone().insert_column(0, 0.0);
        filters.column_mut(0).copy_from_slice(self.taps);
        filters
    }

    /// The variance of each point of the output from the errors of the input.
    ///
    /// Stationary errors take O(L D + N) steps for D lags, independent ones O(N L), banded and dense ones O(N L)
    /// a diagonal, common sources O(N K log L) a source.
    pub(super) fn variances(&self, errors: &Covariance, start: Start) -> Vec<f64> {
        match errors {
            Covariance::White { variance, length } => self.stationary(&[variance.0], *length, start),
            Covariance::Stationary { autocovariance, length } => self.stationary(&autocovariance.0, *length, start),
            Covariance::Independent(variances) => {
                let variances: Vec<f64> = variances.iter().map(|variance| variance.0).collect();
                let before = match start {
                    Start::Rest => 0.0,
                    Start::Settled(_) => variances.first().copied().unwrap_or(0.0),
                };
                convolve(&after(before, self.taps.len() - 1, &variances), &self.diagonal(0))
            }
            Covariance::Banded { diagonals } => self.banded(errors.length(), |lag| diagonals.get(lag).cloned()),
            Covariance::Mirrored { .. } | Covariance::Dense(_) => {
                self.banded(errors.length(), |lag| Some(below(errors, lag)))
            }
            Covariance::LowRank { sources } => self.common(sources),
        }
    }

    /// u²(n) = Σ over i, j ≤ n of S_ij r(i − j): a tap more at every point, until all are there.
    fn stationary(&self, autocovariance: &[f64], points: usize, start: Start) -> Vec<f64> {
        let taps = self.taps.len();
        let mut added = vec![0.0; taps];
        for (lag, r) in autocovariance.iter().enumerate().take(taps) {
            let both = if lag == 0 { *r } else { 2.0 * r };
            added[lag..].iter_mut().zip(self.diagonal(lag)).for_each(|(sum, s)| *sum += both * s);
        }
        let total = added.iter().sum();
        let so_far = added.iter().scan(0.0, |sum, more| {
            *sum += more;
            Some(*sum)
        });
        match start {
            Start::Settled(_) => vec![total; points],
            Start::Rest => so_far.chain(std::iter::repeat(total)).take(points).collect(),
        }
    }

    /// Diagonal by diagonal, each filtered by the diagonal of S.
    fn banded(&self, points: usize, diagonal: impl Fn(usize) -> Option<Vec<f64>>) -> Vec<f64> {
        let mut variances = vec![0.0; points];
        for lag in 0..self.taps.len().min(points) {
            let Some(covariances) = diagonal(lag) else { break };
            let weights = self.diagonal(lag);
            let filtered = convolve(&after(0.0, weights.len() - 1, &covariances), &weights);
            let sides = if lag == 0 { 1.0 } else { 2.0 };
            variances[lag..].iter_mut().zip(filtered).for_each(|(sum, more)| *sum += sides * more);
        }
        variances
    }

    fn common(&self, sources: &DMatrix<f64>) -> Vec<f64> {
        let filters = self.filters();
        let mut variances = vec![0.0; sources.nrows()];
        for source in sources.column_iter() {
            let squares = sum_of_squares(&after(0.0, self.taps.len() - 1, source.as_slice()), &filters);
            variances.iter_mut().zip(squares).for_each(|(sum, more)| *sum += more);
        }
        variances
    }

    /// The covariance of the output from errors of the input, that begin with the record.
    ///
    /// Errors that are correlated over D points are so over D + L − 1 after; common sources stay so where the taps
    /// are certain.
    pub(super) fn covariance(&self, errors: &Covariance) -> Covariance {
        match errors {
            Covariance::LowRank { sources } if self.sources.ncols() == 0 => {
                Covariance::LowRank { sources: filtered(sources, self.taps) }
            }
            Covariance::LowRank { sources } => Covariance::Dense(self.dense(&(sources * sources.transpose()))),
            Covariance::Mirrored { .. } => Covariance::Dense(self.dense(&errors.to_dense())),
            Covariance::Dense(matrix) => Covariance::Dense(self.dense(matrix)),
            Covariance::White { .. } | Covariance::Independent(_) => self.widened(errors, 1),
            Covariance::Stationary { autocovariance, .. } => self.widened(errors, autocovariance.0.len()),
            Covariance::Banded { diagonals } => self.widened(errors, diagonals.len()),
        }
    }

    /// Σ over the filters F of F R Fᵀ.
    fn dense(&self, matrix: &DMatrix<f64>) -> DMatrix<f64> {
        let through = |taps: &[f64]| filtered(&filtered(matrix, taps).transpose(), taps);
        let filters = self.filters();
        filters.column_iter().map(|taps| through(taps.as_slice())).sum()
    }

    /// Of errors with `width` diagonals from the main one on, those of the output.
    fn widened(&self, errors: &Covariance, width: usize) -> Covariance {
        let (points, taps, width) = (errors.length(), self.taps.len(), width.max(1));
        let filters = self.filters();
        let moments = &filters * filters.transpose();
        let entry = |n: usize, lag: usize| -> f64 {
            let of_tap = |j: usize| {
                let place = n + lag - j;
                let first = (place + 1).saturating_sub(width).max((n + 1).saturating_sub(taps));
                let last = (place + width).min(n + 1);
                (first..last).map(|m| moments[(n - m, j)] * errors.entry(m, place)).sum::<f64>()
            };
            (0..taps.min(n + lag + 1)).map(of_tap).sum()
        };
        let diagonal = |lag: usize| (0..points - lag).into_par_iter().map(|n| entry(n, lag)).collect();
        Covariance::Banded { diagonals: (0..(taps + width - 1).min(points)).map(diagonal).collect() }
    }
}

/// Each column filtered from rest.
pub(super) fn filtered(columns: &DMatrix<f64>, taps: &[f64]) -> DMatrix<f64> {
    let through =
        |column: nalgebra::DVectorView<'_, f64>| convolve(&after(0.0, taps.len() - 1, column.as_slice()), taps);
    let columns_out: Vec<f64> = columns.column_iter().flat_map(through).collect();
    DMatrix::from_vec(columns.nrows(), columns.ncols(), columns_out)
}

/// `record` after `points` points of one level.
pub(super) fn after(level: f64, points: usize, record: &[f64]) -> Vec<f64> {
    [vec![level; points].as_slice(), record].concat()
}

/// The covariances of all points with those `lag` before them.
fn below(errors: &Covariance, lag: usize) -> Vec<f64> {
    (0..errors.length() - lag).map(|n| errors.entry(n + lag, n)).collect()
}
