//! One page that stands alone: summary, findings, σ–τ plots, tables, provenance.
//!
//! Nothing is fetched when the page is viewed: style and plots are inside, there are no scripts, and the
//! fonts are the reader's own. The markup is well-formed XML. The page follows the reader's choice of a
//! light or dark screen and prints black on white.
//!
//! Long records are shown in part: the page says how much, and where the rest is.

mod figure;
mod findings;
mod grid;
mod provenance;
mod section;

use super::{Format, Holds};
use crate::plot::{self, ink};
use crate::view::distinct;
use crate::{Language, Publication, PublishError};
use findings::Findings;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use section::Section;
use serde::Serialize;
use std::io::Write;

/// The entry of the table.
pub static FORMAT: Format = Format {
    name: "html",
    title: "one self-contained page with plots and tables",
    extension: "html",
    holds: Holds::Publication,
    provenance: true,
    write,
};

fn write(publication: &Publication<'_>, out: &mut dyn Write) -> Result<(), PublishError> {
    let language = publication.language;
    let sections: Vec<Section> =
        publication.records.iter().map(|record| Section::of(record, publication)).collect::<Result<_, _>>()?;
    let page = Page {
        lang: language.tag(),
        title: publication.title,
        summary: summary(publication),
        findings: Findings::of(publication),
        sections,
        inks: ink::all().map(Twins::of).collect(),
        canvas: (plot::WIDTH, plot::HEIGHT),
    };
    environment(language)?.get_template("page.html")?.render_captured_to(Serde(page), out)?;
    Ok(())
}

/// What the template fills in.
#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    title: &'a str,
    summary: String,
    findings: Findings,
    sections: Vec<Section>,
    inks: Vec<Twins>,
    canvas: (u32, u32),
}

/// The templates, with `say(key)` for texts of the page and `name(word)` for names in the data. Text is escaped wherever it is filled in.
fn environment(language: Language) -> Result<Environment<'static>, PublishError> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_function("say", move |key: &str| language.text(key));
    environment.add_function("name", move |name: &str| language.name(name).to_owned());
    environment.add_template("page.html", include_str!("html/page.html"))?;
    environment.add_template("style.css", include_str!("html/style.css"))?;
    Ok(environment)
}

/// What the publication holds, in one paragraph.
fn summary(publication: &Publication<'_>) -> String {
    let language = publication.language;
    let words = |name: &str| {
        let columns = publication.records.iter().filter_map(|record| record.table.texts(name));
        distinct(columns.flatten().map(String::as_str))
    };
    let (series, estimators) = (words("series"), words("estimator"));
    let mut facts = vec![("count-records", publication.records.len().to_string())];
    if !series.is_empty() {
        facts.push(("count-series", series.len().to_string()));
    }
    if !estimators.is_empty() {
        facts.push(("count-estimators", estimators.join(language.text("comma"))));
    }
    facts.push(("count-findings", findings::weighed(publication)));
    let told = |(key, fact): (&str, String)| [language.text(key), language.text("colon"), &fact].concat();
    let facts: Vec<String> = facts.into_iter().map(told).collect();
    facts.join(language.text("stop")) + language.text("stop").trim_end()
}

/// An ink and its twin on dark paper, as the stylesheet names them.
#[derive(Serialize)]
struct Twins {
    light: String,
    dark: String,
}

impl Twins {
    fn of(ink: ink::Ink) -> Self {
        Self { light: ink::hex(ink.light), dark: ink::hex(ink.dark) }
    }
}

/// How many of `total` rows are shown and where the rest is; empty where all are shown.
fn selection(shown: usize, total: usize, step: &str, publication: &Publication<'_>) -> String {
    if shown >= total {
        return String::new();
    }
    let language = publication.language;
    let (shown, total) = (shown.to_string(), total.to_string());
    let told = language.sentence("selection", &[("shown", &shown), ("total", &total)]);
    if publication.complete.is_empty() {
        return told;
    }
    told + language.text("space") + &language.sentence("complete", &[("step", step), ("place", publication.complete)])
}
