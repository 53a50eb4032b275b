//! Shock: one pulse, and the quotient of the transforms of both channels.

mod neighbours;
mod quiet;

use super::pair::{Pair, checked_frequencies, checked_rate, no_line};
use super::ratio::Errors;
use super::{Estimation, Method, MethodError, Settings};
use crate::response::{Line, Response};
use neighbours::{Local, Neighbours};
use quiet::{Quiet, mean_rest};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::PI;

/// H = Y / X of the transforms of the whole record, less its level before the pulse.
///
/// Lines are those of the record's transform within the range, or the frequencies that are given. The uncertainty
/// has two parts.
///
/// What the excitation does not explain: over the 12 frequencies around a line, a whole number of turns per record
/// apart, Y = (h₀ + h₁ j) X + E is fitted, and the mean of |E|² on 10 complex degrees of freedom is the error of
/// Y − H X. It holds the noise, and motion that one channel alone sees: transverse, of the mounting, of the bar.
///
/// What lies behind the end of the record: if the rest e = y − H x has the level r there, its missing part is at
/// most of the size r / (2 sin(πf/rate)), which does not show between neighbours, and is added as a variance.
///
/// The spectrum of the excitation decides the range: a line needs ten times the noise before the pulse, and an
/// uncertainty below a fifth of the value. Peak over peak, which mixes all frequencies, is told as a finding.
///
/// No line sees a delay of one channel against the other, which turns all of them together. A response that leads
/// tells of one, and a finding says so.
///
/// Takes O(N log N) steps, with given frequencies O(N K), and O(N) memory for N points and K lines.
pub(super) static METHOD: Method = Method {
    name: "shock",
    title: "The quotient of transforms of one pulse",
    reference: "ISO 16063-13, ISO 16063-22",
    settings: &["frequencies", "range"],
    begin: |settings, rate| Shock::new(settings, rate).map(|begun| Box::new(begun) as Box<dyn Estimation>),
};

/// The excitation must exceed the noise so many times.
const STANDS_OUT: f64 = 10.0;

/// The largest relative uncertainty of a line: first order holds below it.
const FIRST_ORDER: f64 = 0.2;

/// The share of the record at its end by which its rest is judged.
const END: f64 = 0.05;

/// So many standard deviations the end of the record must exceed the noise to count as cut off.
const CHANCE: f64 = 3.0;

/// From this ratio of the unexplained part to the noise on it is told, as a ratio of standard deviations.
const UNRELATED: f64 = 3.0;

/// A response that is early by so many standard deviations is told.
const LEADS: f64 = 3.0;

/// Phases beyond which a slope is ambiguous, in rad.
const TURNED: f64 = 1.0;

/// Points below which there is no spectrum of neighbours.
const FEWEST_POINTS: usize = 64;

struct Shock {
    frequencies: Vec<f64>,
    range: (f64, f64),
    rate: f64,
    pair: Pair,
}

impl Estimation for Shock {
    fn push(&mut self, excitation: &[f64], response: &[f64]) {
        self.pair.push(excitation, response);
    }

    fn finish(self: Box<Self>) -> Response {
        let missing = self.pair.missing().count();
        if missing > 0 || self.pair.len() < FEWEST_POINTS {
            return Response { findings: vec![broken(missing, self.pair.len())], ..Response::default() };
        }
        let quiet = Quiet::before_pulse(&self.pair, self.rate);
        let [x, y] = quiet.reduced(&self.pair);
        let neighbours = Neighbours::new([&x, &y], self.rate);
        let around = self.around(&neighbours);
        let lines: Vec<Assessed> = around.par_iter().map(|local| self.assess(local, &quiet, [&x, &y])).collect();
        let mut findings = quiet.findings();
        findings.push(peaks([&x, &y]));
        findings.extend(self.unexplained(&lines));
        findings.extend(self.range_finding(&lines));
        findings.extend(leads(&lines, neighbours.width()));
        let kept = lines.iter().filter(|assessed| assessed.kept);
        Response { lines: kept.map(|assessed| assessed.line).collect(), findings, ..Response::default() }
    }
}

/// A line with what decides about it.
struct Assessed {
    line: Line,
    kept: bool,
    /// The standard deviation of the unexplained part over that of the noise.
    unexplained: f64,
}

impl Shock {
    fn new(settings: &Settings, rate: f64) -> Result<Self, MethodError> {
        let rate = checked_rate(rate)?;
        let frequencies = checked_frequencies(&METHOD, &settings.frequencies, rate)?;
        let range = settings.range.unwrap_or((0.0, 0.5 * rate));
        if !(range.0 >= 0.0 && range.1 > range.0) {
            let what = format!("the range {} Hz to {} Hz holds no frequency", range.0, range.1);
            return Err(MethodError::Setting { method: METHOD.name, what });
        }
        Ok(Self { frequencies, range, rate, pair: Pair::default() })
    }

    /// The lines with their neighbours.
    fn around(&self, neighbours: &Neighbours<'_>) -> Vec<Local> {
        let inside = |frequency: &f64| (self.range.0..=self.range.1).contains(frequency);
        if self.frequencies.is_empty() {
            return neighbours.bins(self.range);
        }
        self.frequencies.par_iter().copied().filter(inside).map(|frequency| neighbours.at(frequency)).collect()
    }

