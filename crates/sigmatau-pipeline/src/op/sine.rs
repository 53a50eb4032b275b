//! Sine waves in the channels of sensors.

use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::waveform::{ChannelInfo, Waveform};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_spectrum::SineFit;
use sigmatau_spectrum::sine::{Distortion, SineError};

/// Sine waves fitted to every channel of every sensor of the dataset.
///
/// Records are read as a whole, 8 bytes a point and channel.
pub(super) static OP: Op = Op {
    name: "sine",
    title: "sine waves in records: frequency, amplitude and phase with uncertainty, distortion; IEEE 1057, IEEE 1241",
    subject: Subject::Dynamic,
    revision: 1,
    reads: Reads::Waveforms,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::sine::SCHEMA,
    parameters: &[&[
        Parameter::new("frequencies", "frequencies of the tones in Hz; the strongest tone is found if left out")
            .or("[]"),
        Parameter::new("fit_frequency", "yes or no: whether frequencies are fitted, up to one common factor")
            .or("\"no\""),
        Parameter::new("harmonics", "tones of a harmonic series, the fundamental among them").or("1"),
        Parameter::new("jitter", "standard deviation of the sampling instants in s").or("0"),
        Parameter::new("full_scale", "span of all codes of the digitizer in the SI unit of the samples, for enob"),
        Parameter::new("start_s", "where the stretch begins that is fitted, in s from the first point").or("0"),
        Parameter::new("duration_s", "how long the stretch is in s; up to the end of the record if left out"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(sines(section)?))
}

fn sines(section: &Section<'_>) -> Result<Sines, DocumentError> {
    let sines = Sines {
        frequencies: section.numbers("frequencies")?,
        fit_frequency: section.one_of("fit_frequency", "answer", ["no", "yes"])? == 1,
        harmonics: section.count("harmonics")?.unwrap_or(1),
        jitter: not_negative(section, "jitter")?,
        full_scale: section.positive("full_scale")?,
        start: not_negative(section, "start_s")?,
        duration: section.positive("duration_s")?,
    };
    let given = sines.frequencies.len();
    match sines.harmonics {
        _ if sines.frequencies.iter().any(|frequency| *frequency <= 0.0) => {
            Err(section.refuse_key("frequencies", "every frequency must be positive"))
        }
        _ if given == 0 && section.has("fit_frequency") => {
            Err(section
                .refuse_key("fit_frequency", "`fit_frequency` goes with `frequencies`; one that is found is fitted"))
        }
        0 => Err(section.refuse_key("harmonics", "the fundamental counts among the `harmonics`; take at least 1")),
        2.. if given > 1 => Err(section
            .refuse_key("harmonics", "`harmonics` are those of one frequency; list them, or name the fundamental")),
        _ => Ok(sines),
    }
}

/// A number that is not negative, or 0.
fn not_negative(section: &Section<'_>, key: &str) -> Result<f64, DocumentError> {
    match section.number(key)?.unwrap_or(0.0) {
        number if number >= 0.0 => Ok(number),
        number => Err(section.refuse_key(key, &format!("`{key}` is {number}, but must not be negative"))),
    }
}

struct Sines {
    /// In Hz; the strongest tone where there are none.
    frequencies: Vec<f64>,
    fit_frequency: bool,
    /// Tones of a harmonic series.
    harmonics: usize,
    /// Standard deviation of the sampling instants in s.
    jitter: f64,
    full_scale: Option<f64>,
    /// Where the stretch begins, in s.
    start: f64,
    /// How long it is in s.
    duration: Option<f64>,
}

impl Analysis for Sines {
    fn parameters(&self) -> String {
        let frequencies = match self.frequencies.is_empty() {
            true => "frequencies = []\n".to_owned(),
            false => {
                let fitted = if self.fit_frequency { "yes" } else { "no" };
                format!("frequencies = {:?}\nfit_frequency = \"{fitted}\"\n", self.frequencies)
            }
        };
        let optional = [("full_scale", self.full_scale), ("duration_s", self.duration)];
        let optional = optional.iter().filter_map(|(key, number)| number.map(|number| format!("{key} = {number:?}\n")));
        format!(
            "{frequencies}harmonics = {}\njitter = {:?}\nstart_s = {:?}\n{}",
            self.harmonics,
            self.jitter,
            self.start,
            optional.collect::<String>()
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (channels, records) = (input.dataset.channels(unit), input.dataset.waveforms(unit)?);
        let mut findings: Vec<Finding> = records.iter().flat_map(|record| record.findings.clone()).collect();
        let usable = records.iter().filter(|record| record.rate.is_finite());
        let tasks: Vec<(&Waveform, usize)> =
            usable.flat_map(|record| (0..channels.len()).map(move |channel| (record, channel))).collect();
        let fits: Vec<_> = tasks.par_iter().map(|&(record, channel)| self.fit(record, channel, channels)).collect();
        let mut rows = Rows::of(OP.schema);
        for ((record, channel), fit) in tasks.into_iter().zip(fits) {
            let name = &channels[channel].name;
            match &fit {
                Ok(fit) => self.push(&mut rows, record, &channels[channel], fit),
                Err(error) => findings.push(not_fitted(error).about(format!("{} {name}", record.sensor))),
            }
            let remarks = fit.iter().flat_map(SineFit::findings);
            findings.extend(remarks.map(|finding| finding.about(format!("{} {name}", record.sensor))));
        }
        Ok((rows.table(), findings))
    }
}

impl Sines {
    fn fit(&self, record: &Waveform, channel: usize, channels: &[ChannelInfo]) -> Result<SineFit, SineError> {
        let fit = self.fitted(self.stretch(&record.channels[channel], record.rate), record.rate)?;
        let fit = if self.jitter > 0.0 { fit.with_jitter(self.jitter) } else { fit };
        Ok(fit.with_quantisation(channels[channel].step.unwrap_or(0.0)))
    }

    fn fitted(&self, series: &[f64], rate: f64) -> Result<SineFit, SineError> {
        let multiples = |fundamental: f64| (1..=self.harmonics).map(move |multiple| multiple as f64 * fundamental);
        let frequencies = match self.frequencies.as_slice() {
            [] => return SineFit::harmonics(series, rate, self.harmonics),
            [fundamental] if self.harmonics > 1 => {
                multiples(*fundamental).take_while(|frequency| *frequency < 0.5 * rate).collect()
            }
            several => several.to_vec(),
        };
        if self.fit_frequency {
            SineFit::near(series, rate, &frequencies)
        } else {
            SineFit::at(series, rate, &frequencies)
        }
    }

    /// The points that are fitted.
    fn stretch<'a>(&self, series: &'a [f64], rate: f64) -> &'a [f64] {
        let points = |seconds: f64| (seconds * rate).round() as usize;
        let rest = &series[points(self.start).min(series.len())..];
        &rest[..self.duration.map_or(rest.len(), points).min(rest.len())]
    }

    fn push(&self, rows: &mut Rows, record: &Waveform, channel: &ChannelInfo, fit: &SineFit) {
        let findings = fit.findings();
        let mut flags: Vec<&str> = findings.iter().map(|finding| &*finding.code).collect();
        flags.dedup();
        let [thd, sinad, enob] = self.figures(&fit.distortion());
        for (place, tone) in fit.tones.iter().enumerate() {
            let row: [Cell; 18] = [
                record.sensor.as_str().into(),
                channel.name.as_str().into(),
                (place as i64 + 1).into(),
                tone.frequency.into(),
                fit.frequency_u(place).into(),
                tone.amplitude().into(),
                fit.amplitude_u(place).into(),
                channel.unit.as_ref().map_or_else(String::new, ToString::to_string).into(),
                tone.phase().into(),
                fit.phase_u(place).into(),
                fit.offset.into(),
                fit.covariance[(0, 0)].sqrt().into(),
                fit.residual.into(),
                (fit.dof as f64).into(),
                thd.into(),
                sinad.into(),
                enob.into(),
                flags.join(" ").into(),
            ];
            rows.push(row);
        }
    }

    /// Distortion, signal to noise and distortion, and effective bits, which several tones of a signal do not have.
    fn figures(&self, distortion: &Distortion) -> [f64; 3] {
        let enob = self.full_scale.map_or(f64::NAN, |full_scale| distortion.effective_bits(full_scale));
        if self.frequencies.len() > 1 { [f64::NAN; 3] } else { [distortion.harmonic, distortion.sinad, enob] }
    }
}

fn not_fitted(error: &SineError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-fitted",
        format!("failed to {error}"),
        "there is no tone of this channel",
        "mend the setting, or take another stretch of the record",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;

    fn tone(n: usize) -> f64 {
        0.5 + 2.0 * (0.3 * n as f64 + 1.0).cos() + 0.02 * (0.6 * n as f64).cos()
    }

    fn record(points: usize) -> Vec<f64> {
        (0..points).map(tone).collect()
    }

    /// 2π Hz, so that the frequencies of [`tone`] are 0.3 Hz and 0.6 Hz.
    const RATE: f64 = std::f64::consts::TAU;

    #[test]
    fn what_is_asked_says_itself_and_can_be_read_again() {
        let text = "frequencies = [50.0, 150.0]\nfit_frequency = \"yes\"\njitter = 1e-9\nduration_s = 2\n";
        let said = planned(&OP, text, sines).unwrap().parameters();
        assert!(said.contains("fit_frequency = \"yes\"") && said.contains("duration_s = 2.0"), "{said}");
        assert_eq!(planned(&OP, &said, sines).unwrap().parameters(), said);
    }

    #[test]
    fn requests_that_contradict_themselves_are_refused_with_the_line() {
        for (text, reason) in [
            ("harmonics = 0", "line 1: the fundamental counts among"),
            ("frequencies = [1, 2]\nharmonics = 3", "line 2: `harmonics` are those of one frequency"),
            ("fit_frequency = \"yes\"", "line 1: `fit_frequency` goes with `frequencies`"),
            ("frequencies = [0]", "line 1: every frequency must be positive"),
            ("start_s = -1", "line 1: `start_s` is -1"),
        ] {
            let message = planned(&OP, text, sines).err().expect("a refusal");
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn a_tone_that_is_found_is_the_one_that_was_given() {
        let found = planned(&OP, "harmonics = 2", sines).unwrap().fitted(&record(400), RATE).unwrap();
        let given =
            planned(&OP, "frequencies = [0.3]\nharmonics = 2", sines).unwrap().fitted(&record(400), RATE).unwrap();
        for fit in [&found, &given] {
            assert!((fit.tones[0].amplitude() - 2.0).abs() < 1e-9 && (fit.tones[1].amplitude() - 0.02).abs() < 1e-9);
        }
        assert!((found.tones[0].frequency - 0.3).abs() < 1e-12);
        assert_eq!((given.tones[0].frequency, given.frequency_u(0)), (0.3, 0.0));
    }

    #[test]
    fn a_stretch_moves_the_phase_to_its_first_point() {
        let sines = planned(&OP, "frequencies = [0.3]\nharmonics = 2\nstart_s = 2\nduration_s = 30", sines).unwrap();
        let whole = record(400);
        let stretch = sines.stretch(&whole, RATE);
        assert_eq!((stretch[0], stretch.len()), (tone(13), 188));
        let phase = sines.fitted(stretch, RATE).unwrap().tones[0].phase();
        assert!((phase - (0.3 * 13.0 + 1.0 - RATE)).abs() < 1e-9, "{phase}");
        assert!(planned(&OP, "start_s = 1e6", super::sines).unwrap().stretch(&whole, RATE).is_empty());
    }
}
