//! Frequency responses of sensors.

use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Dataset, Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::waveform::{ChannelInfo, SteadyWaveform, Waveform};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::StandardUncertainty;
use sigmatau_dynamic::method::{Delay, Estimation, METHODS, Method, MethodError, Settings};
use sigmatau_dynamic::response::{Line, Response};
use sigmatau_dynamic::screen::Screen;
use sigmatau_spectrum::welch::Detrend;
use sigmatau_spectrum::window::WINDOWS;

/// Complex frequency responses with covariance, for every sensor of the dataset.
pub(super) static OP: Op = Op {
    name: "response",
    title: "frequency response of sensors: complex ratio with covariance, from records of excitation and response",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Waveforms,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::response::SCHEMA,
    parameters: &[&[
        Parameter::new("method", "way to the response, see `list methods`").or("\"h1\""),
        Parameter::new("window", "weights of a segment, see `list windows`").or("\"hann\""),
        Parameter::new("segment", "points of a segment, at least 4").or("4096"),
        Parameter::new("overlap", "share of a segment that the next one has too, from 0 to below 1").or("0.5"),
        Parameter::new("detrend", "what is taken off a segment: none, constant or linear").or("\"constant\""),
        Parameter::new("delay", "by how many seconds the response is late, or \"found\"").or("0"),
        Parameter::new("frequencies", "frequencies of the excitation in Hz, for sine-fit").or("[]"),
        Parameter::new("period", "points of a period of the excitation, for multisine"),
        Parameter::new("range", "lowest and highest frequency of the result in Hz").or("[]"),
        Parameter::new(
            "noise_ratio",
            "noise density of the response over that of the excitation, for hv; alike if left out",
        ),
        Parameter::new("order", "order of a local polynomial").or("2"),
        Parameter::new("jitter", "standard deviation of the sampling instants in s").or("0"),
        Parameter::new(
            "time_u",
            "standard uncertainty of the time between the channels in s, such as `clock_u_s` of a `sample_clock` table",
        )
        .or("0"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(responses(section)?))
}

fn responses(section: &Section<'_>) -> Result<Responses, DocumentError> {
    let method = METHODS[section.one_of("method", "method", METHODS.iter().map(|method| method.name))?];
    let used = |key: &Parameter| EVERY_METHOD.contains(&key.name) || method.settings.contains(&key.name);
    let idle = |key: &&Parameter| section.has(key.name) && !used(key);
    if let Some(key) = OP.parameters.iter().copied().flatten().find(idle) {
        let uses = method.settings.join("`, `");
        return Err(
            section.refuse_key(key.name, &format!("`{}` does not use `{}`; it uses `{uses}`", method.name, key.name))
        );
    }
    let settings = settings(section)?;
    let refused = |error: &MethodError| section.refuse_key("method", &format!("failed to {error}"));
    (method.begin)(&settings, ANY_RATE).map_err(|error| refused(&error))?;
    let time_u = section.number("time_u")?.unwrap_or(0.0);
    match time_u >= 0.0 {
        true => Ok(Responses { method, settings, time_u: StandardUncertainty(time_u) }),
        false => {
            Err(section.refuse_key("time_u", &format!("the standard uncertainty {time_u} s must not be negative")))
        }
    }
}

/// The keys that go with every method.
const EVERY_METHOD: [&str; 2] = ["method", "time_u"];

/// A rate at which settings are tried before the records tell theirs.
const ANY_RATE: f64 = 1e12;

fn settings(section: &Section<'_>) -> Result<Settings, DocumentError> {
    let overlap = section.number("overlap")?.unwrap_or(f64::NAN);
    if !(0.0..1.0).contains(&overlap) {
        return Err(section.refuse_key("overlap", &format!("the overlap {overlap} must lie between 0 and below 1")));
    }
    Ok(Settings {
        window: WINDOWS[section.one_of("window", "window", WINDOWS.iter().map(|window| window.name))?],
        segment: section.count("segment")?.unwrap_or(0),
        overlap,
        detrend: Detrend::ALL[section.one_of("detrend", "way to detrend", Detrend::ALL.map(|(word, _)| word))?].1,
        delay: delay(section)?,
        frequencies: section.numbers("frequencies")?,
        period: section.count("period")?,
        range: range(section)?,
        noise_ratio: section.positive("noise_ratio")?,
        order: section.count("order")?.unwrap_or(0),
        step: [0.0; 2],
        jitter: section.number("jitter")?.unwrap_or(0.0),
    })
}

fn delay(section: &Section<'_>) -> Result<Delay, DocumentError> {
    match section.text("delay") {
        Ok(Some(word)) if word == "found" => Ok(Delay::Found),
        Ok(Some(word)) => {
            Err(section
                .refuse_key("delay", &format!("the delay `{word}` is neither a number of seconds nor \"found\"")))
        }
        _ => Ok(Delay::Seconds(section.number("delay")?.unwrap_or(0.0))),
    }
}

fn range(section: &Section<'_>) -> Result<Option<(f64, f64)>, DocumentError> {
    match section.numbers("range")?.as_slice() {
        [] => Ok(None),
        [low, high] if 0.0 <= *low && low < high => Ok(Some((*low, *high))),
        _ => Err(section.refuse_key("range", "write `range` as [lowest, highest] in Hz")),
    }
}

struct Responses {
    method: &'static Method,
    settings: Settings,
    /// The standard uncertainty of the time between the channels.
    time_u: StandardUncertainty,
}

impl Analysis for Responses {
    fn parameters(&self) -> String {
        let Settings { window, segment, overlap, detrend, frequencies, order, jitter, .. } = &self.settings;
        let all = [
            ("window", format!("\"{}\"", window.name)),
            ("segment", segment.to_string()),
            ("overlap", overlap.to_string()),
            ("detrend", format!("\"{}\"", detrend.word())),
            (
                "delay",
                match self.settings.delay {
                    Delay::Seconds(seconds) => format!("{seconds:?}"),
                    Delay::Found => "\"found\"".to_owned(),
                },
            ),
            ("frequencies", format!("{frequencies:?}")),
            ("period", self.settings.period.map(|period| period.to_string()).unwrap_or_default()),
            ("range", self.settings.range.map_or("[]".to_owned(), |(low, high)| format!("[{low:?}, {high:?}]"))),
            ("noise_ratio", self.settings.noise_ratio.map(|ratio| format!("{ratio:?}")).unwrap_or_default()),
            ("order", order.to_string()),
            ("jitter", format!("{jitter:?}")),
        ];
        let used = all.iter().filter(|(name, text)| self.method.settings.contains(name) && !text.is_empty());
        let lines = used.map(|(name, text)| format!("{name} = {text}\n")).collect::<String>();
        format!("method = \"{}\"\n{lines}time_u = {:?}\n", self.method.name, self.time_u.0)
    }

    fn suits(&self, dataset: &Dataset) -> Result<(), DataError> {
        let units = dataset.units(OP.scope);
        units.iter().try_for_each(|unit| pair(dataset.channels(unit), &dataset.name).map(drop))
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<Part, DataError> {
        let channels = pair(input.dataset.channels(unit), &input.dataset.name)?;
        let step = [0, 1].map(|channel| channels[channel].step.unwrap_or(0.0));
        let names = channels.iter().map(|channel| channel.name.as_str()).collect();
        let bench = Bench { method: self.method, settings: Settings { step, ..self.settings.clone() }, names };
        if let Some(record) = input.dataset.steady_waveform(unit, AT_ONCE)? {
            let response = self.finished(bench.streamed(&record)?, channels);
            return Ok(part(self.method, [(record.sensor.as_str(), record.findings.clone(), response)]));
        }
        let records = input.dataset.waveforms(unit)?;
        let responses: Vec<Response> =
            records.par_iter().map(|record| self.finished(bench.assess(record), channels)).collect();
        let whole = records.iter().zip(responses);
        Ok(part(self.method, whole.map(|(record, response)| (&*record.sensor, record.findings.clone(), response))))
    }
}

impl Responses {
    /// The response with its unit, and with what the time between the channels leaves uncertain of its phase.
    fn finished(&self, response: Response, channels: &[ChannelInfo]) -> Response {
        Response { unit: unit(channels), ..response.late(self.time_u) }
    }
}

/// The channels, if they are two: what went in and what came out.
fn pair<'a>(channels: &'a [ChannelInfo], dataset: &str) -> Result<&'a [ChannelInfo], DataError> {
    let advice = "name the one of the excitation, then the one of the response";
    let seen = || format!("{} channels are named", channels.len());
    if channels.len() == 2 {
        Ok(channels)
    } else {
        Err(DataError::Channels { file: dataset.to_owned(), seen: seen(), advice })
    }
}

/// The unit of what came out over that of what went in, where both are known.
fn unit(channels: &[ChannelInfo]) -> Option<Measure> {
    channels[1].unit.as_ref()?.over_unit(channels[0].unit.as_ref()?)
}

/// Rows and remarks.
type Part = (Table, Vec<Finding>);

/// The rows and remarks of some sensors, each with what was remarked while its record was read.
fn part<'a>(method: &Method, sensors: impl IntoIterator<Item = (&'a str, Vec<Finding>, Response)>) -> Part {
    let mut rows = Rows::of(OP.schema);
    let mut findings = Vec::new();
    for (sensor, remarks, response) in sensors {
        push(&mut rows, sensor, &response, method.name);
        findings.extend(remarks);
        findings.extend(response.findings.into_iter().map(|finding| finding.about(sensor)));
    }
    (rows.table(), findings)
}

