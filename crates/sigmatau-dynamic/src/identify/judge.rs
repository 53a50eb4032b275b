//! What the residuals say of a fit.

use super::descent::Solution;
use super::whitening::{FEWEST_DOF, Problem};
use super::{Between, Identified, Residual, degrees, remarks};
use crate::model::Known;
use crate::response::Response;
use nalgebra::DMatrix;
use sigmatau_spectrum::fft::Complex64;
use statrs::function::erf::erfc;
use statrs::function::gamma::gamma_ur;
use std::f64::consts::SQRT_2;

/// The probability of χ² below which the covariance is taken to be too small.
pub(super) const TOO_LARGE: f64 = 0.01;

/// What the residuals of a fit say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// χ² = Σ rᵀC⁻¹r with the stated covariance.
    pub chi_squared: f64,
    /// What χ² is on average: usable numbers less parameters, and less what lines that share errors let the parameters
    /// take up beyond that.
    pub dof: f64,
    /// The probability of a larger χ² if model and covariance are right; `NaN` where no line states a covariance.
    pub p_value: f64,
    /// √(χ²/dof), the Birge ratio.
    pub birge: f64,
    /// What the covariance of the parameters was multiplied by: 1 or the square of the Birge ratio.
    pub inflation: f64,
    /// The probability of as few runs of equal sign along the frequencies, in magnitude and phase together, if the
    /// residuals of the lines are independent; by the normal approximation of Wald and Wolfowitz, of lines so far apart that they share nothing.
    pub runs_p_value: f64,
    /// The line that lies furthest off; nothing where lines have no covariance of their own.
    pub largest: Option<Largest>,
    /// The criterion of Akaike, χ² + 2P, with what the parameters take up of χ² in place of P where lines share errors
    /// (K. Takeuchi, 1976): of two models the one with the smaller number is to be preferred.
    pub aic: f64,
    /// Whether all transients of the model die away.
    pub stable: bool,
}

/// The line that lies furthest from the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Largest {
    /// Its frequency in Hz.
    pub frequency: f64,
    /// √(rᵀC⁻¹r).
    pub normalised: f64,
    /// The probability that any line lies as far off.
    pub p_value: f64,
}

pub(super) fn judged(
    problem: &Problem<'_>,
    solution: Solution,
    response: &Response,
    between: Between<'_>,
) -> Identified {
    let (values, sources) = solution.point.split_at(problem.parameters());
    let model = problem.structure.at(values);
    let differences = problem.differences(values, sources);
    let expected = Expected::of(problem, &solution);
    let verdict = verdict(problem, &solution, expected, &differences, model.stable());
    let inverse = solution.slopes.pseudo_inverse();
    let count = values.len();
    let covariance = spread(problem, &inverse).view((0, 0), (count, count)) * verdict.inflation;
    let dof = if verdict.inflation == 1.0 { weight_dof(problem, &solution) } else { expected.dof() };
    let known =
        problem.structure.known(values.to_vec(), covariance, dof).expect("there is one value for each parameter");
    let residuals = residuals(problem, &known, &differences);
    let mut findings = remarks::all(problem, &solution, &known, &verdict, response.lines.len());
    findings.extend(degrees::suspected(problem, response, between, &differences, &verdict));
    Identified { known, sources: sources.to_vec(), residuals, verdict, findings }
}

/// J⁺ C J⁺ᵀ for rows whose variances are the excess of their weights, with the correlations of the rows.
fn spread(problem: &Problem<'_>, inverse: &DMatrix<f64>) -> DMatrix<f64> {
    let excess = problem.excess();
    let weighted = DMatrix::from_fn(inverse.ncols(), inverse.nrows(), |i, j| inverse[(j, i)] * excess[i].sqrt());
    weighted.transpose() * problem.correlated(&weighted)
}

