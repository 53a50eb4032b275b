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
const PIPELINE: &str = "pipeline.toml";
const EVENTS: &str = "events.jsonl";
const FOLDERS: [&str; 3] = ["datasets", "parts", "records"];
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
    /// It was written by a version that puts things elsewhere.
    #[error("use `{}` as run directory: its layout is {layout}, this version has {LAYOUT}; choose another with --out", directory.display())]
    Layout {
        /// The directory.
        directory: PathBuf,
        /// Its layout.
        layout: u32,
    },
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
        let marked = directory.join(MARK).exists();
        if marked {
            store.mark()?;
        } else if !store.is_empty().map_err(|source| store.refused(source))? {
            return Err(StoreError::Foreign(directory.to_owned()));
        } else if resume {
            return Err(StoreError::Nothing(directory.to_owned()));
        }
        store.prepare(resume).map_err(|source| store.refused(source))?;
        let steps = plan.steps.iter().map(|step| step.name.clone()).collect();
        let mark = Mark { layout: LAYOUT, title: plan.title.clone(), steps };
        let mark = serde_json::to_vec_pretty(&mark).expect("a mark is plain text and numbers");
        write_atomic(&directory.join(MARK), &mark)?;
        write_atomic(&directory.join(PIPELINE), plan.text.as_bytes())?;
        FOLDERS.iter().try_for_each(|folder| store.folder(&directory.join(folder)))?;
        Ok(store)
    }

    /// Reads a finished run.
    ///
    /// # Errors
    /// When the directory is no run, or the record of a step is missing or damaged.
    pub fn read(directory: &Path) -> Result<Finished, StoreError> {
        let store = Self { directory: directory.to_owned() };
        let unfinished = |reason: String| StoreError::Unfinished { directory: directory.to_owned(), reason };
        let mark = store.mark()?;
        let step = |name: &String| {
            let pair = store.pair(&directory.join("records").join(name));
            let (record, findings) = pair.ok_or_else(|| unfinished(format!("there is no record of step `{name}`")))?;
            Ok(StepResult { record, findings })
        };
        Ok(Finished { steps: mark.steps.iter().map(step).collect::<Result<_, StoreError>>()?, title: mark.title })
    }

    /// What `run.json` says.
    fn mark(&self) -> Result<Mark, StoreError> {
        let unfinished = |reason: String| StoreError::Unfinished { directory: self.directory.clone(), reason };
        let text = std::fs::read(self.directory.join(MARK)).map_err(|error| unfinished(format!("{MARK}: {error}")))?;
        let mark: Mark = serde_json::from_slice(&text).map_err(|error| unfinished(format!("{MARK}: {error}")))?;
        match mark.layout {
            LAYOUT => Ok(mark),
            layout => Err(StoreError::Layout { directory: self.directory.clone(), layout }),
        }
    }

    /// Tells whether there is nothing yet, or nothing but what a killed run began to write.
    fn is_empty(&self) -> io::Result<bool> {
        match self.directory.exists() {
            true => Ok(names(&self.directory)?.iter().all(|name| is_left_over(name))),
            false => Ok(true),
        }
    }

    /// Makes the directory, and removes what an earlier run left: half-written files, or everything.
    fn prepare(&self, resume: bool) -> io::Result<()> {
        std::fs::create_dir_all(&self.directory)?;
        let folders = FOLDERS.map(|folder| self.directory.join(folder));
        match resume {
            true => sweep(&self.directory),
            false => folders.iter().filter(|folder| folder.exists()).try_for_each(std::fs::remove_dir_all),
        }
    }

    fn folder(&self, path: &Path) -> Result<(), StoreError> {
        std::fs::create_dir_all(path).map_err(|source| self.refused(source))
    }

    fn refused(&self, source: io::Error) -> StoreError {
        StoreError::Io { directory: self.directory.clone(), source }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where events are appended.
    pub fn events(&self) -> PathBuf {
        self.directory.join(EVENTS)
    }

    /// Where the record of a step stands.
    pub(super) fn record(&self, step: &str) -> PathBuf {
        with_ending(&self.directory.join("records").join(step), "parquet")
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
        self.folder(&parts)?;
        self.keep(&parts.join(key), record, findings)
    }

    /// Keeps the record of a step and removes its parts.
    pub(super) fn finish_step(&self, step: &str, record: &Record, findings: &Record) -> Result<(), StoreError> {
        self.keep(&self.directory.join("records").join(step), record, findings)?;
        match std::fs::remove_dir_all(self.parts(step)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(self.refused(source)),
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

/// Tells whether a run keeps something of its own under this name.
pub(crate) fn is_own(name: &str) -> bool {
    FOLDERS.contains(&name) || [MARK, PIPELINE, EVENTS].contains(&name)
}

/// Tells whether this is the temporary name of a file that was being written.
fn is_left_over(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".part")
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    folder.read_dir()?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Removes the half-written files of a run that was killed, here and in the folders below.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sweep(&entry.path())?;
        } else if is_left_over(&entry.file_name().to_string_lossy()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::{Column, schema};

    fn plan() -> Plan {
        let text = "[dataset.c]\nrecipe = \"clocks\"\n[[step]]\nname = \"s\"\nop = \"stability\"\ndataset = \"c\"\n";
        Plan::read(&Document::parse(text, "a.toml").unwrap(), Path::new("")).unwrap()
    }

    fn record(revision: u32) -> Record {
        let schema = "stability/1".to_owned();
        let (step, analysis, parameters, tool) = ("s".into(), "stability".into(), String::new(), String::new());
        let header = Header { schema, step, analysis, revision, parameters, inputs: Vec::new(), tool };
        let table = Table::new(vec![Column::text("series", vec!["a".into()])]).unwrap();
        Record { header, table }
    }

    fn findings(code: &'static str) -> Record {
        let finding = Finding::new(Severity::Note, code, "seen", "matters", "advice").about("a");
        let result = StepResult { record: record(1), findings: vec![finding] };
        super::super::findings_record(&result)
    }

    fn refused(directory: &Path, resume: bool) -> String {
        Store::open(directory, resume, &plan()).unwrap_err().to_string()
    }

    #[test]
    fn a_step_reads_back_as_it_was_finished() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), false, &plan()).unwrap();
        assert!(Store::read(folder.path()).unwrap_err().to_string().contains("there is no record of step `s`"));
        store.finish_step("s", &record(1), &findings("gap")).unwrap();
        let finished = Store::read(folder.path()).unwrap();
        assert_eq!((finished.title.as_str(), &finished.steps[0].record), ("sigmatau", &record(1)));
        assert_eq!(finished.steps[0].findings[0].to_string(), "note [gap] a: seen; matters; try: advice");
    }

    #[test]
    fn a_record_is_taken_over_for_the_same_header_if_all_could_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), false, &plan()).unwrap();
        store.finish_step("s", &record(1), &findings("gap")).unwrap();
        assert!(store.finished("s", &record(1).header).is_some());
        assert!(store.finished("s", &record(2).header).is_none());
        store.finish_step("s", &record(1), &findings("unreadable")).unwrap();
        assert!(store.finished("s", &record(1).header).is_none());
    }

    #[test]
    fn a_part_without_its_findings_is_no_part() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), false, &plan()).unwrap();
        store.keep_part("s", "key", &record(1), &findings("gap")).unwrap();
        assert!(store.part("s", "key").is_some());
        std::fs::remove_file(folder.path().join("parts/s/key.findings.parquet")).unwrap();
        assert!(store.part("s", "key").is_none());
    }

    #[test]
    fn parts_go_when_the_step_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), false, &plan()).unwrap();
        store.keep_part("s", "key", &record(1), &findings("gap")).unwrap();
        store.finish_step("s", &record(1), &findings("gap")).unwrap();
        assert_eq!(names(&folder.path().join("parts")).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn opening_anew_clears_and_resuming_keeps_all_but_what_is_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), false, &plan()).unwrap();
        store.keep_part("s", "key", &record(1), &findings("gap")).unwrap();
        std::fs::write(folder.path().join("parts/s/.key.parquet.x1.part"), "half").unwrap();
        Store::open(folder.path(), true, &plan()).unwrap();
        assert!(store.part("s", "key").is_some());
        assert_eq!(names(&folder.path().join("parts/s")).unwrap().len(), 2);
        Store::open(folder.path(), false, &plan()).unwrap();
        assert!(store.part("s", "key").is_none());
    }

    #[test]
    fn a_directory_in_which_a_run_was_killed_at_its_first_file_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".run.json.x1.part"), "{").unwrap();
        assert!(refused(folder.path(), true).contains("there is none"));
        Store::open(folder.path(), false, &plan()).unwrap();
    }

    #[test]
    fn what_is_no_run_of_this_layout_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("letter.txt"), "dear").unwrap();
        assert!(refused(folder.path(), false).contains("it is not empty and no run of sigmatau"));
        std::fs::write(folder.path().join(MARK), "{\"layout\": 9, \"title\": \"\", \"steps\": []}").unwrap();
        assert!(refused(folder.path(), true).contains("its layout is 9, this version has 1"));
    }

    #[test]
    fn findings_read_back_from_their_table() {
        let table = findings("gap").table;
        assert_eq!(table.columns().len(), schema::finding::SCHEMA.fields.len());
        assert_eq!(findings_of(&table).unwrap()[0].subject, "a");
        assert!(findings_of(&record(1).table).is_none());
    }
}
