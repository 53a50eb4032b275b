//! Signals corrected by compensation filters.

mod course;
mod flow;

use super::coefficients::{Stored, filters};
use super::signals::{Noise, Point, Recording, Trials, entry, push};
use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use course::Course;
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::Rows;
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::filter::{FilterError, Start};

/// Signals of sensors through the filters of a `filter` table, with their uncertainty.
///
/// A record is read piece by piece where it is long; what takes memory then is the result, some 150 bytes for each
/// point that is kept.
pub(super) static OP: Op = Op {
    name: "filter",
    title: "signals of sensors corrected by compensation filters, point by point with uncertainty",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Signals,
    beside: &[Beside {
        key: Parameter::new("filter", "the filters of the sensors, as `compensate` makes them"),
        schema: &schema::filter::SCHEMA,
    }],
    scope: Scope::Series,
    schema: &schema::signal::SCHEMA,
    parameters: &[&[
        Parameter::new("of", "sensor whose filter all records are put through; that of the same name if left out"),
        Parameter::new("noise", "standard uncertainty of each sample by white noise, in the SI unit of the channel"),
        Parameter::new("silence", "first and last instant in s of a stretch without signal, to measure the noise in")
            .or("[]"),
        Parameter::new("start", "input before the record: unknown, rest (zero), or settled at the first sample")
            .or("\"unknown\""),
        Parameter::new("span", "first and last instant in s of the points that are kept").or("[]"),
        Parameter::new("every", "of how many points one is kept").or("1"),
        Parameter::new("verify", "trials of a Monte Carlo check of the first 65536 points; 0 for none").or("0"),
        Parameter::new("seed", "seed of the trials").or("1"),
    ]],
    plan,
};

/// Points up to which a record is read at once, 8 bytes each.
const AT_ONCE: u64 = 1 << 24;
/// The largest relative difference of rates that is that of two clocks, not of two settings.
const CLOCKS: f64 = 1e-4;

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    if !section.has("filter") {
        return Err(section.missing("filter"));
    }
    let span = match section.numbers("span")?.as_slice() {
        [] => None,
        [from, to] if from < to => Some([*from, *to]),
        _ => return Err(section.refuse_key("span", "write `span` as [first, last] instant in s")),
    };
    let every = section.count("every")?.unwrap_or(1);
    if every == 0 {
        return Err(section.refuse_key("every", "of no points none is kept; write a number from 1 on"));
    }
    let before = Before::ALL[section.one_of("start", "start", Before::ALL.map(Before::word))?];
    let (noise, trials) = (Noise::read(section)?, Trials::read(section)?);
    Ok(Box::new(Corrections { of: section.text("of")?, noise, before, span, every, trials }))
}

/// What is known of the input before the record.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Before {
    Unknown,
    Rest,
    Settled,
}

impl Before {
    const ALL: [Self; 3] = [Self::Unknown, Self::Rest, Self::Settled];

    fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Rest => "rest",
            Self::Settled => "settled",
        }
    }

    fn start(self, first: f64) -> Start {
        if self == Self::Rest { Start::Rest } else { Start::Settled(first) }
    }
}

struct Corrections {
    of: Option<String>,
    noise: Noise,
    before: Before,
    span: Option<[f64; 2]>,
    every: usize,
    trials: Trials,
}

impl Analysis for Corrections {
    fn parameters(&self) -> String {
        format!(
            "{}{}start = \"{}\"\nspan = {}\nevery = {}\n{}",
            self.of.as_ref().map(|of| format!("of = {of:?}\n")).unwrap_or_default(),
            self.noise.parameter(),
            self.before.word(),
            self.span.map_or("[]".to_owned(), |span| format!("{span:?}")),
            self.every,
            self.trials.parameters()
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let filters = filters(input.beside[0].expect("the plan asks for it"));
        let records = Recording::all(input, unit, AT_ONCE)?;
        let corrected: Vec<_> =
            records.par_iter().map(|record| self.correct(record, &filters)).collect::<Result<_, _>>()?;
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for (record, corrected) in records.iter().zip(corrected) {
            findings.extend(record.findings().iter().cloned());
            findings.extend(corrected.findings.into_iter().map(|finding| finding.about(record.sensor())));
            corrected.points.into_iter().for_each(|point| push(&mut rows, record.sensor(), point));
        }
        Ok((rows.table(), findings))
    }
}

/// The corrected signal of one sensor.
#[derive(Default)]
struct Corrected {
    points: Vec<Point>,
    findings: Vec<Finding>,
}

impl From<Finding> for Corrected {
    fn from(finding: Finding) -> Self {
        Self { points: Vec::new(), findings: vec![finding] }
    }
}

impl Corrections {
    fn correct(
        &self,
        record: &Recording<'_>,
        filters: &[(String, Result<Stored, Finding>)],
    ) -> Result<Corrected, DataError> {
        if record.failed() {
            return Ok(Corrected::default());
        }
        let filter = match entry(filters, record.sensor(), self.of.as_deref()) {
            Ok(Ok(filter)) => filter,
            Ok(Err(finding)) => return Ok(finding.clone().into()),
            Err(finding) => return Ok((*finding).into()),
        };
        if let Some(finding) = other_rate(filter.traits.rate, record.rate()) {
            return Ok(finding.into());
        }
        let (u, remark) = self.noise.of(record)?;
        if u.is_nan() {
            return Ok(Corrected { points: Vec::new(), findings: remark.into_iter().collect() });
        }
        match Course::begin(self, filter, record.rate(), u) {
            Ok(mut course) => {
                record.stream(|samples| course.push(samples))?;
                let corrected = course.finish();
                Ok(Corrected { findings: remark.into_iter().chain(corrected.findings).collect(), ..corrected })
            }
            Err(error) => Ok(not_filtered(&error).into()),
        }
    }
}

fn other_rate(filter: f64, record: f64) -> Option<Finding> {
    let same = (record / filter - 1.0).abs() <= CLOCKS;
    (!same).then(|| {
        Finding::new(
            Severity::Failure,
            "rate-mismatch",
            format!("the filter is for {filter} Hz, the record was sampled at {record} Hz"),
            "at another rate the filter is another one; the signal is not corrected",
            "design the filter for this rate, or resample the record",
        )
    })
}

fn not_filtered(error: &FilterError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-filtered",
        format!("failed to {error}"),
        "its signal is not corrected",
        "design the filter again",
    )
}
