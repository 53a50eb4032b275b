//! Deconvolution by a response that is known at the lines of a calibration, not at the bins of the record.
//!
//! Between two lines the logarithm of the response is drawn straight over frequency, ln H(f) = Σ w_l(f) ln H_l with the
//! weights 1 − t and t: a pure delay is met exactly while its phase moves by less than π from line to line. The
//! relative errors go the same way, δH/H = Σ w_l δH_l/H_l, so that neighbouring bins share the errors of their lines.
//! Beyond the lines nothing is known: the response counts as zero there, nothing is restored, and the bound on the
//! spectrum goes into the bias.

use super::{Deconvolution, DeconvolutionError, Recorded, divided};
use crate::covariance::{Sampler, SpectralCovariance};
use crate::dft::{Signal, Spectrum, dft, idft};
use crate::verify::{Check, Claim, Verification, verify};
use crate::{Complex64, Covariance, Line, Response, Variance};
use rayon::prelude::*;
use sigmatau_core::Finding;
use sigmatau_spectrum::{Gaussian, RealFft};
use std::f64::consts::TAU;

/// The sources of error are shared among so many sums, whatever the number of threads.
const SUMS: usize = 8;

/// A response known at lines, ready for records of one length and rate.
///
/// ```
/// use sigmatau_dynamic::deconvolution::Calibration;
/// use sigmatau_dynamic::{Bivariate, Complex64, Line};
/// let line = |frequency: f64| Line {
///     frequency,
///     value: Complex64::from_polar(2.0, -0.1 * frequency), // a delay
///     covariance: Bivariate::circular(1e-4),
///     coherence: 1.0,
///     dof: f64::INFINITY,
/// };
/// let calibration = Calibration::new(&[line(0.0), line(20.0)], 100.0, 10)?;
/// assert!((calibration.response()[1] - line(10.0).value).norm() < 1e-15);
/// assert_eq!((calibration.response()[3], calibration.covered()), (Complex64::ZERO, 3));
/// # Ok::<(), sigmatau_dynamic::deconvolution::DeconvolutionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calibration {
    rate: f64,
    length: usize,
    lines: Vec<Known>,
    /// The standard uncertainty in s of the delay that all lines have in common.
    delay: f64,
    /// For each bin between lines the line below, and how much the one above weighs.
    places: Vec<Option<(usize, f64)>>,
    response: Vec<Complex64>,
}

/// A line that was checked.
#[derive(Clone, Debug)]
struct Known {
    value: Complex64,
    /// Two independent sources of error, relative to the value.
    sources: [Complex64; 2],
}

/// What went into the sensor, with the parts of its uncertainty.
#[derive(Clone, Debug)]
pub struct Budgeted {
    /// The estimate.
    pub values: Vec<f64>,
    /// The standard uncertainty from the errors of the record.
    pub noise: Vec<f64>,
    /// The standard uncertainty from the errors of the lines.
    pub calibration: Vec<f64>,
    /// Δ, the largest that regularisation can have taken from any point.
    pub bias: f64,
    /// The gain of each bin.
    pub gains: Vec<f64>,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

impl Calibration {
    /// The response that `lines` tell of, at the bins of records of `length` points at `rate` points a second.
    ///
    /// # Errors
    /// When the rate is not positive, or lines do not rise in frequency, or one is zero or not finite.
    pub fn new(lines: &[Line], rate: f64, length: usize) -> Result<Self, DeconvolutionError> {
        super::expect_positive("sampling rate", rate)?;
        let rises = |pair: &&[Line]| pair[1].frequency <= pair[0].frequency || pair[1].frequency.is_nan();
        if let Some(pair) = lines.windows(2).find(rises) {
            return Err(DeconvolutionError::Order { frequency: pair[1].frequency });
        }
        let known = lines.iter().map(Known::of).collect::<Result<Vec<_>, _>>()?;
        let frequencies: Vec<f64> = lines.iter().map(|line| line.frequency).collect();
        let places = (0..=length / 2).map(|bin| place(&frequencies, bin as f64 * rate / length as f64)).collect();
        let mut calibration = Self { rate, length, lines: known, delay: 0.0, places, response: Vec::new() };
        let values: Vec<Complex64> = calibration.lines.iter().map(|line| line.value).collect();
        calibration.response = calibration.between(&values);
        Ok(calibration)
    }

    /// The same of a response whose lines may have a delay in common, which then shifts what is restored as a whole.
    ///
    /// # Errors
    /// As [`Calibration::new`].
    pub fn of(response: &Response, rate: f64, length: usize) -> Result<Self, DeconvolutionError> {
        Ok(Self { delay: response.common_delay.0, ..Self::new(&response.own_lines(), rate, length)? })
    }