/// The mean of χ², and half its variance, for rows of unit variance and their correlations R.
///
/// With the basis Q of what the solution takes up, χ² is that of (1 − QQᵀ) R (1 − QQᵀ): its mean is
/// tr R − tr QᵀRQ, half its variance |R|² − 2 |RQ|² + |QᵀRQ|². Both are rows less unknowns where R is 1.
#[derive(Clone, Copy)]
pub(super) struct Expected {
    mean: f64,
    half_variance: f64,
}

impl Expected {
    pub(super) fn of(problem: &Problem<'_>, solution: &Solution) -> Self {
        let basis = solution.slopes.basis();
        let correlated = problem.correlated(basis);
        let taken = basis.tr_mul(&correlated);
        let rows = basis.nrows() as f64;
        let own = rows + 2.0 * problem.pairs().iter().map(|(.., correlation)| correlation * correlation).sum::<f64>();
        Self { mean: rows - taken.trace(), half_variance: own - 2.0 * correlated.norm_squared() + taken.norm_squared() }
    }

    /// The degrees of freedom of a scaled χ² of this mean and variance (Satterthwaite).
    fn dof(&self) -> f64 {
        self.mean * self.mean / self.half_variance
    }
}

/// The degrees of freedom of a covariance from estimated weights: those of each row, weighed by how much the solution
/// takes up of it (Satterthwaite). The estimates of rows that share errors are as correlated as these.
fn weight_dof(problem: &Problem<'_>, solution: &Solution) -> f64 {
    let leverages = solution.slopes.leverages();
    let dof = problem.row_dof();
    let total: f64 = dof.iter().zip(&leverages).map(|(_, leverage)| leverage).sum();
    let scaled: Vec<f64> = dof.iter().zip(&leverages).map(|(dof, leverage)| leverage / dof.sqrt()).collect();
    let together =
        problem.pairs().iter().map(|(one, other, correlation)| 2.0 * correlation * scaled[*one] * scaled[*other]);
    let shares = scaled.iter().map(|share| share * share).sum::<f64>() + together.sum::<f64>();
    if shares > 0.0 { total * total / shares } else { f64::INFINITY }
}

fn verdict(
    problem: &Problem<'_>,
    solution: &Solution,
    expected: Expected,
    differences: &[Complex64],
    stable: bool,
) -> Verdict {
    let (chi_squared, dof) = (solution.cost, expected.mean);
    let p_value = if problem.weighted { chi_squared_p(problem, chi_squared, expected) } else { f64::NAN };
    Verdict {
        chi_squared,
        dof,
        p_value,
        birge: (chi_squared / dof).sqrt(),
        inflation: if explains(problem, chi_squared, expected) { 1.0 } else { chi_squared / dof },
        runs_p_value: runs_p(problem, differences),
        largest: largest(problem, differences).filter(|_| problem.weighted),
        aic: chi_squared + 2.0 * (problem.rows() as f64 - dof),
        stable,
    }
}

/// Whether the stated covariance explains a χ².
pub(super) fn explains(problem: &Problem<'_>, chi_squared: f64, expected: Expected) -> bool {
    problem.weighted && chi_squared_p(problem, chi_squared, expected) >= TOO_LARGE
}

/// The probability of a larger χ².
///
/// Where the variance of a row is an estimate of ν degrees of freedom, its square over the variance follows
/// Fisher's law F(1, ν) rather than χ²(1); the sum is taken as a gamma variable of the same mean and variance.
fn chi_squared_p(problem: &Problem<'_>, chi_squared: f64, expected: Expected) -> f64 {
    let rows = problem.row_dof();
    let moments = |dof: f64| {
        let nu = dof.max(FEWEST_DOF);
        let variance = 2.0 * nu * nu * (nu - 1.0) / ((nu - 2.0).powi(2) * (nu - 4.0));
        if dof.is_finite() { (nu / (nu - 2.0), variance) } else { (1.0, 2.0) }
    };
    let (left, spread) = (expected.mean / rows.len() as f64, expected.half_variance / rows.len() as f64);
    let sum = |(mean, variance): (f64, f64), next: (f64, f64)| (mean + left * next.0, variance + spread * next.1);
    let (mean, variance) = rows.into_iter().map(moments).fold((0.0, 0.0), sum);
    gamma_upper(mean * mean / variance, chi_squared * mean / variance)
}

