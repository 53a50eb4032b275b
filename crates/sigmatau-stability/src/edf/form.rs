//! Statistics as quadratic forms of the phases: mean square = xᵀ A x, up to a factor.
//!
//! Every term is a weighted sum of phases; A collects the products of its weights. What is written
//! here are the definitions once more, as weights, without the speed of the kernels.

use super::{Differences, Model};

/// The symmetric matrix of a quadratic form of `points` phases, row by row.
pub(crate) struct Form {
    points: usize,
    matrix: Vec<f64>,
}

impl Form {
    /// The form of a statistic at averaging factor m; nothing where the record is too short or the
    /// statistic is none of squares.
    pub(crate) fn of(model: Model, points: usize, m: usize) -> Option<Self> {
        let mut form = Self { points, matrix: vec![0.0; points * points] };
        match model {
            Model::Differences(differences) => form.differences(differences, m)?,
            Model::Total => form.total(m)?,
            Model::ModifiedTotal => form.modified_total(m)?,
            Model::HadamardTotal if m == 1 => form.differences(Differences::HADAMARD, 1)?,
            Model::HadamardTotal => form.hadamard_total(m)?,
            Model::Theo1 => form.theo1(m)?,
            Model::Parabolic => form.parabolic(m)?,
            Model::Order(_) => return None,
        }
        Some(form)
    }

    /// The degrees of freedom 2 E²/Var of the form for Gaussian phases: (tr AK)² / tr (AK)², where K holds
    /// the generalised covariances of the phases at the lags 0 … N−1.
    pub(crate) fn degrees_of_freedom(&self, covariances: &[f64]) -> f64 {
        let product = self.times_toeplitz(covariances);
        let n = self.points;
        let trace: f64 = (0..n).map(|i| product[i * n + i]).sum();
        let of_square: f64 = (0..n).map(|i| (0..n).map(|j| product[i * n + j] * product[j * n + i]).sum::<f64>()).sum();
        trace * trace / of_square
    }

    /// A times the symmetric Toeplitz matrix whose first row is given.
    fn times_toeplitz(&self, first: &[f64]) -> Vec<f64> {
        let n = self.points;
        let mirrored: Vec<f64> = first[1..n].iter().rev().chain(&first[..n]).copied().collect();
        let mut product = vec![0.0; n * n];
        for (row, sums) in self.matrix.chunks_exact(n).zip(product.chunks_exact_mut(n)) {
            for (j, weight) in row.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                let toeplitz = &mirrored[n - 1 - j..][..n];
                sums.iter_mut().zip(toeplitz).for_each(|(sum, k)| *sum += weight * k);
            }
        }
        product
    }

    /// Adds the square of Σ weight · x(place), times `factor`.
    fn add(&mut self, factor: f64, term: &[(usize, f64)]) {
        for (i, a) in term {
            for (j, b) in term {
                self.matrix[i * self.points + j] += factor * a * b;
            }
        }
    }

    /// Adds the squares of the same term at every start, or at every `stride`-th.
    fn add_everywhere(&mut self, term: &[(usize, f64)], stride: usize) -> Option<()> {
        let reach = term.iter().map(|(place, _)| *place).max()?;
        let starts = self.points.checked_sub(reach).filter(|starts| *starts > 0)?;
        for start in (0..starts).step_by(stride) {
            let moved: Vec<_> = term.iter().map(|(place, weight)| (place + start, *weight)).collect();
            self.add(1.0, &moved);
        }
        Some(())
    }

    fn differences(&mut self, differences: Differences, m: usize) -> Option<()> {
        let Differences { order, averaged, overlapping } = differences;
        let binomial: &[f64] = if order == 2 { &[1.0, -2.0, 1.0] } else { &[-1.0, 3.0, -3.0, 1.0] };
        let width = if averaged { m } else { 1 };
        let shifted = |(k, weight): (usize, &f64)| (0..width).map(move |j| (k * m + j, *weight)).collect::<Vec<_>>();
        let term: Vec<_> = binomial.iter().enumerate().flat_map(|(k, weight)| shifted((k, weight))).collect();
        self.add_everywhere(&term, if overlapping { 1 } else { m })
    }

    /// Second differences at every inner point of the record, continued beyond its ends by x(−j) = 2x(0) − x(j).
    fn total(&mut self, m: usize) -> Option<()> {
        let last = self.points.checked_sub(1).filter(|last| m <= *last)?;
        for i in 1..last {
            let before = if i >= m { vec![(i - m, 1.0)] } else { vec![(0, 2.0), (m - i, -1.0)] };
            let beyond = || vec![(last, 2.0), (2 * last - i - m, -1.0)];
            let after = if i + m <= last { vec![(i + m, 1.0)] } else { beyond() };
            self.add(1.0, &[before, vec![(i, -2.0)], after].concat());
        }
        Some(())
    }

    fn modified_total(&mut self, m: usize) -> Option<()> {
        let window = of_window(m);
        let starts = (self.points + 1).checked_sub(3 * m).filter(|starts| *starts > 0)?;
        for start in 0..starts {
            for (row, values) in window.chunks_exact(3 * m).enumerate() {
                let whole = &mut self.matrix[(start + row) * self.points + start..][..3 * m];
                whole.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
        }
        Some(())
    }

    /// As the modified total form, of the frequencies: A is D ᵀ(form of y) D with y(i) = x(i+1) − x(i).
    fn hadamard_total(&mut self, m: usize) -> Option<()> {
        let mut of_frequency = Self { points: self.points - 1, matrix: vec![0.0; (self.points - 1).pow(2)] };
        of_frequency.modified_total(m)?;
        let n = of_frequency.points;
        for (place, value) in of_frequency.matrix.iter().enumerate() {
            let (i, j) = (place / n, place % n);
            for (row, column, sign) in [(i, j, 1.0), (i + 1, j + 1, 1.0), (i, j + 1, -1.0), (i + 1, j, -1.0)] {
                self.matrix[row * self.points + column] += sign * value;
            }
        }
        Some(())
    }

    fn theo1(&mut self, m: usize) -> Option<()> {
        let starts = self.points.checked_sub(m).filter(|starts| *starts > 0 && m >= 2)?;
        let half = m / 2;
        for (i, delta) in (0..starts).flat_map(|i| (0..half).map(move |delta| (i, delta))) {
            let inner = [(i + half - delta, -1.0), (i + half + delta, -1.0)];
            self.add(1.0 / (half - delta) as f64, &[(i, 1.0), inner[0], (i + m, 1.0), inner[1]]);
        }
        Some(())
    }

    /// Differences of the slopes that least squares fits to neighbouring stretches of m points.
    fn parabolic(&mut self, m: usize) -> Option<()> {
        if m == 1 {
            return self.differences(Differences::ALLAN, 1);
        }
        let weight = |k: usize| (m - 1) as f64 / 2.0 - k as f64;
        let term: Vec<_> = (0..m).flat_map(|k| [(k, weight(k)), (k + m, -weight(k))]).collect();
        self.add_everywhere(&term, 1)
    }
}

