//! Sums over a record against sine waves: one pass over the points, without a sine or cosine for each.
//!
//! The record is taken in blocks. The sines and cosines of the instants within a block are tabled once for each
//! tone; a block then costs two products per point and tone, and one turn by the exact phase of its first point,
//! so that rounding does not grow along the record.
//!
//! Instants are counted from the middle of the record, n − (N−1)/2, where a frequency is least correlated with
//! the phase.

use crate::fft::Complex64;
use std::f64::consts::TAU;

/// Points of a block: three tables of it stay in the nearest cache.
const BLOCK: usize = 512;

/// Sums that run side by side, so that additions need not wait for each other.
const LANES: usize = 8;

/// A sine wave Re Z e^(iωt) with ω in cycles per sample and t from the middle of the record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wave {
    pub(super) frequency: f64,
    pub(super) phasor: Complex64,
}

/// What a pass finds of the residuals r = y − level − Σ waves.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// Σ r².
    pub(super) squares: f64,
    /// Σ r.
    pub(super) total: f64,
    /// Σ r e^(−iωt) for each wave.
    pub(super) plain: Vec<Complex64>,
    /// Σ (t/N) r e^(−iωt) for each wave.
    pub(super) ramped: Vec<Complex64>,
}

/// Passes over a record once; the ramped sums stay zero unless asked for. Missing points count as residuals of zero.
pub(super) fn pass(series: &[f64], level: f64, waves: &[Wave], ramped: bool) -> Sums {
    let tables: Vec<Table> = waves.iter().map(|wave| Table::new(wave.frequency, series.len())).collect();
    let nothing = vec![Complex64::ZERO; waves.len()];
    let mut sums = Sums { squares: 0.0, total: 0.0, plain: nothing.clone(), ramped: nothing };
    let mut residuals = Vec::with_capacity(BLOCK);
    for (index, block) in series.chunks(BLOCK).enumerate() {
        let start = instant(index * BLOCK, series.len());
        reduce(&mut residuals, block, level, start, waves, &tables);
        sums.add(&residuals, start, waves, &tables);
        if ramped {
            sums.add_ramped(&residuals, start, series.len(), waves, &tables);
        }
    }
    sums
}

/// The residuals of a record; `NaN` where its point is missing.
pub(super) fn residuals(series: &[f64], level: f64, waves: &[Wave]) -> Vec<f64> {
    let tables: Vec<Table> = waves.iter().map(|wave| Table::new(wave.frequency, series.len())).collect();
    let (mut all, mut residuals) = (Vec::with_capacity(series.len()), Vec::with_capacity(BLOCK));
    for (index, block) in series.chunks(BLOCK).enumerate() {
        reduce(&mut residuals, block, level, instant(index * BLOCK, series.len()), waves, &tables);
        all.extend(residuals.iter().zip(block).map(|(r, y)| if y.is_finite() { *r } else { f64::NAN }));
    }
    all
}

/// When point `index` of N was taken, in samples from the middle.
pub(super) fn instant(index: usize, points: usize) -> f64 {
    index as f64 - middle(points)
}

/// The middle of a record in samples from its first point.
pub(super) fn middle(points: usize) -> f64 {
    0.5 * (points as f64 - 1.0)
}

/// e^(2πi f t), with the whole turns of f t taken off exactly.
pub(super) fn turn(frequency: f64, time: f64) -> Complex64 {
    let turns = frequency * time;
    let lost = frequency.mul_add(time, -turns);
    Complex64::cis(TAU * (turns - turns.round() + lost))
}

/// e^(2πi f u) for the points u of a block.
struct Table {
    cosines: Vec<f64>,
    sines: Vec<f64>,
}

impl Table {
    fn new(frequency: f64, points: usize) -> Self {
        let (cosines, sines) = (0..points.min(BLOCK)).map(|u| turn(frequency, u as f64)).map(|z| (z.re, z.im)).unzip();
        Self { cosines, sines }
    }
}

/// Takes level and waves off a block.
fn reduce(residuals: &mut Vec<f64>, block: &[f64], level: f64, start: f64, waves: &[Wave], tables: &[Table]) {
    residuals.clear();
    residuals.extend(block.iter().map(|y| y - level));
    for (wave, table) in waves.iter().zip(tables).filter(|(wave, _)| wave.phasor != Complex64::ZERO) {
        let Complex64 { re, im } = wave.phasor * turn(wave.frequency, start);
        let turned = table.cosines.iter().zip(&table.sines);
        residuals.iter_mut().zip(turned).for_each(|(r, (cosine, sine))| *r -= re * cosine - im * sine);
    }
    residuals.iter_mut().for_each(|r| *r = if r.is_finite() { *r } else { 0.0 });
}

impl Sums {
    fn add(&mut self, residuals: &[f64], start: f64, waves: &[Wave], tables: &[Table]) {
        self.squares += dot(residuals, residuals);
        self.total += residuals.iter().sum::<f64>();
        for (sum, (wave, table)) in self.plain.iter_mut().zip(waves.iter().zip(tables)) {
            *sum += turn(wave.frequency, start).conj() * table.sum(residuals);
        }
    }

