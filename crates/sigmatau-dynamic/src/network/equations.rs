//! The equations of a network, made triangular by reflections.
//!
//! Each equation is divided by its standard deviation. No normal equations are formed: noise stays where it is,
//! even many powers of ten below the errors of the references.

use super::{Observed, ReferenceCheck, Sensor, bivariate};
use crate::source::Errors;
use nalgebra::{DMatrix, DVector, Matrix2, Vector2};
use sigmatau_spectrum::fft::Complex64;

/// The equations of the sources z and the excitations x, their right-hand sides as the last column; the sensors are
/// eliminated.
pub(super) struct Equations<'a> {
    sources: usize,
    /// The number of unknowns z and x.
    size: usize,
    /// For each reference how its error hangs on the sources: δ = B z.
    parts: Vec<DMatrix<f64>>,
    /// What the references read.
    references: &'a [Vec<Observed>],
    /// The equations of all sensors together.
    sensors: DMatrix<f64>,
    /// Equations beyond the unknowns, the sensors' among them; each source has one of its own, z = 0 ± 1.
    pub(super) dof: usize,
}

impl<'a> Equations<'a> {
    pub(super) fn new(errors: &Errors, references: &'a [Vec<Observed>], sensors: &[Sensor], runs: usize) -> Self {
        let parts = parts_of(errors);
        let (sources, redundant) = (errors.sources().count(), sensors.iter().map(Sensor::redundant).sum::<usize>());
        let dof = redundant + references.iter().map(|readings| 2 * readings.len()).sum::<usize>() - 2 * runs;
        let size = sources + 2 * runs;
        let none = DMatrix::zeros(0, size + 1);
        let mut equations = Self { sources, size, parts, references, sensors: none, dof };
        for sensor in sensors.iter().filter(|sensor| sensor.redundant() > 0) {
            equations.sensors = triangle(&[&equations.sensors, &equations.of_sensor(sensor)]);
        }
        equations
    }

    /// The equations of a sensor, its response projected out: a single reading tells nothing of the excitation.
    fn of_sensor(&self, sensor: &Sensor) -> DMatrix<f64> {
        let count = 2 * sensor.readings.len();
        let (mut rows, mut response) = (DMatrix::zeros(count, self.size + 1), DMatrix::zeros(count, 2));
        for (place, reading) in sensor.readings.iter().enumerate() {
            let column = self.sources + 2 * reading.run;
            rows.fixed_view_mut::<2, 2>(2 * place, column).copy_from(&reading.root);
            rows.fixed_view_mut::<2, 1>(2 * place, self.size).copy_from(&(reading.root * reading.log));
            response.fixed_view_mut::<2, 2>(2 * place, 0).copy_from(&reading.root);
        }
        let along = response.qr().q();
        let projected = along.tr_mul(&rows);
        rows - along * projected
    }

    /// How a reading of a reference hangs on the unknowns: x_m − B z.
    fn slopes(&self, reference: usize, run: usize) -> DMatrix<f64> {
        let mut slopes = DMatrix::zeros(2, self.size);
        slopes.columns_mut(0, self.sources).copy_from(&-&self.parts[reference]);
        slopes.fixed_view_mut::<2, 2>(0, self.sources + 2 * run).copy_from(&Matrix2::identity());
        slopes
    }

    fn of_reading(&self, reference: usize, reading: &Observed) -> DMatrix<f64> {
        let mut rows = DMatrix::zeros(2, self.size + 1);
        rows.columns_mut(0, self.size).copy_from(&(reading.root * self.slopes(reference, reading.run)));
        rows.column_mut(self.size).copy_from(&(reading.root * reading.log));
        rows
    }

    /// Sources and excitations from the sensors and those readings of references that are `wanted`.
    pub(super) fn solve(&self, wanted: impl Fn(usize, &Observed) -> bool) -> Solution {
        let mut rows = vec![self.sensors.clone()];
        for (reference, readings) in self.references.iter().enumerate() {
            let kept = readings.iter().filter(|reading| wanted(reference, reading));
            rows.extend(kept.map(|reading| self.of_reading(reference, reading)));
        }
        Solution::of(&triangle(&rows.iter().collect::<Vec<_>>()), self.sources)
    }

