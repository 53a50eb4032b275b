//! Filters designed by least squares from a frequency response: to imitate it, or to undo it.
//!
//! With the target T = H or 1/H, a delay of τ points and the weights w, the filter F minimises
//!
//! Σ w_k |F(ω_k) − T(ω_k) e^(−iω_k τ)|²
//!
//! over the lines of the response. [`Goal::fir`] solves it in one step (C. Elster and A. Link, Metrologia 45, 2008),
//! [`Goal::iir`] in several (R. Vuerinckx et al., IEEE Trans. Signal Process. 44, 1996, for the delay that makes it
//! stable). The covariance of H becomes that of the coefficients; 1/H is taken to first order in the errors of H.
//!
//! What a filter of few coefficients cannot follow is no uncertainty but a bias, known line by line: see
//! [`Design::worst`] and [`Design::bias_bound`].

mod fir;
mod iir;
mod least_squares;

use super::sources::of_matrix;
use super::{Filter, FilterError, Fir};
use crate::covariance::Bivariate;
use crate::covariance::standard;
use crate::effect::Effect;
use crate::response::Response;
pub use iir::{Criterion, Orders, Trials};
use least_squares::LeastSquares;
use nalgebra::{DMatrix, DVector};
use sigmatau_core::Finding;
use sigmatau_spectrum::fft::Complex64;
use sigmatau_spectrum::{Gaussian, RealFft};
use std::f64::consts::TAU;

/// What a filter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// It does what the sensor does: T = H.
    Forward,
    /// It takes back what the sensor did: T = 1/H.
    Inverse,
}

/// How late the output may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lag {
    /// So many points; an IIR filter that would be unstable gets as many more as it needs.
    Points(f64),
    /// The whole number of points from 0 to this one with the least residual.
    UpTo(usize),
}

/// The task of a design.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// The response H.
    pub response: &'a Response,
    /// The covariance of (Re H_1 … Re H_M, Im H_1 … Im H_M) where lines are correlated; otherwise each line's own
    /// counts, and the delay that all have in common.
    pub covariance: Option<&'a DMatrix<f64>>,
    /// The rate of the filter in points a second.
    pub rate: f64,
    /// What the filter is for.
    pub aim: Aim,
    /// How late its output may be.
    pub delay: Lag,
    /// The weight w of each line; all the same without.
    pub weights: Option<&'a [f64]>,
}

/// A designed filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Design<F> {
    /// The filter, with the covariance of its coefficients.
    pub filter: F,
    /// How many points its output is late.
    pub delay: f64,
    /// For each line its frequency in Hz, and how far the filter misses its target: F e^(iωτ)/T − 1.
    pub deviations: Vec<(f64, Complex64)>,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

