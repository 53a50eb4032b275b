//! Periodic excitation: the sample covariance over periods, and lines that tell distortion from noise.

mod distortion;
mod transient;

use super::pair::{Pair, checked_frequencies, checked_rate, no_line};
use super::ratio::Errors;
use super::{Estimation, Method, MethodError, Settings};
use crate::response::{Line, Response};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::Complex64;

/// H = Y / X of the mean spectra over M whole periods, on the lines that were excited.
///
/// A transform over a whole period has no leakage, and what repeats from period to period is no noise: the
/// covariance of H is that of the mean of M periods, from the sample (co)variances of X and Y, with 2(M − 1) degrees
/// of freedom. Periods at the beginning that still settle are found and left out, as are periods with missing points.
///
/// Excited are the lines nearest to the given frequencies, or else those whose mean stands out of the noise and
/// reaches a tenth of the largest. On the others a mean that stands out tells distortion: even or odd by the number
/// of the line. It is a finding, and never part of the covariance.
///
/// Takes O(N log P) steps and O(N) memory for N points in periods of P.
pub(super) static METHOD: Method = Method {
    name: "multisine",
    title: "Periodic excitation with the sample covariance over periods",
    reference: "R. Pintelon and J. Schoukens, System Identification: A Frequency Domain Approach, 2nd ed., 2012, \
                chapters 2 and 4",
    settings: &["period", "frequencies", "range"],
    begin: |settings, rate| Multisine::new(settings, rate).map(|begun| Box::new(begun) as Box<dyn Estimation>),
};

/// Periods below which there is no sample covariance worth the name.
const FEWEST_PERIODS: usize = 3;

/// A line counts as excited, where no frequencies are given, from this share of the largest amplitude on.
const EXCITED: f64 = 0.1;

/// The probability at which noise on any line of a record passes for a signal.
const FALSE_ALARM: f64 = 1e-3;

struct Multisine {
    period: usize,
    frequencies: Vec<f64>,
    range: (f64, f64),
    rate: f64,
    pair: Pair,
}

/// The phasors of one period at lines 0 … ⌊P/2⌋.
#[derive(Clone, Debug)]
struct Period {
    excitation: Vec<Complex64>,
    response: Vec<Complex64>,
}

impl Estimation for Multisine {
    fn push(&mut self, excitation: &[f64], response: &[f64]) {
        self.pair.push(excitation, response);
    }

    fn finish(self: Box<Self>) -> Response {
        let whole = self.whole();
        let missing = self.pair.len() / self.period - whole.len();
        let mut findings: Vec<Finding> = (missing > 0).then(|| gap(missing)).into_iter().collect();
        if whole.len() < FEWEST_PERIODS {
            findings.push(few(whole.len()));
            return Response { findings, ..Response::default() };
        }
        let all = self.spectra(&whole);
        let excited = self.excited(&all);
        let (settled, finding) = transient::settled(&all, &excited);
        findings.extend(finding);
        let stands = |bin: &usize| Mean::of(settled, |p| p.excitation[*bin]).stands_out(excited.len());
        let (bins, silent): (Vec<usize>, Vec<usize>) = excited.iter().partition(|bin| stands(bin));
        findings.extend(silent.iter().map(|bin| nothing().about(format!("{} Hz", *bin as f64 * self.width()))));
        findings.extend(excited.is_empty().then(nothing));
        findings.extend(distortion::findings(settled, &bins, self.period, self.width()));
        let inside = bins.into_iter().filter(|bin| self.inside(*bin));
        Response { lines: inside.map(|bin| self.line(settled, bin)).collect(), findings, ..Response::default() }
    }
}

impl Multisine {
    fn new(settings: &Settings, rate: f64) -> Result<Self, MethodError> {
        let rate = checked_rate(rate)?;
        let refused = |what: String| MethodError::Setting { method: METHOD.name, what };
        let period = match settings.period {
            None => {
                return Err(refused("no period is given; say how many points the excitation repeats after".to_owned()));
            }
            Some(period) if period < 4 => {
                return Err(refused(format!("a period of {period} points is too short; take at least 4")));
            }
            Some(period) => period,
        };
        let frequencies = checked_frequencies(&METHOD, &settings.frequencies, rate)?;
        let range = settings.range.unwrap_or((0.0, 0.5 * rate));
        Ok(Self { period, frequencies, range, rate, pair: Pair::default() })
    }

    /// The distance of lines in Hz.
    fn width(&self) -> f64 {
        self.rate / self.period as f64
    }

    fn inside(&self, bin: usize) -> bool {
        (self.range.0..=self.range.1).contains(&(bin as f64 * self.width()))
    }

