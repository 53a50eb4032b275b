//! Runs a plan: datasets are made ready, steps run in order, units of a step in parallel.
//!
//! Every unit of work leaves a part on disk as soon as it is finished, under the name of its key: the
//! hash of op, revision, parameters, inputs and series. A later run takes over the parts whose key it
//! meets again, so that an interrupted run goes on where it stopped and gives the same bytes.

pub mod demonstration;
pub mod store;

use crate::dataset::{Dataset, Origin, Planned, Unit};
use crate::event::{Event, Listener};
use crate::op::Input;
use crate::plan::{Feed, Plan, Step};
use rayon::prelude::*;
use sigmatau_core::{Cancel, Finding, Severity};
use sigmatau_data::{Column, DataError, Header, Record, Schema, Table, schema};
use std::sync::atomic::{AtomicUsize, Ordering};
use store::Store;

/// How to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The run directory; nothing is written without one.
    pub store: Option<Store>,
    /// Somebody's wish to stop.
    pub cancel: Cancel,
    /// Whether the inputs are hashed for the header of the records; always done with a run directory.
    pub hash_inputs: bool,
}

/// What a run gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The result of each step, in order.
    pub steps: Vec<StepResult>,
    /// Expectations that were not met.
    pub unmet: Vec<String>,
}

/// The record of a step and what was remarked on the way.
#[derive(Debug)]
pub struct StepResult {
    /// The record.
    pub record: Record,
    /// The findings, in the order of the units.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// All findings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.steps.iter().flat_map(|step| &step.findings)
    }

    /// Tells whether everything could be assessed and every expectation was met.
    pub fn conforms(&self) -> bool {
        self.unmet.is_empty() && self.findings().all(|finding| finding.severity < Severity::Failure)
    }
}

/// Why a run did not end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Somebody asked to stop.
    #[error("finish {work}: stopped after {done} of {of} units of work")]
    Interrupted {
        /// The step or dataset that was worked on.
        work: String,
        /// Units that are done.
        done: usize,
        /// Units in all.
        of: usize,
    },
    /// Data could not be read or written.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The run directory can't be used.
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Runs a plan.
///
/// The records do not depend on the number of threads, nor on whether the run was interrupted.
/// Memory: the units of work in progress, one for each thread, and the records.
///
/// # Errors
/// When somebody asked to stop, or a file can't be read or written. What is finished by then is kept.
pub fn run(plan: &Plan, options: &Options, listener: &dyn Listener) -> Result<Outcome, RunError> {
    listener.hear(&Event::RunStarted { title: &plan.title, steps: plan.steps.len() });
    let drawn = |planned| drawn(planned, options, listener);
    let drawn: Vec<Option<Dataset>> = plan.datasets.iter().map(drawn).collect::<Result<_, _>>()?;
    let datasets: Vec<&Dataset> =
        plan.opened.iter().zip(&drawn).filter_map(|(o, d)| o.as_ref().or(d.as_ref())).collect();
    for dataset in &datasets {
        let (series, points) = (dataset.series(), dataset.points());
        listener.hear(&Event::DatasetReady { dataset: &dataset.name, series, points });
    }
    let mut outcome = Outcome::default();
    let mut records: Vec<Option<Dataset>> = Vec::new();
    for (place, step) in plan.steps.iter().enumerate() {
        let feed = |feed: Feed| match feed {
            Feed::Dataset(place) => datasets[place],
            Feed::Step(place) => records[place].as_ref().expect("it is kept for the steps that read it"),
        };
        let beside: Vec<Option<&Dataset>> = step.beside.iter().map(|beside| beside.map(feed)).collect();
        let result = run_step(step, feed(step.dataset), &beside, options, listener)?;
        let record =
            || Dataset::of_record(options.store.as_ref().map(|store| store.record(&step.name)), &result.record);
        records.push(plan.feeds_on(place).then(record));
        let (rows, findings) = (result.record.table.rows(), result.findings.len());
        listener.hear(&Event::StepFinished { step: &step.name, rows, findings });
        outcome.steps.push(result);
    }
    let unmet = plan
        .expectations
        .iter()
        .filter_map(|expected| expected.check(&outcome.steps[expected.step].record.table).err());
    outcome.unmet = unmet.collect();
    Ok(outcome)
}

/// The dataset of a recipe; files are open since the plan.
fn drawn(planned: &Planned, options: &Options, listener: &dyn Listener) -> Result<Option<Dataset>, RunError> {
    match &planned.origin {
        Origin::Files(_) => Ok(None),
        Origin::Recipe(recipe) => demonstration::dataset(planned, recipe, options, listener).map(Some),
    }
}

