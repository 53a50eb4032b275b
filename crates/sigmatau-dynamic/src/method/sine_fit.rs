//! Stepped sine: tones of known frequencies, one after the other or several at once.

mod stretch;

use super::pair::{Pair, checked_frequencies, checked_rate, no_line};
use super::ratio::{Errors, along};
use super::{Estimation, Method, MethodError, Settings};
use crate::response::{Line, Response};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::SineFit;
use sigmatau_spectrum::fft::Complex64;
use sigmatau_spectrum::sine::{SineError, fourier_sums, repeated_rounding};
use stretch::Stretch;

/// H = Y / X of the phasors that are fitted to both channels.
///
/// Each frequency is looked for in the excitation: its longest stretch with at least half the largest amplitude is
/// taken, without the frames in which it comes and goes, and fitted together with all other tones that are on in
/// most of that stretch. So steps one after the other, tones at the same time, and mixtures of both are one case.
///
/// The frequencies are fitted to the excitation up to one common factor, since generator and digitizer have clocks
/// of their own, and used for both channels; a line keeps the frequency that was asked for. Errors of both phasors
/// and their correlation are taken from the residuals at up to 16 frequencies beside the tone, a whole number of
/// turns per stretch away, so that noise of any colour, and noise that both channels share, is counted as it is.
///
/// Jitter of a clock that both channels share needs no setting: it shrinks both tones alike, and its noise is in
/// the residuals of both. Rounding that repeats does not show there; it is added for the steps of the digitizer.
///
/// Takes O(N K) steps and O(N) memory for N points and K tones.
pub(super) static METHOD: Method = Method {
    name: "sine-fit",
    title: "Sine waves fitted to both channels, stepped or several at once",
    reference: "IEEE 1057; ISO 16063-11, ISO 16063-21, ISO 16063-41 (sine approximation)",
    settings: &["frequencies", "step"],
    begin: |settings, rate| SteppedSine::new(settings, rate).map(|begun| Box::new(begun) as Box<dyn Estimation>),
};

/// Frequencies beside a tone from which its noise is taken.
const SIDES: usize = 16;

/// Fewer than these say too little of the noise.
const FEWEST_SIDES: usize = 4;

/// The nearest of them lies so many turns per stretch from the tone; a fitted frequency takes noise from nearer ones.
const NEAREST: u32 = 2;

/// None lies farther.
const FARTHEST: u32 = 64;

/// An excitation is there if it exceeds its own uncertainty so many times.
const STANDS_OUT: f64 = 5.0;

/// A tone is looked for so many turns per stretch from where it should be, in steps of half a turn.
const SEARCHED: i32 = 10;

/// By how much a frequency may be off before it is told.
const OFF: f64 = 1e-4;

struct SteppedSine {
    frequencies: Vec<f64>,
    step: [f64; 2],
    rate: f64,
    pair: Pair,
}

impl Estimation for SteppedSine {
    fn push(&mut self, excitation: &[f64], response: &[f64]) {
        self.pair.push(excitation, response);
    }

    fn finish(self: Box<Self>) -> Response {
        let frequencies = &self.frequencies;
        let stretch = |place: usize| Stretch::of(&self.pair.excitation, self.rate, frequencies, place);
        let stretches: Vec<Stretch> = (0..frequencies.len()).into_par_iter().map(stretch).collect();
        let line = |place: usize| self.line(&stretches, place);
        let lines: Vec<_> = (0..frequencies.len()).into_par_iter().map(line).collect();
        let mut response = Response::default();
        for (line, findings) in lines {
            response.lines.extend(line);
            response.findings.extend(findings);
        }
        response
    }
}

/// Both fits of a stretch.
struct Fits {
    excitation: SineFit,
    response: SineFit,
    /// Which of their tones is meant.
    tone: usize,
}

