//! `sigmatau dynamic …` and its like: one analysis on files, through the same plan as a pipeline.

use crate::args::AnalysisArguments;
use crate::exit::Exit;
use crate::output::{complain, deliver, remark};
use crate::progress::Progress;
use anyhow::Context;
use sigmatau_data::Record;
use sigmatau_pipeline::document::{Node, Parameter, Value};
use sigmatau_pipeline::{Document, Options, Plan, run as run_plan};
use sigmatau_publish::format;
use sigmatau_publish::{Language, publish_record};
use std::path::Path;

pub(crate) fn analysis(asked: &AnalysisArguments) -> anyhow::Result<Exit> {
    answer(&pipeline(asked), &asked.format, asked.output.as_deref(), asked.quiet)
}

/// Runs a pipeline of one step and delivers its record.
pub(super) fn answer(pipeline: &Document, format: &str, output: Option<&Path>, quiet: bool) -> anyhow::Result<Exit> {
    let format = format::named(format)?;
    let plan = Plan::read(pipeline, Path::new("")).context("plan the analysis")?;
    stop_on_interrupt()?;
    let options = Options { hash_inputs: format.provenance, ..Options::default() };
    let progress = Progress::new(quiet, None);
    let outcome = run_plan(&plan, &options, &progress);
    progress.finish();
    let mut outcome = outcome?;
    remark(outcome.findings(), !quiet);
    let conforms = outcome.conforms();
    let result = outcome.steps.remove(0);
    deliver(&document(format, &result.record)?, output)?;
    if result.record.table.rows() == 0 {
        complain("the result has no rows");
    }
    Ok(Exit::done(conforms))
}

/// Ctrl-C ends the program at once: nothing is written before the end, so nothing is lost.
fn stop_on_interrupt() -> anyhow::Result<()> {
    let handler = || {
        complain("error: failed to finish the analysis: interrupted");
        std::process::exit(Exit::Incomplete as i32);
    };
    ctrlc::set_handler(handler).context("listen for Ctrl-C")
}

fn document(format: &sigmatau_publish::Format, record: &Record) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    publish_record(format, record, Language::English, &mut bytes)?;
    Ok(bytes)
}

/// The pipeline that the flags stand for.
fn pipeline(asked: &AnalysisArguments) -> Document {
    let (op, files) = (asked.op, words(&asked.files));
    let of = |known: &[&[Parameter]]| {
        let known: Vec<&str> = known.iter().copied().flatten().map(|key| key.name).collect();
        let typed = asked.keys.iter().filter(|(key, _)| known.contains(&key.name));
        typed.map(|(key, word)| (key.name, Some(value(key, word)))).collect::<Vec<_>>()
    };
    let dataset = |path: Option<Node>, keys| table([("path", path)].into_iter().chain(keys));
    let beside = asked.beside.iter().map(|(key, file)| (*key, Some(dataset(Some(file.as_str().into()), Vec::new()))));
    let datasets = [("files", Some(dataset(files, of(&[op.reads.parameters()]))))].into_iter().chain(beside);
    let named = [("name", Some(op.name.into())), ("op", Some(op.name.into())), ("dataset", Some("files".into()))];
    let beside = asked.beside.iter().map(|(key, _)| (*key, Some(Node::from(*key))));
    let step = named.into_iter().chain(beside).chain(of(op.parameters));
    Document::of(vec![
        ("dataset".to_owned(), table(datasets)),
        ("step".to_owned(), Value::List(vec![table(step)]).into()),
    ])
}

/// What was typed for a key: several values between commas where its default is a list.
fn value(key: &Parameter, word: &str) -> Node {
    match key.default.starts_with('[') {
        true => Value::List(word.split(',').map(|item| number_or_text(item.trim())).collect()).into(),
        false => number_or_text(word),
    }
}

pub(super) fn table(entries: impl IntoIterator<Item = (&'static str, Option<Node>)>) -> Node {
    let there = entries.into_iter().filter_map(|(key, node)| Some((key.to_owned(), node?)));
    Value::Table(there.collect()).into()
}

pub(super) fn words(list: &[String]) -> Option<Node> {
    let words = list.iter().map(|word| Node::from(word.as_str())).collect();
    (!list.is_empty()).then(|| Value::List(words).into())
}

pub(super) fn text(word: &Option<String>) -> Option<Node> {
    word.as_deref().map(Node::from)
}

pub(super) fn number_or_text(word: &str) -> Node {
    word.parse().map_or_else(|_| Node::from(word), |number| Value::Number(number).into())
}
