//! `sigmatau stability`: one analysis on files, through the same plan as a pipeline.

use super::analysis::{answer, number_or_text, table, text, words};
use crate::args::StabilityArguments;
use crate::exit::Exit;
use sigmatau_pipeline::Document;
use sigmatau_pipeline::document::{Node, Value};

pub(crate) fn stability(asked: &StabilityArguments) -> anyhow::Result<Exit> {
    answer(&pipeline(asked), &asked.format, asked.output.as_deref(), asked.quiet)
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
