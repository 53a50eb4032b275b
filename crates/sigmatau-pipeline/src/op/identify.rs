//! Models of sensors from their frequency responses.

use super::{Analysis, Input, Op, Subject, lines};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::identify::{Between, Identified, IdentifyError, identify, phase_in_degrees};
use sigmatau_dynamic::model::{Known, MODELS, Settings, Structure};
use sigmatau_dynamic::{Line, Response};
use std::f64::consts::PI;

/// Models fitted by maximum likelihood, for every sensor of a `response` table.
pub(super) static OP: Op = Op {
    name: "identify",
    title: "model of a sensor: maximum-likelihood fit to its frequency response, with covariance and residual tests",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::response::SCHEMA),
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::model::SCHEMA,
    parameters: &[PARAMETERS],
    plan,
};

/// What says which model is fitted to which lines.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter::new("model", "formula of the response, see `list models`").or("\"second-order\""),
    Parameter::new("numerator", "order of the numerator, for rational models").or("0"),
    Parameter::new("denominator", "order of the denominator, for rational models").or("0"),
    Parameter::new("sampling_rate", "sampling rate in Hz of a discrete model"),
    Parameter::new("delay", "yes or no: whether the response may be late, by a parameter").or("\"no\""),
    Parameter::new("range", "lowest and highest frequency in Hz of the lines that are used").or("[]"),
];

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(models(section)?))
}

/// The model and the lines that the keys mean.
pub(super) fn models(section: &Section<'_>) -> Result<Models, DocumentError> {
    let model = MODELS[section.one_of("model", "model", MODELS.iter().map(|model| model.name))?];
    let settings = Settings {
        numerator: section.count("numerator")?.unwrap_or(0),
        denominator: section.count("denominator")?.unwrap_or(0),
        rate: section.positive("sampling_rate")?,
        delay: section.one_of("delay", "answer", ["no", "yes"])? == 1,
    };
    let structure = model.structure(&settings);
    let structure = structure.map_err(|error| section.refuse_key("model", &format!("failed to {error}")))?;
    let range = match section.numbers("range")?.as_slice() {
        [] => None,
        [low, high] if low < high => Some((*low, *high)),
        _ => return Err(section.refuse_key("range", "write `range` as [lowest, highest] in Hz")),
    };
    Ok(Models { structure, settings, range })
}

/// A model for the lines of any sensor.
pub(super) struct Models {
    structure: Structure,
    settings: Settings,
    /// The lowest and the highest frequency in Hz that is used.
    range: Option<(f64, f64)>,
}

impl Analysis for Models {
    fn parameters(&self) -> String {
        let Settings { numerator, denominator, rate, delay } = self.settings;
        let rate = rate.map(|rate| format!("sampling_rate = {rate:?}\n")).unwrap_or_default();
        let range = self.range.map_or("[]".to_owned(), |(low, high)| format!("[{low:?}, {high:?}]"));
        format!(
            "model = \"{}\"\nnumerator = {numerator}\ndenominator = {denominator}\n{rate}delay = \"{}\"\n\
             range = {range}\n",
            self.structure.model().name,
            if delay { "yes" } else { "no" }
        )
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let table = input.dataset.table()?;
        let responses = lines::responses(&table);
        let fits: Vec<_> = responses.par_iter().map(|(_, response)| self.fit(response)).collect();
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for ((sensor, response), fit) in responses.iter().zip(fits) {
            match fit {
                Ok(fit) => {
                    push(&mut rows, sensor, response.unit.as_ref(), &fit);
                    findings.extend(fit.findings.into_iter().map(|finding| finding.about(sensor)));
                }
                Err(error) => findings.push(not_fitted(&error).about(sensor)),
            }
        }
        findings.extend(self.in_degrees(&table, &responses));
        Ok((rows.table(), findings))
    }
}

impl Models {
    /// The remarks on phases that stand beyond half a turn in the table and fit only as degrees. The parts of such a
    /// response do not tell it: they may turn more than once from one line to the next.
    fn in_degrees(&self, table: &Table, responses: &[(String, Response)]) -> Vec<Finding> {
        let (sensors, phases) =
            (table.texts("sensor").unwrap_or_default(), table.floats("phase_rad").unwrap_or_default());
        let frequencies = table.floats("frequency_hz").unwrap_or_default();
        if phases.iter().all(|phase| phase.abs() <= PI || phase.is_nan()) {
            return Vec::new();
        }
        let suspected = |(sensor, response): &(String, Response)| {
            let mut rows: Vec<usize> = (0..sensors.len()).filter(|row| sensors[*row] == *sensor).collect();
            rows.sort_by(|a, b| frequencies[*a].total_cmp(&frequencies[*b]));
            let phases: Vec<f64> = rows.into_iter().map(|row| phases[row]).collect();
            Some(phase_in_degrees(response, &phases, &self.structure)?.about(sensor))
        };
        responses.iter().filter_map(suspected).collect()
    }

    pub(super) fn fit(&self, response: &Response) -> Result<Identified, IdentifyError> {
        let inside = |line: &&Line| self.range.is_none_or(|(low, high)| (low..=high).contains(&line.frequency));
        let lines = response.lines.iter().filter(inside).copied().collect();
        let used = Response { lines, findings: Vec::new(), ..response.clone() };
        identify(&used, &self.structure, Between::Neighbours)
    }
}

fn not_fitted(error: &IdentifyError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-identified",
        format!("failed to {error}"),
        "there is no model of this sensor",
        "take a simpler model, or more lines",
    )
}

fn push(rows: &mut Rows, sensor: &str, of: Option<&Measure>, fit: &Identified) {
    let (known, verdict) = (&fit.known, &fit.verdict);
    for (place, parameter) in known.structure().parameters().into_iter().enumerate() {
        let row: [Cell; 15] = [
            sensor.into(),
            known.structure().model().name.into(),
            parameter.name.into(),
            known.values()[place].into(),
            known.uncertainty(place).into(),
            unit(&parameter.unit, of).into(),
            correlations(known, place).into(),
            known.dof().into(),
            verdict.chi_squared.into(),
            verdict.dof.into(),
            verdict.p_value.into(),
            verdict.runs_p_value.into(),
            verdict.inflation.into(),
            verdict.aic.into(),
            if verdict.stable { "yes" } else { "no" }.into(),
        ];
        rows.push(row);
    }
}

/// The unit of a parameter, with that of the response in the place of `H` where it is known.
fn unit(parameter: &str, of: Option<&Measure>) -> String {
    let rest = if parameter == "H" { Some("1") } else { parameter.strip_prefix("H·") };
    let (Some(of), Some(rest)) = (of, rest.and_then(|rest| Measure::parse(rest).ok())) else {
        return parameter.to_owned();
    };
    of.times_unit(&rest).map_or_else(|| parameter.to_owned(), |unit| unit.to_string())
}

/// The correlations of a parameter with every one, to twelve digits.
fn correlations(known: &Known, place: usize) -> String {
    let covariance = known.covariance();
    let correlation =
        |other: usize| covariance[(place, other)] / (covariance[(place, place)] * covariance[(other, other)]).sqrt();
    (0..covariance.nrows()).map(|other| format!("{:.12}", correlation(other))).collect::<Vec<_>>().join(" ")
}