impl<F: Filter> Design<F> {
    /// The line between two frequencies in Hz where the filter misses its target most: its frequency and the modulus
    /// of the relative deviation. Nothing where there is no line.
    pub fn worst(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let inside = self.deviations.iter().filter(|(frequency, _)| (from..=to).contains(frequency));
        inside.map(|(frequency, deviation)| (*frequency, deviation.norm())).max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The design followed by a low-pass filter for the same `rate`, against noise where the sensor has little to
    /// say. Its delay of half its length adds up, and its loss of gain to the deviations.
    #[must_use]
    pub fn smoothed(self, low_pass: &Fir, rate: f64) -> Self {
        let late = 0.5 * (low_pass.taps().len() as f64 - 1.0);
        let gain =
            |frequency: f64| low_pass.line(frequency, rate).value * Complex64::cis(TAU * frequency / rate * late);
        let passed = |(frequency, deviation)| (frequency, (deviation + 1.0) * gain(frequency) - 1.0);
        Self {
            filter: self.filter.then(low_pass.taps()),
            delay: self.delay + late,
            deviations: self.deviations.into_iter().map(passed).collect(),
            ..self
        }
    }

    /// A bound of the error that the deviations leave at any point of a `corrected` signal, sampled at `rate`:
    ///
    /// |e(n)| ≤ (1/N) Σ_k |X̂_k| |δ(ω_k)|/|1 + δ(ω_k)|
    ///
    /// with the transform X̂ of the signal and |δ|/|1 + δ| drawn straight from line to line. It holds for the part of
    /// a signal that is between the first and the last line, in a record that begins and ends at rest.
    pub fn bias_bound(&self, corrected: &[f64], rate: f64) -> f64 {
        if corrected.is_empty() {
            return 0.0;
        }
        let mut fft = RealFft::new(corrected.len());
        let mut spectrum = fft.spectrum();
        fft.forward(&mut corrected.to_vec(), &mut spectrum);
        let points = corrected.len() as f64;
        let twins = |bin: usize| if bin == 0 || 2 * bin == corrected.len() { 1.0 } else { 2.0 };
        let part = |(bin, x): (usize, &Complex64)| twins(bin) * x.norm() * self.share(bin as f64 * rate / points);
        spectrum.iter().enumerate().map(part).sum::<f64>() / points
    }

    /// |δ|/|1 + δ| at a frequency; 0 beyond the lines.
    fn share(&self, frequency: f64) -> f64 {
        let share = |(_, deviation): &(f64, Complex64)| deviation.norm() / (deviation + 1.0).norm();
        let above = self.deviations.partition_point(|(line, _)| *line < frequency);
        match (above.checked_sub(1).map(|below| &self.deviations[below]), self.deviations.get(above)) {
            (_, Some(line)) if line.0 == frequency => share(line),
            (Some(below), Some(above)) => {
                let part = (frequency - below.0) / (above.0 - below.0);
                (1.0 - part) * share(below) + part * share(above)
            }
            _ => 0.0,
        }
    }
}

/// A goal that was checked.
struct Target {
    frequencies: Vec<f64>,
    /// 2π f / rate.
    omega: Vec<f64>,
    /// H.
    response: Vec<Complex64>,
    aim: Aim,
    /// √w.
    weights: Vec<f64>,
    errors: Errors,
}

/// The errors of H.
enum Errors {
    /// Line by line, and what one number of variance 1 does to all of them where they have a delay in common.
    Lines(Vec<Bivariate>, Option<DVector<f64>>),
    /// B of common sources of (Re H_1 … Re H_M, Im H_1 … Im H_M).
    Common(DMatrix<f64>),
}

impl Goal<'_> {
    fn target(&self) -> Result<Target, FilterError> {
        let lines = &self.response.lines;
        self.check()?;
        let errors = match self.covariance {
            None => Errors::Lines(
                self.response.own_lines().iter().map(|line| line.covariance).collect(),
                self.response.delay_effect().map(|effect| self.stacked(&effect)),
            ),
            Some(full) if full.nrows() != 2 * lines.len() || full.ncols() != 2 * lines.len() => {
                return Err(FilterError::Size { given: full.nrows(), expected: 2 * lines.len() });
            }
            Some(full) => Errors::Common(of_matrix(full)?),
        };
        Ok(Target {
            frequencies: lines.iter().map(|line| line.frequency).collect(),
            omega: lines.iter().map(|line| TAU * line.frequency / self.rate).collect(),
            response: lines.iter().map(|line| line.value).collect(),
            aim: self.aim,
            weights: self.weights.map_or(vec![1.0; lines.len()], |w| w.iter().map(|w| w.sqrt()).collect()),
            errors,
        })
    }

    /// What an effect does to the real, then to the imaginary parts of H.
    fn stacked(&self, effect: &Effect) -> DVector<f64> {
        let shift = || self.response.lines.iter().zip(&effect.relative).map(|(line, r)| line.value * r);
        DVector::from_iterator(2 * self.response.lines.len(), shift().map(|z| z.re).chain(shift().map(|z| z.im)))
    }

    fn check(&self) -> Result<(), FilterError> {
        let (lines, rate) = (&self.response.lines, self.rate);
        if !(rate > 0.0 && rate.is_finite()) {
            return Err(FilterError::Rate(rate));
        }
        if let Some(line) = lines.iter().find(|line| !(0.0..=0.5 * rate).contains(&line.frequency)) {
            return Err(FilterError::Frequency { frequency: line.frequency, rate });
        }
        let usable = |value: Complex64| value.is_finite() && (self.aim == Aim::Forward || value != Complex64::ZERO);
        if let Some(line) = lines.iter().find(|line| !usable(line.value)) {
            return Err(FilterError::Zero(line.frequency));
        }
        self.weights.map_or(Ok(()), |weights| check_weights(weights, lines.len()))
    }

    /// The delays that come into question.
    fn delays(&self) -> Vec<f64> {
        match self.delay {
            Lag::Points(points) => vec![points],
            Lag::UpTo(most) => (0..=most).map(|points| points as f64).collect(),
        }
    }
}

fn check_weights(weights: &[f64], lines: usize) -> Result<(), FilterError> {
    if weights.len() != lines {
        return Err(FilterError::Weights(format!("{} weights are given for {lines} lines", weights.len())));
    }
    match weights.iter().position(|w| !(*w >= 0.0 && w.is_finite())) {
        Some(line) => Err(FilterError::Weights(format!("the weight of line {line} is {}", weights[line]))),
        None => Ok(()),
    }
}

impl Target {
    fn lines(&self) -> usize {
        self.omega.len()
    }

    /// T e^(−iωτ) of a response at the lines.
    fn delayed(&self, response: &[Complex64], delay: f64) -> Vec<Complex64> {
        let value = |h: &Complex64| if self.aim == Aim::Forward { *h } else { h.inv() };
        response.iter().zip(&self.omega).map(|(h, omega)| value(h) * Complex64::cis(-omega * delay)).collect()
    }

