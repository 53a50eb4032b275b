//! Many sensors calibrated at once against a few references.
//!
//! In each run all sensors of the run see one excitation x_m, of which nothing is known but what the references say.
//! Channel k reads y_km = h_k x_m with noise. In logarithms, and relative to first values, everything is linear:
//! a reference with the claimed response r̂ = r (1 + δ) gives ln y/r̂ = ln x − δ + ε, a sensor ln y = ln h + ln x + ε.
//! Generalised least squares over x, h and the sources z of δ takes all of it at once. The unknowns h are
//! eliminated one by one, so that only z and x are left to be solved for; what results for the sensors has
//!
//! cov(h_i, h_j) = [i = j] W_i⁻¹ + K_i cov(x) K_jᵀ,
//!
//! own noise and a few sources that are common to all. This is how [`CoCalibration::errors`] keeps it:
//! O(N (S + 2 M)) numbers for N sensors, S sources of the references and M runs, never N².

mod equations;

use crate::covariance::Bivariate;
use crate::response::Line;
use crate::source::{Errors, Source, p_beyond};
use equations::{Equations, Solution};
use nalgebra::{Matrix2, Vector2};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;

/// What a channel read in one run, at one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The number of the run, from 0: who reads in one run sees one excitation.
    pub run: usize,
    /// The phasor on the common time base.
    pub value: Complex64,
    /// The covariance of its noise, which is independent of all other readings.
    pub covariance: Bivariate,
}

/// A reference of known response.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// The response of its certificate.
    pub response: Complex64,
    /// What it read.
    pub readings: Vec<Reading>,
}

/// Why a network was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The errors are not those of the references.
    #[error(
        "calibrate a network: there are {references} references and errors of {errors}; give the errors of each response"
    )]
    Errors {
        /// How many references there are.
        references: usize,
        /// How many values the errors are of.
        errors: usize,
    },
    /// Nothing is known of the excitation of a run.
    #[error(
        "calibrate a network: no reference has a usable reading in run {0}; every run from 0 to the last needs one with a noise above 0"
    )]
    Run(usize),
    /// A reference has a response of zero, or none, or one of unknown uncertainty.
    #[error(
        "calibrate a network: the response {response} of the reference `{name}` is zero, or it or its uncertainty not finite; take both from its certificate, or leave it out"
    )]
    Response {
        /// The name of the reference.
        name: String,
        /// Its response.
        response: Complex64,
    },
}

/// What the others say of a reference.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceCheck {
    /// Its name.
    pub name: String,
    /// ln of the response that the other references and its readings give it, over the claimed one: relative
    /// magnitude and argument in rad.
    pub deviation: Complex64,
    /// The covariance of the deviation.
    pub covariance: Bivariate,
    /// The probability of a deviation as large as this, of either part, by chance.
    pub p_value: f64,
}

