//! The design of IIR filters: a linear fit, refined, and made stable by delay.

use super::least_squares::LeastSquares;
use super::{Design, Goal, Lag, Target};
use crate::filter::{FilterError, Iir, polynomial};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::PI;

/// How often delay is added before poles are reflected instead.
const ROUNDS: usize = 50;

/// Steps of the refinement at most.
const STEPS: usize = 100;

/// The size of an IIR filter, and what is minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
    /// p, the order of the denominator A.
    pub poles: usize,
    /// q, the order of the numerator B.
    pub zeros: usize,
    /// What is minimised.
    pub criterion: Criterion,
}

/// What the coefficients minimise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Σ w |B − T A|², which is linear (E. C. Levy, IRE Trans. Autom. Control 4, 1959). Where A is small, near a
    /// resonance, errors of T count little, and noise biases the coefficients.
    Equation,
    /// Σ w |B/A − T|² itself, by steps of Gauss and Newton from there.
    Response,
}

/// Coefficients of a design whose response was drawn again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// The mean of (a(1) … a(p), b(0) … b(q)) over the stable filters; `NaN` where there is none.
    pub mean: DVector<f64>,
    /// Their covariance.
    pub covariance: DMatrix<f64>,
    /// How many filters were stable.
    pub stable: usize,
    /// How many were not, or could not be designed.
    pub unstable: usize,
}

impl Goal<'_> {
    /// An IIR filter with the covariance of its coefficients to first order.
    ///
    /// A filter that is unstable gets more delay: by the median difference of group delay to the filter with its
    /// poles reflected into the unit circle, at least one point, until it is stable. Where 50 rounds do not do, the
    /// poles are reflected, which a finding says.
    ///
    /// # Errors
    /// As [`Goal::fir`].
    pub fn iir(&self, orders: &Orders) -> Result<Design<Iir>, FilterError> {
        let target = self.target()?;
        let (delay, filter) = match self.delay {
            Lag::Points(delay) => stabilised(&target, orders, delay)?,
            Lag::UpTo(_) => self.nearest(&target, orders)?,
        };
        let findings = if filter.is_stable() { Vec::new() } else { vec![reflection(delay)] };
        let filter = if filter.is_stable() { filter } else { filter.reflected() };
        Ok(target.design(filter, delay, self.rate, findings))
    }

    /// The stable filter that misses the target least; where none is stable, the last one with more delay.
    fn nearest(&self, target: &Target, orders: &Orders) -> Result<(f64, Iir), FilterError> {
        let (mut best, mut last) = (None, 0.0);
        for delay in self.delays() {
            let delayed = target.delayed(&target.response, delay);
            let fit = Fit::new(target, orders, &delayed)?;
            let cost = fit.cost(target);
            if fit.is_stable() && best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, delay));
            }
            last = delay;
        }
        stabilised(target, orders, best.map_or(last, |(_, delay)| delay))
    }

    /// Designs the filter again and again, for responses drawn from their normal law, with the `delay` that was
    /// found for the response itself. Trial k draws from stream k of the seed; the result does not depend on the
    /// number of threads.
    ///
    /// # Errors
    /// As [`Goal::fir`].
    pub fn iir_trials(&self, orders: &Orders, delay: f64, trials: u64, seed: u64) -> Result<Trials, FilterError> {
        let target = self.target()?;
        let trial = |stream: u64| {
            let response = target.drawn(&mut Gaussian::new(seed, stream));
            let delayed = target.delayed(&response, delay);
            Fit::new(&target, orders, &delayed).ok().filter(Fit::is_stable).map(|fit| fit.theta)
        };
        let drawn: Vec<Option<DVector<f64>>> = (0..trials).into_par_iter().map(trial).collect();
        let stable: Vec<&DVector<f64>> = drawn.iter().flatten().collect();
        Ok(moments(&stable, orders.poles + orders.zeros + 1, drawn.len()))
    }
}