    /// H at each bin; zero beyond the lines.
    pub fn response(&self) -> &[Complex64] {
        &self.response
    }

    /// The number of bins between lines.
    pub fn covered(&self) -> usize {
        self.places.iter().flatten().count()
    }

    /// The response at all bins from that at the lines.
    fn between(&self, lines: &[Complex64]) -> Vec<Complex64> {
        let ratio = |pair: &[Complex64]| (pair[1] / pair[0]).ln();
        let slopes: Vec<Complex64> = lines.windows(2).map(ratio).chain([Complex64::ZERO]).collect();
        let value = |place: &Option<(usize, f64)>| {
            place.map_or(Complex64::ZERO, |(below, share)| lines[below] * (slopes[below] * share).exp())
        };
        self.places.iter().map(value).collect()
    }

    /// δH/H of all bins per source of a line.
    fn spread(&self, line: usize, source: Complex64) -> impl Iterator<Item = (usize, Complex64)> {
        let from = self.places.partition_point(|place| place.is_none_or(|(below, _)| below + 1 < line));
        let weight = move |place: &Option<(usize, f64)>| match *place {
            Some((below, share)) if below == line => Some(1.0 - share),
            Some((below, share)) if below + 1 == line => Some(share),
            _ => None,
        };
        let bins = self.places[from..].iter().map_while(weight).enumerate();
        bins.map(move |(offset, weight)| (from + offset, source * weight))
    }

    fn certain(&self, values: Vec<Complex64>) -> Result<Spectrum, DeconvolutionError> {
        Ok(Spectrum::new(self.length, values, SpectralCovariance::none(self.length))?)
    }

    /// The variance of each point from the errors of the lines, u²(n) = Σ |F⁻¹ X̂ δH/H|² over all their sources.
    fn variances(&self, restored: &Spectrum) -> Vec<f64> {
        let sum = |first: usize| {
            let (mut fft, mut sum) = (RealFft::new(self.length), vec![0.0; self.length]);
            let (mut bins, mut errors) = (fft.spectrum(), vec![0.0; self.length]);
            for (line, source) in self.sources().skip(first).step_by(SUMS) {
                bins.fill(Complex64::ZERO);
                self.spread(line, source).for_each(|(bin, error)| bins[bin] = restored.values()[bin] * error);
                fft.inverse(&mut bins, &mut errors);
                sum.iter_mut().zip(&errors).for_each(|(sum, error)| *sum += (error / self.length as f64).powi(2));
            }
            sum
        };
        let mut sums: Vec<Vec<f64>> = (0..SUMS).into_par_iter().map(sum).collect();
        sums.extend((self.delay > 0.0).then(|| self.shifted(restored)));
        (0..self.length).map(|n| sums.iter().map(|sum| sum[n]).sum()).collect()
    }

    /// The variance of each point from the common delay.
    fn shifted(&self, restored: &Spectrum) -> Vec<f64> {
        let (mut fft, mut errors) = (RealFft::new(self.length), vec![0.0; self.length]);
        let shift = |(bin, value): (usize, &Complex64)| value * self.turn(bin, self.delay);
        let mut bins: Vec<Complex64> = restored.values().iter().enumerate().map(shift).collect();
        if self.length.is_multiple_of(2) {
            bins[self.length / 2].im = 0.0;
        }
        fft.inverse(&mut bins, &mut errors);
        errors.into_iter().map(|error| (error / self.length as f64).powi(2)).collect()
    }

    /// −jωτ at a bin between lines, the relative change of H by a delay τ; 0 at others.
    fn turn(&self, bin: usize, delay: f64) -> Complex64 {
        let omega = TAU * bin as f64 * self.rate / self.length as f64;
        self.places[bin].map_or(Complex64::ZERO, |_| Complex64::new(0.0, -omega * delay))
    }

    fn sources(&self) -> impl Iterator<Item = (usize, Complex64)> {
        let both = |(line, known): (usize, &Known)| known.sources.map(|source| (line, source));
        self.lines.iter().enumerate().flat_map(both)
    }

