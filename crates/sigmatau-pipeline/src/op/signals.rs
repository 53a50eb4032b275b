//! What the ops on signals share: the record of one sensor, the noise in it, and the rows of what came of it.

use super::Input;
use crate::dataset::Unit;
use crate::document::{DocumentError, Section};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::DataError;
use sigmatau_data::schema::Rows;
use sigmatau_data::waveform::{SteadyWaveform, Waveform};

/// The record of one sensor, at hand or read while it is worked on.
pub(super) enum Recording<'a> {
    Whole(Waveform),
    Steady(SteadyWaveform<'a>),
}

impl<'a> Recording<'a> {
    /// The records of a unit; one of more than `at_once` points is read piece by piece.
    pub(super) fn all(input: &Input<'a>, unit: &Unit, at_once: u64) -> Result<Vec<Self>, DataError> {
        if let Some(steady) = input.dataset.steady_waveform(unit, at_once)? {
            return Ok(vec![Self::Steady(steady)]);
        }
        Ok(input.dataset.waveforms(unit)?.into_iter().map(Self::Whole).collect())
    }

    pub(super) fn sensor(&self) -> &str {
        match self {
            Self::Whole(record) => &record.sensor,
            Self::Steady(record) => &record.sensor,
        }
    }

    /// The sampling rate in Hz.
    pub(super) fn rate(&self) -> f64 {
        match self {
            Self::Whole(record) => record.rate,
            Self::Steady(record) => record.rate,
        }
    }

    /// What was remarked while it was read.
    pub(super) fn findings(&self) -> &[Finding] {
        match self {
            Self::Whole(record) => &record.findings,
            Self::Steady(record) => &record.findings,
        }
    }

    /// Whether it can't be used; why stands in its findings.
    pub(super) fn failed(&self) -> bool {
        self.findings().iter().any(|finding| finding.severity == Severity::Failure)
    }

    /// Feeds the samples of its last channel, the response, to `sink`.
    pub(super) fn stream(&self, mut sink: impl FnMut(&[f64]) + Send) -> Result<(), DataError> {
        let mut response = |channels: &[&[f64]]| sink(channels[channels.len() - 1]);
        match self {
            Self::Whole(record) => {
                let channels: Vec<&[f64]> = record.channels.iter().map(Vec::as_slice).collect();
                response(&channels);
                Ok(())
            }
            Self::Steady(record) => record.stream(response),
        }
    }

    /// All samples between two instants in s.
    pub(super) fn stretch(&self, [from, to]: [f64; 2]) -> Result<Vec<f64>, DataError> {
        let [first, end] = [from, to].map(|instant| (instant * self.rate()).ceil().max(0.0) as usize);
        let (mut position, mut kept) = (0, Vec::new());
        self.stream(|samples| {
            let [first, end] = [first, end].map(|edge| edge.saturating_sub(position).min(samples.len()));
            kept.extend_from_slice(&samples[first..end.max(first)]);
            position += samples.len();
        })?;
        Ok(kept)
    }
}

/// Where the white noise of a record is known from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Noise {
    /// Its standard uncertainty, in the SI unit of the channel.
    Stated(f64),
    /// A stretch of the record without a signal, between two instants in s.
    Quiet([f64; 2]),
}

/// Points of a quiet stretch at least, and correlated neighbours from so many standard errors on.
const QUIET: usize = 32;
const CHANCE: f64 = 4.0;

impl Noise {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        match (section.number("noise")?, section.numbers("silence")?.as_slice()) {
            (Some(u), []) if u >= 0.0 => Ok(Self::Stated(u)),
            (Some(u), []) => Err(section.refuse_key("noise", &format!("the standard uncertainty {u} is below zero"))),
            (None, [from, to]) if 0.0 <= *from && from < to => Ok(Self::Quiet([*from, *to])),
            (None, []) => Err(section.refuse_key(
                "noise",
                "nothing says how much noise is in the records: state `noise`, or a stretch `silence` to measure it in",
            )),
            (Some(_), _) => Err(section.refuse_key("silence", "the noise is stated, and measured too; leave one out")),
            _ => Err(section.refuse_key("silence", "write `silence` as [first, last] instant in s")),
        }
    }

    /// The key with its value, as TOML.
    pub(super) fn parameter(self) -> String {
        match self {
            Self::Stated(u) => format!("noise = {u:?}\n"),
            Self::Quiet([from, to]) => format!("silence = [{from:?}, {to:?}]\n"),
        }
    }

    /// The standard uncertainty of each sample, with what was remarked about it; `NaN` where it can't be told.
    pub(super) fn of(self, record: &Recording<'_>) -> Result<(f64, Option<Finding>), DataError> {
        match self {
            Self::Stated(u) => Ok((u, None)),
            Self::Quiet(stretch) => Ok(measured(&record.stretch(stretch)?)),
        }
    }
}

