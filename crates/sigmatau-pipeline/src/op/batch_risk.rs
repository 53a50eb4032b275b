//! What decisions over whole batches risk.

use super::columns::Words;
use super::conformity::{Item, Items, MEASURED, not_judged, rules, rules_toml};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::consensus::Comparison;
use sigmatau_uncertainty::risk::Batch;
use sigmatau_uncertainty::rule::{Decision, Limits};
use std::collections::HashMap;

/// The risks of every batch of a table by every rule.
pub(super) static OP: Op = Op {
    name: "batch-risk",
    title: "whole batches: how many items are accepted or rejected falsely, the process estimated from the batch itself",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::batch_risk::SCHEMA,
    parameters: &[
        &[
            Parameter::new("rules", "decision rules, see `list rules`; one row for each").or("[\"simple-acceptance\"]"),
            Parameter::new("batch", "column with the names of the batches; `batch` if left out and there, else one"),
        ],
        MEASURED,
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let (rules, batch) = (rules(section)?, Words::read(section, "batch")?);
    Ok(Box::new(Batches { rules, batch, items: Items::read(section)? }))
}

struct Batches {
    rules: Vec<Decision>,
    batch: Words,
    items: Items,
}

/// The items of a batch that share their limits.
struct Lot {
    name: String,
    unit: String,
    items: Vec<Item>,
}

impl Analysis for Batches {
    fn parameters(&self) -> String {
        format!("{}{}{}", rules_toml(&self.rules), self.batch.toml(), self.items.toml())
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (lots, mut findings) = self.lots(input, unit)?;
        let mut rows = Rows::of(OP.schema);
        for lot in &lots {
            let limits = lot.items[0].limits;
            if lot.items.iter().any(|item| item.limits != limits) {
                findings.push(several_limits().about(&lot.name));
            } else if lot.items.len() < 2 || lot.items.iter().any(|item| item.u == 0.0) {
                findings.push(no_process().about(&lot.name));
            } else {
                self.rules.iter().for_each(|rule| assess(&mut rows, lot, &limits, rule));
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Batches {
    /// The batches in the order in which they first appear, and what was left out of them.
    fn lots(&self, input: &Input<'_>, unit: &Unit) -> Result<(Vec<Lot>, Vec<Finding>), DataError> {
        let mut lots: Vec<Lot> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut unknown = Vec::new();
        for (source, group) in input.dataset.groups(unit) {
            let measure = self.items.unit(source)?.symbol().to_owned();
            let (names, first) = (self.batch.of(source, group)?, source.first_row(group));
            for (row, item) in self.items.of(source, group)?.into_iter().enumerate() {
                let Some(item) = item else {
                    unknown.push((first + row as u64).to_string());
                    continue;
                };
                let name = names.as_ref().map_or(&unit.label, |names| &names[row]);
                let place = *places.entry(name.clone()).or_insert_with(|| {
                    lots.push(Lot { name: name.clone(), unit: measure.clone(), items: Vec::new() });
                    lots.len() - 1
                });
                lots[place].items.push(item);
            }
        }
        Ok((lots, not_judged(&unknown).into_iter().collect()))
    }
}

fn assess(rows: &mut Rows, lot: &Lot, limits: &Limits, rule: &Decision) {
    let of = |number: fn(&Item) -> f64| lot.items.iter().map(number).collect::<Vec<f64>>();
    let measured = Comparison::new(&of(|item| item.value), &of(|item| item.u)).expect("measured items are known");
    let accepts = |item: &Item| item.judged(rule).verdict.accepts().unwrap_or(false);
    let accepted: Vec<bool> = lot.items.iter().map(accepts).collect();
    let Batch { prior, conforming, falsely_accepted, falsely_rejected, .. } = Batch::of(limits, &measured, &accepted);
    let (items, passed) = (lot.items.len(), accepted.iter().filter(|accepted| **accepted).count());
    let row: [Cell; 16] = [
        lot.name.as_str().into(),
        rule.to_string().into(),
        (items as i64).into(),
        (passed as i64).into(),
        (falsely_accepted.expected / items as f64).into(),
        (falsely_rejected.expected / items as f64).into(),
        (falsely_accepted.expected / passed as f64).into(),
        falsely_accepted.expected.into(),
        falsely_accepted.u.into(),
        falsely_rejected.expected.into(),
        falsely_rejected.u.into(),
        conforming.expected.into(),
        conforming.u.into(),
        prior.mean.into(),
        prior.variance.sqrt().into(),
        lot.unit.as_str().into(),
    ];
    rows.push(row);
}

fn several_limits() -> Finding {
    Finding::new(
        Severity::Warning,
        "several-limits",
        "the items of the batch have different limits",
        "the batch is not assessed as one",
        "name the column under `batch` that tells them apart",
    )
}

fn no_process() -> Finding {
    Finding::new(
        Severity::Warning,
        "no-process",
        "the batch has fewer than two items, or items without an uncertainty",
        "the process behind it can't be estimated, and the batch is not assessed",
        "state the uncertainty of every item, or join batches of one process",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let planned = |text: &str| {
            let document = Document::parse(text, "a.toml").unwrap();
            plan(&document.section().checked("the step", OP.parameters).unwrap()).unwrap().parameters()
        };
        assert_eq!(planned(""), "rules = [\"simple-acceptance\"]\nvalue = \"value\"\n");
        let all = "rules = [\"guarded-acceptance:1\"]\nbatch = \"lot\"\nvalue = \"error\"\nu = 0.1\nlower = -0.5\n\
                   upper = 0.5\n";
        assert_eq!(planned(all), all);
    }
}