    fn assess(&self, local: &Local, quiet: &Quiet, channels: [&[f64]; 2]) -> Assessed {
        let value = local.response / local.excitation;
        let (cut, noise) = (self.cut_off(local, value, quiet, channels), quiet.noise(local.frequency, value));
        let errors = Errors { response: local.unexplained + cut, ..Errors::default() };
        let (value, covariance) = errors.ratio(local.excitation, local.response);
        let dof = local.dof * ((local.unexplained + cut) / local.unexplained).powi(2);
        let line = Line { frequency: local.frequency, value, covariance, coherence: f64::NAN, dof };
        let stands_out = local.excitation.norm() > STANDS_OUT * noise.excitation.sqrt();
        Assessed {
            kept: stands_out && line.magnitude_u() < FIRST_ORDER * value.norm(),
            unexplained: (local.unexplained / noise.rest).sqrt(),
            line,
        }
    }

    /// The square of the largest part of Y − H X that may lie behind the end of the record; none where the end is
    /// no livelier than what came before the pulse.
    fn cut_off(&self, local: &Local, value: Complex64, quiet: &Quiet, [x, y]: [&[f64]; 2]) -> f64 {
        let begin = x.len() - (END * x.len() as f64).ceil() as usize;
        let (end, before) = (mean_rest(value, &x[begin..], &y[begin..]), quiet.rest(value));
        if end <= before * (1.0 + CHANCE * quiet.chance(x.len() - begin)) {
            return 0.0;
        }
        (end - before) / (2.0 * (PI * local.frequency / self.rate).sin()).powi(2)
    }

    fn unexplained(&self, lines: &[Assessed]) -> Option<Finding> {
        let mut ratios: Vec<f64> = lines.iter().filter(|line| line.kept).map(|line| line.unexplained).collect();
        ratios.sort_by(f64::total_cmp);
        let median = *ratios.get(ratios.len() / 2)?;
        let tell = || {
            Finding::new(
                Severity::Warning,
                "unrelated-motion",
                format!("between neighbouring lines the response scatters {median:.0} times more than noise explains"),
                "one channel sees motion that the other does not (mounting, transverse motion, waves in the bar), \
                 or their filters differ; the scatter is in the uncertainty, what is common to neighbouring lines is \
                 not",
                "check mounting and alignment and that both channels have equal filters; average several shocks; compare with \
                 sinusoidal results",
            )
        };
        (median > UNRELATED).then(tell)
    }

    /// Which lines the spectrum of the excitation leaves out.
    fn range_finding(&self, lines: &[Assessed]) -> Option<Finding> {
        let left: Vec<f64> = lines.iter().filter(|line| !line.kept).map(|line| line.line.frequency).collect();
        let kept = lines.iter().filter(|line| line.kept).map(|line| line.line.frequency);
        let (lowest, highest) = kept.fold((f64::INFINITY, 0.0_f64), |(low, high), f| (low.min(f), high.max(f)));
        if left.len() == lines.len() {
            let seen = "no line of the excitation stands out of noise and unrelated motion".to_owned();
            return Some(no_line(
                "excitation-spectrum",
                seen,
                "check both channels and the range; use a harder or larger pulse",
            ));
        }
        let between = left.iter().filter(|frequency| (lowest..highest).contains(*frequency)).count();
        let tell = || {
            let seen = format!(
                "the excitation lets the response be assessed from {lowest} Hz to {highest} Hz, but for {between} lines \
                 between; {} lines are left out",
                left.len()
            );
            let severity = if self.frequencies.is_empty() { Severity::Note } else { Severity::Warning };
            Finding::new(
                severity,
                "excitation-spectrum",
                seen,
                "where the pulse has no power the quotient is noise over noise",
                "use a shorter pulse to reach higher frequencies",
            )
        };
        (!left.is_empty()).then(tell)
    }
}

/// That the response is early, by the slope τ = Σ wωφ/Σ wω² of its phase over lines at least one width apart, with
/// w = 1/u²(φ) and u²(τ) = 1/Σ wω².
fn leads(lines: &[Assessed], width: f64) -> Option<Finding> {
    let (mut last, mut slope, mut weight) = (f64::NEG_INFINITY, 0.0, 0.0);
    for Assessed { line, .. } in lines.iter().filter(|assessed| assessed.kept) {
        let phase = if line.value.re < 0.0 { (-line.value).arg() } else { line.value.arg() };
        if line.frequency < last + width || phase.abs() > TURNED {
            continue;
        }
        let (omega, u) = (2.0 * PI * line.frequency, line.phase_u());
        (last, slope, weight) = (line.frequency, slope + omega * phase / (u * u), weight + (omega / u).powi(2));
    }
    let (early, u) = (slope / weight, weight.sqrt().recip());
    let tell = || {
        Finding::new(
            Severity::Warning,
            "leads",
            format!("the response leads the excitation by {early:.2e} s ± {u:.1e} s"),
            "no sensor does: one channel is late against the other, which turns all phases together and is not in the \
             uncertainty of single lines",
            "measure the time between the channels, filters included, or state its uncertainty as `time_u`",
        )
    };
    (early > LEADS * u).then(tell)
}

fn broken(missing: usize, points: usize) -> Finding {
    if missing > 0 {
        let seen = format!("{missing} of {points} points are missing");
        return no_line("gap", seen, "repeat the shock: a transform needs every point");
    }
    let seen = format!("{points} points are fewer than {FEWEST_POINTS}");
    no_line("short", seen, "record from well before the pulse to well after it")
}

fn peaks(channels: [&[f64]; 2]) -> Finding {
    let [x, y] =
        channels.map(|series| series.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0));
    Finding::new(
        Severity::Note,
        "peak-ratio",
        format!("peak over peak is {:.5}", y / x),
        "it mixes all frequencies of the pulse and is not the sensitivity",
        "use the lines",
    )
}

#[cfg(test)]
mod tests;
