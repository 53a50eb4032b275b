//! A clock from the times at which a host received samples.
//!
//! Jitter goes both ways; what a scheduler or a bus holds back is late only. A stamp is therefore on time with
//! probability 1 − ε, its error Gaussian of standard deviation σ, or late besides by a delay of exponential law with
//! mean μ. The greatest likelihood of clock, ε and μ is found by expectation and maximisation (A. P. Dempster,
//! N. M. Laird and D. B. Rubin, Journal of the Royal Statistical Society B 39, 1977), whose step for the clock is
//! plain least squares on the stamps less the delay that each is expected to have.

use super::design::Design;
use super::{ClockError, SampleClock, Terms, finite, positive};
use crate::covariance::StandardUncertainty;
use nalgebra::{DMatrix, DVector};
use sigmatau_core::{Finding, Severity};
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// The most steps of expectation and maximisation, and the largest change in jitters that ends them.
const STEPS: usize = 2000;
const STILL: f64 = 1e-6;
/// Pieces of the record whose earliest stamps begin the search, and how often they are chosen.
const PIECES: usize = 16;
const CHOICES: usize = 4;
/// Fewer late stamps than this say nothing of the law of delays.
const FEWEST_LATE: f64 = 3.0;
/// Standard errors by which the early side may be wider than the stated jitter.
const WIDER: f64 = 5.0;
/// Beyond this the complementary error function is taken by its asymptote.
const FAR: f64 = 20.0;

/// Stamps of a host for samples of a sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stamps<'a> {
    /// The count of the sample that each stamp belongs to, rising.
    pub samples: &'a [f64],
    /// The reference time of each stamp in s.
    pub times: &'a [f64],
    /// The nominal rate of the sensor in Hz.
    pub rate: f64,
    /// The standard deviation σ of a stamp that is not held back.
    pub jitter: StandardUncertainty,
    /// The delay in s that every stamp has, from sample to host.
    pub latency: f64,
    /// The time error of the host's clock and of the latency.
    pub reference: StandardUncertainty,
    /// How much is asked of the clock.
    pub terms: Terms,
}

impl Stamps<'_> {
    /// No stamps yet of a sensor of this nominal rate in Hz, on a perfect host with a jitter of 1 µs.
    pub fn at(rate: f64) -> Self {
        let (jitter, reference) = (StandardUncertainty(1e-6), StandardUncertainty(0.0));
        Self { samples: &[], times: &[], rate, jitter, latency: 0.0, reference, terms: Terms::Rate }
    }
}

/// What stamps say of the delays on their way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delays {
    /// The share ε of late stamps.
    pub share: f64,
    /// The mean delay μ of a late stamp in s.
    pub mean: f64,
}

/// The law of a stamp's error, in units of the jitter.
#[derive(Clone, Copy, Debug)]
struct Law {
    share: f64,
    mean: f64,
}

/// What a law says of one residual.
struct Seen {
    /// The density p.
    density: f64,
    /// The probability of being late.
    late: f64,
    /// The expected delay of a late one.
    delay: f64,
    /// The densities of an error on time and of a late one.
    parts: [f64; 2],
}

impl SampleClock {
    /// The clock of greatest likelihood from stamps of a host.
    ///
    /// The covariance is the inverse of the information of clock, share and mean delay, Σ over stamps of the squared
    /// derivatives of their log density; without late stamps it is σ²(XᵀX)⁻¹. Where the early side, which no delay
    /// touches, is wider than the stated jitter, the covariance grows with it and a finding says so. Takes O(N) steps
    /// an iteration.
    ///
    /// # Errors
    /// When columns differ in length or hold what is no number, rate or jitter are not positive, or there are not
    /// more stamps than coefficients.
    pub fn from_stamps(stamps: &Stamps<'_>) -> Result<Self, ClockError> {
        let (one, other) = (stamps.samples.len(), stamps.times.len());
        if one != other {
            return Err(ClockError::Lengths { one, other });
        }
        finite("samples", stamps.samples)?;
        finite("times", stamps.times)?;
        let rate = positive("rate", stamps.rate)?;
        let jitter = positive("jitter", stamps.jitter.0)?;
        let own: Vec<f64> = stamps.samples.iter().map(|sample| sample / rate).collect();
        let design = Design::new(&own, stamps.terms, "stamps")?;
        let late = own.iter().zip(stamps.times).map(|(own, time)| (time - own - stamps.latency) / jitter);
        let values = DVector::from_iterator(own.len(), late);
        let (coefficients, law) = most_likely(&design, &values);
        let residuals = design.residuals(&values, &coefficients);
        let wider = early_width(&residuals);
        let covariance = covariance(&design, &residuals, law) * wider.max(1.0);
        let mut clock = design.clock(&coefficients, &covariance, jitter);
        clock.reference = stamps.reference;
        clock.delays = Some(Delays { share: law.share, mean: law.mean * jitter });
        clock.findings = findings(&law, jitter, wider, own.len());
        Ok(clock)
    }
}

/// Expectation and maximisation from the earliest stamps.
fn most_likely(design: &Design, values: &DVector<f64>) -> (DVector<f64>, Law) {
    let mut coefficients = earliest(design, values);
    let residuals = design.residuals(values, &coefficients);
    let mean = residuals.iter().map(|r| r.max(0.0)).sum::<f64>() / design.points() as f64;
    let mut law = Law { share: 0.2, mean: mean.max(1.0) };
    for _ in 0..STEPS {
        let seen: Vec<Seen> = design.residuals(values, &coefficients).iter().map(|r| law.sees(*r)).collect();
        law = Law::expected(&seen);
        let expected = DVector::from_iterator(seen.len(), seen.iter().map(|seen| seen.late * seen.delay));
        let next = design.fit(&(values - expected));
        let moved = (&next - &coefficients).amax();
        coefficients = next;
        if moved < STILL {
            break;
        }
    }
    (coefficients, law)
}

