//! Sample clocks of sensors with digital output.

use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Dataset, Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::waveform::{ChannelInfo, Waveform};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::StandardUncertainty;
use sigmatau_dynamic::sample_clock::{ClockError, SampleClock, Stamps, Terms, Tone};

/// Clocks of greatest likelihood, for every sensor of the dataset.
pub(super) static OP: Op = Op {
    name: "sample-clock",
    title: "sample clocks of digital sensors: offset, rate and drift, from stamps of a host or from a common tone",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Waveforms,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::sample_clock::SCHEMA,
    parameters: &[&[
        Parameter::new("from", "stamps: the one channel holds the times of a host; tone: both channels hold one")
            .or("\"tone\""),
        Parameter::new("terms", "what is asked of the clock: offset, rate or drift, each with those before")
            .or("\"rate\""),
        Parameter::new("tone_hz", "tone: its frequency in Hz"),
        Parameter::new("block_s", "tone: length of the blocks whose phases are compared, in s").or("0.1"),
        Parameter::new("jitter", "stamps: standard deviation in s of a stamp that is not late").or("1e-6"),
        Parameter::new("latency_s", "stamps: delay in s that every stamp has").or("0"),
        Parameter::new("reference_u_s", "standard uncertainty of the reference time in s, delays included").or("0"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(clocks(section)?))
}

fn clocks(section: &Section<'_>) -> Result<Clocks, DocumentError> {
    let of_tone = ["tone_hz", "block_s"];
    let of_stamps = ["jitter", "latency_s"];
    let (from, idle) = match section.one_of("from", "source", ["tone", "stamps"])? {
        0 => (
            Source::Tone {
                frequency: section.positive("tone_hz")?.ok_or_else(|| section.missing("tone_hz"))?,
                block: section.positive("block_s")?.unwrap_or(f64::NAN),
            },
            of_stamps,
        ),
        _ => (
            Source::Stamps {
                jitter: section.positive("jitter")?.unwrap_or(f64::NAN),
                latency: section.number("latency_s")?.unwrap_or(0.0),
            },
            of_tone,
        ),
    };
    if let Some(key) = idle.into_iter().find(|key| section.has(key)) {
        return Err(section.refuse_key(key, &format!("`{key}` does not go with `from = \"{}\"`", from.word())));
    }
    let reference = section.number("reference_u_s")?.unwrap_or(0.0);
    if reference < 0.0 {
        return Err(section.refuse_key("reference_u_s", &format!("the uncertainty {reference} s must not be negative")));
    }
    let terms = TERMS[section.one_of("terms", "word for what is asked", TERMS.map(|(word, _)| word))?];
    Ok(Clocks { from, terms, reference: StandardUncertainty(reference) })
}

const TERMS: [(&str, Terms); 3] = [("offset", Terms::Offset), ("rate", Terms::Rate), ("drift", Terms::Drift)];

struct Clocks {
    from: Source,
    /// What is asked of the clock, with its word.
    terms: (&'static str, Terms),
    reference: StandardUncertainty,
}

/// What the clocks are found from; frequencies in Hz, times in s.
#[derive(Clone, Copy)]
enum Source {
    Tone { frequency: f64, block: f64 },
    Stamps { jitter: f64, latency: f64 },
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Self::Tone { .. } => "tone",
            Self::Stamps { .. } => "stamps",
        }
    }

    fn parameters(self) -> String {
        match self {
            Self::Tone { frequency, block } => format!("tone_hz = {frequency:?}\nblock_s = {block:?}\n"),
            Self::Stamps { jitter, latency } => format!("jitter = {jitter:?}\nlatency_s = {latency:?}\n"),
        }
    }

    /// What the channels have to be.
    fn wanted(self) -> (usize, &'static str) {
        match self {
            Self::Tone { .. } => (2, "name the one of the reference, then the one of the sensor"),
            Self::Stamps { .. } => (1, "name the one with the stamps: `channels = [\"…\"]`"),
        }
    }
}

impl Analysis for Clocks {
    fn parameters(&self) -> String {
        let (from, reference) = (self.from, self.reference.0);
        let terms = self.terms.0;
        let own = from.parameters();
        format!("from = \"{}\"\nterms = \"{terms}\"\n{own}reference_u_s = {reference:?}\n", from.word())
    }

    fn suits(&self, dataset: &Dataset) -> Result<(), DataError> {
        let units = dataset.units(OP.scope);
        units.iter().try_for_each(|unit| self.check(dataset.channels(unit), &dataset.name))
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        self.check(input.dataset.channels(unit), &input.dataset.name)?;
        let records = input.dataset.waveforms(unit)?;
        let mut findings: Vec<Finding> = records.iter().flat_map(|record| record.findings.clone()).collect();
        let records: Vec<&Waveform> = records.iter().filter(|record| record.rate.is_finite()).collect();
        let clocks: Vec<_> = records.par_iter().map(|record| self.clock(record)).collect();
        let mut rows = Rows::of(OP.schema);
        for (record, clock) in records.iter().zip(clocks) {
            match clock {
                Ok(clock) => {
                    self.push(&mut rows, record, &clock);
                    findings.extend(clock.findings.into_iter().map(|finding| finding.about(&record.sensor)));
                }
                Err(error) => findings.push(not_found(&error).about(&record.sensor)),
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Clocks {
    fn check(&self, channels: &[ChannelInfo], dataset: &str) -> Result<(), DataError> {
        let (count, advice) = self.from.wanted();
        let seen = || format!("{} channels are named", channels.len());
        match channels.len() == count {
            true => Ok(()),
            false => Err(DataError::Channels { file: dataset.to_owned(), seen: seen(), advice }),
        }
    }

    fn clock(&self, record: &Waveform) -> Result<SampleClock, ClockError> {
        let terms = self.terms.1;
        match self.from {
            Source::Tone { frequency, block } => SampleClock::from_tone(&Tone {
                reference: &record.channels[0],
                sensor: &record.channels[1],
                reference_rate: record.rate,
                sensor_rate: record.rate,
                frequency,
                block,
                time_error: self.reference,
                terms,
            }),
            Source::Stamps { jitter, latency } => {
                let stamped = (0_u32..).zip(&record.channels[0]).filter(|(_, time)| time.is_finite());
                let (samples, times): (Vec<f64>, Vec<f64>) = stamped.map(|(n, time)| (f64::from(n), *time)).unzip();
                SampleClock::from_stamps(&Stamps {
                    samples: &samples,
                    times: &times,
                    rate: record.rate,
                    jitter: StandardUncertainty(jitter),
                    latency,
                    reference: self.reference,
                    terms,
                })
            }
        }
    }

    fn push(&self, rows: &mut Rows, record: &Waveform, clock: &SampleClock) {
        let value = |place: usize| clock.coefficients.get(place).copied().unwrap_or(f64::NAN);
        let u = |place: usize| clock.covariance.get((place, place)).map_or(f64::NAN, |variance| variance.sqrt());
        let rate = clock.sampling_rate(record.rate, clock.origin);
        let late = clock.delays.map_or([f64::NAN; 2], |delays| [delays.share, delays.mean]);
        let row: [Cell; 14] = [
            record.sensor.as_str().into(),
            self.from.word().into(),
            clock.origin.into(),
            value(0).into(),
            clock.uncertainty(clock.origin).0.into(),
            rate.into(),
            (u(1) * rate * rate / record.rate).into(),
            value(1).into(),
            u(1).into(),
            value(2).into(),
            u(2).into(),
            clock.dof.into(),
            late[0].into(),
            late[1].into(),
        ];
        rows.push(row);
    }
}

fn not_found(error: &ClockError) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-clock",
        format!("failed to {error}"),
        "there is no clock of this sensor",
        "mend the setting, or take another record",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;
    use std::f64::consts::TAU;

    fn record(channels: Vec<Vec<f64>>) -> Waveform {
        Waveform { sensor: "s".into(), rate: 1000.0, channels, findings: Vec::new() }
    }

    #[test]
    fn what_is_asked_says_itself_and_can_be_read_again() {
        for text in ["tone_hz = 50\nterms = \"drift\"\n", "from = \"stamps\"\nlatency_s = 1e-3\nreference_u_s = 1e-6\n"]
        {
            let said = planned(&OP, text, clocks).unwrap().parameters();
            assert_eq!(planned(&OP, &said, clocks).unwrap().parameters(), said, "{text}");
        }
    }

    #[test]
    fn keys_of_the_other_source_are_refused() {
        for (text, reason) in [
            ("from = \"tone\"", "step needs the key `tone_hz`"),
            ("tone_hz = 50\njitter = 1e-6", "line 2: `jitter` does not go with `from = \"tone\"`"),
            ("from = \"stamps\"\nblock_s = 1", "line 2: `block_s` does not go with `from = \"stamps\"`"),
            (
                "tone_hz = 50\nterms = \"rates\"",
                "line 2: there is no word for what is asked `rates`; did you mean `rate`",
            ),
            ("tone_hz = 50\nreference_u_s = -1", "line 2: the uncertainty -1 s must not be negative"),
        ] {
            let message = planned(&OP, text, clocks).err().expect("a refusal");
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn a_slow_sensor_is_found_by_a_tone_and_by_stamps() {
        let late = 1.0 + 1e-5; // s of reference time for each s that the sensor counts
        let tone = |stretch: f64| (0..5000).map(|n| (TAU * 50.0 * stretch * f64::from(n) / 1000.0).sin()).collect();
        let by_tone =
            planned(&OP, "tone_hz = 50", clocks).unwrap().clock(&record(vec![tone(1.0), tone(late)])).unwrap();
        let mut stamps: Vec<f64> = (0..5000).map(|n| 7.0 + late * f64::from(n) / 1000.0).collect();
        stamps[100] = f64::NAN;
        let by_stamps = planned(&OP, "from = \"stamps\"", clocks).unwrap().clock(&record(vec![stamps])).unwrap();
        assert!((by_tone.coefficients[1] / 1e-5 - 1.0).abs() < 1e-3, "{by_tone:?}");
        assert!((by_stamps.coefficients[1] / 1e-5 - 1.0).abs() < 1e-6, "{by_stamps:?}");
        assert!((by_stamps.coefficients[0] - 7.0 - 1e-5 * by_stamps.origin).abs() < 1e-9, "{by_stamps:?}");
    }
}
