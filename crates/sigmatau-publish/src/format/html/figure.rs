//! A chart on the page: its heading, the plot, and what a reader who cannot see it is told.

use crate::number::{Notation, typeset};
use crate::view::traceability::Graph;
use crate::view::{Axis, Chart};
use crate::{Language, PublishError, plot};
use minijinja::Value;
use serde::Serialize;

/// A plot with its texts.
#[derive(Serialize)]
pub(super) struct Figure {
    /// The name of the statistic, as users type it.
    subject: String,
    /// The statistic in words; the same as `subject` where it has no other name.
    title: String,
    /// What the plot shows.
    description: String,
    /// What stands below the plot.
    caption: String,
    /// The elements of the plot; none where nothing can be drawn.
    elements: Option<Value>,
}

impl Figure {
    /// Draws the chart and describes it.
    pub(super) fn of(chart: &Chart, language: Language) -> Result<Self, PublishError> {
        let title = language.name(&chart.subject).to_owned();
        let names: Vec<&str> = chart.curves.iter().take(plot_names(chart)).map(|curve| curve.name.as_str()).collect();
        let sentence = if chart.has_intervals() { "chart-intervals" } else { "chart" };
        let described =
            language.sentence(sentence, &[("subject", &title), ("abscissa", language.name(chart.abscissa.column))]);
        Ok(Self {
            description: [&described, language.text("colon"), &names.join(language.text("comma"))].concat(),
            caption: caption(chart, language),
            elements: plot::elements(chart, language)?.map(Value::from_safe_string),
            subject: chart.subject.clone(),
            title,
        })
    }

    /// Draws the graph and describes it.
    pub(super) fn of_graph(graph: &Graph, language: Language) -> Result<Self, PublishError> {
        let (count, unsound) = (graph.nodes.len(), graph.nodes.iter().filter(|node| !node.sound).count());
        let texts = [("count", count.to_string()), ("unsound", unsound.to_string())];
        let texts = texts.each_ref().map(|(name, text)| (*name, text.as_str()));
        let title = language.name("traceability").to_owned();
        Ok(Self {
            subject: title.clone(),
            description: language.text("graph").to_owned(),
            caption: language.sentence("graph-caption", &texts),
            elements: Some(Value::from_safe_string(plot::graph::elements(graph)?)),
            title,
        })
    }
}

/// How many names the description lists: those of a fleet are in its caption.
fn plot_names(chart: &Chart) -> usize {
    if chart.is_fleet() { 0 } else { chart.curves.len() }
}

/// How long curves are shown in part, and what a fleet is; empty for a small group that is shown whole.
fn caption(chart: &Chart, language: Language) -> String {
    let stretch = chart.stretch.to_string();
    let thinned = (chart.stretch > 1).then(|| language.sentence("thinned", &[("stretch", &stretch)]));
    let sentences: Vec<String> = thinned.into_iter().chain(chart.is_fleet().then(|| fleet(chart, language))).collect();
    sentences.join(language.text("stop"))
}

/// How many series there are, and which are marked.
fn fleet(chart: &Chart, language: Language) -> String {
    let count = chart.curves.len().to_string();
    let Some(last) = chart.common().last().copied() else {
        return language.sentence("fleet-unranked", &[("count", &count)]);
    };
    let at = place_of(chart.abscissa, last);
    let [highest, median, lowest] = chart.landmarks()[..] else {
        return language.sentence("fleet-unranked", &[("count", &count)]);
    };
    let name = |place: usize| chart.curves[place].name.as_str();
    let texts = [("highest", name(highest)), ("median", name(median)), ("lowest", name(lowest))];
    language.sentence("fleet", &[&[("count", count.as_str()), ("at", &at)], &texts[..]].concat())
}

/// A place on the abscissa in words, such as `τ = 10 s`.
fn place_of(abscissa: Axis, value: f64) -> String {
    let symbol = match abscissa.column {
        "frequency_hz" => "f",
        "tau_s" => "τ",
        _ => "t",
    };
    format!("{symbol} = {} {}", typeset(&Notation::of(&[value]).print(value)), abscissa.unit)
}