/// The fit through the earliest stamp of each piece of the record, chosen anew after each fit.
fn earliest(design: &Design, values: &DVector<f64>) -> DVector<f64> {
    let piece = design.points().div_ceil(PIECES).max(2);
    let places: Vec<usize> = (0..design.points()).collect();
    (0..CHOICES).fold(design.fit(values), |coefficients, _| {
        let residuals = design.residuals(values, &coefficients);
        let earliest = |piece: &[usize]| piece.iter().copied().min_by(|a, b| residuals[*a].total_cmp(&residuals[*b]));
        let chosen: Vec<usize> = places.chunks(piece).filter_map(earliest).collect();
        if chosen.len() < design.count() { None } else { design.fit_at(&chosen, values) }.unwrap_or(coefficients)
    })
}

impl Law {
    /// The law that would be most likely if each stamp were late and delayed as expected.
    ///
    /// A mean delay below the jitter is not told from jitter.
    fn expected(seen: &[Seen]) -> Self {
        let late: f64 = seen.iter().map(|seen| seen.late).sum();
        let delays: f64 = seen.iter().map(|seen| seen.late * seen.delay).sum();
        let mean = if late > 0.0 { (delays / late).max(1.0) } else { 1.0 };
        Self { share: late / seen.len() as f64, mean }
    }

    /// p = (1 − ε) φ(r) + ε g(r) with g the density of a Gaussian and an exponential error together,
    /// g = e^(1/2μ² − r/μ) erfc((1/μ − r)/√2)/2μ. Given r, a late one has a Gaussian delay about r − 1/μ, cut at 0.
    fn sees(self, r: f64) -> Seen {
        let on_time = (-0.5 * r * r).exp() / (2.0 * PI).sqrt();
        let reach = (self.mean.recip() - r) / SQRT_2;
        let late = if reach > FAR {
            (-0.5 * r * r).exp() / (2.0 * self.mean * reach * PI.sqrt())
        } else {
            (0.5 / (self.mean * self.mean) - r / self.mean).exp() * erfc(reach) / (2.0 * self.mean)
        };
        let density = (1.0 - self.share) * on_time + self.share * late;
        let probability = if density > 0.0 { self.share * late / density } else { f64::from(u8::from(r > 0.0)) };
        Seen { density, late: probability, delay: cut_mean(r - self.mean.recip()), parts: [on_time, late] }
    }

    /// The derivatives of ln p by r, ε and μ.
    fn slopes(self, r: f64, seen: &Seen) -> [f64; 3] {
        let ([on_time, late], mu) = (seen.parts, self.mean);
        let by_r = -(1.0 - self.share) * r * on_time + self.share * (on_time - late) / mu;
        let by_mean = self.share * late * (seen.delay / mu - 1.0) / mu;
        [by_r, late - on_time, by_mean].map(|slope| if seen.density > 0.0 { slope / seen.density } else { 0.0 })
    }
}

/// The mean of a Gaussian of variance 1 about m that is cut at 0.
fn cut_mean(m: f64) -> f64 {
    if m < -FAR {
        return -m.recip();
    }
    m + (-0.5 * m * m).exp() * (2.0 / PI).sqrt() / erfc(-m / SQRT_2)
}

fn covariance(design: &Design, residuals: &DVector<f64>, law: Law) -> DMatrix<f64> {
    let count = design.count();
    if law.share * (design.points() as f64) < FEWEST_LATE {
        return design.inverse.clone();
    }
    let mut information = DMatrix::zeros(count + 2, count + 2);
    for (row, r) in residuals.iter().enumerate() {
        let [by_r, by_share, by_mean] = law.slopes(*r, &law.sees(*r));
        let clock = design.row(row).into_iter().map(|x| -by_r * x);
        let slopes = DVector::from_iterator(count + 2, clock.chain([by_share, by_mean]));
        information.ger(1.0, &slopes, &slopes, 1.0);
    }
    let inverse = information.try_inverse().map(|inverse| inverse.view((0, 0), (count, count)).into_owned());
    inverse.unwrap_or_else(|| design.inverse.clone())
}

/// The mean square of the early residuals, 1 if the stated jitter is right; 1 too where it is not significantly more.
fn early_width(residuals: &DVector<f64>) -> f64 {
    let early: Vec<f64> = residuals.iter().copied().filter(|r| *r < 0.0).collect();
    let width = early.iter().map(|r| r * r).sum::<f64>() / early.len().max(1) as f64;
    if width > 1.0 + WIDER * (2.0 / early.len().max(1) as f64).sqrt() { width } else { 1.0 }
}

fn findings(law: &Law, jitter: f64, wider: f64, stamps: usize) -> Vec<Finding> {
    let late = law.share * stamps as f64;
    let held_back = (late >= FEWEST_LATE).then(|| {
        Finding::new(
            Severity::Note,
            "late-stamps",
            format!("{late:.0} of {stamps} stamps are late, by {:.3e} s on average", law.mean * jitter),
            "each counts less its expected delay",
            "stamp samples closer to the sensor if more certainty is needed",
        )
    });
    let too_wide = (wider > 1.0).then(|| {
        Finding::new(
            Severity::Warning,
            "jitter-too-small",
            format!("early stamps scatter by {:.3e} s where {jitter:.3e} s are stated", wider.sqrt() * jitter),
            format!("the covariance of the clock was multiplied by {wider:.3}"),
            "state the jitter of the host as it is, or ask for the drift too",
        )
    });
    held_back.into_iter().chain(too_wide).collect()
}