    /// What the others say of a reference, in the runs that others read too; nothing where there is none.
    pub(super) fn check(&self, reference: usize, name: &str) -> Option<ReferenceCheck> {
        let reads = |other: usize, run: usize| self.references[other].iter().any(|reading| reading.run == run);
        let shared = |run: usize| (0..self.references.len()).any(|other| other != reference && reads(other, run));
        let beside: Vec<&Observed> = self.references[reference].iter().filter(|reading| shared(reading.run)).collect();
        let own = beside.iter().map(|reading| reading.weight()).sum::<Matrix2<f64>>().try_inverse()?;
        let rest = self.solve(|other, reading| other != reference || !shared(reading.run));
        let (mut deviation, mut slopes) = (Vector2::zeros(), DMatrix::zeros(2, self.size));
        for reading in beside {
            let (share, slope) = (own * reading.weight(), self.slopes(reference, reading.run));
            deviation += share * (reading.log - &slope * &rest.unknowns);
            slopes += share * slope;
        }
        let through = slopes * &rest.inverse;
        let spread = own + Matrix2::from_fn(|i, j| through.row(i).dot(&through.row(j)));
        let squares = deviation.dot(&(spread.try_inverse()? * deviation));
        let deviation = Complex64::new(deviation[0], deviation[1]);
        let p_value = (-0.5 * squares).exp();
        Some(ReferenceCheck { name: name.to_owned(), deviation, covariance: bivariate(&spread), p_value })
    }
}

/// B of each reference, a column for each source.
fn parts_of(errors: &Errors) -> Vec<DMatrix<f64>> {
    let mut matrices = vec![DMatrix::zeros(2, errors.sources().count()); errors.length()];
    for (column, (_, parts)) in errors.sources().enumerate() {
        for (place, part) in parts {
            matrices[*place].column_mut(column).copy_from_slice(&[part.re, part.im]);
        }
    }
    matrices
}

/// Equations below each other, made triangular: the same least squares in no more rows than columns.
fn triangle(blocks: &[&DMatrix<f64>]) -> DMatrix<f64> {
    stacked(blocks).qr().r()
}

fn stacked(blocks: &[&DMatrix<f64>]) -> DMatrix<f64> {
    let mut all = DMatrix::zeros(blocks.iter().map(|block| block.nrows()).sum(), blocks[0].ncols());
    let mut row = 0;
    for block in blocks {
        all.rows_mut(row, block.nrows()).copy_from(*block);
        row += block.nrows();
    }
    all
}

/// Sources and excitations with their errors.
pub(super) struct Solution {
    unknowns: DVector<f64>,
    /// R⁻¹; R⁻¹ R⁻ᵀ is the covariance of the unknowns.
    inverse: DMatrix<f64>,
    /// How the errors of the excitations hang on the sources of the references.
    pub(super) of_references: DMatrix<f64>,
    /// How they hang on the noise, that is on as many numbers of variance 1 as they are.
    pub(super) of_noise: DMatrix<f64>,
    /// The weighted squares of the residuals.
    pub(super) chi_squared: f64,
}

impl Solution {
    /// The solution of the equations of the noise together with those of the sources, z = 0 ± 1. With Q R for all of
    /// them, the unknowns err by R⁻¹ Qᵀ times the errors of the equations.
    fn of(noise: &DMatrix<f64>, sources: usize) -> Self {
        let size = noise.ncols() - 1;
        let all = stacked(&[&DMatrix::identity(sources, size + 1), noise]).qr();
        let (q, r) = (all.q(), all.r());
        let triangle = r.view((0, 0), (size, size));
        let inverse =
            triangle.solve_upper_triangular(&DMatrix::identity(size, size)).expect("a reference read in every run");
        let excitations = inverse.rows(sources, size - sources).transpose();
        let through = |from: usize, count: usize| q.view((from, 0), (count, size)) * &excitations;
        let of_references = -through(0, sources).transpose();
        let of_noise = through(sources, noise.nrows()).qr().r().transpose();
        let chi_squared = if r.nrows() > size { r[(size, size)].powi(2) } else { 0.0 };
        Self {
            unknowns: &inverse * r.view((0, size), (size, 1)).column(0),
            inverse,
            of_references,
            of_noise,
            chi_squared,
        }
    }

    /// ln of the excitation of a run over its first value.
    pub(super) fn excitation(&self, run: usize) -> Vector2<f64> {
        self.unknowns.fixed_rows::<2>(self.of_references.ncols() + 2 * run).into_owned()
    }
}
