//! `sigmatau publish`: documents from the records of a run.

use crate::args::PublishArguments;
use crate::exit::Exit;
use crate::output::deliver;
use anyhow::Context;
use sigmatau_data::{Record, write_atomic};
use sigmatau_pipeline::{SpecError, StepResult, Store, plan};
use sigmatau_publish::format::Holds;
use sigmatau_publish::{Format, Language, Publication, PublishError, Remark, format};
use std::path::{Path, PathBuf};

pub(crate) fn publish(asked: PublishArguments) -> anyhow::Result<Exit> {
    let language = Language::named(&asked.language)?;
    let formats: Vec<&Format> = asked.format.iter().map(|name| format::named(name)).collect::<Result<_, _>>()?;
    let finished = Store::read(&asked.run)?;
    let steps: Vec<&StepResult> = finished.steps.iter().collect();
    let folder = asked.output.as_deref().unwrap_or(&asked.run);
    std::fs::create_dir_all(folder).with_context(|| format!("make the folder `{}`", folder.display()))?;
    for format in formats {
        let document = Document { format, language, file: None };
        for path in document.write(&finished.title, &steps, folder)? {
            deliver(format!("{}\n", path.display()).as_bytes(), None)?;
        }
    }
    Ok(Exit::Done)
}

/// A document to be made: format, language, and the name of its file where one was asked for.
pub(crate) struct Document {
    format: &'static Format,
    language: Language,
    file: Option<String>,
}

impl Document {
    /// Understands a publication of a pipeline.
    pub(crate) fn of(publication: &plan::Publication) -> anyhow::Result<Self> {
        let refused = |error: PublishError| SpecError {
            origin: publication.origin.clone(),
            line: publication.line,
            message: error.to_string(),
        };
        let format = format::named(&publication.format).map_err(refused).context("plan the pipeline")?;
        let language = Language::named(&publication.language).map_err(refused).context("plan the pipeline")?;
        Ok(Self { format, language, file: publication.file.clone() })
    }

    /// Writes the document, or one for each record where the format holds only one, and returns the paths.
    pub(crate) fn write(&self, title: &str, steps: &[&StepResult], folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let records: Vec<Record> = steps.iter().map(|step| step.record.clone()).collect();
        let remarks: Vec<Remark<'_>> = steps.iter().flat_map(|step| &step.findings).map(Remark::from).collect();
        let whole =
            Publication { title, records: &records, findings: &remarks, language: self.language, complete: "records/" };
        match self.format.holds {
            Holds::Publication => {
                let name = self.file.clone().unwrap_or_else(|| format!("report.{}", self.format.extension));
                Ok(vec![self.write_one(&whole, &folder.join(name))?])
            }
            Holds::OneRecord => records
                .iter()
                .map(|record| {
                    let name = self.file.clone().filter(|_| records.len() == 1);
                    let name = name.unwrap_or_else(|| format!("{}.{}", record.header.step, self.format.extension));
                    self.write_one(&Publication { records: std::slice::from_ref(record), ..whole }, &folder.join(name))
                })
                .collect(),
        }
    }

    fn write_one(&self, publication: &Publication<'_>, path: &Path) -> anyhow::Result<PathBuf> {
        let mut bytes = Vec::new();
        sigmatau_publish::publish(self.format, publication, &mut bytes)?;
        write_atomic(path, &bytes)?;
        Ok(path.to_owned())
    }
}
