//! A pipeline as typed: named datasets, an ordered list of steps, publications, expectations.

use crate::document::{Document, Parameter, Section, SpecError};

const PIPELINE: &[Parameter] = &[
    Parameter { name: "title", default: "", doc: "title of the run and of its publications" },
    Parameter { name: "dataset", default: "", doc: "[dataset.NAME]: where data come from" },
    Parameter { name: "step", default: "", doc: "[[step]]: an analysis of datasets" },
    Parameter { name: "publish", default: "", doc: "[[publish]]: a document made from the records" },
    Parameter { name: "expect", default: "", doc: "[[expect]]: a value that the records must show" },
];

/// A pipeline as typed; the words of steps and datasets are not yet understood.
#[derive(Debug)]
pub struct Spec<'a> {
    /// The title.
    pub title: String,
    /// The datasets by name.
    pub datasets: Vec<(String, Section<'a>)>,
    /// The steps by name, in order.
    pub steps: Vec<(String, Section<'a>)>,
    /// The publications.
    pub publications: Vec<Section<'a>>,
    /// The expectations.
    pub expectations: Vec<Section<'a>>,
}

impl<'a> Spec<'a> {
    /// Takes a document apart.
    ///
    /// # Errors
    /// When a key is not known, a step has no name or the name of another, or there is no step.
    pub fn read(document: &'a Document) -> Result<Self, SpecError> {
        let root = document.section().checked("the pipeline", PIPELINE)?;
        let datasets = root.subsection("dataset");
        let dataset = |name: &&'a str| Some(((*name).to_owned(), datasets.as_ref()?.subsection(name)?));
        let names = datasets.as_ref().map(Section::keys).unwrap_or_default();
        let spec = Self {
            title: root.text("title")?.unwrap_or_else(|| "sigmatau".to_owned()),
            datasets: names.iter().filter_map(dataset).collect(),
            steps: named_steps(&root)?,
            publications: root.subsections("publish")?,
            expectations: root.subsections("expect")?,
        };
        match spec.steps.is_empty() {
            true => Err(root.refuse(None, "the pipeline has no [[step]]; add one with `op`, `name` and `dataset`")),
            false => Ok(spec),
        }
    }
}

fn named_steps<'a>(root: &Section<'a>) -> Result<Vec<(String, Section<'a>)>, SpecError> {
    let mut steps: Vec<(String, Section<'a>)> = Vec::new();
    for section in root.subsections("step")? {
        let name = section.required("name")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(
                section.refuse_key("name", &format!("the step name `{name}` must be letters, digits, `-` and `_`"))
            );
        }
        if steps.iter().any(|(earlier, _)| *earlier == name) {
            return Err(section.refuse_key("name", &format!("two steps have the name `{name}`")));
        }
        steps.push((name, section));
    }
    Ok(steps)
}
