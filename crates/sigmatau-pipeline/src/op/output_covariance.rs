//! What the outputs of a measurand share.

use super::{Analysis, Input, Op, Subject, propagated};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use crate::measurand::Measurement;
use nalgebra::DMatrix;
use sigmatau_core::Finding;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::propagation::{Region, Results, Settings};

/// Covariances of the outputs, with the factors of the regions about each two of them.
pub(super) static OP: Op = Op {
    name: "output-covariance",
    title: "covariances of the outputs of a measurand, and coverage factors of the regions about each two of them",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Measurands,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::output_covariance::SCHEMA,
    parameters: &[
        propagated::ORDER,
        &[Parameter::new("probability", "coverage probability of the regions").or("0.95")],
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let (order, probability) = (propagated::expansion(section)?, propagated::probability(section)?);
    Ok(Box::new(Covariances(Settings { order, probability, ..Settings::default() })))
}

struct Covariances(Settings);

impl Analysis for Covariances {
    fn parameters(&self) -> String {
        format!("order = \"{}\"\nprobability = {:?}\n", propagated::order(&self.0), self.0.probability)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (mut rows, mut findings) = (Rows::of(OP.schema), Vec::new());
        for measurement in input.dataset.measurands(unit) {
            findings.extend(measurement.findings());
            match propagated::results(measurement, &self.0) {
                Ok(results) => self.push(&mut rows, measurement, &results),
                Err(finding) => findings.push(*finding),
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Covariances {
    /// The lower triangle.
    fn push(&self, rows: &mut Rows, measurement: &Measurement, results: &Results) {
        let outputs = measurement.outputs();
        for (row, first) in outputs.iter().enumerate() {
            for (column, second) in outputs[..=row].iter().enumerate() {
                let covariance = results.covariance[(row, column)];
                let [ellipse, rectangle] = self.factors(results, row, column);
                let cells: [Cell; 8] = [
                    measurement.name.as_str().into(),
                    first.symbol.as_str().into(),
                    second.symbol.as_str().into(),
                    first.difference(second.difference(covariance)).into(),
                    results.correlation(row, column).into(),
                    self.0.probability.into(),
                    ellipse.into(),
                    rectangle.into(),
                ];
                rows.push(cells);
            }
        }
    }

    /// The coverage factors of the ellipse and of the rectangle about two outputs.
    fn factors(&self, results: &Results, first: usize, second: usize) -> [f64; 2] {
        if first == second {
            return [f64::NAN; 2];
        }
        let (centre, places) = ([first, second].map(|place| results.outputs[place].value), [first, second]);
        let covariance = DMatrix::from_fn(2, 2, |a, b| results.covariance[(places[a], places[b])]);
        let regions = [Region::ellipsoid, Region::rectangle];
        let factor = |region: Result<Region, _>| region.map_or(f64::NAN, |region| region.factor());
        regions.map(|region| factor(region(&centre, &covariance, self.0.probability, f64::INFINITY)))
    }
}
