//! Errors of meters from the states of their areas.

use super::assess::row;
use super::update::{Kept, unreadable};
use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_meter::raw::About;
use sigmatau_meter::state::Check;
use sigmatau_meter::verdict::{Circumstances, Settings};
use std::collections::HashMap;

/// What the states of areas say of their meters, together with checks on site.
pub(super) static OP: Op = Op {
    name: "reassess",
    title: "errors and verdicts from the states of areas, with what checks on site found as strong observations",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Record(&schema::meter_state::SCHEMA),
    beside: &[
        Beside {
            key: Parameter::new("meters", "table of the meters, which tells limits"),
            schema: &schema::meters::SCHEMA,
        },
        Beside { key: Parameter::new("checks", "what checks on site found"), schema: &schema::site_checks::SCHEMA },
    ],
    scope: Scope::Dataset,
    schema: &schema::assessment::SCHEMA,
    parameters: &[&[
        Parameter::new("limit", "limit of the error in service in %, where the table of meters states none"),
        Parameter::new("confidence", "probability from which on a meter is kept, or replaced").or("0.95"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let confidence = super::clock::confidence(section)?;
    let settings = Settings { keep: confidence, replace: 1.0 - confidence, ..Settings::default() };
    let settings =
        settings.checked().map_err(|error| section.refuse_key("confidence", &format!("failed to {error}")))?;
    Ok(Box::new(Reassess { limit: section.positive("limit")?, settings }))
}

struct Reassess {
    /// The limit of the error in %.
    limit: Option<f64>,
    settings: Settings,
}

impl Analysis for Reassess {
    fn parameters(&self) -> String {
        let limit = self.limit.map(|limit| format!("limit = {limit:?}\n")).unwrap_or_default();
        format!("{limit}confidence = {:?}\n", self.settings.keep)
    }

    fn compute(&self, input: &Input<'_>, _: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let states = input.dataset.table()?;
        let limits = input.beside[0].map(limits).unwrap_or_default();
        let checks = input.beside[1].map(Checks::of).unwrap_or_default();
        let areas = (0..states.rows()).into_par_iter();
        let judged: Vec<_> =
            areas.map(|row| Kept::read(&states, row).map(|kept| self.judged(&kept, &limits, &checks))).collect();
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for (place, judged) in judged.into_iter().enumerate() {
            let name = &states.texts("area").expect("the schema has it")[place];
            match judged {
                Some(judged) => judged.into_iter().for_each(|row| rows.push(row)),
                None => findings.push(unreadable().about(name)),
            }
        }
        let known: Vec<&str> = states.texts("area").expect("the schema has it").iter().map(String::as_str).collect();
        findings.extend(checks.elsewhere(&known));
        Ok((rows.table(), findings))
    }
}

impl Reassess {
    fn judged(&self, kept: &Kept, limits: &HashMap<(&str, &str), f64>, checks: &Checks<'_>) -> Vec<[Cell; 12]> {
        let solution = kept.frame.solution(&kept.state).informed(&checks.of_area(kept));
        let judged = |(id, estimate): (&String, _)| {
            let filed = limits.get(&(kept.area.as_str(), id.as_str())).copied().filter(|limit| *limit > 0.0);
            let limit = filed.or(self.limit).unwrap_or(f64::NAN) / 100.0;
            let (step, master) = (kept.frame.step(), kept.frame.master());
            let circumstances = Circumstances { limit, step, master, unexplained: f64::NAN };
            let about = About { id: id.clone(), ..About::default() };
            row(&kept.area, &about, estimate, &self.settings.judge(estimate, &circumstances))
        };
        kept.meters.iter().zip(&solution.estimates).map(judged).collect()
    }
}

/// The limits of filed meters in %, by area and meter.
fn limits(meters: &Table) -> HashMap<(&str, &str), f64> {
    let words = |name| meters.texts(name).expect("the schema has it");
    let limits = meters.floats("limit_pct").expect("the schema has it");
    let names = words("area_id").iter().zip(words("meter_id"));
    names.zip(limits).map(|((area, meter), limit)| ((area.as_str(), meter.as_str()), *limit)).collect()
}

/// What checks on site found, by area.
#[derive(Default)]
struct Checks<'a>(HashMap<&'a str, Vec<(&'a str, f64, f64)>>);

impl<'a> Checks<'a> {
    fn of(table: &'a Table) -> Self {
        let words = |name| table.texts(name).expect("the schema has it");
        let numbers = |name| table.floats(name).expect("the schema has it");
        let (areas, meters, errors, u) = (words("area"), words("meter"), numbers("error_pct"), numbers("u_pct"));
        let mut checks: HashMap<&str, Vec<(&str, f64, f64)>> = HashMap::new();
        for row in (0..table.rows()).filter(|row| errors[*row].is_finite() && u[*row] > 0.0) {
            checks.entry(&areas[row]).or_default().push((&meters[row], errors[row] / 100.0, u[row] / 100.0));
        }
        Self(checks)
    }

    fn of_area(&self, kept: &Kept) -> Vec<Check> {
        let place = |meter: &str| kept.meters.iter().position(|known| known == meter);
        let check = |(meter, error, u): &(&str, f64, f64)| Some(Check { meter: place(meter)?, error: *error, u: *u });
        self.0.get(kept.area.as_str()).into_iter().flatten().filter_map(check).collect()
    }

    /// The remark that checks are of areas without a state.
    fn elsewhere(&self, known: &[&str]) -> Option<Finding> {
        let first = self.0.keys().filter(|area| !known.contains(area)).min()?;
        Some(Finding::new(
            Severity::Warning,
            "check-elsewhere",
            format!("checks are of areas without a state, such as `{first}`"),
            "they teach nothing",
            "update the states of these areas, or correct the names",
        ))
    }
}