    /// Where those periods begin in which no point is missing.
    fn whole(&self) -> Vec<usize> {
        let mut whole = vec![true; self.pair.len() / self.period];
        self.pair.missing().map(|index| index / self.period).for_each(|period| {
            whole.get_mut(period).into_iter().for_each(|whole| *whole = false);
        });
        (0..whole.len()).filter(|period| whole[*period]).map(|period| period * self.period).collect()
    }

    fn spectra(&self, starts: &[usize]) -> Vec<Period> {
        let plan = RealFft::new(self.period);
        let phasors = |fft: &mut RealFft, series: &[f64]| {
            let (mut series, mut spectrum) = (series.to_vec(), fft.spectrum());
            fft.forward(&mut series, &mut spectrum);
            spectrum.iter_mut().for_each(|bin| *bin *= 2.0 / self.period as f64);
            spectrum
        };
        let period = |fft: &mut RealFft, start: &usize| Period {
            excitation: phasors(fft, &self.pair.excitation[*start..start + self.period]),
            response: phasors(fft, &self.pair.response[*start..start + self.period]),
        };
        starts.par_iter().map_init(|| plan.clone(), period).collect()
    }

    /// The lines that were excited, in rising order.
    fn excited(&self, periods: &[Period]) -> Vec<usize> {
        if !self.frequencies.is_empty() {
            let mut bins: Vec<usize> = self.frequencies.iter().map(|f| (f / self.width()).round() as usize).collect();
            bins.retain(|bin| bins_between(self.period).contains(bin));
            bins.dedup();
            return bins;
        }
        let means: Vec<Mean> = bins_between(self.period).map(|bin| Mean::of(periods, |p| p.excitation[bin])).collect();
        let least = EXCITED * means.iter().map(|mean| mean.value.norm()).fold(0.0, f64::max);
        let stands = |bin: &usize| means[bin - 1].value.norm() >= least && means[bin - 1].stands_out(means.len());
        bins_between(self.period).filter(stands).collect()
    }

    fn line(&self, periods: &[Period], bin: usize) -> Line {
        let [x, y] = [Mean::of(periods, |p| p.excitation[bin]), Mean::of(periods, |p| p.response[bin])];
        let count = periods.len() as f64;
        let draws = periods.iter().map(|p| (p.excitation[bin] - x.value, p.response[bin] - y.value));
        let (value, covariance) = Errors::over(draws, count * (count - 1.0)).ratio(x.value, y.value);
        let frequency = bin as f64 * self.width();
        Line { frequency, value, covariance, coherence: f64::NAN, dof: 2.0 * (count - 1.0) }
    }
}

/// The lines between zero and the Nyquist frequency.
fn bins_between(period: usize) -> std::ops::RangeInclusive<usize> {
    1..=(period - 1) / 2
}

/// A mean over periods.
struct Mean {
    value: Complex64,
    /// The variance E|ε|² of the mean.
    variance: f64,
    periods: usize,
}

impl Mean {
    fn of(periods: &[Period], phasor: impl Fn(&Period) -> Complex64) -> Self {
        let count = periods.len() as f64;
        let value = periods.iter().map(&phasor).sum::<Complex64>() / count;
        let squares: f64 = periods.iter().map(|period| (phasor(period) - value).norm_sqr()).sum();
        Self { value, variance: squares / (count * (count - 1.0)), periods: periods.len() }
    }

    /// Whether it is more than noise, when so many lines are looked at.
    ///
    /// |mean|² / variance of noise alone is distributed as F(2, ν) with ν = 2(M − 1), which exceeds
    /// ν (p^(−2/ν) − 1) / 2 with the probability p.
    fn stands_out(&self, lines: usize) -> bool {
        let dof = 2.0 * (self.periods as f64 - 1.0);
        let probability = FALSE_ALARM / lines as f64;
        self.value.norm_sqr() > self.variance * 0.5 * dof * (probability.powf(-2.0 / dof) - 1.0)
    }
}

fn gap(periods: usize) -> Finding {
    Finding::new(
        Severity::Warning,
        "gap",
        format!("points are missing in {periods} periods"),
        "those periods are left out",
        "look for outages of the digitizer",
    )
}

fn few(periods: usize) -> Finding {
    let seen = format!("{periods} whole periods without a missing point are fewer than {FEWEST_PERIODS}");
    no_line("few-periods", seen, "record for more periods, or check the number of points of a period")
}

fn nothing() -> Finding {
    let seen = "the excitation does not stand out of its noise".to_owned();
    no_line("no-excitation", seen, "check the number of points of a period, the range and the frequencies")
}

#[cfg(test)]
mod tests;