/// The form of one window of 3m points of the modified and the Hadamard total variance: the slope between
/// the means of the halves is taken off, the window is continued at both ends by its mirror image, and
/// the 6m second differences of means over m points are squared.
fn of_window(m: usize) -> Vec<f64> {
    let length = 3 * m;
    let columns: Vec<Vec<f64>> = (0..length).map(|place| differences_of_unit(place, m)).collect();
    let product = |(i, j): (usize, usize)| columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).sum();
    (0..length * length).map(|place| product((place / length, place % length))).collect()
}

/// The 6m differences of a window that is 1 at `place` and 0 elsewhere.
fn differences_of_unit(place: usize, m: usize) -> Vec<f64> {
    let (length, half) = (3 * m, 3 * m / 2);
    let side = if place < half { -1.0 } else { f64::from(place >= length - half) };
    let slope = side / (half * (length - half)) as f64;
    let detrended = |i: usize| f64::from(i == place) - slope * i as f64;
    let mirrored = |i: usize| match i / length {
        0 => detrended(length - 1 - i),
        1 => detrended(i - length),
        _ => detrended(3 * length - 1 - i),
    };
    let mut before = vec![0.0];
    (0..3 * length).for_each(|i| before.push(before[i] + mirrored(i)));
    let mean = |i: usize| before[i + m] - before[i];
    (0..2 * length).map(|i| mean(i) - 2.0 * mean(i + m) + mean(i + 2 * m)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::noise::covariance;

    #[test]
    fn independent_terms_have_their_number_as_degrees_of_freedom() {
        // Second differences of a random walk are MA(1) at stride 1: Var/E² = (n + (n−1)/2·…) known exactly.
        let n = 50.0;
        let form = Form::of(Model::Differences(Differences::ALLAN), 52, 1).unwrap();
        let expected = n * n / (n + 2.0 * (n - 1.0) * 0.25);
        let covariances: Vec<f64> = (0..52).map(|lag| covariance(0, f64::from(lag))).collect();
        let found = form.degrees_of_freedom(&covariances);
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} instead of {expected}");
    }

    #[test]
    fn forms_ignore_offset_and_slope() {
        for model in [Model::Total, Model::ModifiedTotal, Model::HadamardTotal, Model::Theo1, Model::Parabolic] {
            let form = Form::of(model, 40, 6).unwrap();
            let line = |row: &[f64]| row.iter().enumerate().map(|(i, a)| a * (3.0 + 0.5 * i as f64)).sum::<f64>();
            assert!(form.matrix.chunks_exact(40).all(|row| line(row).abs() < 1e-9), "{model:?}");
        }
    }
}
