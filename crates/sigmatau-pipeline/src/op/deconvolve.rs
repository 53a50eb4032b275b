//! Signals corrected by regularised deconvolution.

use super::signals::{Noise, Point, Recording, Trials, entry, push};
use super::{Analysis, Beside, Input, Op, Subject, lines};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::Rows;
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::deconvolution::{Budgeted, Calibration, Deconvolution, DeconvolutionError, REGULARISATIONS};
use sigmatau_dynamic::verify::Check;
use sigmatau_dynamic::{Covariance, Response, Signal, StandardUncertainty};

/// What went into sensors, from what came out and the lines of their calibration.
///
/// A record is transformed as a whole: some 100 bytes for each point and thread, O(M N log N) steps for M lines.
pub(super) static OP: Op = Op {
    name: "deconvolve",
    title: "signals of sensors corrected by regularised deconvolution with the lines of their calibration",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Signals,
    beside: &[Beside {
        key: Parameter::new("calibration", "the frequency responses of the sensors"),
        schema: &schema::response::SCHEMA,
    }],
    scope: Scope::Series,
    schema: &schema::signal::SCHEMA,
    parameters: &[&[
        Parameter::new("of", "sensor whose calibration is that of all records; of the same name if left out"),
        Parameter::new("regularisation", "what keeps noise down, see `list regularisations`").or("\"tikhonov\""),
        Parameter::new("strength", "how much: the share of the largest response, the factor of Wiener's noise, or Hz"),
        Parameter::new("noise", "standard uncertainty of each sample by white noise, in the SI unit of the channel"),
        Parameter::new("silence", "first and last instant in s of a stretch without signal, to measure the noise in")
            .or("[]"),
        Parameter::new("bound", "largest |∫ x e^(-2πift) dt| that what went in can have, in its SI unit times s"),
        Parameter::new("corner", "frequency in Hz from which on that bound falls; nowhere if left out"),
        Parameter::new("order", "power of the frequency with which it falls behind the corner; 2 if left out"),
        Parameter::new("verify", "trials of a Monte Carlo check of every point; 0 for none").or("0"),
        Parameter::new("seed", "seed of the trials").or("1"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    if !section.has("calibration") {
        return Err(section.missing("calibration"));
    }
    let names = REGULARISATIONS.iter().map(|entry| entry.name);
    let regularisation = REGULARISATIONS[section.one_of("regularisation", "regularisation", names)?];
    let (name, meaning) = (regularisation.name, regularisation.strength);
    let needed = || section.refuse_key("strength", &format!("`{name}` needs `strength`: {meaning}"));
    let strength = section.positive("strength")?.ok_or_else(needed)?;
    let way = Deconvolution { regularisation, strength };
    let (bound, noise, trials) = (Bound::read(section)?, Noise::read(section)?, Trials::read(section)?);
    Ok(Box::new(Deconvolutions { of: section.text("of")?, way, bound, noise, trials }))
}

/// What the spectrum of what went in stays below: its largest density, in its unit times s, up to a corner in Hz, and
/// less by a power of the frequency behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bound {
    largest: f64,
    falls: Option<(f64, f64)>,
}

impl Bound {
    fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let unknown = || {
            let remedy = "state `bound`, such as the area of a pulse; what regularisation takes away is judged by it";
            section.refuse_key("bound", &format!("nothing says how large the spectrum can be: {remedy}"))
        };
        let largest = section.positive("bound")?.ok_or_else(unknown)?;
        match (section.positive("corner")?, section.positive("order")?) {
            (None, Some(_)) => Err(section.refuse_key("order", "`order` goes with `corner` only")),
            (corner, order) => Ok(Self { largest, falls: corner.map(|corner| (corner, order.unwrap_or(2.0))) }),
        }
    }

    fn parameters(self) -> String {
        let falls = |(corner, order)| format!("corner = {corner:?}\norder = {order:?}\n");
        format!("bound = {:?}\n{}", self.largest, self.falls.map(falls).unwrap_or_default())
    }

    /// The bound on each bin of the unscaled transform of `points` points.
    fn bins(self, points: usize, rate: f64) -> Vec<f64> {
        let share =
            |frequency: f64| self.falls.map_or(1.0, |(corner, order)| (corner / frequency).powf(order).min(1.0));
        (0..=points / 2).map(|bin| self.largest * rate * share(bin as f64 * rate / points as f64)).collect()
    }
}

struct Deconvolutions {
    of: Option<String>,
    way: Deconvolution,
    bound: Bound,
    noise: Noise,
    trials: Trials,
}

impl Analysis for Deconvolutions {
    fn parameters(&self) -> String {
        format!(
            "{}regularisation = \"{}\"\nstrength = {:?}\n{}{}{}",
            self.of.as_ref().map(|of| format!("of = {of:?}\n")).unwrap_or_default(),
            self.way.regularisation.name,
            self.way.strength,
            self.noise.parameter(),
            self.bound.parameters(),
            self.trials.parameters()
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let calibrations = lines::responses(input.beside[0].expect("the plan asks for it"));
        let records = Recording::all(input, unit, u64::MAX)?;
        let restored: Vec<_> =
            records.par_iter().map(|record| self.restore(record, &calibrations)).collect::<Result<_, _>>()?;
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for (record, (budgeted, remarks)) in records.iter().zip(restored) {
            findings.extend(record.findings().iter().cloned());
            findings.extend(remarks.into_iter().map(|finding| finding.about(record.sensor())));
            budgeted.iter().flat_map(|it| points(it, record.rate())).for_each(|p| push(&mut rows, record.sensor(), p));
        }
        Ok((rows.table(), findings))
    }
}

fn points(budgeted: &Budgeted, rate: f64) -> impl Iterator<Item = Point> {
    let bias = budgeted.bias / 3.0f64.sqrt();
    budgeted.values.iter().enumerate().map(move |(n, value)| Point {
        time: n as f64 / rate,
        value: *value,
        noise: budgeted.noise[n],
        calibration: budgeted.calibration[n],
        bias,
    })
}

/// What came of a record, if anything, and what was remarked.
type Restored = (Option<Budgeted>, Vec<Finding>);

impl Deconvolutions {
    fn restore(&self, record: &Recording<'_>, calibrations: &[(String, Response)]) -> Result<Restored, DataError> {
        if record.failed() {
            return Ok((None, Vec::new()));
        }
        let response = match entry(calibrations, record.sensor(), self.of.as_deref()) {
            Ok(response) => response,
            Err(finding) => return Ok((None, vec![*finding])),
        };
        let samples = record.stretch([0.0, f64::INFINITY])?;
        if let Some(finding) = gaps(&samples) {
            return Ok((None, vec![finding]));
        }
        let (u, remark) = self.noise.of(record)?;
        if u.is_nan() {
            return Ok((None, remark.into_iter().collect()));
        }
        let (budgeted, findings) = self
            .deconvolved(samples, record.rate(), u, response)
            .unwrap_or_else(|error| (None, vec![not_restored(&error)]));
        Ok((budgeted, remark.into_iter().chain(findings).collect()))
    }

    fn deconvolved(
        &self,
        samples: Vec<f64>,
        rate: f64,
        u: f64,
        response: &Response,
    ) -> Result<Restored, DeconvolutionError> {
        let length = samples.len();
        let (response, remark) = lines::assessable(response);
        let calibration = Calibration::of(&response, rate, length)?;
        let white = Covariance::White { variance: StandardUncertainty(u).into(), length };
        let signal = Signal::new(samples, white)?;
        let budgeted = self.way.budget(&signal, &calibration, &self.bound.bins(length, rate))?;
        let beyond = uncovered(&response, &calibration, rate, length);
        let mut findings: Vec<Finding> = remark.into_iter().chain(beyond).collect();
        findings.extend(budgeted.findings.iter().cloned());
        if self.trials.trials > 0 {
            let check = Check { seed: self.trials.seed, trials: self.trials.trials as u64, ..Check::default() };
            findings.extend(self.way.verify_budget(&signal, &calibration, &budgeted, check)?.findings());
        }
        Ok((Some(budgeted), findings))
    }
}

fn not_restored(error: &DeconvolutionError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-restored",
        format!("failed to {error}"),
        "its signal is not corrected",
        "mend the calibration, or leave the sensor out",
    )
}

fn gaps(samples: &[f64]) -> Option<Finding> {
    let missing = samples.iter().filter(|sample| !sample.is_finite()).count();
    let seen = match samples.len() {
        0 => "the record has no samples".to_owned(),
        points => format!("{missing} of {points} samples are missing"),
    };
    (missing > 0 || samples.is_empty()).then(|| {
        Finding::new(
            Severity::Failure,
            "missing",
            seen,
            "a transform needs every sample of the record; the signal is not corrected",
            "fill the gaps, cut the record where it is whole, or use a filter, which goes on behind a gap",
        )
    })
}

/// The remark that the lines do not reach over all bins; a note where only the mean is beyond them.
fn uncovered(response: &Response, calibration: &Calibration, rate: f64, length: usize) -> Option<Finding> {
    let (bins, covered) = (length / 2 + 1, calibration.covered());
    let edge = |line: Option<&sigmatau_dynamic::Line>| line.map_or(f64::NAN, |line| line.frequency);
    let [first, last] = [response.lines.first(), response.lines.last()].map(edge);
    (covered < bins).then(|| {
        Finding::new(
            if covered + 1 < bins { Severity::Warning } else { Severity::Note },
            "uncovered",
            format!(
                "the calibration reaches from {first} Hz to {last} Hz, the record from 0 Hz to {} Hz: {} of {bins} bins \
                 have no response",
                0.5 * rate,
                bins - covered
            ),
            "nothing is restored there, not the mean either; as much as the bound allows is taken as bias",
            "calibrate over the whole band, or state where the bound falls by `corner`",
        )
    })
}