    /// d(T e^(−iωτ))/dH.
    fn slopes(&self, delay: f64) -> Vec<Complex64> {
        let slope = |h: &Complex64| if self.aim == Aim::Forward { Complex64::ONE } else { -(h * h).inv() };
        self.response.iter().zip(&self.omega).map(|(h, omega)| slope(h) * Complex64::cis(-omega * delay)).collect()
    }

    /// Complex numbers, one for each line, as real ones: all real parts, then all imaginary ones, weighted by √w.
    fn stacked(&self, values: &[Complex64]) -> DVector<f64> {
        let weighted = |part: fn(&Complex64) -> f64| values.iter().zip(&self.weights).map(move |(z, w)| w * part(z));
        DVector::from_iterator(2 * values.len(), weighted(|z| z.re).chain(weighted(|z| z.im)))
    }

    /// How the coefficients of a system with weighted rows change with the real and the imaginary parts of the target.
    fn by_target(&self, system: &LeastSquares) -> DMatrix<f64> {
        let (mut by_target, lines) = (system.pseudo_inverse(), self.lines());
        for (line, weight) in self.weights.iter().enumerate() {
            by_target.column_mut(line).scale_mut(*weight);
            by_target.column_mut(line + lines).scale_mut(*weight);
        }
        by_target
    }

    /// The covariance of coefficients from how they change with the real and the imaginary parts of T e^(−iωτ).
    fn covariance(&self, sensitivities: &DMatrix<f64>, delay: f64) -> DMatrix<f64> {
        let by_response = self.by_response(sensitivities, delay);
        match &self.errors {
            Errors::Common(sources) => {
                let errors = by_response * sources;
                &errors * errors.transpose()
            }
            Errors::Lines(lines, common) => {
                let mut spread = by_response.clone();
                for (k, Bivariate { real, imaginary, cross }) in lines.iter().enumerate() {
                    let (re, im) = (by_response.column(k), by_response.column(k + lines.len()));
                    spread.set_column(k, &(re * *real + im * *cross));
                    spread.set_column(k + lines.len(), &(re * *cross + im * *imaginary));
                }
                let covariance = spread * by_response.transpose();
                let own = 0.5 * (&covariance + covariance.transpose());
                let shift = common.as_ref().map(|common| by_response * common);
                shift.map_or_else(|| own.clone(), |shift| &own + &shift * shift.transpose())
            }
        }
    }

    /// How coefficients change with the real and the imaginary parts of H.
    fn by_response(&self, sensitivities: &DMatrix<f64>, delay: f64) -> DMatrix<f64> {
        let (mut by_response, lines) = (sensitivities.clone(), self.lines());
        for (k, slope) in self.slopes(delay).into_iter().enumerate() {
            let (re, im) = (sensitivities.column(k), sensitivities.column(k + lines));
            by_response.set_column(k, &(re * slope.re + im * slope.im));
            by_response.set_column(k + lines, &(im * slope.re - re * slope.im));
        }
        by_response
    }

    /// The design with this filter.
    fn design<F: Filter>(&self, filter: F, delay: f64, rate: f64, findings: Vec<Finding>) -> Design<F> {
        let targets = self.frequencies.iter().zip(self.delayed(&self.response, delay));
        let deviation =
            |(frequency, target): (&f64, Complex64)| (*frequency, filter.line(*frequency, rate).value / target - 1.0);
        Design { deviations: targets.map(deviation).collect(), filter, delay, findings }
    }

    /// A response drawn from the normal law of its errors.
    fn drawn(&self, gaussian: &mut Gaussian) -> Vec<Complex64> {
        let lines = self.lines();
        match &self.errors {
            Errors::Common(sources) => {
                let errors = sources * standard(gaussian, sources.ncols());
                let error = |k: usize| Complex64::new(errors[k], errors[k + lines]);
                self.response.iter().enumerate().map(|(k, h)| h + error(k)).collect()
            }
            Errors::Lines(covariances, common) => {
                let shift = common.as_ref().map(|common| common * gaussian.draw());
                let shift = |k: usize| shift.as_ref().map_or(Complex64::ZERO, |z| Complex64::new(z[k], z[k + lines]));
                let drawn = |(k, h): (usize, &Complex64)| h + error(&covariances[k], gaussian) + shift(k);
                self.response.iter().enumerate().map(drawn).collect()
            }
        }
    }
}

/// A complex error of this covariance.
fn error(covariance: &Bivariate, gaussian: &mut Gaussian) -> Complex64 {
    let (one, other) = (gaussian.draw(), gaussian.draw());
    let real = covariance.real.max(0.0).sqrt();
    let shared = if real > 0.0 { covariance.cross / real } else { 0.0 };
    let own = (covariance.imaginary - shared * shared).max(0.0).sqrt();
    Complex64::new(real * one, shared * one + own * other)
}

#[cfg(test)]
mod tests;
