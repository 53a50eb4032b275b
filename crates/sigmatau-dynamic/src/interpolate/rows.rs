//! Linear maps of which each result depends on a few neighbours only.

use crate::covariance::{Covariance, both_sides};
use nalgebra::DMatrix;

/// The weights of neighbours from `first` on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) first: usize,
    pub(super) weights: Vec<f64>,
}

impl Row {
    pub(super) fn dot(&self, values: &[f64]) -> f64 {
        self.weights.iter().zip(&values[self.first..]).map(|(weight, value)| weight * value).sum()
    }

    /// The same without zeros at either end.
    pub(super) fn trimmed(mut self) -> Self {
        let zeros = self.weights.iter().take_while(|weight| **weight == 0.0).count();
        self.weights.drain(..zeros);
        let held = self.weights.iter().rposition(|weight| *weight != 0.0).map_or(0, |last| last + 1);
        self.weights.truncate(held);
        Self { first: self.first + zeros, weights: self.weights }
    }

    fn end(&self) -> usize {
        self.first + self.weights.len()
    }

    fn entries(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        (self.first..).zip(self.weights.iter().copied())
    }
}

/// A row for each result.
pub(super) struct Rows(pub(super) Vec<Row>);

impl Rows {
    /// W C Wᵀ in the cheapest form: a band where C is one, common sources where those are fewer.
    pub(super) fn both_sides(&self, covariance: &Covariance) -> Covariance {
        match covariance {
            Covariance::LowRank { sources } => Covariance::LowRank { sources: self.times(sources) },
            Covariance::White { .. } | Covariance::Independent(_) => {
                if self.reach(covariance.length(), 0) < covariance.length() {
                    self.band(covariance, 0)
                } else {
                    self.sources(covariance)
                }
            }
            Covariance::Banded { diagonals } => self.band(covariance, diagonals.len() - 1),
            _ => Covariance::Dense(self.dense(&covariance.to_dense())),
        }
    }

    /// How many results behind the main diagonal the covariance reaches of `inputs` correlated over `width` neighbours.
    fn reach(&self, inputs: usize, width: usize) -> usize {
        let mut spans = vec![None; inputs];
        for (i, row) in self.0.iter().enumerate() {
            for span in &mut spans[row.first..row.end()] {
                let (first, _) = span.unwrap_or((i, i));
                *span = Some((first, i));
            }
        }
        let latest = |(a, span): (usize, &Option<(usize, usize)>)| {
            let (first, _) = (*span)?;
            let near = &spans[a.saturating_sub(width)..inputs.min(a + width + 1)];
            near.iter().flatten().map(|(_, last)| last.saturating_sub(first)).max()
        };
        spans.iter().enumerate().filter_map(latest).max().unwrap_or(0)
    }

    fn band(&self, covariance: &Covariance, width: usize) -> Covariance {
        let entry = |i: usize, j: usize| -> f64 { self.entry(covariance, width, i, j) };
        let diagonal = |d: usize| (0..self.0.len() - d).map(|i| entry(i, i + d)).collect();
        Covariance::from_diagonals((0..=self.reach(covariance.length(), width)).map(diagonal).collect())
    }

    /// The covariance of two results of inputs that are correlated over `width` neighbours.
    fn entry(&self, covariance: &Covariance, width: usize, i: usize, j: usize) -> f64 {
        let row = &self.0[j];
        let neighbours = |a: usize| {
            let (from, to) = (row.first.max(a.saturating_sub(width)), row.end().min(a + width + 1));
            (from..to).map(move |b| row.weights[b - row.first] * covariance.entry(a, b)).sum::<f64>()
        };
        self.0[i].entries().map(|(a, weight)| weight * neighbours(a)).sum()
    }

    /// Independent errors as common sources, one for each input.
    fn sources(&self, covariance: &Covariance) -> Covariance {
        let mut sources = DMatrix::zeros(self.0.len(), covariance.length());
        let u = covariance.standard_uncertainties();
        for (i, row) in self.0.iter().enumerate() {
            row.entries().for_each(|(j, weight)| sources[(i, j)] = weight * u[j]);
        }
        Covariance::LowRank { sources }
    }

    fn times(&self, matrix: &DMatrix<f64>) -> DMatrix<f64> {
        let column = |j: usize| &matrix.as_slice()[j * matrix.nrows()..(j + 1) * matrix.nrows()];
        DMatrix::from_fn(self.0.len(), matrix.ncols(), |i, j| self.0[i].dot(column(j)))
    }

    fn dense(&self, matrix: &DMatrix<f64>) -> DMatrix<f64> {
        both_sides(
            matrix,
            self.0.len(),
            || (),
            |(), from, to| {
                to.iter_mut().zip(&self.0).for_each(|(to, row)| *to = row.dot(from));
            },
        )
    }
}