/// The responses of all sensors at one frequency.
#[derive(Clone, Debug, PartialEq)]
pub struct CoCalibration {
    /// The responses; `NaN` where a sensor has no usable reading.
    pub responses: Vec<Complex64>,
    /// Their relative errors: the sources of the references by their own names, noise of the excitations common to
    /// all, noise of each sensor.
    pub errors: Errors,
    /// The weighted squares of all residuals.
    pub chi_squared: f64,
    /// How many more equations than unknowns there are.
    pub dof: usize,
    /// The probability of a larger χ² by chance; nothing where nothing is redundant.
    pub p_value: Option<f64>,
    /// What the others say of each reference that others read beside.
    pub references: Vec<ReferenceCheck>,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

/// The probability by chance below which references are said to disagree.
pub const SIGNIFICANCE: f64 = 0.01;

/// The responses of the sensors at one frequency, from the readings of references and sensors in common runs.
///
/// `errors` are those of the references' responses, in their order; sources that two of them name are common
/// to both. The noise of this calibration is that of `name`. Takes O(N (S + 2 M)) steps, for sensors that read
/// in several runs O(N (S + 2 M)³), and O((S + 2 M)³) for every reference.
///
/// ```
/// use sigmatau_dynamic::network::{Reading, Reference, co_calibrate};
/// use sigmatau_dynamic::source::Errors;
/// use sigmatau_dynamic::{Bivariate, Complex64};
/// let reading = |value: f64| Reading { run: 0, value: value.into(), covariance: Bivariate::circular(1e-12) };
/// let claimed = Complex64::new(2.0, 0.0);
/// let reference = Reference { name: "A".to_owned(), response: claimed, readings: vec![reading(4.0)] };
/// let errors = Errors::independent("A", &[Bivariate::circular(1e-6)]);
/// let found = co_calibrate("2025", &[reference], &errors, &[vec![reading(6.0)], vec![reading(1.0)]])?;
/// assert!((found.responses[0].re - 3.0).abs() < 1e-12 && (found.responses[1].re - 0.5).abs() < 1e-12);
/// // Both sensors err as the reference does.
/// assert!((found.errors.between(0, 1)[(0, 0)] / 1e-6 - 1.0).abs() < 1e-5);
/// # Ok::<(), sigmatau_dynamic::network::NetworkError>(())
/// ```
///
/// # Errors
/// When the errors are not those of the references, when one of them has no response, or when a run has no usable
/// reading of a reference.
pub fn co_calibrate(
    name: &str,
    references: &[Reference],
    errors: &Errors,
    sensors: &[Vec<Reading>],
) -> Result<CoCalibration, NetworkError> {
    let excitations = Excitations::first(references, errors, sensors)?;
    let observed: Vec<Sensor> = sensors.iter().map(|readings| Sensor::of(readings, &excitations.first)).collect();
    let runs = excitations.first.len();
    let equations = Equations::new(errors, &excitations.readings, &observed, runs);
    let solution = equations.solve(|_, _| true);
    let check = |(place, reference): (usize, &Reference)| equations.check(place, &reference.name);
    let checks: Vec<ReferenceCheck> = references.iter().enumerate().filter_map(check).collect();
    let dof = equations.dof;
    let p_value = (dof > 0).then(|| p_beyond(solution.chi_squared, dof));
    let read = sensors.iter().map(Vec::len).zip(&observed).enumerate();
    let lost =
        read.filter_map(|(place, (given, sensor))| Some(sensor.finding(given)?.about(format!("sensor {place}"))));
    let findings = disagreement(&checks, p_value, solution.chi_squared, dof).into_iter().chain(lost).collect();
    Ok(CoCalibration {
        responses: observed.iter().map(|sensor| sensor.response(&solution)).collect(),
        errors: errors_of(name, &observed, errors, &solution),
        chi_squared: solution.chi_squared,
        dof,
        p_value,
        references: checks,
        findings,
    })
}

impl CoCalibration {
    /// The responses as lines of `frequency` Hz, each with the whole of its own covariance.
    pub fn lines(&self, frequency: f64) -> Vec<Line> {
        let line = |(value, relative): (&Complex64, Bivariate)| {
            let covariance = relative.times(*value);
            Line { frequency, value: *value, covariance, coherence: f64::NAN, dof: f64::INFINITY }
        };
        self.responses.iter().zip(self.errors.covariances()).map(line).collect()
    }
}

/// A reading in logarithms, relative to a first value, with a root of its weight: W = Uᵀ U.
struct Observed {
    run: usize,
    log: Vector2<f64>,
    root: Matrix2<f64>,
}

impl Observed {
    /// Nothing where the reading, its noise or what it is compared with is zero or not finite.
    fn of(reading: &Reading, first: Complex64) -> Option<Self> {
        let Bivariate { real, imaginary, cross } = reading.covariance.times(reading.value.inv());
        let root = Matrix2::new(real, cross, cross, imaginary).cholesky()?.l().try_inverse()?;
        let log = (reading.value / first).ln();
        let usable = log.is_finite() && root.iter().all(|u| u.is_finite());
        usable.then_some(Self { run: reading.run, log: Vector2::new(log.re, log.im), root })
    }

