//! `sigmatau stability`: one analysis on files, through the same plan as a pipeline.

use crate::args::StabilityArguments;
use crate::exit::Exit;
use crate::output::{complain, deliver, remark};
use crate::progress::Progress;
use anyhow::Context;
use sigmatau_data::Record;
use sigmatau_pipeline::document::{Node, Value};
use sigmatau_pipeline::{Document, Options, Plan, run as run_plan};
use sigmatau_publish::format;
use sigmatau_publish::{Language, publish_record};
use std::path::Path;

pub(crate) fn stability(asked: &StabilityArguments) -> anyhow::Result<Exit> {
    let format = format::named(&asked.format)?;
    let plan = Plan::read(&pipeline(asked), Path::new("")).context("plan the analysis")?;
    stop_on_interrupt()?;
    let options = Options { hash_inputs: format.provenance, ..Options::default() };
    let progress = Progress::new(asked.quiet, None);
    let outcome = run_plan(&plan, &options, &progress);
    progress.finish();
    let mut outcome = outcome?;
    remark(outcome.findings(), !asked.quiet);
    let conforms = outcome.conforms();
    let result = outcome.steps.remove(0);
    deliver(&document(format, &result.record)?, asked.output.as_deref())?;
    if result.record.table.rows() == 0 {
        complain("no deviation could be computed");
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
fn pipeline(asked: &StabilityArguments) -> Document {
    let files = Value::List(asked.files.iter().map(|file| Node::from(file.as_str())).collect());
    let dataset = [("path", Some(files.into()))].into_iter().chain(dataset(asked));
    let names = asked.estimator.iter().map(|name| Node::from(name.as_str())).collect();
    let estimators = (!asked.estimator.is_empty()).then(|| Value::List(names).into());
    let step = [
        ("name", Some("stability".into())),
        ("op", Some("stability".into())),
        ("dataset", Some("files".into())),
        ("estimators", estimators),
        ("tau", text(&asked.tau)),
        ("confidence", asked.confidence.as_deref().map(number_or_text)),
        ("interval", text(&asked.interval)),
        ("edf", text(&asked.edf)),
        ("noise", text(&asked.noise)),
        ("convention", text(&asked.convention)),
        ("condition", words(&asked.condition)),
        ("dead_time", asked.dead_time.map(|ratio| Value::Number(ratio).into())),
    ];
    Document::of(vec![
        ("dataset".to_owned(), table([("files", Some(table(dataset)))])),
        ("step".to_owned(), Value::List(vec![table(step)]).into()),
    ])
}

fn dataset(asked: &StabilityArguments) -> [(&'static str, Option<Node>); 9] {
    let clock = &asked.clock;
    let values = asked.value.iter().map(|name| Node::from(name.as_str())).collect();
    [
        ("kind", text(&clock.kind)),
        ("unit", text(&clock.unit)),
        ("tau0", clock.tau0.map(|tau0| Value::Number(tau0).into())),
        ("nominal", clock.nominal.map(|nominal| Value::Number(nominal).into())),
        ("hertz", text(&clock.hertz)),
        ("series", text(&clock.series)),
        ("time", text(&clock.time)),
        ("value", (!asked.value.is_empty()).then(|| Value::List(values).into())),
        ("import", text(&asked.import)),
    ]
}

fn table(entries: impl IntoIterator<Item = (&'static str, Option<Node>)>) -> Node {
    let there = entries.into_iter().filter_map(|(key, node)| Some((key.to_owned(), node?)));
    Value::Table(there.collect()).into()
}

fn words(list: &[String]) -> Option<Node> {
    let words = list.iter().map(|word| Node::from(word.as_str())).collect();
    (!list.is_empty()).then(|| Value::List(words).into())
}

fn text(word: &Option<String>) -> Option<Node> {
    word.as_deref().map(Node::from)
}

fn number_or_text(word: &str) -> Node {
    word.parse().map_or_else(|_| Node::from(word), |number| Value::Number(number).into())
}