fn moments(stable: &[&DVector<f64>], coefficients: usize, trials: usize) -> Trials {
    let count = stable.len() as f64;
    let mean = stable.iter().fold(DVector::zeros(coefficients), |sum, theta| sum + *theta) / count;
    let outer = |theta: &&DVector<f64>| (*theta - &mean) * (*theta - &mean).transpose();
    let squares = stable.iter().map(outer).fold(DMatrix::zeros(coefficients, coefficients), |sum, square| sum + square);
    Trials { covariance: squares / (count - 1.0), mean, stable: stable.len(), unstable: trials - stable.len() }
}

fn reflection(delay: f64) -> Finding {
    Finding::new(
        Severity::Warning,
        "unstable",
        format!("no delay up to {delay} points made the filter stable, its poles were reflected into the unit circle"),
        "its magnitude is that of the fit, its phase is not, and the covariance is that before",
        "a lower order, or a band where the response tells more",
    )
}

/// More delay, until the fit is stable.
fn stabilised(target: &Target, orders: &Orders, delay: f64) -> Result<(f64, Iir), FilterError> {
    let (mut delay, mut rounds) = (delay, 1..ROUNDS);
    loop {
        let delayed = target.delayed(&target.response, delay);
        let fit = Fit::new(target, orders, &delayed)?;
        if fit.is_stable() || rounds.next().is_none() {
            return Ok((delay, fit.filter(target, orders, delay)?));
        }
        delay = (delay + missing_delay(&fit.denominator())).ceil().max(delay.floor() + 1.0);
    }
}

/// The median over frequencies of what 1/A loses in group delay by its poles outside of the unit circle, in points.
fn missing_delay(denominator: &[f64]) -> f64 {
    const STEPS: usize = 512;
    let inside = polynomial::reflected(denominator);
    let lost = |step: usize| {
        let omega = PI * step as f64 / STEPS as f64;
        polynomial::group_delay(denominator, omega) - polynomial::group_delay(&inside, omega)
    };
    let mut lost: Vec<f64> = (0..=STEPS).map(lost).collect();
    lost.sort_by(f64::total_cmp);
    lost[STEPS / 2]
}

/// Coefficients that fit a delayed target.
struct Fit<'a> {
    /// (a(1) … a(p), b(0) … b(q)).
    theta: DVector<f64>,
    poles: usize,
    delayed: &'a [Complex64],
}

impl<'a> Fit<'a> {
    fn new(target: &Target, orders: &Orders, delayed: &'a [Complex64]) -> Result<Self, FilterError> {
        let theta = DVector::zeros(orders.poles + orders.zeros + 1);
        let mut fit = Self { theta, poles: orders.poles, delayed };
        fit.theta = fit.equation(target)?.solve(&-target.stacked(delayed));
        match orders.criterion {
            Criterion::Equation => Ok(fit),
            Criterion::Response => fit.refined(target),
        }
    }

    fn denominator(&self) -> Vec<f64> {
        [&[1.0], &self.theta.as_slice()[..self.poles]].concat()
    }

    fn numerator(&self) -> &[f64] {
        &self.theta.as_slice()[self.poles..]
    }

    fn is_stable(&self) -> bool {
        polynomial::is_stable(&self.denominator())
    }

    /// A and B at all lines.
    fn values(&self, target: &Target) -> Vec<[Complex64; 2]> {
        let denominator = self.denominator();
        let both = |omega: &f64| [polynomial::at(&denominator, *omega), polynomial::at(self.numerator(), *omega)];
        target.omega.iter().map(both).collect()
    }

    /// √w (B/A − T), stacked.
    fn misses(&self, target: &Target) -> DVector<f64> {
        let misses = self.values(target).into_iter().zip(self.delayed).map(|([a, b], t)| b / a - t);
        target.stacked(&misses.collect::<Vec<_>>())
    }

    fn cost(&self, target: &Target) -> f64 {
        self.misses(target).norm_squared()
    }