    fn weight(&self) -> Matrix2<f64> {
        self.root.tr_mul(&self.root)
    }
}

fn bivariate(matrix: &Matrix2<f64>) -> Bivariate {
    Bivariate { real: matrix[(0, 0)], imaginary: matrix[(1, 1)], cross: matrix[(0, 1)] }
}

/// First values of the excitations, from one reference each, and what the references read relative to them.
struct Excitations {
    first: Vec<Complex64>,
    readings: Vec<Vec<Observed>>,
}

impl Excitations {
    fn first(references: &[Reference], errors: &Errors, sensors: &[Vec<Reading>]) -> Result<Self, NetworkError> {
        check(references, errors)?;
        let all = references.iter().flat_map(|reference| &reference.readings).chain(sensors.iter().flatten());
        let mut first = vec![None; all.map(|reading| reading.run + 1).max().unwrap_or(1)];
        for reference in references {
            for reading in &reference.readings {
                let excitation = reading.value / reference.response;
                first[reading.run] = first[reading.run].or(Observed::of(reading, excitation).map(|_| excitation));
            }
        }
        let anchored = first.into_iter().enumerate().map(|(run, first)| first.ok_or(NetworkError::Run(run)));
        let first: Vec<Complex64> = anchored.collect::<Result<_, _>>()?;
        let relative = |reference: &Reference| {
            let observe = |reading: &Reading| Observed::of(reading, reference.response * first[reading.run]);
            reference.readings.iter().filter_map(observe).collect()
        };
        let readings = references.iter().map(relative).collect();
        Ok(Self { first, readings })
    }
}

/// That there are errors for every reference, and a response of each.
fn check(references: &[Reference], errors: &Errors) -> Result<(), NetworkError> {
    if errors.length() != references.len() {
        return Err(NetworkError::Errors { references: references.len(), errors: errors.length() });
    }
    let useless = |(reference, covariance): &(&Reference, Bivariate)| {
        let response = reference.response;
        !response.is_finite() || response == Complex64::ZERO || !covariance.power().is_finite()
    };
    match references.iter().zip(errors.covariances()).find(useless) {
        Some((bad, _)) => Err(NetworkError::Response { name: bad.name.clone(), response: bad.response }),
        None => Ok(()),
    }
}

/// The readings of a sensor, relative to a first value of its response.
struct Sensor {
    first: Complex64,
    readings: Vec<Observed>,
    /// W⁻¹, the covariance that its own noise gives the response.
    own: Matrix2<f64>,
    /// The weighted mean of the readings.
    mean: Vector2<f64>,
}

impl Sensor {
    fn of(readings: &[Reading], excitations: &[Complex64]) -> Self {
        let response = |reading: &Reading| reading.value / excitations[reading.run];
        let usable = |reading: &&Reading| Observed::of(reading, response(reading)).is_some();
        let first = readings.iter().find(usable).map_or(Complex64::new(f64::NAN, f64::NAN), response);
        let observe = |reading: &Reading| Observed::of(reading, first * excitations[reading.run]);
        let readings: Vec<Observed> = readings.iter().filter_map(observe).collect();
        let own =
            readings.iter().map(|reading| reading.weight()).sum::<Matrix2<f64>>().try_inverse().unwrap_or_default();
        let mean = own * readings.iter().map(|reading| reading.weight() * reading.log).sum::<Vector2<f64>>();
        Self { first, readings, own, mean }
    }

    /// K_m = W⁻¹ W_m: the share of a run in the response.
    fn shares(&self) -> impl Iterator<Item = (usize, Matrix2<f64>)> {
        self.readings.iter().map(|reading| (reading.run, self.own * reading.weight()))
    }

    /// How many real equations there are beyond those that the response takes.
    fn redundant(&self) -> usize {
        2 * self.readings.len().saturating_sub(1)
    }