/// The standard deviation of samples, and whether neighbours are correlated.
fn measured(samples: &[f64]) -> (f64, Option<Finding>) {
    let known: Vec<f64> = samples.iter().copied().filter(|sample| sample.is_finite()).collect();
    let count = known.len() as f64;
    if known.len() < QUIET {
        return (f64::NAN, Some(no_noise(known.len())));
    }
    let mean = known.iter().sum::<f64>() / count;
    let power: f64 = known.iter().map(|x| (x - mean).powi(2)).sum();
    let shared: f64 = known.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    let correlation = shared / power;
    let coloured = correlation.abs() > CHANCE / count.sqrt();
    ((power / (count - 1.0)).sqrt(), coloured.then(|| coloured_noise(correlation)))
}

fn no_noise(points: usize) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-quiet-stretch",
        format!("the quiet stretch has {points} samples, and {QUIET} are needed"),
        "nobody knows how much noise is in the record",
        "state a longer stretch, or the noise itself",
    )
}

fn coloured_noise(correlation: f64) -> Finding {
    Finding::new(
        Severity::Warning,
        "coloured-noise",
        format!("neighbouring samples of the quiet stretch are correlated by {correlation:.2}"),
        "the noise is taken as white: u_noise is too small where the filter passes most of it",
        "look for hum or drift in the stretch, or state `noise` as that white noise would have to be",
    )
}

/// How many trials check a result, if any, and their seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Trials {
    pub(super) trials: usize,
    pub(super) seed: u64,
}

impl Trials {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let trials = section.count("verify")?.unwrap_or(0);
        if (1..100).contains(&trials) {
            let message = format!("{trials} trials are too few to tell anything; take 0 for none, or at least 100");
            return Err(section.refuse_key("verify", &message));
        }
        Ok(Self { trials, seed: section.count("seed")?.unwrap_or(0) as u64 })
    }

    /// The keys with their values, as TOML.
    pub(super) fn parameters(self) -> String {
        format!("verify = {}\nseed = {}\n", self.trials, self.seed)
    }
}

/// A point of a corrected signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) time: f64,
    pub(super) value: f64,
    pub(super) noise: f64,
    pub(super) calibration: f64,
    pub(super) bias: f64,
}

pub(super) fn push(rows: &mut Rows, sensor: &str, point: Point) {
    let Point { time, value, noise, calibration, bias } = point;
    let u = noise.hypot(calibration).hypot(bias);
    let row: [sigmatau_data::schema::Cell; 7] =
        [sensor.into(), time.into(), value.into(), u.into(), noise.into(), calibration.into(), bias.into()];
    rows.push(row);
}

/// The entry of a sensor in the record besides: that of `named` where all records are of one sensor.
pub(super) fn entry<'a, T>(known: &'a [(String, T)], sensor: &str, named: Option<&str>) -> Result<&'a T, Box<Finding>> {
    let wanted = named.unwrap_or(sensor);
    let found = known.iter().find(|(name, _)| name == wanted);
    found.map(|(_, entry)| entry).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        let finding = Finding::new(
            Severity::Failure,
            "not-calibrated",
            format!("the record besides has no sensor `{wanted}`{}", did_you_mean(wanted, &names)),
            "its signal is not corrected",
            "calibrate it, or say by `of` which sensor of the record besides it is",
        );
        finding.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::random::Gaussian;

    fn record() -> Recording<'static> {
        let channels = vec![vec![0.0; 10], (0..10).map(f64::from).collect()];
        Recording::Whole(Waveform { sensor: "a".into(), rate: 10.0, channels, findings: Vec::new() })
    }

    #[test]
    fn stretches_are_of_the_last_channel() {
        assert_eq!(record().stretch([0.15, 0.5]).unwrap(), [2.0, 3.0, 4.0]);
        assert_eq!(record().stretch([0.85, 7.0]).unwrap(), [9.0]);
    }

    #[test]
    fn noise_is_measured_where_it_is_white() {
        let mut gaussian = Gaussian::new(5, 0);
        let white: Vec<f64> = (0..10_000).map(|_| 3.0 + 0.25 * gaussian.draw()).collect();
        let (u, finding) = measured(&white);
        assert!((u / 0.25 - 1.0).abs() < 0.03 && finding.is_none(), "{u} {finding:?}");
        let hum: Vec<f64> = white.iter().enumerate().map(|(n, x)| x + (0.1 * n as f64).sin()).collect();
        assert_eq!(measured(&hum).1.unwrap().code, "coloured-noise");
        assert_eq!(measured(&white[..31]).1.unwrap().code, "no-quiet-stretch");
    }
}
