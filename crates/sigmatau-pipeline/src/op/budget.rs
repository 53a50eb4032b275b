//! Uncertainty budgets of measurands.

use super::{Analysis, Input, Op, Subject, propagated};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Section};
use crate::measurand::{Given, Measurement};
use sigmatau_core::Finding;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::propagation::{Line, Settings};

/// What each input and each shared source contributes to each output.
pub(super) static OP: Op = Op {
    name: "budget",
    title: "uncertainty budget of a measurand: sensitivity, contribution and share of each input and shared source",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Measurands,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::budget::SCHEMA,
    parameters: &[],
    plan,
};

fn plan(_: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Budgets))
}

struct Budgets;

impl Analysis for Budgets {
    fn parameters(&self) -> String {
        String::new()
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (mut rows, mut findings) = (Rows::of(OP.schema), Vec::new());
        for measurement in input.dataset.measurands(unit) {
            findings.extend(measurement.findings());
            match propagated::results(measurement, &Settings::default()) {
                Ok(results) => {
                    for (given, output) in measurement.outputs().iter().zip(&results.outputs) {
                        output.budget.lines.iter().for_each(|line| rows.push(row(measurement, given, line)));
                    }
                }
                Err(finding) => findings.push(*finding),
            }
        }
        Ok((rows.table(), findings))
    }
}

/// A line, the largest contribution of its output first.
fn row(measurement: &Measurement, given: &Given, line: &Line) -> [Cell; 12] {
    let input = &measurement.inputs[line.input];
    let is_source = line.input >= measurement.inputs.len() - measurement.sources;
    let u = input.standard_uncertainty();
    let sensitivity = measurement.sensitivity(line.input, given.difference(line.sensitivity));
    [
        measurement.name.as_str().into(),
        given.symbol.as_str().into(),
        line.symbol.as_str().into(),
        input.estimate.into(),
        u.into(),
        if is_source { "" } else { input.unit.symbol() }.into(),
        input.distribution.word().into(),
        Some(line.dof).filter(|dof| dof.is_finite()).unwrap_or(f64::NAN).into(),
        sensitivity.into(),
        (sensitivity * u).into(),
        line.share.into(),
        given.unit.symbol().into(),
    ]
}