    /// A column for each coefficient: `factors` of its line times e^(−iωk), the first for a(k), the second for b(k).
    fn columns(&self, target: &Target, factors: &[[Complex64; 2]]) -> Vec<Vec<Complex64>> {
        let column = |place: usize| {
            let (side, k) = if place < self.poles { (0, place + 1) } else { (1, place - self.poles) };
            let turn = |(factors, omega): (&[Complex64; 2], &f64)| factors[side] * Complex64::cis(-omega * k as f64);
            factors.iter().zip(&target.omega).map(turn).collect()
        };
        (0..self.theta.len()).map(column).collect()
    }

    fn stacked(target: &Target, columns: &[Vec<Complex64>]) -> DMatrix<f64> {
        DMatrix::from_columns(&columns.iter().map(|column| target.stacked(column)).collect::<Vec<_>>())
    }

    /// The derivatives of T A − B.
    fn of_equation(&self, target: &Target) -> Vec<Vec<Complex64>> {
        let factors: Vec<_> = self.delayed.iter().map(|t| [*t, -Complex64::ONE]).collect();
        self.columns(target, &factors)
    }

    fn equation(&self, target: &Target) -> Result<LeastSquares, FilterError> {
        LeastSquares::new(Self::stacked(target, &self.of_equation(target)))
    }

    /// The derivatives of B/A.
    fn response(&self, target: &Target) -> Result<LeastSquares, FilterError> {
        let factors: Vec<_> = self.values(target).into_iter().map(|[a, b]| [-b / (a * a), a.inv()]).collect();
        LeastSquares::new(Self::stacked(target, &self.columns(target, &factors)))
    }

    /// Steps of Gauss and Newton, halved while they lead uphill, until none leads down.
    fn refined(mut self, target: &Target) -> Result<Self, FilterError> {
        let mut cost = self.cost(target);
        for _ in 0..STEPS {
            let step = self.response(target)?.solve(&self.misses(target));
            let moved = |halvings: i32| Self { theta: &self.theta - &step * 0.5_f64.powi(halvings), ..self };
            let lower = (0..20).map(moved).map(|fit| (fit.cost(target), fit)).find(|(moved, _)| *moved < cost);
            let Some((least, fit)) = lower else { break };
            let settled = step.norm() < 1e-14 * self.theta.norm();
            (cost, self) = (least, fit);
            if settled {
                break;
            }
        }
        Ok(self)
    }

    /// The filter, with the covariance of its coefficients.
    fn filter(&self, target: &Target, orders: &Orders, delay: f64) -> Result<Iir, FilterError> {
        let sensitivities = match orders.criterion {
            Criterion::Equation => self.by_target(target)?,
            Criterion::Response => target.by_target(&self.response(target)?),
        };
        let covariance = target.covariance(&sensitivities, delay);
        Iir::new(self.numerator().to_vec(), self.denominator(), covariance)
    }

    /// How the coefficients of the linear fit change with the target, which is on both sides of it: from
    /// g = Re Dᴴ W (T A − B) = 0, dθ = −(Dᴴ W D)⁻¹ ∂g/∂T dT, D the derivatives of T A − B.
    fn by_target(&self, target: &Target) -> Result<DMatrix<f64>, FilterError> {
        let (lines, columns) = (target.lines(), self.of_equation(target));
        let mut slopes = DMatrix::zeros(self.theta.len(), 2 * lines);
        for (k, [a, b]) in self.values(target).into_iter().enumerate() {
            let (miss, weight) = (self.delayed[k] * a - b, target.weights[k].powi(2));
            for (place, column) in columns.iter().enumerate() {
                let direct = column[k].conj() * a;
                let turn = Complex64::cis(target.omega[k] * (place + 1) as f64);
                let through = if place < self.poles { turn * miss } else { Complex64::ZERO };
                slopes[(place, k)] = weight * (direct.re + through.re);
                slopes[(place, k + lines)] = weight * (through.im - direct.im);
            }
        }
        Ok(-self.equation(target)?.inverse_gram() * slopes)
    }
}
