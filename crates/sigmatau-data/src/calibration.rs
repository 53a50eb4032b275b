//! Calibration tables of any size, read instrument by instrument in bounded memory, their words as numbers.
//!
//! `calibration/vocabulary.rs` numbers words, `calibration/pieces.rs` reads any table of a schema in pieces that never cut
//! an instrument in two, `calibration/attached.rs` brings repeats, budgets and correlations to the rows that they belong to,
//! `calibration/audit.rs` remarks what is wrong with the table as a whole.

mod attached;
mod audit;
mod pieces;
mod vocabulary;

use crate::DataError;
use crate::schema::{
    Schema, budgets, calibrations, chain, check_standards, comparisons, correlations, logs, recalls, repeats,
};
use attached::Attachment;
use audit::Audit;
use sigmatau_core::Finding;
use std::path::{Path, PathBuf};

pub use attached::Attached;
pub use pieces::{NO_TIME, Piece, Pieces};
pub use vocabulary::{NO_WORD, Vocabulary};

/// The tables of calibrations, the one first that has to be there.
pub static TABLES: [&Schema; 9] = [
    &calibrations::SCHEMA,
    &repeats::SCHEMA,
    &budgets::SCHEMA,
    &correlations::SCHEMA,
    &logs::SCHEMA,
    &chain::SCHEMA,
    &recalls::SCHEMA,
    &check_standards::SCHEMA,
    &comparisons::SCHEMA,
];

/// The files of the tables that are there in `folder`.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    TABLES.iter().map(|schema| file(folder, schema)).filter(|path| path.exists()).collect()
}

fn file(folder: &Path, schema: &Schema) -> PathBuf {
    folder.join(format!("{}.parquet", schema.name))
}

/// The calibrations of a folder with what belongs to them.
///
/// ```
/// use sigmatau_data::calibration::Calibrations;
/// use sigmatau_data::generate::{Extent, Histories};
/// let folder = tempfile::tempdir()?;
/// let extent = Extent { instruments: 40, recalibrations: 2, detail: 1, seed: 1 };
/// Histories::builtin().with(extent).expect("40 instruments are enough").write(folder.path(), |_| true)?;
///
/// let mut calibrations = Calibrations::open(folder.path())?;
/// let block = calibrations.next_block()?.expect("there are rows");
/// assert_eq!((block.first_row, block.calibrations.rows()), (0, 40 * 2 * 4));
/// assert_eq!(block.repeats.ends[0], 10);
/// let laboratory = block.calibrations.words("laboratory")[0];
/// assert_eq!(calibrations.vocabulary().word(laboratory), "lab-001");
/// assert!(calibrations.next_block()?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Calibrations {
    folder: PathBuf,
    rows: Pieces,
    repeats: Option<Attachment>,
    budgets: Option<Attachment>,
    correlations: Option<Attachment>,
    vocabulary: Vocabulary,
    audit: Audit,
}

/// Calibrations of whole instruments, with what belongs to each row.
#[derive(Clone, Debug)]
pub struct CalibrationBlock {
    /// The row of the whole table with which the block begins, from 0.
    pub first_row: u64,
    /// The rows.
    pub calibrations: Piece,
    /// The readings of each.
    pub repeats: Attached,
    /// The budget of each.
    pub budgets: Attached,
    /// The correlated inputs of each.
    pub correlations: Attached,
}

impl Calibrations {
    /// Opens `calibrations.parquet` in `folder`, and `repeats.parquet`, `budgets.parquet` and `correlations.parquet` beside
    /// it where they are there; their rows stand in the order of the calibrations.
    ///
    /// # Errors
    /// When a file can't be read, is damaged, has none of the columns that name instrument, certificate and point, or a
    /// column of another kind than its schema says.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let beside = |schema: &'static Schema| {
            let path = file(folder, schema);
            path.exists().then(|| Attachment::open(&path, schema)).transpose()
        };
        Ok(Self {
            folder: folder.to_owned(),
            rows: Pieces::open(&file(folder, &calibrations::SCHEMA), &calibrations::SCHEMA, &["instrument"])?,
            repeats: beside(&repeats::SCHEMA)?,
            budgets: beside(&budgets::SCHEMA)?,
            correlations: beside(&correlations::SCHEMA)?,
            vocabulary: Vocabulary::default(),
            audit: Audit::default(),
        })
    }

    /// The next instruments, 2¹⁶ rows or as many more as the last instrument has; nothing at the end.
    ///
    /// The memory is one such block, the next batch of each file, and the words that differ.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn next_block(&mut self) -> Result<Option<CalibrationBlock>, DataError> {
        let Some(calibrations) = self.rows.next_piece(&mut self.vocabulary)? else { return Ok(None) };
        self.audit.see(&calibrations);
        let vocabulary = &mut self.vocabulary;
        let mut attach = |attachment: &mut Option<Attachment>| match attachment {
            Some(attachment) => attachment.attach(&calibrations, vocabulary),
            None => Ok(Attached::default()),
        };
        let (repeats, budgets) = (attach(&mut self.repeats)?, attach(&mut self.budgets)?);
        let correlations = attach(&mut self.correlations)?;
        let first_row = calibrations.first_row();
        Ok(Some(CalibrationBlock { first_row, calibrations, repeats, budgets, correlations }))
    }

    /// Another table of the folder in pieces that end where the words of the columns `key` change; nothing where it is not
    /// there.
    ///
    /// # Errors
    /// As [`Pieces::open`].
    pub fn beside(&self, schema: &'static Schema, key: &'static [&'static str]) -> Result<Option<Pieces>, DataError> {
        let path = file(&self.folder, schema);
        path.exists().then(|| Pieces::open(&path, schema, key)).transpose()
    }

    /// The words behind the numbers, of the blocks so far.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The words, to read further tables with the same numbers.
    pub fn vocabulary_mut(&mut self) -> &mut Vocabulary {
        &mut self.vocabulary
    }

    /// What is wrong with the tables as a whole, so far as they were read: repeated rows, instruments whose rows stand
    /// apart, mixed time zones, mixed units of a quantity, rows that belong to no calibration.
    pub fn findings(&self) -> Vec<Finding> {
        let attachments = [&self.repeats, &self.budgets, &self.correlations].into_iter().flatten();
        let left = attachments.filter_map(Attachment::finding);
        self.audit.findings(&self.vocabulary).into_iter().chain(left).collect()
    }
}

#[cfg(test)]
mod tests;
