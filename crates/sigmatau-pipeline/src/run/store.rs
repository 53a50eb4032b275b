//! The run directory: what is where, what an earlier run left.
//!
//! ```text
//! RUN/run.json                      marks the directory as a run
//! RUN/pipeline.toml                 the pipeline as typed
//! RUN/events.jsonl                  what happened, appended
//! RUN/datasets/NAME-KEY.parquet     demonstration data
//! RUN/parts/STEP/KEY.parquet        results of units of work, until the step is done
//! RUN/records/STEP.parquet          the record of a step
//! RUN/records/STEP.findings.parquet its findings
//! ```

use super::{Part, StepResult};
use crate::plan::Plan;
use serde::{Deserialize, Serialize};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::{DataError, Header, Record, Table, write_atomic};
use std::io;
use std::path::{Path, PathBuf};

const MARK: &str = "run.json";
/// Raised when something moves within the directory.
const LAYOUT: u32 = 1;

/// The content of `run.json`.
#[derive(Serialize, Deserialize)]
struct Mark {
    layout: u32,
    title: String,
    steps: Vec<String>,
}

/// A finished run, read back.
#[derive(Debug)]
pub struct Finished {
    /// The title of the pipeline.
    pub title: String,
    /// The results of the steps, in order.
    pub steps: Vec<StepResult>,
}

/// A run directory.
#[derive(Clone, Debug)]
pub struct Store {
    directory: PathBuf,
}