/// Q(a, x), which is 1 at x = 0.
fn gamma_upper(a: f64, x: f64) -> f64 {
    if x > 0.0 { gamma_ur(a, x) } else { 1.0 }
}

/// The probability of a larger χ² of so many degrees of freedom.
pub(super) fn chi_squared_beyond(chi_squared: f64, dof: f64) -> f64 {
    gamma_upper(0.5 * dof, 0.5 * chi_squared)
}

/// The probability of as few runs of signs of r/H, in its real part (magnitude) and its imaginary part (phase).
fn runs_p(problem: &Problem<'_>, differences: &[Complex64]) -> f64 {
    let mut free = f64::NEG_INFINITY;
    let apart = problem.lines.iter().zip(differences).filter(|(line, _)| {
        let taken = line.frequency >= free;
        free = if taken { line.frequency + problem.sharing.apart() } else { free };
        taken
    });
    let relative: Vec<Complex64> = apart.map(|(line, r)| r / line.value).collect();
    let scores = [|z: &Complex64| z.re, |z: &Complex64| z.im].map(|part| {
        let signs: Vec<bool> =
            relative.iter().map(part).filter(|x| x.is_finite() && *x != 0.0).map(|x| x > 0.0).collect();
        runs_score(&signs)
    });
    0.5 * erfc(-(scores[0] + scores[1]) / SQRT_2 / SQRT_2)
}

/// (runs − their mean)/their standard deviation, given how many of either sign there are; 0 where all are of one.
fn runs_score(signs: &[bool]) -> f64 {
    let (n, above) = (signs.len() as f64, signs.iter().filter(|sign| **sign).count() as f64);
    let runs = 1.0 + signs.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64;
    let product = 2.0 * above * (n - above);
    let variance = product * (product - n) / (n * n * (n - 1.0));
    if variance > 0.0 { (runs - 1.0 - product / n) / variance.sqrt() } else { 0.0 }
}

fn largest(problem: &Problem<'_>, differences: &[Complex64]) -> Option<Largest> {
    let white = problem.by_line(differences)?;
    let square = |parts: &Vec<f64>| parts.iter().map(|x| x * x).sum::<f64>();
    let (place, parts) = white.iter().enumerate().max_by(|a, b| square(a.1).total_cmp(&square(b.1)))?;
    let line = &problem.lines[place];
    let single = beyond(square(parts), parts.len() as f64, line.dof);
    let p_value = -f64::exp_m1(white.len() as f64 * f64::ln_1p(-single));
    Some(Largest { frequency: line.frequency, normalised: square(parts).sqrt(), p_value })
}

/// The probability of a larger sum of `parts` squares (1 or 2) over one variance of `dof` degrees of freedom.
fn beyond(square: f64, parts: f64, dof: f64) -> f64 {
    match parts {
        _ if !dof.is_finite() => chi_squared_beyond(square, parts),
        2.0 => (1.0 + square / dof).powf(-0.5 * dof),
        _ => statrs::function::beta::beta_reg(0.5 * dof, 0.5, dof / (dof + square)),
    }
}

fn residuals(problem: &Problem<'_>, known: &Known, differences: &[Complex64]) -> Vec<Residual> {
    let white = problem.by_line(differences);
    let norm = |parts: &Vec<f64>| parts.iter().map(|x| x * x).sum::<f64>().sqrt();
    let normalised = |place: usize| white.as_ref().map_or(f64::NAN, |white| norm(&white[place]));
    let model = known.at_values();
    let residual = |(place, difference): (usize, &Complex64)| {
        let frequency = problem.lines[place].frequency;
        Residual { frequency, fitted: model.value(frequency), difference: *difference, normalised: normalised(place) }
    };
    differences.iter().enumerate().map(residual).collect()
}
