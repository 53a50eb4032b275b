//! Compensation filters from frequency responses.

use super::coefficients::{Coefficients, Stored, Traits};
use super::{Analysis, Input, Op, Subject, lines};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::schema::Rows;
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::filter::design::{Aim, Criterion, Design, Goal, Lag, Orders};
use sigmatau_dynamic::filter::{Filter, FilterError, Fir};
use sigmatau_dynamic::{Line, Response};
use sigmatau_spectrum::window::{WINDOWS, Window};

/// Filters designed by least squares, for every sensor of a `response` table.
pub(super) static OP: Op = Op {
    name: "compensate",
    title: "filter that takes back what a sensor did, or does the same: least squares to its frequency response",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::response::SCHEMA),
    beside: &[],
    scope: Scope::Series,
    schema: &schema::filter::SCHEMA,
    parameters: &[&[
        Parameter::new("rate", "sampling rate in Hz of the signals that the filter is for"),
        Parameter::new("kind", "fir, whose response ends, or iir, which feeds back").or("\"fir\""),
        Parameter::new("aim", "inverse takes back what the sensor did, forward does the same").or("\"inverse\""),
        Parameter::new("taps", "coefficients of a fir filter; 32 if left out"),
        Parameter::new("poles", "order of the denominator of an iir filter; 2 if left out"),
        Parameter::new("zeros", "order of the numerator of an iir filter; 2 if left out"),
        Parameter::new("criterion", "for iir: response fits it, equation its linear form; response if left out"),
        Parameter::new("delay", "how many points the output may be late, or \"found\"").or("\"found\""),
        Parameter::new("search", "most points of delay that are tried; as many as there are coefficients if left out"),
        Parameter::new("range", "lowest and highest frequency in Hz of the lines that are used").or("[]"),
        Parameter::new("band", "lowest and highest frequency in Hz where the filter has to hold").or("[]"),
        Parameter::new("outside", "weight of the lines outside of the band; 1 is that of those inside").or("1"),
        Parameter::new("weights", "of the lines inside: equal, or uncertainty for 1/u²").or("\"equal\""),
        Parameter::new("low_pass", "cut-off frequency in Hz of a low-pass filter behind it, against noise"),
        Parameter::new("low_pass_taps", "coefficients of the low-pass filter; 65 if left out"),
        Parameter::new("window", "weights of the low-pass filter, see `list windows`; hann if left out"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(filters(section)?))
}

fn filters(section: &Section<'_>) -> Result<Filters, DocumentError> {
    let rate = section.positive("rate")?.ok_or_else(|| section.missing("rate"))?;
    let structure = structure(section)?;
    let band = pair(section, "band")?;
    let outside = section.number("outside")?.unwrap_or(1.0);
    if outside < 0.0 {
        return Err(section.refuse_key("outside", &format!("the weight {outside} is below zero")));
    }
    if band.is_none() && section.has("outside") {
        return Err(section.refuse_key("outside", "nothing is outside without a `band`"));
    }
    Ok(Filters {
        rate,
        aim: [Aim::Inverse, Aim::Forward][section.one_of("aim", "aim", AIMS)?],
        delay: delay(section, structure.coefficients())?,
        structure,
        range: pair(section, "range")?,
        band,
        outside,
        by_uncertainty: section.one_of("weights", "way to weight", WEIGHTS)? == 1,
        low_pass: low_pass(section, rate)?,
    })
}

/// The words for [`Aim::Inverse`] and [`Aim::Forward`].
const AIMS: [&str; 2] = ["inverse", "forward"];
/// The words for equal weights and those by uncertainty.
const WEIGHTS: [&str; 2] = ["equal", "uncertainty"];
/// The words for [`Criterion::Response`] and [`Criterion::Equation`].
const CRITERIA: [&str; 2] = ["response", "equation"];

fn structure(section: &Section<'_>) -> Result<Structure, DocumentError> {
    let fir = section.one_of("kind", "kind of filter", ["fir", "iir"])? == 0;
    let idle: &[&str] = if fir { &["poles", "zeros", "criterion"] } else { &["taps"] };
    if let Some(key) = idle.iter().find(|key| section.has(key)) {
        let kind = if fir { "a fir" } else { "an iir" };
        return Err(section.refuse_key(key, &format!("{kind} filter does not use `{key}`")));
    }
    let count = |key, default| section.count(key).map(|count| count.unwrap_or(default));
    let criterion = match section.has("criterion") {
        true => [Criterion::Response, Criterion::Equation][section.one_of("criterion", "criterion", CRITERIA)?],
        false => Criterion::Response,
    };
    match (fir, count("taps", 32)?) {
        (true, 0) => Err(section.refuse_key("taps", "a filter has at least 1 tap")),
        (true, taps) => Ok(Structure::Fir(taps)),
        (false, _) => Ok(Structure::Iir(Orders { poles: count("poles", 2)?, zeros: count("zeros", 2)?, criterion })),
    }
}

fn delay(section: &Section<'_>, coefficients: usize) -> Result<Lag, DocumentError> {
    match section.text("delay") {
        Ok(Some(word)) if word == "found" => Ok(Lag::UpTo(section.count("search")?.unwrap_or(coefficients))),
        Ok(Some(word)) => {
            let message = format!("the delay `{word}` is neither a number of points nor \"found\"");
            Err(section.refuse_key("delay", &message))
        }
        _ if section.has("search") => Err(section.refuse_key("search", "the delay is stated; leave `search` out")),
        _ => match section.number("delay")?.unwrap_or(0.0) {
            points if points < 0.0 => Err(section.refuse_key("delay", "no filter is early; state a delay from 0 on")),
            points => Ok(Lag::Points(points)),
        },
    }
}

fn pair(section: &Section<'_>, key: &str) -> Result<Option<[f64; 2]>, DocumentError> {
    match section.numbers(key)?.as_slice() {
        [] => Ok(None),
        [low, high] if 0.0 <= *low && low < high => Ok(Some([*low, *high])),
        _ => Err(section.refuse_key(key, &format!("write `{key}` as [lowest, highest] in Hz"))),
    }
}

fn low_pass(section: &Section<'_>, rate: f64) -> Result<Option<LowPass>, DocumentError> {
    let Some(cutoff) = section.positive("low_pass")? else {
        let idle = ["low_pass_taps", "window"].into_iter().find(|key| section.has(key));
        return idle
            .map_or(Ok(None), |key| Err(section.refuse_key(key, &format!("`{key}` goes with `low_pass` only"))));
    };
    let window = match section.has("window") {
        true => section.one_of("window", "window", WINDOWS.iter().map(|window| window.name))?,
        false => WINDOWS.iter().position(|window| window.name == "hann").expect("it is one of the windows"),
    };
    let taps = section.count("low_pass_taps")?.unwrap_or(65);
    let fir = Fir::low_pass(cutoff, rate, taps, WINDOWS[window]);
    let fir = fir.map_err(|error| section.refuse_key("low_pass", &format!("failed to {error}")))?;
    Ok(Some(LowPass { cutoff, window: WINDOWS[window], fir }))
}

#[derive(Clone, Copy, Debug)]
enum Structure {
    Fir(usize),
    Iir(Orders),
}

impl Structure {
    fn coefficients(self) -> usize {
        match self {
            Self::Fir(taps) => taps,
            Self::Iir(Orders { poles, zeros, .. }) => poles + zeros + 1,
        }
    }
}

struct LowPass {
    cutoff: f64,
    window: &'static Window,
    fir: Fir,
}

struct Filters {
    rate: f64,
    structure: Structure,
    aim: Aim,
    delay: Lag,
    /// The lowest and the highest frequency in Hz that is used.
    range: Option<[f64; 2]>,
    /// Those between which the filter is judged.
    band: Option<[f64; 2]>,
    outside: f64,
    by_uncertainty: bool,
    low_pass: Option<LowPass>,
}

impl Analysis for Filters {
    fn parameters(&self) -> String {
        let structure = match self.structure {
            Structure::Fir(taps) => format!("kind = \"fir\"\ntaps = {taps}\n"),
            Structure::Iir(Orders { poles, zeros, criterion }) => {
                let criterion = CRITERIA[usize::from(criterion == Criterion::Equation)];
                format!("kind = \"iir\"\npoles = {poles}\nzeros = {zeros}\ncriterion = \"{criterion}\"\n")
            }
        };
        let delay = match self.delay {
            Lag::Points(points) => format!("delay = {points:?}\n"),
            Lag::UpTo(search) => format!("delay = \"found\"\nsearch = {search}\n"),
        };
        let band = self.band.map(|band| format!("band = {band:?}\noutside = {:?}\n", self.outside)).unwrap_or_default();
        let low_pass = |LowPass { cutoff, window, fir }: &LowPass| {
            let taps = fir.taps().len();
            format!("low_pass = {cutoff:?}\nlow_pass_taps = {taps}\nwindow = \"{}\"\n", window.name)
        };
        format!(
            "rate = {:?}\n{structure}aim = \"{}\"\n{delay}range = {}\n{band}weights = \"{}\"\n{}",
            self.rate,
            self.aim(),
            self.range.map_or("[]".to_owned(), |range| format!("{range:?}")),
            WEIGHTS[usize::from(self.by_uncertainty)],
            self.low_pass.as_ref().map(low_pass).unwrap_or_default()
        )
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let responses = lines::responses(&input.dataset.table()?);
        let designs: Vec<_> = responses.par_iter().map(|(_, response)| self.design(response)).collect();
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for ((sensor, _), design) in responses.iter().zip(designs) {
            match design {
                Ok((filter, remarks)) => {
                    filter.push(&mut rows, sensor);
                    findings.extend(remarks.into_iter().map(|finding| finding.about(sensor)));
                }
                Err(error) => findings.push(not_designed(&error).about(sensor)),
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Filters {
    fn aim(&self) -> &'static str {
        AIMS[usize::from(self.aim == Aim::Forward)]
    }

    fn design(&self, response: &Response) -> Result<(Stored, Vec<Finding>), FilterError> {
        let used = |line: &&Line| self.range.is_none_or(|range| within(line.frequency, range));
        let lines = response.lines.iter().filter(used).copied().collect();
        let (response, remark) = lines::assessable(&Response { lines, ..response.clone() });
        let weights: Vec<f64> = response.lines.iter().map(|line| self.weight(line)).collect();
        let (rate, aim, delay) = (self.rate, self.aim, self.delay);
        let goal = Goal { response: &response, covariance: None, rate, aim, delay, weights: Some(&weights) };
        let (filter, findings) = match self.structure {
            Structure::Fir(taps) => self.stored(goal.fir(taps)?, Coefficients::Fir),
            Structure::Iir(orders) => self.stored(goal.iir(&orders)?, Coefficients::Iir),
        };
        let filter = Stored { traits: Traits { unit: self.unit(&response), ..filter.traits }, ..filter };
        Ok((filter, remark.into_iter().chain(findings).collect()))
    }

    /// The unit of output over input.
    fn unit(&self, response: &Response) -> Option<Measure> {
        let of = response.unit.as_ref()?;
        if self.aim == Aim::Forward { Some(of.clone()) } else { Measure::ONE.over_unit(of) }
    }

    /// w of a line. By uncertainty it is that of the target, u(1/H) = u(H)/|H|².
    fn weight(&self, line: &Line) -> f64 {
        let inside = self.band.is_none_or(|band| within(line.frequency, band));
        let power = line.covariance.power();
        let target = if self.aim == Aim::Inverse { power / line.value.norm_sqr().powi(2) } else { power };
        let own = if self.by_uncertainty { 1.0 / target } else { 1.0 };
        if inside { own } else { self.outside * own }
    }

    /// The design behind its low-pass filter, and what was remarked about it.
    fn stored<F: Filter>(&self, design: Design<F>, kind: fn(F) -> Coefficients) -> (Stored, Vec<Finding>) {
        let design = match &self.low_pass {
            Some(low_pass) => design.smoothed(&low_pass.fir, self.rate),
            None => design,
        };
        let edge = |line: Option<&(f64, _)>| line.map_or(f64::NAN, |line: &(f64, _)| line.0);
        let band = self.band.unwrap_or([edge(design.deviations.first()), edge(design.deviations.last())]);
        let worst = design.worst(band[0], band[1]).unwrap_or((f64::NAN, f64::NAN));
        let mut findings = design.findings;
        findings.extend(deviates(worst));
        let traits =
            Traits { aim: self.aim().to_owned(), rate: self.rate, delay: design.delay, band, worst, unit: None };
        (Stored { coefficients: kind(design.filter), traits }, findings)
    }
}

fn within(frequency: f64, [low, high]: [f64; 2]) -> bool {
    (low..=high).contains(&frequency)
}

/// The deviation from which on a filter hardly does what it is for.
const FAR: f64 = 0.1;

fn deviates((frequency, deviation): (f64, f64)) -> Option<Finding> {
    let (seen, advice) = if deviation.is_nan() {
        ("no line is in the band where the filter has to hold".to_owned(), "state a band with lines in it")
    } else {
        let seen = format!("the filter misses its target by {:.1} % at {frequency} Hz", 100.0 * deviation);
        (seen, "more coefficients or delay, a narrower band, or a low-pass filter that cuts off above the band")
    };
    let close = deviation < FAR;
    (!close)
        .then(|| Finding::new(Severity::Warning, "deviation", seen, "signals are corrected no better than so", advice))
}

fn not_designed(error: &FilterError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-designed",
        format!("failed to {error}"),
        "there is no filter for this sensor",
        "take other lines by `range`, or fewer coefficients",
    )
}