/// Points up to which a record is read at once, 16 bytes each.
const AT_ONCE: u64 = 1 << 23;

/// The method with what the channels of a file say of themselves.
struct Bench<'a> {
    method: &'static Method,
    settings: Settings,
    names: Vec<&'a str>,
}

impl Bench<'_> {
    /// The response from a record too long to be read at once. The digits are the same.
    fn streamed(&self, record: &SteadyWaveform<'_>) -> Result<Response, DataError> {
        match self.begin(record.rate, &record.findings) {
            Ok(mut estimate) => {
                record.stream(|channels| estimate.push(channels))?;
                Ok(estimate.finish())
            }
            Err(response) => Ok(response),
        }
    }

    fn assess(&self, record: &Waveform) -> Response {
        match self.begin(record.rate, &record.findings) {
            Ok(mut estimate) => {
                estimate.push(&[&record.channels[0], &record.channels[1]]);
                estimate.finish()
            }
            Err(response) => response,
        }
    }

    /// Begins with a record, or says why it can't be assessed; nothing more is said where reading it said so.
    fn begin(&self, rate: f64, findings: &[Finding]) -> Result<Screened, Response> {
        if findings.iter().any(|finding| finding.severity == Severity::Failure) {
            return Err(Response::default());
        }
        match (self.method.begin)(&self.settings, rate) {
            Ok(estimate) => Ok(Screened { screen: Screen::new(&self.names), estimate }),
            Err(error) => Err(Response { findings: vec![not_assessable(&error)], ..Response::default() }),
        }
    }
}

