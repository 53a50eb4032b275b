//! Measurands by the law of propagation of uncertainty.

use super::{Analysis, Input, Op, Subject, propagated};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Section};
use crate::measurand::Measurement;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::propagation::{Flags, Order, Output, Results, Settings};

/// Value, uncertainty and coverage of every output of every measurand.
pub(super) static OP: Op = Op {
    name: "evaluate",
    title: "measurand by propagation: value, uncertainty, effective degrees of freedom, expanded uncertainty",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Measurands,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::estimates::SCHEMA,
    parameters: &[propagated::ORDER, propagated::COVERAGE],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Evaluate(propagated::settings(section)?)))
}

struct Evaluate(Settings);

impl Analysis for Evaluate {
    fn parameters(&self) -> String {
        propagated::typed(&self.0)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (mut rows, mut findings) = (Rows::of(OP.schema), Vec::new());
        for measurement in input.dataset.measurands(unit) {
            findings.extend(measurement.findings());
            match propagated::results(measurement, &self.0) {
                Ok(results) => self.push(&mut rows, &mut findings, measurement, &results),
                Err(finding) => findings.push(*finding),
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Evaluate {
    fn push(&self, rows: &mut Rows, findings: &mut Vec<Finding>, measurement: &Measurement, results: &Results) {
        for (given, output) in measurement.outputs().iter().zip(&results.outputs) {
            let row: [Cell; 10] = [
                measurement.name.as_str().into(),
                given.symbol.as_str().into(),
                given.value(output.value).into(),
                given.difference(output.standard_uncertainty).into(),
                output.dof.ok().filter(|dof| dof.is_finite()).unwrap_or(f64::NAN).into(),
                output.coverage.factor.into(),
                given.difference(output.expanded_uncertainty()).into(),
                self.0.probability.into(),
                given.unit.symbol().into(),
                flags(output).words().collect::<Vec<_>>().join(" ").into(),
            ];
            rows.push(row);
            let remarks = [self.curved(output), unjustified(output, measurement)];
            let subject = format!("{}: {}", measurement.name, given.symbol);
            findings.extend(remarks.into_iter().flatten().map(|finding| finding.about(&subject)));
        }
    }

    /// The remark that the linear part of the model is not the whole of it.
    fn curved(&self, output: &Output) -> Option<Finding> {
        let Output { first_order, second_order, curvature_ratio, .. } = output;
        let severity = if self.0.order == Order::First { Severity::Warning } else { Severity::Note };
        let finding = Finding::new(
            severity,
            "second-order",
            format!(
                "the quadratic part of the model scatters {curvature_ratio:.2} times as much as the linear part; u is \
                 {first_order:.4e} in the first and {second_order:.4e} in the second order, in SI units"
            ),
            "the distribution of the result is not that of a sum, and its intervals need not be symmetric",
            "let Monte Carlo have the last word: `monte-carlo` says whether propagation is good enough",
        );
        output.curved.then_some(finding)
    }
}

fn flags(output: &Output) -> Flags {
    let when = |flag: Flags, holds: bool| if holds { flag } else { Flags::default() };
    when(Flags::CURVED, output.curved)
        | when(Flags::UNCERTAINTY, !output.standard_uncertainty.is_finite())
        | when(Flags::EXACT, output.standard_uncertainty == 0.0)
        | when(Flags::DOF, output.dof.is_err())
        | when(Flags::FACTOR, output.coverage.factor.is_nan() && output.dof.is_ok())
}

fn unjustified(output: &Output, measurement: &Measurement) -> Option<Finding> {
    let error = output.dof.err()?;
    let symbols = measurement.inputs.iter().map(|input| input.symbol.as_str()).collect::<Vec<_>>().join(", ");
    Some(Finding::new(
        Severity::Warning,
        "no-dof",
        format!("{error}; the inputs from 0: {symbols}"),
        "there are no effective degrees of freedom, and so neither a coverage factor nor an expanded uncertainty",
        "give inputs from the same observations an `ensemble`, write what they share as a [[source]], or take Monte Carlo",
    ))
}
