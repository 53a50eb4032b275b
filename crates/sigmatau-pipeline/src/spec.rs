//! A pipeline as typed: named datasets, an ordered list of steps, publications, expectations.

use crate::document::{Document, DocumentError, Parameter, Section};

const PIPELINE: &[Parameter] = &[
    Parameter::new("title", "title of the run and of its publications"),
    Parameter::new("dataset", "[dataset.NAME]: where data come from"),
    Parameter::new("step", "[[step]]: an analysis of datasets"),
    Parameter::new("publish", "[[publish]]: a document made from the records"),
    Parameter::new("expect", "[[expect]]: a value that the records must show"),
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
    pub fn read(document: &'a Document) -> Result<Self, DocumentError> {
        let root = document.section().checked("the pipeline", &[PIPELINE])?;
        let spec = Self {
            title: root.text("title")?.unwrap_or_else(|| "sigmatau".to_owned()),
            datasets: named_datasets(&root)?,
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

fn named_datasets<'a>(root: &Section<'a>) -> Result<Vec<(String, Section<'a>)>, DocumentError> {
    let Some(datasets) = root.subsection("dataset") else { return Ok(Vec::new()) };
    let datasets = datasets.table("write each dataset as [dataset.NAME]")?;
    let dataset = |name: &'a str| {
        plain(name, "dataset").map_err(|message| datasets.refuse_key(name, &message))?;
        Ok((name.to_owned(), datasets.subsection(name).expect("a key that was typed")))
    };
    datasets.keys().into_iter().map(dataset).collect()
}

fn named_steps<'a>(root: &Section<'a>) -> Result<Vec<(String, Section<'a>)>, DocumentError> {
    let mut steps: Vec<(String, Section<'a>)> = Vec::new();
    for section in root.subsections("step")? {
        let name = section.required("name")?;
        plain(&name, "step").map_err(|message| section.refuse_key("name", &message))?;
        if steps.iter().any(|(earlier, _)| *earlier == name) {
            return Err(section.refuse_key("name", &format!("two steps have the name `{name}`")));
        }
        steps.push((name, section));
    }
    Ok(steps)
}

/// Names become names of files.
fn plain(name: &str, kind: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !name.is_empty() && name.chars().all(plain) {
        true => Ok(()),
        false => Err(format!("the {kind} name `{name}` must be letters, digits, `-` and `_`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let document = Document::parse(text, "a.toml").unwrap();
        Spec::read(&document).unwrap_err().to_string()
    }

    #[test]
    fn parts_arrive_in_the_order_of_the_file() {
        let text = "[dataset.b]\n[dataset.a]\n[[step]]\nname = \"two\"\n[[step]]\nname = \"one\"\n[[publish]]\n";
        let document = Document::parse(text, "a.toml").unwrap();
        let spec = Spec::read(&document).unwrap();
        let names = |parts: &[(String, Section<'_>)]| parts.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&spec.datasets), names(&spec.steps)),
            (vec!["b".into(), "a".into()], vec!["two".into(), "one".into()])
        );
        assert_eq!((spec.title.as_str(), spec.publications.len(), spec.expectations.len()), ("sigmatau", 1, 0));
    }

    #[test]
    fn names_that_can_be_no_file_names_are_refused() {
        assert!(refused("[[step]]\nname = \"a/b\"\n").contains("line 2: the step name `a/b` must be letters"));
        assert!(refused("[dataset.\"../a\"]\n[[step]]\nname = \"s\"\n").contains("line 1: the dataset name `../a`"));
        assert!(
            refused("[[step]]\nname = \"s\"\n[[step]]\nname = \"s\"\n").contains("line 4: two steps have the name `s`")
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(refused("dataset = \"clocks\"\n").contains("line 1: write each dataset as [dataset.NAME]"));
        assert!(refused("[step]\nname = \"s\"\n").contains("write each `step` as [[step]]"));
        assert!(refused("title = \"t\"\n").contains("has no [[step]]"));
        assert!(refused("stp = 1\n").contains("line 1: the pipeline has no key `stp`; did you mean `step`?"));
    }
}