/// An estimate of a record that is screened on the way.
struct Screened {
    screen: Screen,
    estimate: Box<dyn Estimation>,
}

impl Screened {
    fn push(&mut self, channels: &[&[f64]]) {
        self.screen.push(channels);
        self.estimate.push(channels[0], channels[1]);
    }

    fn finish(self) -> Response {
        let mut response = self.estimate.finish();
        response.findings.splice(..0, self.screen.finish());
        response
    }
}

fn not_assessable(error: &MethodError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-assessable",
        format!("failed to {error}"),
        "there is no response of this sensor",
        "mend the setting, or leave the sensor out",
    )
}

/// Puts the lines of a response behind the rows.
pub(super) fn push(rows: &mut Rows, sensor: &str, response: &Response, method: &str) {
    let common = common(response);
    response.lines.iter().for_each(|line| push_line(rows, sensor, line, method, &common));
}

/// What the columns `sharing_hz`, `sharing`, `common_delay_u` and `unit` hold, the same for all lines.
fn common(Response { sharing, common_delay, unit, .. }: &Response) -> [Cell; 4] {
    let spacing = if sharing.is_nothing() { f64::NAN } else { sharing.spacing };
    let words: Vec<String> = sharing.correlations.iter().map(|correlation| format!("{correlation:.4}")).collect();
    let delay = if common_delay.0 > 0.0 { common_delay.0 } else { f64::NAN };
    let unit = unit.as_ref().map_or_else(String::new, ToString::to_string);
    [spacing.into(), words.join(" ").into(), delay.into(), unit.into()]
}

fn push_line(rows: &mut Rows, sensor: &str, line: &Line, method: &str, common: &[Cell; 4]) {
    let Line { frequency, value, covariance, coherence, dof } = *line;
    let phase_u = Some(line.phase_u()).filter(|u| u.is_finite()).unwrap_or(f64::NAN);
    let row: [Cell; 14] = [
        sensor.into(),
        frequency.into(),
        value.norm().into(),
        line.magnitude_u().into(),
        value.arg().into(),
        phase_u.into(),
        value.re.into(),
        value.im.into(),
        covariance.real.sqrt().into(),
        covariance.imaginary.sqrt().into(),
        covariance.cross.into(),
        coherence.into(),
        dof.into(),
        method.into(),
    ];
    rows.push(row.into_iter().chain(common.iter().cloned()));
}
