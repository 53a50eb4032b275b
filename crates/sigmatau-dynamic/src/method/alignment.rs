//! Aligning two channels, of which one is late, by whole samples.

use super::{Delay, MethodError};
use crate::response::Line;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::{Complex64, fast_length};
use std::f64::consts::TAU;

/// Segments from whose points an unknown delay is found.
const SEARCHED: usize = 8;

/// So many standard deviations, above the largest of many random values, a correlation must reach to be no chance.
const CHANCE: f64 = 7.0;

/// Both channels on their way to the segments.
#[derive(Debug)]
pub(super) struct Alignment {
    rate: f64,
    /// By how many samples the response is late; nothing while it is sought.
    lag: Option<isize>,
    /// Points that wait for those of the other channel, or for the delay to be found.
    pending: [Vec<f64>; 2],
    /// Points that are still to be left out of each channel.
    surplus: [usize; 2],
    /// So many points are searched for the delay.
    searched: usize,
    finding: Option<Finding>,
}

impl Alignment {
    /// Begins with no points; `method` is named where the delay is refused.
    pub(super) fn new(method: &'static str, delay: Delay, rate: f64, segment: usize) -> Result<Self, MethodError> {
        let pending = [Vec::new(), Vec::new()];
        let searched = SEARCHED * segment;
        let begun = Self { rate, lag: None, pending, surplus: [0; 2], searched, finding: None };
        match delay {
            Delay::Found => Ok(begun),
            Delay::Seconds(seconds) if (seconds * rate).abs() < 1e12 => {
                Ok(begun.settled((seconds * rate).round() as isize))
            }
            Delay::Seconds(seconds) => {
                let what =
                    format!("a delay of {seconds} s is no number of samples; take some seconds at most, or `found`");
                Err(MethodError::Setting { method, what })
            }
        }
    }

    fn settled(self, lag: isize) -> Self {
        let samples = lag.unsigned_abs();
        Self { lag: Some(lag), surplus: if lag > 0 { [0, samples] } else { [samples, 0] }, ..self }
    }

    /// Goes on with equally many points of both channels; `each` gets those that are aligned.
    pub(super) fn push(&mut self, series: [&[f64]; 2], each: &mut impl FnMut(&[f64], &[f64])) {
        if self.lag == Some(0) {
            return each(series[0], series[1]);
        }
        self.pending.iter_mut().zip(series).for_each(|(pending, values)| pending.extend_from_slice(values));
        if self.lag.is_none() && self.pending[0].len() >= self.searched {
            self.search();
        }
        self.release(each);
    }

    /// The end of the record. Returns by how many samples the response is late, and what was found about it.
    pub(super) fn finish(&mut self, each: &mut impl FnMut(&[f64], &[f64])) -> (isize, Option<Finding>) {
        if self.lag.is_none() {
            self.search();
            self.release(each);
        }
        (self.lag.unwrap_or(0), self.finding.take())
    }

    fn release(&mut self, each: &mut impl FnMut(&[f64], &[f64])) {
        if self.lag.is_none() {
            return;
        }
        for (pending, surplus) in self.pending.iter_mut().zip(&mut self.surplus) {
            let left_out = (*surplus).min(pending.len());
            pending.drain(..left_out);
            *surplus -= left_out;
        }
        let [excitation, response] = &mut self.pending;
        let common = excitation.len().min(response.len());
        each(&excitation[..common], &response[..common]);
        excitation.drain(..common);
        response.drain(..common);
    }

    /// Settles the delay from the first points, however many have come.
    fn search(&mut self) {
        let points = self.searched.min(self.pending[0].len());
        let found = lag([&self.pending[0][..points], &self.pending[1][..points]]);
        self.finding = Some(self.told(found));
        let begun =
            std::mem::replace(self, Self { lag: None, pending: [Vec::new(), Vec::new()], finding: None, ..*self });
        *self = begun.settled(found.unwrap_or(0));
    }

    fn told(&self, found: Option<isize>) -> Finding {
        match found {
            Some(lag) => Finding::new(
                Severity::Note,
                "delay-found",
                format!("the response is late by {lag} samples ({} s)", lag as f64 / self.rate),
                "both channels were aligned by so much, and the phase was given back",
                "state the delay to have it the same in every record",
            ),
            None => Finding::new(
                Severity::Warning,
                "delay-unknown",
                "the cross-correlation of the channels has no peak above chance",
                "the channels were taken as they are; a delay would lower the magnitude",
                "state the delay, or look whether the channels belong together",
            ),
        }
    }
}