    fn add_ramped(&mut self, residuals: &[f64], start: f64, points: usize, waves: &[Wave], tables: &[Table]) {
        let ramp: Vec<f64> =
            residuals.iter().zip(0..).map(|(r, u)| (start + f64::from(u)) / points as f64 * r).collect();
        for (sum, (wave, table)) in self.ramped.iter_mut().zip(waves.iter().zip(tables)) {
            *sum += turn(wave.frequency, start).conj() * table.sum(&ramp);
        }
    }
}

impl Table {
    /// Σ r(u) e^(−2πi f u).
    fn sum(&self, values: &[f64]) -> Complex64 {
        Complex64::new(dot(values, &self.cosines), -dot(values, &self.sines))
    }
}

/// Σ a b over the shorter length, in lanes of fixed order.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    let (heads, tails) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = heads.remainder().iter().zip(tails.remainder()).map(|(a, b)| a * b).sum();
    let mut lanes = [0.0; LANES];
    for (a, b) in heads.zip(tails) {
        (0..LANES).for_each(|lane| lanes[lane] += a[lane] * b[lane]);
    }
    lanes.iter().sum::<f64>() + rest
}

/// Σ (t/N)^p e^(iωt) for p = 0, 1, 2 over those points of a record that are there.
///
/// Twice as many points have S_p(2n) = S_p(n) + z^n Σ_q C(p,q) n^(p−q) S_q(n), so that a whole record takes
/// O(log N) steps; each missing point then costs one.
pub(super) fn moments(frequency: f64, points: usize, missing: &[usize]) -> [Complex64; 3] {
    let (mut sums, mut count) = ([Complex64::ZERO; 3], 0);
    for bit in (0..usize::BITS - points.leading_zeros()).rev() {
        sums = joined(sums, shifted(sums, frequency, count as f64));
        count *= 2;
        if points >> bit & 1 == 1 {
            sums = joined(sums, shifted([Complex64::ONE, Complex64::ZERO, Complex64::ZERO], frequency, count as f64));
            count += 1;
        }
    }
    let mut sums = shifted(sums, frequency, -middle(points));
    for &index in missing {
        let (time, one) = (instant(index, points), turn(frequency, instant(index, points)));
        [1.0, time, time * time].iter().zip(&mut sums).for_each(|(power, sum)| *sum -= power * one);
    }
    let scale = 1.0 / points as f64;
    [sums[0], sums[1] * scale, sums[2] * scale * scale]
}

fn joined(a: [Complex64; 3], b: [Complex64; 3]) -> [Complex64; 3] {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// The sums over points that are all `later` by so many samples.
fn shifted([zero, one, two]: [Complex64; 3], frequency: f64, later: f64) -> [Complex64; 3] {
    let turn = turn(frequency, later);
    [turn * zero, turn * (one + later * zero), turn * (two + 2.0 * later * one + later * later * zero)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gaussian;

    #[test]
    fn moments_agree_with_their_definition() {
        for (points, frequency) in [(1, 0.3), (7, 0.0), (100, 0.25), (1023, 1e-4), (1500, 0.499)] {
            let missing: Vec<usize> = (0..points).filter(|index| index % 9 == 4).collect();
            let there = (0..points).filter(|index| !missing.contains(index)).map(|index| instant(index, points));
            let found = moments(frequency, points, &missing);
            for (power, found) in (0..).zip(found) {
                let term = |t: f64| (t / points as f64).powi(power) * turn(frequency, t);
                let known: Complex64 = there.clone().map(term).sum();
                assert!((found - known).norm() < 1e-12 * points as f64, "{points} points, power {power}");
            }
        }
    }

    #[test]
    fn a_pass_agrees_with_sums_term_by_term() {
        let mut series: Vec<f64> = Gaussian::new(5, 1).take(1300).collect();
        series[700] = f64::NAN;
        let waves = [(0.11, 0.5, 0.2), (0.37, 0.0, 0.0)];
        let waves = waves.map(|(frequency, re, im)| Wave { frequency, phasor: Complex64::new(re, im) });
        let found = pass(&series, 0.25, &waves, true);
        let residual = |(index, y): (usize, &f64)| {
            let time = instant(index, series.len());
            let wave = |wave: &Wave| (wave.phasor * Complex64::cis(TAU * wave.frequency * time)).re;
            (time, y - 0.25 - waves.iter().map(wave).sum::<f64>())
        };
        let known: Vec<(f64, f64)> = series.iter().enumerate().map(residual).filter(|(_, r)| r.is_finite()).collect();
        assert!((found.squares - known.iter().map(|(_, r)| r * r).sum::<f64>()).abs() < 1e-10);
        assert!((found.total - known.iter().map(|(_, r)| r).sum::<f64>()).abs() < 1e-10);
        for (place, wave) in waves.iter().enumerate() {
            let plain = |(t, r): &(f64, f64)| r * Complex64::cis(-TAU * wave.frequency * t);
            let ramped = |point: &(f64, f64)| plain(point) * point.0 / series.len() as f64;
            assert!((found.plain[place] - known.iter().map(plain).sum::<Complex64>()).norm() < 1e-10);
            assert!((found.ramped[place] - known.iter().map(ramped).sum::<Complex64>()).norm() < 1e-10);
        }
    }
}