impl SteppedSine {
    fn new(settings: &Settings, rate: f64) -> Result<Self, MethodError> {
        let rate = checked_rate(rate)?;
        let frequencies = checked_frequencies(&METHOD, &settings.frequencies, rate)?;
        if frequencies.is_empty() {
            let what = "no frequency is given; name those of the excitation".to_owned();
            return Err(MethodError::Setting { method: METHOD.name, what });
        }
        Ok(Self { frequencies, step: settings.step, rate, pair: Pair::default() })
    }

    fn line(&self, stretches: &[Stretch], place: usize) -> (Option<Line>, Vec<Finding>) {
        let frequency = self.frequencies[place];
        let about = |finding: Finding| finding.about(format!("{frequency} Hz"));
        let range = stretches[place].steady.clone();
        let [x, y] = [&self.pair.excitation[range.clone()], &self.pair.response[range]];
        let fits = match self.fit(stretches, place, [x, y]) {
            Ok(fits) => fits,
            Err(error) => return (None, vec![about(short(x.len() as f64 / self.rate, &error))]),
        };
        let mut findings: Vec<Finding> = fits.excitation.findings().into_iter().map(about).collect();
        findings.extend(off(frequency, fits.excitation.tones[fits.tone].frequency).map(about));
        let line = self.quotient(&fits, [x, y], frequency);
        match line {
            Ok(line) => (Some(line), findings),
            Err(finding) => {
                findings.push(about(*finding));
                (None, findings)
            }
        }
    }

    fn fit(&self, stretches: &[Stretch], place: usize, [x, y]: [&[f64]; 2]) -> Result<Fits, SineError> {
        let on = |other: &usize| *other == place || stretches[*other].fills(&stretches[place]);
        let places: Vec<usize> = (0..self.frequencies.len()).filter(on).collect();
        let given: Vec<f64> = places.iter().map(|other| self.frequencies[*other]).collect();
        let tone = places.iter().position(|other| *other == place).expect("a tone is on in its own stretch");
        let factor = nearby(x, self.rate, &given, tone) / given[tone];
        let started: Vec<f64> = given.iter().map(|frequency| frequency * factor).collect();
        let excitation = SineFit::near(x, self.rate, &started)?;
        let found: Vec<f64> = excitation.tones.iter().map(|tone| tone.frequency).collect();
        Ok(Fits { response: SineFit::at(y, self.rate, &found)?, excitation, tone })
    }

    /// The line at a tone, or why there is none.
    fn quotient(&self, fits: &Fits, channels: [&[f64]; 2], frequency: f64) -> Result<Line, Box<Finding>> {
        let sides = self.sides(&fits.excitation, fits.tone, channels[0].len());
        if sides.len() < FEWEST_SIDES {
            return Err(Box::new(crowded(sides.len())));
        }
        let errors = self.errors(fits, channels, &sides);
        let [x, y] = [&fits.excitation, &fits.response].map(|fit| fit.tones[fits.tone].phasor);
        if x.norm() < STANDS_OUT * errors.excitation.sqrt() {
            return Err(Box::new(silent(x.norm(), errors.excitation.sqrt())));
        }
        let (value, covariance) = errors.ratio(x, y);
        let covariance = covariance + along(value, value.norm_sqr() * self.rounding(fits));
        Ok(Line { frequency, value, covariance, coherence: f64::NAN, dof: 2.0 * sides.len() as f64 })
    }

    /// Frequencies beside a tone, clear of all tones, of zero and of the Nyquist frequency.
    fn sides(&self, fit: &SineFit, tone: usize, points: usize) -> Vec<f64> {
        let turn = self.rate / points as f64;
        let own = fit.tones[tone].frequency;
        let clear = |frequency: &f64| {
            let inside = *frequency > turn && *frequency < 0.5 * self.rate - turn;
            inside && fit.tones.iter().all(|other| (other.frequency - frequency).abs() > 1.5 * turn)
        };
        let both = |turns: u32| [own - f64::from(turns) * turn, own + f64::from(turns) * turn];
        (NEAREST..=FARTHEST).flat_map(both).filter(clear).take(SIDES).collect()
    }