/// The response with the phase of a lag of whole samples given back: H e^(−2πi f lag / rate).
pub(super) fn given_back(line: Line, lag: isize, rate: f64) -> Line {
    if lag == 0 {
        return line;
    }
    let turn = Complex64::from_polar(1.0, -TAU * line.frequency * lag as f64 / rate);
    Line { value: line.value * turn, covariance: line.covariance.times(turn), ..line }
}

/// By how many samples y follows x, where their cross-correlation is largest, up to half the points; nothing
/// where that may be chance. Missing points count as the mean.
fn lag([x, y]: [&[f64]; 2]) -> Option<isize> {
    let reach = x.len() / 2;
    let mut fft = RealFft::new(fast_length(4 * reach + 2));
    let [mut x, y] = [x, y].map(|values| transform(values, &mut fft));
    x.iter_mut().zip(&y).for_each(|(x, y)| *x = x.conj() * y);
    peak(&mut x, &mut fft, reach)
}

/// The lag of the largest correlation whose cross spectrum S this is, up to `reach`; nothing where it may be chance:
/// random phases would give correlations of the variance 2 Σ |S|².
pub(super) fn peak(cross: &mut [Complex64], fft: &mut RealFft, reach: usize) -> Option<isize> {
    let chance = (2.0 * cross.iter().map(Complex64::norm_sqr).sum::<f64>()).sqrt();
    let mut correlation = vec![0.0; fft.length()];
    fft.inverse(cross, &mut correlation);
    let late = (0..=reach).map(|lag| (lag as isize, correlation[lag]));
    let early = (1..=reach).map(|lag| (-(lag as isize), correlation[correlation.len() - lag]));
    let (lag, height) = late.chain(early).max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    (height.abs() > CHANCE * chance).then_some(lag)
}

/// The transform of a series less its mean, followed by zeros.
fn transform(values: &[f64], fft: &mut RealFft) -> Vec<Complex64> {
    let known = || values.iter().filter(|value| value.is_finite());
    let mean = known().sum::<f64>() / known().count().max(1) as f64;
    let mut series = vec![0.0; fft.length()];
    series.iter_mut().zip(values).for_each(|(to, value)| *to = if value.is_finite() { value - mean } else { 0.0 });
    let mut spectrum = fft.spectrum();
    fft.forward(&mut series, &mut spectrum);
    spectrum
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    fn noise(stream: u64, points: usize) -> Vec<f64> {
        Gaussian::new(21, stream).take(points).collect()
    }

    /// What comes out of an alignment in pieces of `size`, and its lag.
    fn aligned(delay: Delay, x: &[f64], y: &[f64], size: usize) -> ([Vec<f64>; 2], isize, Option<Finding>) {
        let mut alignment = Alignment::new("h1", delay, 10.0, 64).unwrap();
        let mut out = [Vec::new(), Vec::new()];
        let mut each = |x: &[f64], y: &[f64]| {
            out[0].extend_from_slice(x);
            out[1].extend_from_slice(y);
        };
        x.chunks(size).zip(y.chunks(size)).for_each(|(x, y)| alignment.push([x, y], &mut each));
        let (lag, finding) = alignment.finish(&mut each);
        (out, lag, finding)
    }

    #[test]
    fn stated_and_found_delays_align_alike_in_any_pieces() {
        let source = noise(0, 1040);
        for late in [37_isize, -12, 0] {
            let [x, y] = [40, 40 - late].map(|start| &source[start as usize..][..980]);
            for delay in [Delay::Seconds(late as f64 / 10.0), Delay::Found] {
                for size in [1, 100, 5000] {
                    let ([x, y], lag, _) = aligned(delay, x, y, size);
                    assert_eq!((lag, x.len()), (late, 980 - late.unsigned_abs()), "{delay:?}, pieces of {size}");
                    assert_eq!(x, y, "{delay:?}, pieces of {size}");
                }
            }
        }
    }

    #[test]
    fn unrelated_channels_have_no_delay() {
        for stream in 0..50 {
            let (_, lag, finding) =
                aligned(Delay::Found, &noise(2 * stream + 2, 600), &noise(2 * stream + 3, 600), 600);
            assert_eq!((lag, finding.unwrap().code.as_ref()), (0, "delay-unknown"));
        }
    }

    #[test]
    fn delay_without_end_is_refused() {
        let refused = Alignment::new("h1", Delay::Seconds(f64::NAN), 1.0, 64).unwrap_err().to_string();
        assert!(refused.contains("a delay of NaN s is no number of samples"), "{refused}");
    }
}