    /// The response at all bins, from lines drawn from their normal law.
    fn drawn(&self, gaussian: &mut Gaussian) -> Vec<Complex64> {
        let mut draw = |known: &Known| {
            let error = known.sources[0] * gaussian.draw() + known.sources[1] * gaussian.draw();
            known.value * (error + 1.0)
        };
        let lines: Vec<Complex64> = self.lines.iter().map(&mut draw).collect();
        let delay = if self.delay > 0.0 { self.delay * gaussian.draw() } else { 0.0 };
        let turned = |(bin, value): (usize, Complex64)| value * self.turn(bin, delay).exp();
        self.between(&lines).into_iter().enumerate().map(turned).collect()
    }
}

impl Known {
    fn of(line: &Line) -> Result<Self, DeconvolutionError> {
        let Line { frequency, value, covariance, .. } = *line;
        let real = covariance.real.sqrt();
        let shared = if real > 0.0 { covariance.cross / real } else { 0.0 };
        let own = (covariance.imaginary - shared * shared).max(0.0).sqrt();
        let sources = [Complex64::new(real, shared) / value, Complex64::new(0.0, own) / value];
        let usable = frequency >= 0.0 && sources.iter().all(|source| source.is_finite());
        if usable { Ok(Self { value, sources }) } else { Err(DeconvolutionError::Line { frequency, value }) }
    }
}

/// The line below a frequency, and how much the one above weighs; nothing beyond the lines.
fn place(lines: &[f64], frequency: f64) -> Option<(usize, f64)> {
    let above = lines.partition_point(|line| *line <= frequency);
    match (above.checked_sub(1), lines.get(above)) {
        (Some(below), Some(above)) => Some((below, (frequency - lines[below]) / (above - lines[below]))),
        (Some(below), None) if lines[below] == frequency => Some((below, 0.0)),
        _ => None,
    }
}

impl Deconvolution {
    /// What went into a sensor with this calibration, with the parts of the uncertainty apart. The spectrum of what
    /// went in is bounded by `bound`, as in [`Recorded`].
    ///
    /// Takes O(M N log N) steps and O(N) numbers for M lines and a record of N points with white noise.
    ///
    /// # Errors
    /// As [`Deconvolution::apply`].
    pub fn budget(
        &self,
        signal: &Signal,
        calibration: &Calibration,
        bound: &[f64],
    ) -> Result<Budgeted, DeconvolutionError> {
        let response = calibration.certain(calibration.response.clone())?;
        let recorded = Recorded { signal, rate: calibration.rate, response: &response, bound };
        let restored = self.apply(&recorded)?;
        let noise = restored.signal.covariance().standard_uncertainties();
        let variances = calibration.variances(&dft(&restored.signal));
        Ok(Budgeted {
            values: restored.signal.into_parts().0,
            noise,
            calibration: variances.into_iter().map(f64::sqrt).collect(),
            bias: restored.bias,
            gains: restored.gains,
            findings: restored.findings,
        })
    }