    /// What the residuals beside a tone tell of the errors of its phasors; at least those of even rounding.
    fn errors(&self, fits: &Fits, [x, y]: [&[f64]; 2], sides: &[f64]) -> Errors {
        let draws = |fit: &SineFit, series: &[f64]| {
            let there = series.iter().filter(|value| value.is_finite()).count();
            let sums = fourier_sums(&fit.residuals(series), 0.0, self.rate, sides);
            sums.into_iter().map(|sum| sum * (2.0 / there as f64)).collect::<Vec<Complex64>>()
        };
        let draws = draws(&fits.excitation, x).into_iter().zip(draws(&fits.response, y));
        let errors = Errors::over(draws, sides.len() as f64);
        let [least_x, least_y] = self.step.map(|step| step * step / (3.0 * x.len() as f64));
        Errors { excitation: errors.excitation.max(least_x), response: errors.response.max(least_y), ..errors }
    }

    /// The relative variance of |H| by rounding that repeats.
    fn rounding(&self, fits: &Fits) -> f64 {
        let relative = |(fit, step): (&SineFit, f64)| {
            let amplitude = fit.tones[fits.tone].amplitude();
            let noise = (fit.residual * fit.residual - step * step / 12.0).max(0.0);
            repeated_rounding(step, amplitude, noise) / (amplitude * amplitude)
        };
        [&fits.excitation, &fits.response].into_iter().zip(self.step).map(relative).sum()
    }
}

/// Where a tone stands out most: near its frequency, and nearer to it than to a quarter of the way to another.
fn nearby(x: &[f64], rate: f64, frequencies: &[f64], tone: usize) -> f64 {
    let (own, half_turn) = (frequencies[tone], 0.5 * rate / x.len() as f64);
    let others = frequencies.iter().map(|other| (other - own).abs()).filter(|apart| *apart > 0.0);
    let apart = others.fold(own.min(0.5 * rate - own), f64::min);
    let candidates = (-2 * SEARCHED..=2 * SEARCHED).map(|step| own + f64::from(step) * half_turn);
    let candidates: Vec<f64> = candidates.filter(|frequency| (frequency - own).abs() < 0.25 * apart).collect();
    let (sum, there) = x.iter().filter(|x| x.is_finite()).fold((0.0, 0.0), |(sum, there), x| (sum + x, there + 1.0));
    let sums = fourier_sums(x, sum / there, rate, &candidates);
    let largest = candidates.into_iter().zip(sums).max_by(|a, b| a.1.norm_sqr().total_cmp(&b.1.norm_sqr()));
    largest.map_or(own, |(frequency, _)| frequency)
}

fn short(seconds: f64, error: &SineError) -> Finding {
    let seen = format!("its steady stretch lasts {seconds} s: failed to {error}");
    no_line("short-step", seen, "hold the step longer, or give only frequencies that were excited")
}

fn crowded(sides: usize) -> Finding {
    let seen = format!("beside the tone there are only {sides} clear frequencies to take the noise from");
    no_line("short-step", seen, "hold the step for more periods, or put the tones farther apart")
}

fn silent(amplitude: f64, u: f64) -> Finding {
    let seen = format!("the excitation has the amplitude {amplitude:.3e} with a standard uncertainty of {u:.1e}");
    no_line("no-excitation", seen, "check that this frequency was excited, and its value")
}

fn off(given: f64, found: f64) -> Option<Finding> {
    let seen = format!("the tone is at {found} Hz, {:.0} parts in a million off", (found / given - 1.0) * 1e6);
    let tell = || {
        Finding::new(
            Severity::Warning,
            "frequency-off",
            seen,
            "the clocks of generator and digitizer disagree, or the sampling rate is wrong; the line is filed under \
             the frequency that was asked for",
            "check the sampling rate and the frequency",
        )
    };
    ((found / given - 1.0).abs() > OFF).then(tell)
}

#[cfg(test)]
mod tests;
