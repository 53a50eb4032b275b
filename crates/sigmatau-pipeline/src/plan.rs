//! A pipeline as meant: every word understood, every file opened. Nothing has run yet.

use crate::dataset::{Origin, Planned};
use crate::document::{Document, Parameter, Section, SpecError};
use crate::expect::Expectation;
use crate::op::{Analysis, OPS, Op};
use crate::spec::Spec;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_data::DataError;
use std::fmt;
use std::path::Path;

const STEP: &[Parameter] = &[
    Parameter { name: "name", default: "", doc: "name of the step and of its record" },
    Parameter { name: "op", default: "", doc: "what to do, see `list ops`" },
    Parameter { name: "dataset", default: "", doc: "the dataset to do it with" },
];

const PUBLISH: &[Parameter] = &[
    Parameter { name: "format", default: "", doc: "the format, see `list formats`" },
    Parameter {
        name: "file",
        default: "",
        doc: "file name in the run directory; made from title and format if left out",
    },
    Parameter { name: "steps", default: "", doc: "the steps whose records are published; all if left out" },
    Parameter { name: "language", default: "\"en\"", doc: "language of headings: en or zh" },
];

/// A pipeline that can run.
pub struct Plan {
    /// The title.
    pub title: String,
    /// The datasets.
    pub datasets: Vec<Planned>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The publications.
    pub publications: Vec<Publication>,
    /// Values that the records must show.
    pub expectations: Vec<Expectation>,
    /// The pipeline as typed.
    pub text: String,
}

/// A step that can run.
pub struct Step {
    /// The name.
    pub name: String,
    /// The place of its dataset.
    pub dataset: usize,
    /// The op.
    pub op: &'static Op,
    /// The analysis with its parameters.
    pub analysis: Box<dyn Analysis>,
}

/// A document to be made from the records; formats are understood by whoever publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The name of the format.
    pub format: String,
    /// The file name in the run directory, where one was typed.
    pub file: Option<String>,
    /// The places of the steps.
    pub steps: Vec<usize>,
    /// The tag of the language.
    pub language: String,
    /// Where it was asked for, for messages of whoever publishes.
    pub origin: String,
    /// The line of the format.
    pub line: Option<usize>,
}

/// Why a pipeline can't run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The request can't be meant.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The data of a dataset can't be read.
    #[error("open dataset `{dataset}`: {source}")]
    Data {
        /// The dataset.
        dataset: String,
        /// What was met.
        #[source]
        source: DataError,
    },
}

impl Plan {
    /// Understands a document; relative paths in it start from `base`. Files are opened and their
    /// columns checked, nothing is computed.
    ///
    /// # Errors
    /// When something is not known or can't be read, with line, word and the nearest known ones.
    pub fn read(document: &Document, base: &Path) -> Result<Self, PlanError> {
        let spec = Spec::read(document)?;
        let datasets = spec.datasets.into_iter().map(|(name, section)| Planned::read(&name, section, base));
        let datasets: Vec<Planned> = datasets.collect::<Result<_, _>>()?;
        let steps = spec.steps.into_iter().map(|(name, section)| step(name, section, &datasets));
        let steps: Vec<Step> = steps.collect::<Result<_, _>>()?;
        let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
        let publications =
            spec.publications.into_iter().map(|section| publication(section, &names)).collect::<Result<_, _>>()?;
        let expectations = spec
            .expectations
            .into_iter()
            .map(|section| Expectation::read(section, &names))
            .collect::<Result<_, _>>()?;
        openable(&datasets)?;
        let text = document.text.clone();
        Ok(Self { title: spec.title, datasets, steps, publications, expectations, text })
    }
}

/// Opens the files of every dataset once, so that what is wrong with them is said before anything runs.
fn openable(datasets: &[Planned]) -> Result<(), PlanError> {
    for planned in datasets {
        if let Origin::Files(files) = &planned.origin {
            planned.open(files).map_err(|source| PlanError::Data { dataset: planned.name.clone(), source })?;
        }
    }
    Ok(())
}

fn step(name: String, section: Section<'_>, datasets: &[Planned]) -> Result<Step, SpecError> {
    let op = op(&section)?;
    let section = section.checked(format!("step `{name}`"), known_keys(op))?.knowing(op.parameters);
    let dataset = section.required("dataset")?;
    let names: Vec<&str> = datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    let place = names.iter().position(|known| *known == dataset);
    let unknown =
        || section.refuse_key("dataset", &format!("there is no dataset `{dataset}`{}", did_you_mean(&dataset, &names)));
    Ok(Step { dataset: place.ok_or_else(unknown)?, op, analysis: (op.plan)(&section)?, name })
}

fn op(section: &Section<'_>) -> Result<&'static Op, SpecError> {
    let word = section.required("op")?;
    let names: Vec<&str> = OPS.iter().map(|op| op.name).collect();
    let unknown = || section.refuse_key("op", &format!("there is no op `{word}`{}", did_you_mean(&word, &names)));
    OPS.iter().find(|op| op.name == word).copied().ok_or_else(unknown)
}

/// The keys of every step and those of the op, made once for each op.
fn known_keys(op: &'static Op) -> &'static [Parameter] {
    static KEYS: std::sync::LazyLock<Vec<(&str, Vec<Parameter>)>> =
        std::sync::LazyLock::new(|| OPS.iter().map(|op| (op.name, [STEP, op.parameters].concat())).collect());
    KEYS.iter().find(|(name, _)| *name == op.name).map_or(STEP, |(_, keys)| keys)
}

fn publication(section: Section<'_>, steps: &[&str]) -> Result<Publication, SpecError> {
    let section = section.checked("the publication", PUBLISH)?;
    let typed = section.texts("steps")?;
    let place = |(line, name): &(Option<usize>, String)| {
        let unknown = || section.refuse(*line, &format!("there is no step `{name}`{}", did_you_mean(name, steps)));
        steps.iter().position(|step| step == name).ok_or_else(unknown)
    };
    let named: Vec<usize> = typed.iter().map(place).collect::<Result<_, _>>()?;
    Ok(Publication {
        format: section.required("format")?,
        file: section.text("file")?,
        steps: if named.is_empty() { (0..steps.len()).collect() } else { named },
        language: section.required("language")?,
        origin: section.refuse(None, "").origin,
        line: section.line("format"),
    })
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for dataset in &self.datasets {
            match &dataset.origin {
                Origin::Files(files) => writeln!(f, "dataset {}: {} file(s)", dataset.name, files.len())?,
                Origin::Recipe(recipe) => writeln!(
                    f,
                    "dataset {}: recipe {}, {} clocks of {} points every {} s",
                    dataset.name,
                    recipe.name(),
                    recipe.clocks(),
                    recipe.points(),
                    recipe.tau0()
                )?,
            }
        }
        for step in &self.steps {
            writeln!(f, "step {}: {} of dataset {}", step.name, step.op.name, self.datasets[step.dataset].name)?;
            step.analysis.parameters().lines().try_for_each(|line| writeln!(f, "  {line}"))?;
        }
        self.publications.iter().try_for_each(|publication| writeln!(f, "publish {}", publication.format))?;
        self.expectations.iter().try_for_each(|expectation| writeln!(f, "expect {expectation}"))
    }
}
