//! `sigmatau list`: the tables of names.

use crate::args::{ListArguments, Listed};
use crate::exit::Exit;
use crate::output::deliver;
use sigmatau_data::generate;
use sigmatau_data::import::IMPORTERS;
use sigmatau_data::schema::SCHEMAS;
use sigmatau_dynamic::deconvolution::REGULARISATIONS;
use sigmatau_dynamic::method::METHODS;
use sigmatau_dynamic::model::MODELS as SENSOR_MODELS;
use sigmatau_meter::clean;
use sigmatau_meter::solver::SOLVERS;
use sigmatau_pipeline::OPS;
use sigmatau_publish::FORMATS;
use sigmatau_spectrum::window::WINDOWS;
use sigmatau_stability::ESTIMATORS;
use sigmatau_stability::condition::{MODELS, STEPS};
use sigmatau_stability::mask::MASKS;
use sigmatau_uncertainty::check::{CHECKS, Check};
use sigmatau_uncertainty::consensus::CONSENSUSES;
use sigmatau_uncertainty::robust::ROBUSTS;
use sigmatau_uncertainty::rule::{RULES, Rule};

pub(crate) fn list(asked: ListArguments) -> anyhow::Result<Exit> {
    let lines: Vec<String> = match asked.table {
        Listed::Checks => CHECKS.iter().map(|check| line(check.name, &checked(check))).collect(),
        Listed::Consensus => CONSENSUSES
            .iter()
            .map(|entry| line(entry.name, &format!("{} ({})", entry.title, entry.reference)))
            .chain(ROBUSTS.iter().map(|entry| line(entry.name, &format!("{} ({})", entry.title, entry.reference))))
            .collect(),
        Listed::Cleaning => clean::STEPS.iter().map(|step| line(step.name, step.title)).collect(),
        Listed::Estimators => ESTIMATORS
            .iter()
            .map(|entry| line(entry.name, &format!("{}, {} ({})", entry.title, entry.symbol, entry.reference)))
            .collect(),
        Listed::Formats => FORMATS.iter().map(|entry| line(entry.name, entry.title)).collect(),
        Listed::Importers => {
            IMPORTERS.iter().map(|entry| line(entry.name, &format!("{} ({})", entry.title, entry.reference))).collect()
        }
        Listed::Masks => {
            MASKS.iter().map(|mask| line(&mask.name, &format!("{} ({})", mask.title, mask.reference))).collect()
        }
        Listed::Methods => {
            METHODS.iter().map(|entry| line(entry.name, &format!("{} ({})", entry.title, entry.reference))).collect()
        }
        Listed::Models => SENSOR_MODELS
            .iter()
            .map(|entry| line(entry.name, &format!("{}, {} ({})", entry.title, entry.formula, entry.reference)))
            .collect(),
        Listed::Ops => OPS
            .iter()
            .flat_map(|op| {
                titled(op.name, op.title, op.parameters.iter().copied().flatten().map(|key| (key.name, keyed(key))))
            })
            .collect(),
        Listed::Recipes => generate::names().into_iter().map(str::to_owned).collect(),
        Listed::Regularisations => REGULARISATIONS
            .iter()
            .map(|entry| line(entry.name, &format!("{}; {} ({})", entry.title, entry.strength, entry.reference)))
            .collect(),
        Listed::Rules => RULES.iter().map(|rule| line(rule.name, &ruled(rule))).collect(),
        Listed::Schemas => SCHEMAS
            .iter()
            .flat_map(|schema| {
                titled(
                    &format!("{}/{}", schema.name, schema.version),
                    "",
                    schema.fields.iter().map(|field| (field.name, unit_and_doc(field))),
                )
            })
            .collect(),
        Listed::Solvers => {
            SOLVERS.iter().map(|entry| line(entry.name, &format!("{} ({})", entry.title, entry.reference))).collect()
        }
        Listed::Steps => STEPS
            .iter()
            .map(|step| line(step.name, &stepped(step)))
            .chain(MODELS.iter().map(|model| line(&format!("drift:{}", model.name), model.title)))
            .collect(),
        Listed::Windows => WINDOWS
            .iter()
            .map(|window| line(window.name, &format!("{} ({})", window.title, window.reference)))
            .collect(),
    };
    deliver(format!("{}\n", lines.join("\n")).as_bytes(), None)?;
    Ok(Exit::Done)
}

fn line(name: &str, what: &str) -> String {
    format!("{name:<12} {what}").trim_end().to_owned()
}

fn titled<'a>(name: &str, what: &str, entries: impl Iterator<Item = (&'a str, String)>) -> Vec<String> {
    std::iter::once(line(name, what)).chain(entries.map(|(name, what)| format!("  {}", line(name, &what)))).collect()
}

fn keyed(key: &sigmatau_pipeline::document::Parameter) -> String {
    format!("{} [default: {}]", key.doc, key.default)
}

fn checked(check: &Check) -> String {
    format!("{}: {} ({})", check.severity.word(), check.title, check.reference)
}

fn ruled(rule: &Rule) -> String {
    let argument = |argument: sigmatau_uncertainty::rule::Argument| {
        format!("; after a colon {}, usually {}", argument.meaning, argument.usual)
    };
    format!("{}{} ({})", rule.title, rule.argument.map(argument).unwrap_or_default(), rule.reference)
}

fn stepped(step: &sigmatau_stability::condition::Step) -> String {
    let parameter =
        if step.parameter.is_empty() { String::new() } else { format!("; after a colon {}", step.parameter) };
    format!("{}{parameter} ({})", step.title, step.reference)
}

fn unit_and_doc(field: &sigmatau_data::Field) -> String {
    let unit = if field.unit.is_empty() { "–" } else { field.unit };
    format!("{unit:<4} {}", field.doc)
}
