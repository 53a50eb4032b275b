//! Voltage and current at the harmonics, from their records.

use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::waveform::Waveform;
use sigmatau_data::{DataError, Table, schema};
use sigmatau_spectrum::SineFit;
use sigmatau_spectrum::sine::SineError;
use std::f64::consts::FRAC_1_SQRT_2;

/// Phasors of the harmonics, interval by interval, for every sensor of the dataset.
///
/// A record is read as a whole, 16 bytes a point; an interval takes 24 more for each of its points while it is fitted.
pub(super) static OP: Op = Op {
    name: "phasors",
    title: "phasors of voltage (excitation) and current (response) at the harmonics, interval by interval",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Waveforms,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::phasor::SCHEMA,
    parameters: &[&[
        Parameter::new("harmonics", "how many harmonics, the fundamental included").or("40"),
        Parameter::new("interval_s", "length of an interval in s; the whole record if left out"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let harmonics = section.count("harmonics")?.unwrap_or(0);
    if harmonics == 0 {
        return Err(section.refuse_key("harmonics", "there is at least the fundamental: give 1 or more"));
    }
    Ok(Box::new(Phasors { harmonics, interval: section.positive("interval_s")? }))
}

struct Phasors {
    harmonics: usize,
    /// The length of an interval in s.
    interval: Option<f64>,
}

impl Analysis for Phasors {
    fn parameters(&self) -> String {
        let interval = self.interval.map(|interval| format!("interval_s = {interval:?}\n")).unwrap_or_default();
        format!("harmonics = {}\n{interval}", self.harmonics)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let records = input.dataset.waveforms(unit)?;
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for record in &records {
            findings.extend(record.findings.iter().cloned());
            if record.findings.iter().all(|finding| finding.severity < Severity::Failure) {
                let remarks = self.assess(record, &mut rows);
                findings.extend(remarks.into_iter().map(|finding| finding.about(&record.sensor)));
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Phasors {
    /// Puts the phasors of a record into rows and returns what was remarked.
    fn assess(&self, record: &Waveform, rows: &mut Rows) -> Vec<Finding> {
        let all = record.channels[0].len();
        let points = self.interval.map_or(all, |interval| (interval * record.rate).round() as usize).max(1);
        let [voltage, current] = [0, 1].map(|channel| record.channels[channel].chunks_exact(points));
        let windows: Vec<(&[f64], &[f64])> = voltage.zip(current).collect();
        let fit = |(voltage, current): &(&[f64], &[f64])| Pair::fit(voltage, current, record.rate, self.harmonics);
        let fits: Vec<_> = windows.par_iter().map(fit).collect();
        let mut findings: Vec<Finding> = rest(all, points, record.rate).into_iter().collect();
        for (interval, fit) in fits.into_iter().enumerate() {
            match fit {
                Ok(pair) => {
                    pair.push(rows, &record.sensor, interval, points as f64 / record.rate);
                    findings.extend(pair.findings);
                }
                Err(error) => findings.push(not_fitted(interval, &error)),
            }
        }
        findings
    }
}

/// The fits of both channels at the same frequencies.
struct Pair {
    voltage: SineFit,
    current: SineFit,
    correlation: f64,
    findings: Vec<Finding>,
}

impl Pair {
    /// The frequency is found in the voltage, whose strongest tone is the fundamental. An error of it turns the
    /// phasors of both channels alike, which no power sees: the uncertainties are those at a known frequency.
    fn fit(voltage: &[f64], current: &[f64], rate: f64, harmonics: usize) -> Result<Self, SineError> {
        let found = SineFit::harmonics(voltage, rate, harmonics)?;
        let frequencies: Vec<f64> = found.tones.iter().map(|tone| tone.frequency).collect();
        let [of_voltage, of_current] = [voltage, current].map(|series| SineFit::at(series, rate, &frequencies));
        let [of_voltage, of_current] = [of_voltage?, of_current?];
        let correlation = correlation(&of_voltage.residuals(voltage), &of_current.residuals(current));
        Ok(Self { voltage: of_voltage, current: of_current, correlation, findings: found.findings() })
    }

    fn push(&self, rows: &mut Rows, master: &str, interval: usize, duration: f64) {
        for tone in 0..self.voltage.tones.len() {
            let [voltage, current] = [&self.voltage, &self.current].map(|fit| fit.tones[tone].phasor * FRAC_1_SQRT_2);
            let row: [Cell; 12] = [
                master.into(),
                (interval as i64).into(),
                duration.into(),
                (tone as i64 + 1).into(),
                self.voltage.tones[tone].frequency.into(),
                voltage.re.into(),
                voltage.im.into(),
                noise(&self.voltage, tone).into(),
                current.re.into(),
                current.im.into(),
                noise(&self.current, tone).into(),
                self.correlation.into(),
            ];
            rows.push(row);
        }
    }
}

/// The standard uncertainty of each part of a root-mean-square phasor, the mean of both parts.
fn noise(fit: &SineFit, tone: usize) -> f64 {
    let [real, imaginary, _] = fit.phasor_covariance(tone);
    (0.25 * (real + imaginary)).sqrt()
}

/// The correlation of two series without a mean; 0 where one of them is silent.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let there = || a.iter().zip(b).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let [both, first, second] = there().fold([0.0; 3], |[ab, aa, bb], (a, b)| [ab + a * b, aa + a * a, bb + b * b]);
    if first * second > 0.0 { both / (first * second).sqrt() } else { 0.0 }
}

/// That the end of a record is too short for an interval.
fn rest(all: usize, points: usize, rate: f64) -> Option<Finding> {
    let (rest, seconds) = (all % points, points as f64 / rate);
    let severity = if all < points { Severity::Failure } else { Severity::Note };
    let finding = Finding::new(
        severity,
        "rest-left-out",
        format!("the last {rest} of {all} points don't fill an interval of {seconds} s"),
        "their energy is not counted",
        "record whole intervals, or state a shorter one",
    );
    (rest > 0).then_some(finding)
}

fn not_fitted(interval: usize, error: &SineError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-fitted",
        format!("interval {interval}: failed to {error}"),
        "it has no phasors, and its energy is not counted",
        "look at the voltage in this interval",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;
    use sigmatau_spectrum::Gaussian;
    use std::f64::consts::{SQRT_2, TAU};

    const RATE: f64 = 6400.0;

    /// 230 V at 50.02 Hz with a third harmonic of 10 V, 5 A that lag by 60°, and noise partly in common.
    fn record(points: u32, noise: f64) -> Waveform {
        let mut draw = Gaussian::new(5, 0);
        let wave = |amplitude: f64, order: f64, phase: f64, n: u32| {
            SQRT_2 * amplitude * (TAU * order * 50.02 * f64::from(n) / RATE + phase).cos()
        };
        let sample = |n: u32| {
            let [common, own] = [draw.draw(), draw.draw()];
            let voltage = wave(230.0, 1.0, 0.3, n) + wave(10.0, 3.0, 1.0, n) + noise * common;
            (voltage, wave(5.0, 1.0, 0.3 - TAU / 6.0, n) + 0.1 * noise * (0.6 * common + 0.8 * own))
        };
        let (voltage, current) = (0..points).map(sample).unzip();
        Waveform { sensor: "m".into(), rate: RATE, channels: vec![voltage, current], findings: Vec::new() }
    }

    fn assessed(phasors: &Phasors, record: &Waveform) -> (Table, Vec<Finding>) {
        let mut rows = Rows::of(OP.schema);
        let findings = phasors.assess(record, &mut rows);
        (rows.table(), findings)
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        assert_eq!(planned(&OP, "", plan).unwrap().parameters(), "harmonics = 40\n");
        let text = "harmonics = 3\ninterval_s = 0.2\n";
        assert_eq!(planned(&OP, text, plan).unwrap().parameters(), text);
        assert!(planned(&OP, "harmonics = 0", plan).err().unwrap().contains("at least the fundamental"));
    }

    #[test]
    fn power_of_the_phasors_is_that_of_the_record() {
        let (table, findings) = assessed(&Phasors { harmonics: 3, interval: None }, &record(6400, 0.0));
        let column = |name| table.floats(name).unwrap();
        let [vr, vi, ir, ii] = ["voltage_real", "voltage_imag", "current_real", "current_imag"].map(column);
        let active: f64 = (0..3).map(|row| vr[row] * ir[row] + vi[row] * ii[row]).sum();
        assert!((active - 230.0 * 5.0 * 0.5).abs() < 1e-6, "{active}");
        assert!((vr[2].hypot(vi[2]) - 10.0).abs() < 1e-6 && findings.is_empty());
        assert!((column("frequency_hz")[0] - 50.02).abs() < 1e-9);
    }

    /// White noise of s leaves s/√N in each part of a root-mean-square phasor.
    #[test]
    fn noise_and_its_correlation_are_told() {
        let (table, _) = assessed(&Phasors { harmonics: 3, interval: None }, &record(64_000, 0.5));
        let first = |name| table.floats(name).unwrap()[0];
        assert!((first("voltage_u") / (0.5 / 64_000f64.sqrt()) - 1.0).abs() < 0.01, "{}", first("voltage_u"));
        assert!((first("current_u") / (0.05 / 64_000f64.sqrt()) - 1.0).abs() < 0.01);
        assert!((first("correlation") - 0.6).abs() < 0.01, "{}", first("correlation"));
    }

    #[test]
    fn a_record_is_divided_into_whole_intervals() {
        let phasors = Phasors { harmonics: 3, interval: Some(0.2) };
        let (table, findings) = assessed(&phasors, &record(3000, 0.1));
        assert_eq!(table.integers("interval").unwrap(), [0, 0, 0, 1, 1, 1]);
        assert_eq!(table.floats("duration_s").unwrap()[0], 0.2);
        assert_eq!((&*findings[0].code, findings[0].severity), ("rest-left-out", Severity::Note));
        assert_eq!(assessed(&phasors, &record(1000, 0.1)).1[0].severity, Severity::Failure);
    }

    #[test]
    fn a_silent_channel_is_a_finding() {
        let mut silent = record(1000, 0.0);
        silent.channels[0].fill(1.0);
        assert_eq!(&*assessed(&Phasors { harmonics: 3, interval: None }, &silent).1[0].code, "not-fitted");
    }
}
