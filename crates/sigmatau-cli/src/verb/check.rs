//! `sigmatau check`: plan a pipeline, run nothing, print the plan.

use super::publish::Document;
use crate::args::CheckArguments;
use crate::exit::Exit;
use crate::output::deliver;
use anyhow::Context;
use sigmatau_pipeline::{Document as Pipeline, Plan};
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
    plan.publications.iter().try_for_each(|publication| Document::of(publication).map(|_| ()))?;
    Ok(plan)
}