fn run_step(
    step: &Step,
    dataset: &Dataset,
    beside: &[Option<&Dataset>],
    options: &Options,
    listener: &dyn Listener,
) -> Result<StepResult, RunError> {
    let units = dataset.units(step.op.scope);
    listener.hear(&Event::StepStarted { step: &step.name, units: units.len() });
    let hashed = options.store.is_some() || options.hash_inputs;
    let sources = std::iter::once(&dataset).chain(beside.iter().flatten());
    let inputs: Result<Vec<_>, _> = sources.filter(|_| hashed).map(|source| source.inputs()).collect();
    let header = header(step, inputs?.concat());
    if let Some(finished) = options.store.as_ref().and_then(|store| store.finished(&step.name, &header)) {
        return Ok(finished);
    }
    let tables = beside.iter().map(|beside| beside.map(Dataset::table).transpose());
    let tables: Vec<Option<Table>> = tables.collect::<Result<_, _>>()?;
    let beside: Vec<Option<&Table>> = tables.iter().map(Option::as_ref).collect();
    let input = Input { dataset, beside: &beside };
    let parts = parts(step, &input, &units, &header, options, listener)?;
    let result = joined(step.op.schema, parts, header, dataset);
    if let Some(store) = &options.store {
        store.finish_step(&step.name, &result.record, &findings_record(&result))?;
    }
    Ok(result)
}

/// The parts of all units in their order, made in parallel.
fn parts(
    step: &Step,
    input: &Input<'_>,
    units: &[Unit],
    header: &Header,
    options: &Options,
    listener: &dyn Listener,
) -> Result<Vec<Part>, RunError> {
    let done = AtomicUsize::new(0);
    let part = |unit: &Unit| {
        if options.cancel.requested() {
            return Ok(None);
        }
        let (part, reused) = part(step, input, unit, header, options)?;
        done.fetch_add(1, Ordering::Relaxed);
        listener.hear(&Event::UnitFinished { step: &step.name, unit: &unit.label, reused });
        Ok(Some(part))
    };
    let parts: Vec<Option<Part>> = units.par_iter().map(part).collect::<Result<_, RunError>>()?;
    let interrupted = |done| {
        let work = format!("step `{}`", step.name);
        RunError::Interrupted { work, done, of: units.len() }
    };
    parts.into_iter().collect::<Option<_>>().ok_or_else(|| interrupted(done.into_inner()))
}

fn header(step: &Step, inputs: Vec<sigmatau_data::Input>) -> Header {
    Header {
        schema: format!("{}/{}", step.op.schema.name, step.op.schema.version),
        step: step.name.clone(),
        analysis: step.op.name.to_owned(),
        revision: step.op.revision,
        parameters: step.analysis.parameters(),
        inputs,
        tool: concat!("sigmatau ", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}

/// The result of one unit of work.
type Part = (Table, Vec<Finding>);

/// Takes a part over from an earlier run, or computes and keeps it. Data that can't be read are a
/// finding about their series, so that the other units go on.
fn part(
    step: &Step,
    input: &Input<'_>,
    unit: &Unit,
    header: &Header,
    options: &Options,
) -> Result<(Part, bool), RunError> {
    let kept = options.store.as_ref().map(|store| (store, key(header, unit)));
    if let Some((store, key)) = &kept
        && let Some(part) = store.part(&step.name, key)
    {
        return Ok((part, true));
    }
    let (table, findings) = match step.analysis.compute(input, unit) {
        Ok(part) => part,
        Err(error) => return Ok(((step.op.schema.empty(), vec![unreadable(unit, &error)]), false)),
    };
    let result = StepResult { record: Record { header: header.clone(), table }, findings };
    if let Some((store, key)) = &kept {
        store.keep_part(&step.name, key, &result.record, &findings_record(&result))?;
    }
    Ok(((result.record.table, result.findings), false))
}

/// Everything that a part depends on, hashed.
fn key(header: &Header, unit: &Unit) -> String {
    let header = serde_json::to_string(header).expect("a header is plain text and numbers");
    let whole = format!("{header}\n{:?}", unit.spans);
    blake3::hash(whole.as_bytes()).to_hex()[..32].to_owned()
}

fn joined(schema: &Schema, parts: Vec<Part>, header: Header, dataset: &Dataset) -> StepResult {
    let mut table = schema.empty();
    let mut findings = dataset.findings().to_vec();
    let total: usize = parts.iter().map(|(rows, _)| rows.rows()).sum();
    for (rows, remarks) in parts {
        table.append(rows).expect("the parts of a step have its schema");
        table.reserve(total - table.rows());
        findings.extend(remarks);
    }
    StepResult { record: Record { header, table }, findings }
}

fn findings_record(result: &StepResult) -> Record {
    Record { header: findings_header(&result.record.header), table: findings_table(&result.findings) }
}

fn findings_header(header: &Header) -> Header {
    let schema = format!("{}/{}", schema::finding::SCHEMA.name, schema::finding::SCHEMA.version);
    Header { schema, ..header.clone() }
}

/// Findings as a table of the finding schema.
fn findings_table(findings: &[Finding]) -> Table {
    let text = |name, of: fn(&Finding) -> &str| {
        Column::text(name, findings.iter().map(|finding| of(finding).to_owned()).collect())
    };
    let columns = vec![
        text("subject", |finding| &finding.subject),
        text("code", |finding| &finding.code),
        text("severity", |finding| finding.severity.word()),
        text("seen", |finding| &finding.seen),
        text("matters", |finding| &finding.matters),
        text("advice", |finding| &finding.advice),
    ];
    Table::new(columns).expect("every finding fills every column")
}

fn unreadable(unit: &Unit, error: &DataError) -> Finding {
    Finding::new(
        Severity::Failure,
        "unreadable",
        format!("failed to {error}"),
        "these series are not in the result",
        "mend the file and run again",
    )
    .about(&unit.label)
}