    /// Puts draws of the record and of the lines through the same gains, see [`Deconvolution::verify`].
    ///
    /// # Errors
    /// As [`Deconvolution::budget`], or when the check is refused.
    pub fn verify_budget(
        &self,
        signal: &Signal,
        calibration: &Calibration,
        budgeted: &Budgeted,
        check: Check,
    ) -> Result<Verification, DeconvolutionError> {
        let noise = Sampler::new(signal.covariance())?;
        let none = Covariance::White { variance: Variance(0.0), length: calibration.length };
        let trial = |gaussian: &mut Gaussian| {
            let noisy = signal.values().iter().zip(noise.draw(gaussian)).map(|(value, error)| value + error).collect();
            let record = Signal::new(noisy, none.clone()).expect("draws of finite values are finite");
            let response = calibration.certain(calibration.drawn(gaussian)).expect("it is of the same length");
            let found = divided(dft(&record), response, &budgeted.gains).expect("the lengths were compared");
            Some(idft(found).into_parts().0)
        };
        let u = budgeted.noise.iter().zip(&budgeted.calibration).map(|(noise, lines)| noise.hypot(*lines));
        let claims: Vec<Claim> = budgeted.values.iter().zip(u).map(|(value, u)| Claim { value: *value, u }).collect();
        Ok(verify(&claims, trial, check)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deconvolution::Regularisation;
    use crate::{Bivariate, StandardUncertainty};
    use nalgebra::DMatrix;

    const LENGTH: usize = 128;
    const RATE: f64 = 1e5;

    /// A late sensor of second order, known at `count` lines with the relative standard uncertainty `u`.
    fn lines(count: usize, u: f64) -> Vec<Line> {
        let line = |k: usize| {
            let frequency = 0.5 * RATE * k as f64 / (count - 1) as f64;
            let ratio = frequency / 2e4;
            let value = Complex64::new(1.0 - ratio * ratio, 0.6 * ratio).inv() * Complex64::cis(-3e-5 * frequency);
            let covariance = Bivariate::circular((u * value.norm()).powi(2));
            Line { frequency, value, covariance, coherence: 1.0, dof: f64::INFINITY }
        };
        (0..count).map(line).collect()
    }

    fn pulse() -> Vec<f64> {
        (0..LENGTH).map(|n| (-0.5 * ((n as f64 - 50.0) / 3.0).powi(2)).exp()).collect()
    }

    fn white(u: f64) -> Covariance {
        Covariance::White { variance: Variance(u * u), length: LENGTH }
    }

    /// The pulse through the sensor, with noise of `u`.
    fn recorded(calibration: &Calibration, u: f64, gaussian: &mut Gaussian) -> Signal {
        let went_in = dft(&Signal::new(pulse(), white(0.0)).unwrap());
        let came_out = idft(went_in.scaled(calibration.response()).unwrap()).into_parts().0;
        Signal::new(came_out.iter().map(|y| y + u * gaussian.draw()).collect(), white(u)).unwrap()
    }

    fn bound() -> Vec<f64> {
        dft(&Signal::new(pulse(), white(0.0)).unwrap()).values().iter().map(|x| 1.1 * x.norm()).collect()
    }

    fn tikhonov() -> Deconvolution {
        Deconvolution { regularisation: Regularisation::named("tikhonov").unwrap(), strength: 0.1 }
    }

    #[test]
    fn every_bin_a_line_gives_what_independent_bins_give() {
        let lines = lines(LENGTH / 2 + 1, 0.02);
        let calibration = Calibration::new(&lines, RATE, LENGTH).unwrap();
        let signal = recorded(&calibration, 0.01, &mut Gaussian::new(3, 0));
        let budgeted = tikhonov().budget(&signal, &calibration, &bound()).unwrap();
        let response = Spectrum::of_response(LENGTH, &lines).unwrap();
        let whole = Recorded { signal: &signal, rate: RATE, response: &response, bound: &bound() };
        let restored = tikhonov().apply(&whole).unwrap();
        for (n, u) in restored.signal.covariance().standard_uncertainties().into_iter().enumerate() {
            assert!((restored.signal.values()[n] - budgeted.values[n]).abs() < 1e-12);
            let split = budgeted.noise[n].hypot(budgeted.calibration[n]);
            assert!((split / u - 1.0).abs() < 1e-3, "{n}: {split} {u}"); // the real bins turn their errors
        }
        assert_eq!(restored.bias, budgeted.bias);
    }

    /// The slow obvious form: the whole matrix J U Jᵀ with the derivatives by finite differences.
    #[test]
    fn shared_lines_give_what_derivatives_by_differences_give() {
        let lines = lines(9, 0.02);
        let calibration = Calibration::new(&lines, RATE, LENGTH).unwrap();
        let signal = recorded(&calibration, 0.0, &mut Gaussian::new(3, 0));
        let budgeted = tikhonov().budget(&signal, &calibration, &bound()).unwrap();
        let moved = |line: usize, step: Complex64| {
            let mut lines = lines.clone();
            lines[line].value += step;
            let response = Calibration::new(&lines, RATE, LENGTH).unwrap().response;
            let response = calibration.certain(response).unwrap();
            idft(divided(dft(&signal), response, &budgeted.gains).unwrap()).into_parts().0
        };
        let mut variances = DMatrix::<f64>::zeros(LENGTH, 1);
        for (line, way) in (0..9).flat_map(|line| [(line, Complex64::ONE), (line, Complex64::I)]) {
            let (step, u) = (1e-6 * lines[line].value.norm(), lines[line].covariance.real.sqrt());
            for (n, (up, down)) in moved(line, way * step).iter().zip(moved(line, -way * step)).enumerate() {
                variances[n] += ((up - down) / (2.0 * step) * u).powi(2);
            }
        }
        for (n, u) in budgeted.calibration.iter().enumerate() {
            assert!((u - variances[n].sqrt()).abs() < 1e-6 * variances.amax().sqrt(), "{n}: {u} {}", variances[n]);
        }
    }

    /// All lines late by one number shift the pulse: u(n) = u(τ) |dx/dτ|, the derivative by differences.
    #[test]
    fn a_common_delay_shifts_what_is_restored() {
        let own = lines(LENGTH / 2 + 1, 0.0);
        let response = Response { lines: own.clone(), ..Response::default() }.late(StandardUncertainty(2e-7));
        let calibration = Calibration::of(&response, RATE, LENGTH).unwrap();
        let signal = recorded(&calibration, 0.0, &mut Gaussian::new(3, 0));
        let budgeted = tikhonov().budget(&signal, &calibration, &bound()).unwrap();
        let moved = |step: f64| {
            let late = |line: &Line| line.value * Complex64::cis(-TAU * line.frequency * step);
            let late = calibration.certain(own.iter().map(late).collect()).unwrap();
            idft(divided(dft(&signal), late, &budgeted.gains).unwrap()).into_parts().0
        };
        let (early, late) = (moved(-1e-9), moved(1e-9));
        let largest = budgeted.calibration.iter().copied().fold(0.0, f64::max);
        for (n, u) in budgeted.calibration.iter().enumerate() {
            let slope = (late[n] - early[n]) / 2e-9;
            assert!((u - 2e-7 * slope.abs()).abs() < 1e-3 * largest, "{n}: {u} {slope}");
        }
        let (signal, check) =
            (recorded(&calibration, 0.01, &mut Gaussian::new(3, 0)), Check { trials: 1000, ..Check::default() });
        let budgeted = tikhonov().budget(&signal, &calibration, &bound()).unwrap();
        let found = tikhonov().verify_budget(&signal, &calibration, &budgeted, check).unwrap();
        assert!(found.failed().is_empty(), "{:?}", found.findings());
    }

    #[test]
    fn bins_beyond_the_lines_are_bias_alone() {
        let lines: Vec<Line> = lines(9, 0.02).into_iter().skip(1).take(4).collect();
        let calibration = Calibration::new(&lines, RATE, LENGTH).unwrap();
        assert_eq!(calibration.covered(), 8 * 3 + 1);
        let signal = recorded(&calibration, 0.01, &mut Gaussian::new(3, 0));
        let budgeted = tikhonov().budget(&signal, &calibration, &[1.0; LENGTH / 2 + 1]).unwrap();
        assert!(budgeted.gains[..8].iter().chain(&budgeted.gains[33..]).all(|gain| *gain == 0.0));
        assert!(budgeted.bias > (2.0 * (8 + 32) as f64 - 2.0) / LENGTH as f64 && budgeted.values[0].is_finite());
    }

    /// How often 1.96 u of noise and lines holds what the gains leave of the truth, in 400 records.
    #[test]
    fn intervals_hold_the_truth_as_often_as_stated() {
        let nominal = Calibration::new(&lines(9, 0.02), RATE, LENGTH).unwrap();
        let (mut held, mut points) = (0.0, 0.0);
        for record in 0..400 {
            let mut gaussian = Gaussian::new(17, record);
            let signal = recorded(&nominal, 0.01, &mut gaussian);
            let drawn = nominal.drawn(&mut gaussian);
            let known = Calibration { response: drawn, ..nominal.clone() };
            let budgeted = tikhonov().budget(&signal, &known, &bound()).unwrap();
            let gains: Vec<Complex64> = budgeted.gains.iter().map(|gain| Complex64::from(*gain)).collect();
            let truth = idft(dft(&Signal::new(pulse(), white(0.0)).unwrap()).scaled(&gains).unwrap()).into_parts().0;
            for (n, x) in budgeted.values.iter().enumerate() {
                let u = budgeted.noise[n].hypot(budgeted.calibration[n]);
                held += f64::from((x - truth[n]).abs() < 1.96 * u);
                points += 1.0;
            }
        }
        let share = held / points;
        assert!((share - 0.95).abs() < 0.012, "{share}");
    }

    #[test]
    fn check_passes_a_good_calibration_and_fails_a_poor_one() {
        for (u, linear) in [(0.01, true), (0.3, false)] {
            let calibration = Calibration::new(&lines(9, u), RATE, LENGTH).unwrap();
            let signal = recorded(&calibration, 0.01, &mut Gaussian::new(3, 0));
            let way = tikhonov();
            let budgeted = way.budget(&signal, &calibration, &bound()).unwrap();
            let check = Check { trials: 1000, ..Check::default() };
            let found = way.verify_budget(&signal, &calibration, &budgeted, check).unwrap();
            assert_eq!(found.failed().is_empty(), linear, "{:?}", found.findings());
        }
    }

    #[test]
    fn lines_that_cannot_be_used_are_named() {
        let refused = |lines: &[Line]| Calibration::new(lines, RATE, LENGTH).unwrap_err().to_string();
        let [low, high] = [lines(9, 0.1)[1], lines(9, 0.1)[2]];
        assert!(refused(&[high, low]).contains("6250 Hz"), "{}", refused(&[high, low]));
        let dead = Line { value: Complex64::ZERO, ..high };
        assert!(refused(&[low, dead]).contains("12500 Hz"), "{}", refused(&[low, dead]));
    }
}
