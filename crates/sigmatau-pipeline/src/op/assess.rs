//! Errors of meters in service.

pub(super) mod filed;
mod pooled;
mod silent;

use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use filed::Filed;
use pooled::Pooled;
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::meters::written;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_meter::Area;
use sigmatau_meter::clean::{Cleaned, Unfit, clean};
use sigmatau_meter::home::{self, Remainder};
use sigmatau_meter::prior::Prior;
use sigmatau_meter::raw::{About, RawArea};
use sigmatau_meter::solver::{Estimate, Plight, Solution, Solver};
use sigmatau_meter::verdict::{Circumstances, Judgement, Settings, Verdict};

/// The errors of all meters of each area, for every area of the readings.
pub(super) static OP: Op = Op {
    name: "assess",
    title: "errors of meters in service from the balance of each area, with uncertainty, information and verdict",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Meters,
    beside: &[Beside {
        key: Parameter::new("meters", "table of the meters, which tells the master meter of each area"),
        schema: &schema::meters::SCHEMA,
    }],
    scope: Scope::Series,
    schema: &schema::assessment::SCHEMA,
    parameters: &[&[
        Parameter::new("master_u", "relative standard uncertainty of the energy of the master meters, in %"),
        Parameter::new("limit", "limit of the error in service in %, where the table of meters states none"),
        Parameter::new("solver", "the solver, gls or a classical one").or("\"gls\""),
        Parameter::new("confidence", "probability from which on a meter is kept, or replaced").or("0.95"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    for key in ["meters", "master_u"] {
        if !section.has(key) {
            return Err(section.missing(key));
        }
    }
    let solver = section.required("solver")?;
    let solver = Solver::named(&solver).map_err(|error| section.refuse_key("solver", &format!("failed to {error}")))?;
    let confidence = super::clock::confidence(section)?;
    let settings = Settings { keep: confidence, replace: 1.0 - confidence, ..Settings::default() };
    let settings =
        settings.checked().map_err(|error| section.refuse_key("confidence", &format!("failed to {error}")))?;
    let (master, limit) = (section.positive("master_u")?, section.positive("limit")?);
    let master = master.expect("it is there") / 100.0;
    Ok(Box::new(Assess { master, limit, solver, settings, prior: Pooled::default() }))
}

struct Assess {
    /// The relative standard uncertainty of the master meters.
    master: f64,
    /// The limit of the error in %.
    limit: Option<f64>,
    solver: &'static Solver,
    settings: Settings,
    prior: Pooled,
}

/// An area in work.
struct Assessed {
    id: String,
    /// The area with its solution, or why there is none, with what is known of its meters.
    outcome: Result<(Area, Solution), (Unfit, Vec<About>)>,
    findings: Vec<Finding>,
}

impl Analysis for Assess {
    fn parameters(&self) -> String {
        let limit = self.limit.map(|limit| format!("limit = {limit:?}\n")).unwrap_or_default();
        format!(
            "master_u = {:?}\n{limit}solver = \"{}\"\nconfidence = {:?}\n",
            100.0 * self.master,
            self.solver.name,
            self.settings.keep
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let prior = self.prior.get(self, input)?;
        let mut assessed = self.solved(input, unit, &prior)?;
        if assessed.iter().any(Assessed::has_strangers) {
            let mut remainders = remainders(&assessed);
            for neighbours in neighbours(&input.dataset.units(OP.scope), unit) {
                remainders.extend(self::remainders(&self.solved(input, &neighbours, &prior)?));
            }
            find_homes(&mut assessed, &remainders);
        }
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for area in assessed {
            self.rows(&area).into_iter().for_each(|row| rows.push(row));
            findings.extend(area.findings);
        }
        if unit.is_first() {
            let sent = input.dataset.names().collect();
            let silent = silent::meters(input.beside[0].expect("the plan asks for it"), &sent);
            silent.iter().for_each(|(area, meter)| rows.push(self::silent(area, meter, silent::REASON)));
            findings.extend(silent::finding(&silent));
        }
        Ok((rows.table(), findings))
    }
}

impl Assess {
    /// The areas of a unit, solved.
    fn solved(&self, input: &Input<'_>, unit: &Unit, prior: &Prior) -> Result<Vec<Assessed>, DataError> {
        let areas = input.dataset.areas(unit)?;
        let filed = Filed::of(input.beside[0].expect("the plan asks for it"), &areas);
        Ok(areas.into_par_iter().map(|area| self.solve(filed.raw(area), prior)).collect())
    }

    fn solve(&self, (raw, mut findings): (RawArea, Vec<Finding>), prior: &Prior) -> Assessed {
        let id = raw.id.clone();
        let abouts = raw.meters.iter().map(|meter| meter.about.clone()).collect();
        let Cleaned { area, findings: changes } = clean(raw, self.master);
        findings.extend(changes);
        let outcome = match area {
            Ok(area) => {
                let mut solution = (self.solver.solve)(&area, prior);
                findings.append(&mut solution.findings);
                Ok((area, solution))
            }
            Err(unfit) => {
                findings.push(unassessed(unfit));
                Err((unfit, abouts))
            }
        };
        let within = |finding: Finding| if finding.subject.is_empty() { finding.about(&id) } else { finding };
        let findings = findings.into_iter().map(within).collect();
        Assessed { id, outcome, findings }
    }

    fn rows(&self, area: &Assessed) -> Vec<[Cell; 12]> {
        match &area.outcome {
            Ok((area, solution)) => self.judged(area, solution),
            Err((unfit, abouts)) => abouts
                .iter()
                .filter(|about| !about.is_master)
                .map(|about| silent(&area.id, &about.id, &unfit.to_string()))
                .collect(),
        }
    }

    fn judged(&self, area: &Area, solution: &Solution) -> Vec<[Cell; 12]> {
        let supplied: f64 = area.master.supplied.iter().filter(|energy| energy.is_finite()).sum();
        let row = |(place, estimate): (usize, &Estimate)| {
            let about = &area.meters[place].about;
            let limit = if about.limit.is_finite() { about.limit } else { self.limit.unwrap_or(f64::NAN) };
            let circumstances = Circumstances {
                limit: limit / 100.0,
                step: area.step,
                master: self.master,
                unexplained: solution.unexplained.abs() / supplied,
            };
            row(&area.id, about, estimate, &self.settings.judge(estimate, &circumstances))
        };
        solution.estimates.iter().enumerate().map(row).collect()
    }
}

impl Assessed {
    fn has_strangers(&self) -> bool {
        let is_stranger = |estimate: &Estimate| matches!(estimate.plight, Plight::Stranger { .. });
        self.outcome.as_ref().is_ok_and(|(_, solution)| solution.estimates.iter().any(is_stranger))
    }
}

/// The units of work that are read just before and just after this one.
fn neighbours(units: &[Unit], unit: &Unit) -> Vec<Unit> {
    let Some(place) = units.iter().position(|other| other == unit) else { return Vec::new() };
    let before = place.checked_sub(1).and_then(|before| units.get(before));
    before.into_iter().chain(units.get(place + 1)).cloned().collect()
}

/// What remains of the balances of areas.
fn remainders(assessed: &[Assessed]) -> Vec<Remainder> {
    let solved = |one: &Assessed| one.outcome.as_ref().ok().and_then(|(_, solution)| solution.remainder.clone());
    assessed.iter().filter_map(solved).collect()
}

/// Looks for the homes of strangers.
fn find_homes(assessed: &mut [Assessed], remainders: &[Remainder]) {
    for (area, solution) in assessed.iter_mut().filter_map(|one| one.outcome.as_mut().ok()) {
        for (place, estimate) in solution.estimates.iter_mut().enumerate() {
            if let Plight::Stranger { home } = &mut estimate.plight {
                *home = home::home(area, place, remainders).map(|found| found.area.clone());
            }
        }
    }
}

/// Half the width of the interval of 95 % of a normal distribution, in standard deviations.
const COVERAGE: f64 = 1.959_963_984_540_054;

pub(super) fn row(area: &str, about: &About, estimate: &Estimate, judgement: &Judgement) -> [Cell; 12] {
    let Estimate { information, onset, energy, readings, .. } = estimate;
    [
        area.into(),
        about.id.as_str().into(),
        (100.0 * judgement.error).into(),
        (100.0 * judgement.u).into(),
        (100.0 * COVERAGE * judgement.u).into(),
        judgement.conform.into(),
        (*information).into(),
        judgement.verdict.word().into(),
        reason(judgement).into(),
        (*energy).into(),
        (*readings as i64).into(),
        onset.map(written).unwrap_or_default().into(),
    ]
}

/// What a verdict rests on, and what could be done next.
fn reason(judgement: &Judgement) -> String {
    match judgement.remedy() {
        remedy if remedy.is_empty() => judgement.to_string(),
        remedy => format!("{judgement}; {remedy}"),
    }
}

/// The row of a meter whose area cannot be assessed.
fn silent(area: &str, meter: &str, reason: &str) -> [Cell; 12] {
    let nothing = || Cell::from(f64::NAN);
    [
        area.into(),
        meter.into(),
        nothing(),
        nothing(),
        nothing(),
        nothing(),
        0.0.into(),
        Verdict::NotAssessable.word().into(),
        reason.into(),
        nothing(),
        0.into(),
        "".into(),
    ]
}

fn unassessed(unfit: Unfit) -> Finding {
    let reason = unfit.to_string();
    let (seen, advice) = reason.split_once("; ").unwrap_or((&reason, "send readings"));
    let (seen, advice) = (seen.to_owned(), advice.to_owned());
    Finding::new(Severity::Warning, "not-assessable", seen, "nothing can be said of the meters of the area", advice)
}

#[cfg(test)]
mod tests;
