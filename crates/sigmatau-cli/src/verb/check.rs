//! `sigmatau check`: plan a pipeline, run nothing, print the plan.

use super::publish::Document;
use crate::args::CheckArguments;
use crate::exit::Exit;
use crate::output::deliver;
use anyhow::Context;
use sigmatau_pipeline::{Document as Pipeline, DocumentError, Plan};
use std::collections::HashSet;
use std::path::Path;

pub(crate) fn check(asked: CheckArguments) -> anyhow::Result<Exit> {
    let plan = plan(&asked.pipeline, &asked.set)?;
    deliver(plan.to_string().as_bytes(), None)?;
    Ok(Exit::Done)
}

/// Reads a pipeline file, applies the replacements and plans it, publications included.
pub(crate) fn plan(path: &Path, set: &[String]) -> anyhow::Result<Plan> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read the pipeline `{}`", path.display()))?;
    let mut pipeline = Pipeline::parse(&text, &path.display().to_string()).context("plan the pipeline")?;
    for pair in set {
        let (key, value) = pair.split_once('=').with_context(|| format!("read `--set {pair}`: write KEY=VALUE"))?;
        pipeline.set(key, value).context("plan the pipeline")?;
    }
    let plan = Plan::read(&pipeline, path.parent().unwrap_or(Path::new(""))).context("plan the pipeline")?;
    check_documents(&plan).context("plan the pipeline")?;
    Ok(plan)
}

/// Understands every publication, and refuses one that would replace the document of another.
fn check_documents(plan: &Plan) -> Result<(), DocumentError> {
    let mut taken: HashSet<String> = HashSet::new();
    for publication in &plan.publications {
        let steps: Vec<&str> = publication.steps.iter().map(|step| plan.steps[*step].name.as_str()).collect();
        for name in Document::of(publication)?.names(&steps) {
            let twice = format!("two documents have the name `{name}`; state another `file`");
            if !taken.insert(name) {
                return Err(publication.refuse("file", &twice));
            }
        }
    }
    Ok(())
}
