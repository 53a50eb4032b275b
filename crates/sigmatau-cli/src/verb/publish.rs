//! `sigmatau publish`: documents from the records of a run.

use crate::args::PublishArguments;
use crate::exit::Exit;
use crate::output::deliver;
use anyhow::Context;
use sigmatau_data::{Record, write_atomic};
use sigmatau_pipeline::{DocumentError, StepResult, Store, plan};
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
    pub(crate) fn of(publication: &plan::Publication) -> Result<Self, DocumentError> {
        let refused = |key| move |error: PublishError| publication.refuse(key, &error.to_string());
        let format = format::named(&publication.format).map_err(refused("format"))?;
        let language = Language::named(&publication.language).map_err(refused("language"))?;
        Ok(Self { format, language, file: publication.file.clone() })
    }

    /// The names of the files: one, or one for each step where the format holds only one record.
    pub(crate) fn names(&self, steps: &[&str]) -> Vec<String> {
        let extension = self.format.extension;
        match (self.format.holds, &self.file) {
            (Holds::Publication, Some(file)) => vec![file.clone()],
            (Holds::Publication, None) => vec![format!("report.{extension}")],
            (Holds::OneRecord, Some(file)) if steps.len() == 1 => vec![file.clone()],
            (Holds::OneRecord, _) => steps.iter().map(|step| format!("{step}.{extension}")).collect(),
        }
    }

    /// Writes the files and returns their paths.
    pub(crate) fn write(&self, title: &str, steps: &[&StepResult], folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let records: Vec<Record> = steps.iter().map(|step| step.record.clone()).collect();
        let remarks: Vec<Remark<'_>> = steps.iter().flat_map(|step| &step.findings).map(Remark::from).collect();
        let whole =
            Publication { title, records: &records, findings: &remarks, language: self.language, complete: "records/" };
        let parts: Vec<&[Record]> = match self.format.holds {
            Holds::Publication => vec![&records],
            Holds::OneRecord => records.chunks(1).collect(),
        };
        let names: Vec<&str> = records.iter().map(|record| record.header.step.as_str()).collect();
        let paths = self.names(&names).into_iter().map(|name| folder.join(name));
        let write = |(path, records)| self.write_one(&Publication { records, ..whole }, path);
        paths.zip(parts).map(write).collect()
    }

    fn write_one(&self, publication: &Publication<'_>, path: PathBuf) -> anyhow::Result<PathBuf> {
        let mut bytes = Vec::new();
        sigmatau_publish::publish(self.format, publication, &mut bytes)?;
        write_atomic(&path, &bytes)?;
        Ok(path)
    }
}
