//! The local polynomial method: around each line the response and the leakage are smooth.
//!
//! In the transform of a segment that is cut as it comes, without a window, neighbouring bins k + r hold
//!
//! Y(k + r) = (Σ h_s rˢ) X(k + r) + Σ t_s rˢ + V(k + r), s = 0 … R, |r| ≤ h,
//!
//! with the response H(k) = h₀, the leakage t (what the sensor still does from before the segment, and what it has not
//! yet done at its end), which is as smooth as H, and the noise V. All segments share h; each has a t of its own. Least
//! squares gives h₀ without the bias that a window has at a resonance, and the noise from what is left over.

mod normal;

use super::alignment::{self, Alignment};
use super::{Estimation, Method, MethodError, Settings, band};
use crate::covariance::Bivariate;
use crate::response::{Line, Response, Sharing};
use normal::Neighbourhood;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::Complex64;
use std::ops::Range;

/// The bins from k − h to k + h with h = 2(R + 1): some four for each three unknowns, from one segment on.
pub(super) static METHOD: Method = Method {
    name: "lpm",
    title: "random excitation, local polynomial of response and leakage",
    reference: "R. Pintelon and J. Schoukens, System Identification, 2nd ed., chapter 7",
    settings: &["segment", "delay", "range", "order"],
    begin,
};

/// The highest order that makes sense: bins farther away tell no more.
const HIGHEST: usize = 6;

fn begin(settings: &Settings, rate: f64) -> Result<Box<dyn Estimation>, MethodError> {
    if !(rate > 0.0 && rate.is_finite()) {
        return Err(MethodError::Rate(rate));
    }
    let refused = |what| Err(MethodError::Setting { method: METHOD.name, what });
    let Settings { order, segment, .. } = *settings;
    if order > HIGHEST {
        return refused(format!("the order {order} is above {HIGHEST}"));
    }
    let reach = 2 * (order + 1);
    let shortest = 2 * (2 * reach + 2);
    if segment < shortest {
        return refused(format!(
            "segments of {segment} points are too short for order {order}; take at least {shortest}"
        ));
    }
    let alignment = Alignment::new(METHOD.name, settings.delay, rate, segment)?;
    Ok(Box::new(LocalPolynomials {
        rate,
        range: settings.range,
        alignment,
        segments: Segments::new(segment, order, reach),
    }))
}

struct LocalPolynomials {
    rate: f64,
    range: Option<(f64, f64)>,
    alignment: Alignment,
    segments: Segments,
}

/// The segment that is being filled, and what is kept of those before. Takes O(N R²) memory for segments of N points.
struct Segments {
    fft: RealFft,
    reach: usize,
    pending: [Vec<f64>; 2],
    spectra: [Vec<Complex64>; 2],
    neighbourhood: Neighbourhood,
    used: usize,
    dropped: usize,
}

impl Segments {
    fn new(length: usize, order: usize, reach: usize) -> Self {
        let fft = RealFft::new(length);
        Self {
            reach,
            pending: [Vec::with_capacity(length), Vec::with_capacity(length)],
            spectra: [fft.spectrum(), fft.spectrum()],
            neighbourhood: Neighbourhood::new(order, reach, length.div_ceil(2) - 1),
            used: 0,
            dropped: 0,
            fft,
        }
    }

    /// The lines between zero and the Nyquist frequency, where noise has the same variance in all directions.
    fn lines(&self) -> Range<usize> {
        1..self.fft.length().div_ceil(2)
    }

    fn push(&mut self, mut series: [&[f64]; 2]) {
        while !series[0].is_empty() {
            let now = (self.fft.length() - self.pending[0].len()).min(series[0].len());
            for (pending, series) in self.pending.iter_mut().zip(&mut series) {
                pending.extend_from_slice(&series[..now]);
                *series = &series[now..];
            }
            if self.pending[0].len() == self.fft.length() {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        if self.pending.iter().flatten().any(|value| !value.is_finite()) {
            self.dropped += 1;
        } else {
            self.used += 1;
            self.gather();
        }
        self.pending.iter_mut().for_each(Vec::clear);
    }

    /// Near the ends of the spectrum the bins lie to one side of their line more than to the other.
    fn gather(&mut self) {
        for (pending, spectrum) in self.pending.iter_mut().zip(&mut self.spectra) {
            self.fft.forward(pending, spectrum);
        }
        let lines = self.lines();
        let [excitation, response] = &self.spectra;
        for line in lines.clone() {
            let first = line.saturating_sub(self.reach).clamp(lines.start, lines.end - 1 - 2 * self.reach);
            let bins = first..first + 2 * self.reach + 1;
            let offset = line - first;
            self.neighbourhood.add(line - lines.start, offset, &excitation[bins.clone()], &response[bins]);
        }
    }
}

impl Estimation for LocalPolynomials {
    fn push(&mut self, excitation: &[f64], response: &[f64]) {
        let segments = &mut self.segments;
        self.alignment.push([excitation, response], &mut |x, y| segments.push([x, y]));
    }

    fn finish(mut self: Box<Self>) -> Response {
        let segments = &mut self.segments;
        let (lag, told) = self.alignment.finish(&mut |x, y| segments.push([x, y]));
        let lines: Vec<Line> =
            self.segments.lines().map(|bin| self.line(bin)).filter(|line| self.wanted(line)).collect();
        let unexcited = band::named(&lines, |line| line.frequency, |line| line.value.is_nan()).map(no_excitation);
        let findings = told.into_iter().chain(self.count());
        Response {
            findings: findings.chain(unexcited.filter(|_| self.segments.used > 0)).collect(),
            lines: lines.iter().map(|line| alignment::given_back(*line, lag, self.rate)).collect(),
            sharing: Sharing {
                spacing: self.rate / self.segments.fft.length() as f64,
                correlations: self.segments.neighbourhood.sharing(),
            },
            ..Response::default()
        }
    }
}

impl LocalPolynomials {
    fn wanted(&self, line: &Line) -> bool {
        let (low, high) = self.range.unwrap_or((0.0, f64::INFINITY));
        (low..=high).contains(&line.frequency)
    }

    /// The line of a bin; without numbers where the excitation does not determine it.
    fn line(&self, bin: usize) -> Line {
        let frequency = bin as f64 * self.rate / self.segments.fft.length() as f64;
        let found = self.segments.neighbourhood.solve(bin - self.segments.lines().start, self.segments.used);
        let none = Complex64::new(f64::NAN, f64::NAN);
        let (value, variance, dof) =
            found.map_or((none, f64::NAN, 0.0), |found| (found.value, found.variance, found.dof));
        Line { frequency, value, covariance: Bivariate::circular(variance), coherence: f64::NAN, dof }
    }

    fn count(&self) -> Option<Finding> {
        let Segments { used, dropped, .. } = self.segments;
        let length = self.segments.fft.length();
        let (severity, code) =
            if used == 0 { (Severity::Failure, "few-segments") } else { (Severity::Warning, "missing") };
        (used == 0 || dropped > 0).then(|| {
            Finding::new(
                severity,
                code,
                format!("of {} segments of {length} points {dropped} miss a point", used + dropped),
                "they were left out, and the uncertainty is larger for it; without any there is no result",
                "take shorter segments, or look for gaps in the record",
            )
        })
    }
}

fn no_excitation(bands: String) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-excitation",
        format!("too little excites the sensor at {bands}"),
        "the response there can't be assessed",
        "excite the band, or leave it out by `range`",
    )
}

#[cfg(test)]
mod tests;