/// Why a run directory can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The directory holds something else.
    #[error("use `{}` as run directory: it is not empty and no run of sigmatau; choose another with --out", .0.display())]
    Foreign(PathBuf),
    /// There is nothing to resume.
    #[error("resume the run in `{}`: there is none; run without --resume", .0.display())]
    Nothing(PathBuf),
    /// The directory is no finished run.
    #[error("read the run in `{}`: {reason}; run its pipeline first, or go on with --resume", directory.display())]
    Unfinished {
        /// The directory.
        directory: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// The operating system refused.
    #[error("use `{}` as run directory: {source}; choose another with --out", directory.display())]
    Io {
        /// The directory.
        directory: PathBuf,
        /// Its answer.
        source: io::Error,
    },
    /// A file in it could not be written.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl Store {
    /// Begins a run in `directory`, which is made if need be. The results of an earlier run are
    /// removed, or kept for reuse with `resume`.
    ///
    /// # Errors
    /// When the directory can't be written, holds something else than a run, or there is nothing to resume.
    pub fn open(directory: &Path, resume: bool, plan: &Plan) -> Result<Self, StoreError> {
        let store = Self { directory: directory.to_owned() };
        let refused = |source| StoreError::Io { directory: directory.to_owned(), source };
        let marked = store.directory.join(MARK).exists();
        let empty = !directory.exists() || directory.read_dir().map_err(refused)?.next().is_none();
        match (marked, empty) {
            (false, true) if resume => return Err(StoreError::Nothing(directory.to_owned())),
            (false, false) => return Err(StoreError::Foreign(directory.to_owned())),
            (true, _) if !resume => store.clear().map_err(refused)?,
            _ => {}
        }
        for folder in ["datasets", "parts", "records"] {
            std::fs::create_dir_all(directory.join(folder)).map_err(refused)?;
        }
        let steps = plan.steps.iter().map(|step| step.name.clone()).collect();
        let mark = Mark { layout: LAYOUT, title: plan.title.clone(), steps };
        let mark = serde_json::to_vec_pretty(&mark).expect("a mark is plain text and numbers");
        write_atomic(&directory.join(MARK), &mark)?;
        write_atomic(&directory.join("pipeline.toml"), plan.text.as_bytes())?;
        Ok(store)
    }

    /// Reads a finished run.
    ///
    /// # Errors
    /// When the directory is no run, or the record of a step is missing or damaged.
    pub fn read(directory: &Path) -> Result<Finished, StoreError> {
        let store = Self { directory: directory.to_owned() };
        let unfinished = |reason: String| StoreError::Unfinished { directory: directory.to_owned(), reason };
        let mark = std::fs::read(directory.join(MARK)).map_err(|error| unfinished(format!("{MARK}: {error}")))?;
        let mark: Mark = serde_json::from_slice(&mark).map_err(|error| unfinished(format!("{MARK}: {error}")))?;
        let step = |name: &String| {
            let pair = store.pair(&directory.join("records").join(name));
            let (record, findings) = pair.ok_or_else(|| unfinished(format!("there is no record of step `{name}`")))?;
            Ok(StepResult { record, findings })
        };
        Ok(Finished { steps: mark.steps.iter().map(step).collect::<Result<_, StoreError>>()?, title: mark.title })
    }

    fn clear(&self) -> io::Result<()> {
        for folder in ["datasets", "parts", "records"].map(|folder| self.directory.join(folder)) {
            if folder.exists() {
                std::fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where events are appended.
    pub fn events(&self) -> PathBuf {
        self.directory.join("events.jsonl")
    }

    /// Where demonstration data of this name and key are kept.
    pub(super) fn dataset(&self, name: &str, key: &str) -> PathBuf {
        self.directory.join("datasets").join(format!("{name}-{key}.parquet"))
    }

    /// The record of a step and its findings, where an earlier run made them of the same inputs with
    /// the same parameters and revision, and could read everything.
    pub(super) fn finished(&self, step: &str, header: &Header) -> Option<StepResult> {
        let (record, findings) = self.pair(&self.directory.join("records").join(step))?;
        let whole = record.header == *header && findings.iter().all(|finding| finding.code != "unreadable");
        whole.then_some(StepResult { record, findings })
    }

    /// The part of this key, where an earlier run left one.
    pub(super) fn part(&self, step: &str, key: &str) -> Option<Part> {
        let (record, findings) = self.pair(&self.parts(step).join(key))?;
        Some((record.table, findings))
    }

    /// Keeps a part: its findings first, so that a part with a table is whole.
    pub(super) fn keep_part(
        &self,
        step: &str,
        key: &str,
        record: &Record,
        findings: &Record,
    ) -> Result<(), StoreError> {
        let parts = self.parts(step);
        std::fs::create_dir_all(&parts).map_err(|source| StoreError::Io { directory: parts.clone(), source })?;
        self.keep(&parts.join(key), record, findings)
    }

    /// Keeps the record of a step and removes its parts.
    pub(super) fn finish_step(&self, step: &str, record: &Record, findings: &Record) -> Result<(), StoreError> {
        self.keep(&self.directory.join("records").join(step), record, findings)?;
        let parts = self.parts(step);
        match std::fs::remove_dir_all(&parts) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(StoreError::Io { directory: parts, source }),
            _ => Ok(()),
        }
    }

    fn parts(&self, step: &str) -> PathBuf {
        self.directory.join("parts").join(step)
    }

    fn keep(&self, stem: &Path, record: &Record, findings: &Record) -> Result<(), StoreError> {
        findings.write(&with_ending(stem, "findings.parquet"))?;
        Ok(record.write(&with_ending(stem, "parquet"))?)
    }

    fn pair(&self, stem: &Path) -> Option<(Record, Vec<Finding>)> {
        let record = Record::read(&with_ending(stem, "parquet")).ok()?;
        let findings = Record::read(&with_ending(stem, "findings.parquet")).ok()?;
        Some((record, findings_of(&findings.table)?))
    }
}

fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

/// Reads findings back from a table of the finding schema.
fn findings_of(table: &Table) -> Option<Vec<Finding>> {
    let names = ["severity", "code", "subject", "seen", "matters", "advice"];
    let columns: Vec<&[String]> = names.iter().map(|name| table.texts(name)).collect::<Option<_>>()?;
    let finding = |row: usize| {
        let [severity, code, subject, seen, matters, advice] =
            std::array::from_fn(|column| columns[column][row].clone());
        Some(Finding::new(Severity::from_word(&severity)?, code, seen, matters, advice).about(subject))
    };
    (0..table.rows()).map(finding).collect()
}
