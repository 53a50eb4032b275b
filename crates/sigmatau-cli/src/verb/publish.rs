//! `sigmatau publish`: documents from the records of a run.

use crate::args::PublishArguments;
use crate::exit::Exit;
use crate::output::deliver;
use anyhow::Context;
use sigmatau_data::{Record, write_atomic};
use sigmatau_pipeline::{DocumentError, StepResult, Store, plan};
use sigmatau_publish::certificate::items;
use sigmatau_publish::format::Holds;
use sigmatau_publish::{Format, Language, Profile, Publication, PublishError, Remark, format};
use std::path::{Path, PathBuf};

pub(crate) fn publish(asked: PublishArguments) -> anyhow::Result<Exit> {
    let language = Language::named(&asked.language)?;
    let formats: Vec<&Format> = asked.format.iter().map(|name| format::named(name)).collect::<Result<_, _>>()?;
    let finished = Store::read(&asked.run)?;
    let steps: Vec<&StepResult> = finished.steps.iter().collect();
    let folder = asked.output.as_deref().unwrap_or(&asked.run);
    make(folder)?;
    let profile = asked.profile.as_deref().map(read_profile).transpose()?;
    for format in formats {
        let document = Document { format, language, file: None, profile: profile.clone() };
        for path in document.write(&finished.title, &steps, folder)? {
            deliver(format!("{}\n", path.display()).as_bytes(), None)?;
        }
    }
    Ok(Exit::Done)
}

fn make(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("make the folder `{}`", folder.display()))
}

fn read_profile(path: &Path) -> Result<Profile, DocumentError> {
    let origin = path.display().to_string();
    let refused =
        |error: std::io::Error| DocumentError { origin: origin.clone(), line: None, message: error.to_string() };
    Profile::parse(&std::fs::read_to_string(path).map_err(refused)?, &origin)
}

/// The folder of documents of which there is one for each item.
const CERTIFICATES: &str = "certificates";

/// A document to be made: format, language, and the name of its file or folder where one was asked for.
pub(crate) struct Document {
    format: &'static Format,
    language: Language,
    file: Option<String>,
    profile: Option<Profile>,
}

impl Document {
    /// Understands a publication of a pipeline.
    pub(crate) fn of(publication: &plan::Publication) -> Result<Self, DocumentError> {
        let refused = |key| move |error: PublishError| publication.refuse(key, &error.to_string());
        let format = format::named(&publication.format).map_err(refused("format"))?;
        let language = Language::named(&publication.language).map_err(refused("language"))?;
        let profile = publication.profile.as_deref().map(read_profile).transpose()?;
        if format.holds == Holds::Item {
            complete(profile.as_ref()).map_err(refused("profile"))?;
        }
        Ok(Self { format, language, file: publication.file.clone(), profile })
    }

    /// The names of the files: one, or one for each step where the format holds only one record; of a format for
    /// items the folder.
    pub(crate) fn names(&self, steps: &[&str]) -> Vec<String> {
        let extension = self.format.extension;
        match (self.format.holds, &self.file) {
            (Holds::Publication, Some(file)) => vec![file.clone()],
            (Holds::Publication, None) => vec![format!("report.{extension}")],
            (Holds::Item, file) => vec![file.clone().unwrap_or_else(|| CERTIFICATES.to_owned())],
            (Holds::OneRecord, Some(file)) if steps.len() == 1 => vec![file.clone()],
            (Holds::OneRecord, _) => steps.iter().map(|step| format!("{step}.{extension}")).collect(),
        }
    }

    /// Writes the files and returns their paths.
    pub(crate) fn write(&self, title: &str, steps: &[&StepResult], folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let records: Vec<Record> = steps.iter().map(|step| step.record.clone()).collect();
        let remarks: Vec<Remark<'_>> = steps.iter().flat_map(|step| &step.findings).map(Remark::from).collect();
        let whole = Publication {
            findings: &remarks,
            language: self.language,
            complete: "records/",
            profile: self.profile.as_ref(),
            ..Publication::new(title, &records)
        };
        let names: Vec<&str> = records.iter().map(|record| record.header.step.as_str()).collect();
        let mut paths = self.names(&names).into_iter().map(|name| folder.join(name));
        match self.format.holds {
            Holds::Publication => paths.map(|path| self.write_one(&whole, path)).collect(),
            Holds::OneRecord => {
                let write = |(path, records)| self.write_one(&Publication { records, ..whole }, path);
                paths.zip(records.chunks(1)).map(write).collect()
            }
            Holds::Item => paths.try_fold(Vec::new(), |_, folder| self.write_items(&whole, &folder)),
        }
    }

    /// Writes one file for each item, under its name.
    fn write_items(&self, whole: &Publication<'_>, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
        make(folder)?;
        let write = |item: &str| {
            let name = format!("{}.{}", file_name(item), self.format.extension);
            self.write_one(&Publication { item, ..*whole }, folder.join(name))
        };
        items(whole.records).into_iter().map(write).collect()
    }

    fn write_one(&self, publication: &Publication<'_>, path: PathBuf) -> anyhow::Result<PathBuf> {
        let mut bytes = Vec::new();
        sigmatau_publish::publish(self.format, publication, &mut bytes)?;
        write_atomic(&path, &bytes)?;
        Ok(path)
    }
}

/// The profile of certificates must be there and whole before anything runs.
fn complete(profile: Option<&Profile>) -> Result<(), PublishError> {
    profile.ok_or(PublishError::NoProfile)?.complete(Vec::new())
}

/// The name of an item as that of a file: what a path could take for something else is written as its code.
fn file_name(item: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    item.chars().map(|c| if kept(c) { c.to_string() } else { format!("%{:02X}", u32::from(c)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_item_escapes_its_folder_or_takes_the_name_of_another() {
        assert_eq!(file_name("acc-1"), "acc-1");
        assert_eq!(file_name("../x"), "%2E%2E%2Fx");
        assert_ne!(file_name("a/b"), file_name("a.b"));
    }
}
