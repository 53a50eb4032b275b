//! `sigmatau run`: a pipeline from data to records and documents.

use super::check::plan;
use super::publish::Document;
use crate::args::RunArguments;
use crate::exit::{Exit, Unfinished};
use crate::output::{complain, deliver, remark};
use crate::progress::Progress;
use anyhow::Context;
use sigmatau_core::{Cancel, Severity};
use sigmatau_pipeline::{Options, Outcome, Plan, Recorder, Store, run as run_plan};
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub(crate) fn run(asked: RunArguments) -> anyhow::Result<Exit> {
    let plan = plan(&asked.pipeline, &asked.set)?;
    let directory = asked.out.unwrap_or_else(|| default_directory(&asked.pipeline));
    let store = Store::open(&directory, asked.resume, &plan)?;
    let recorder = Recorder::append_to(&store.events());
    if let Err(error) = &recorder {
        complain(&format!("warning: events are not recorded: {error}"));
    }
    let progress = Progress::new(asked.quiet, recorder.ok());
    let options = Options { store: Some(store), cancel: cancel_on_interrupt()?, hash_inputs: true };
    let outcome = run_plan(&plan, &options, &progress);
    progress.finish();
    let outcome = outcome.context(Unfinished)?;
    let documents = publish(&plan, &outcome, &directory).context(Unfinished)?;
    if !asked.quiet {
        remark(outcome.findings(), false);
    }
    outcome.unmet.iter().for_each(|unmet| complain(&format!("not met: {unmet}")));
    deliver(summary(&plan, &outcome, &directory, &documents).as_bytes(), None)?;
    Ok(Exit::done(outcome.conforms()))
}

fn default_directory(pipeline: &Path) -> PathBuf {
    Path::new("runs").join(pipeline.file_stem().unwrap_or("pipeline".as_ref()))
}

/// A flag that the first Ctrl-C raises; the second one ends the program.
pub(crate) fn cancel_on_interrupt() -> anyhow::Result<Cancel> {
    let cancel = Cancel::new();
    let asked = cancel.clone();
    let handler = move || {
        if asked.requested() {
            std::process::exit(Exit::Incomplete as i32);
        }
        complain("stopping when the units of work in progress are done; Ctrl-C again stops at once");
        asked.request();
    };
    ctrlc::set_handler(handler).context("listen for Ctrl-C")?;
    Ok(cancel)
}

fn publish(plan: &Plan, outcome: &Outcome, directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for publication in &plan.publications {
        let steps: Vec<_> = publication.steps.iter().map(|step| &outcome.steps[*step]).collect();
        written.extend(Document::of(publication)?.write(&plan.title, &steps, directory)?);
    }
    Ok(written)
}

fn summary(plan: &Plan, outcome: &Outcome, directory: &Path, documents: &[PathBuf]) -> String {
    let mut text = format!("{}\n", plan.title);
    for (step, result) in plan.steps.iter().zip(&outcome.steps) {
        let record = directory.join("records").join(format!("{}.parquet", step.name));
        let _ = writeln!(text, "  {:<10} {} rows in {}", step.name, result.record.table.rows(), record.display());
    }
    let count = |severity| outcome.findings().filter(|finding| finding.severity == severity).count();
    let (failures, warnings, notes) = (count(Severity::Failure), count(Severity::Warning), count(Severity::Note));
    let _ = writeln!(text, "  {:<10} {failures} failures, {warnings} warnings, {notes} notes", "findings");
    if !plan.expectations.is_empty() {
        let _ = writeln!(
            text,
            "  {:<10} {} of {} met",
            "expected",
            plan.expectations.len() - outcome.unmet.len(),
            plan.expectations.len()
        );
    }
    for document in documents {
        let _ = writeln!(text, "  {:<10} {}", "document", document.display());
    }
    text
}