    fn response(&self, solution: &Solution) -> Complex64 {
        let excitation: Vector2<f64> = self.shares().map(|(run, share)| share * solution.excitation(run)).sum();
        let log = self.mean - excitation;
        self.first * Complex64::new(log[0], log[1]).exp()
    }

    /// What is wrong with the `given` readings, if anything is.
    fn finding(&self, given: usize) -> Option<Finding> {
        let lost = given - self.readings.len();
        let weak = self.readings.iter().any(|reading| reading.weight().trace() < WEAK);
        let (severity, code, seen) = match (self.readings.len(), lost, weak) {
            (0, ..) => (Severity::Failure, "no-signal", format!("none of {given} readings is usable")),
            (_, 1.., _) => (Severity::Warning, "readings-lost", format!("{lost} of {given} readings are not usable")),
            (_, 0, true) => (Severity::Warning, "weak-signal", "a reading is less than 5 times its noise".to_owned()),
            (_, 0, false) => return None,
        };
        let matters =
            "readings that are zero, not finite or without noise are left out, the others taken to first order";
        Some(Finding::new(severity, code, seen, matters, "look at the channel, raise the excitation"))
    }
}

/// The trace of the weight of a reading of five times its noise in both parts.
const WEAK: f64 = 50.0;

/// The errors of all sensors from those of the excitations and their own.
fn errors_of(name: &str, sensors: &[Sensor], references: &Errors, solution: &Solution) -> Errors {
    let own: Vec<Bivariate> = sensors.iter().map(|sensor| bivariate(&sensor.own)).collect();
    let mut errors = Errors::independent(name, &own);
    let known = references.sources().map(|(source, _)| source.clone());
    let noise = (0..solution.of_noise.ncols()).map(|k| Source::new(name, format!("noise {k} of the excitations")));
    let columns = solution.of_references.column_iter().chain(solution.of_noise.column_iter());
    for (source, column) in known.chain(noise).zip(columns) {
        let of = |sensor: &Sensor| -> Vector2<f64> {
            sensor.shares().map(|(run, share)| share * column.fixed_rows::<2>(2 * run)).sum()
        };
        let parts = sensors.iter().map(of).map(|part| Complex64::new(-part[0], -part[1])).enumerate();
        errors.add_source(source, parts);
    }
    errors
}

/// That references disagree, and which; or that everything does.
fn disagreement(checks: &[ReferenceCheck], p_value: Option<f64>, chi_squared: f64, dof: usize) -> Option<Finding> {
    let worst = checks.iter().min_by(|a, b| a.p_value.total_cmp(&b.p_value));
    if let Some(check) = worst.filter(|check| check.p_value * checks.len() as f64 <= SIGNIFICANCE) {
        return Some(outlying(check, checks.len()));
    }
    let p = p_value.filter(|p| *p < SIGNIFICANCE)?;
    let seen = format!("χ² is {chi_squared:.1} with {dof} degrees of freedom (p = {p:.1e})");
    let (matters, advice) = (
        "the stated uncertainties don't explain the residuals",
        "look for understated noise and for runs whose excitation changed",
    );
    Some(Finding::new(Severity::Warning, "inconsistent", seen, matters, advice))
}

fn outlying(check: &ReferenceCheck, references: usize) -> Finding {
    let Complex64 { re, im } = check.deviation;
    let [gain, phase] = [check.covariance.real.sqrt(), check.covariance.imaginary.sqrt()];
    let seen = format!(
        "the others give it {re:+.1e} ± {gain:.1e} of its claimed magnitude and {im:+.1e} ± {phase:.1e} rad (p = {:.1e})",
        check.p_value
    );
    let matters = "every result leans on it";
    let advice = if references > 2 {
        "leave it out and have it calibrated"
    } else {
        "of two references nobody can tell which is wrong: add a third"
    };
    Finding::new(Severity::Failure, "reference-deviates", seen, matters, advice).about(&check.name)
}

#[cfg(test)]
mod tests;
