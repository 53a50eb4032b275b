//! What can go wrong between a file and a table, with the file, the column, the value and the remedy.

use crate::TableError;
use sigmatau_core::UnitError;
use std::io;
use std::path::{Path, PathBuf};

/// Why data could not be read or written. Messages read after "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The operating system refused.
    #[error("{action} `{}`: {source}; {}", path.display(), advice(source))]
    Io {
        /// What was tried: `open`, `read`, `write` …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// The file is no Parquet file, or only a part of one.
    #[error("read `{}`: {seen}; {advice}", path.display())]
    NotParquet {
        /// The file.
        path: PathBuf,
        /// What the file looks like.
        seen: String,
        /// What to do.
        advice: &'static str,
    },
    /// The file opens, but its content can't be decoded.
    #[error("read `{}`: its content is damaged ({reason}); copy the file again or write it anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the decoder met.
        reason: String,
    },
    /// The text of the file is no table.
    #[error("read `{}` as a table: {reason}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The rows could not be encoded.
    #[error("write `{}`: {reason}", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// What the encoder met.
        reason: String,
    },
    /// One column is not what was asked for.
    #[error("read column `{column}` of `{file}`: {trouble}")]
    Column {
        /// The file or the name of the table.
        file: String,
        /// The column.
        column: String,
        /// What is wrong with it.
        trouble: Trouble,
    },
    /// It is not clear which columns hold the clock values.
    #[error("find the clock values of `{file}`: {seen}; {advice}")]
    Choice {
        /// The file or the name of the table.
        file: String,
        /// What was found.
        seen: String,
        /// How to state it.
        advice: &'static str,
    },
    /// Names can't be replaced by pseudonyms: the key is of no use, or there are no names.
    #[error("make pseudonyms by `{origin}`: {seen}; {advice}")]
    Key {
        /// The key or the table.
        origin: String,
        /// What is wrong.
        seen: String,
        /// What to do.
        advice: &'static str,
    },
    /// It is not clear which columns are the channels of a waveform.
    #[error("find the channels of `{file}`: {seen}; {advice}")]
    Channels {
        /// The file or the name of the table.
        file: String,
        /// What was found.
        seen: String,
        /// How to state them.
        advice: &'static str,
    },
    /// The curves of a table of a row per day do not go together.
    #[error("read the curves of `{file}`: {seen}; write a table for each")]
    Curves {
        /// The file or the name of the table.
        file: String,
        /// What was found.
        seen: String,
    },
    /// An option is out of its range.
    #[error("use the option `{option} = {value}`: it must be a positive number of {unit}")]
    Option {
        /// The option.
        option: &'static str,
        /// The value that was given.
        value: f64,
        /// The unit that the option is stated in.
        unit: &'static str,
    },
    /// The file is a table, but no record of this program.
    #[error("read the record `{}`: {reason}; tables that are no records are opened as datasets", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// Why it is no record.
        reason: String,
    },
    /// A manifest is not as it should be.
    #[error("read the manifest {0}")]
    Manifest(#[from] crate::DocumentError),
    /// A measurand is not as it should be.
    #[error("read the measurand {0}")]
    Measurand(crate::DocumentError),
    /// A file is not the one that its manifest describes.
    #[error(
        "verify `{}`: its BLAKE3 hash is {found}, the manifest states {stated}; fetch the file again, or state the \
         new hash if the change is meant", path.display()
    )]
    Hash {
        /// The file.
        path: PathBuf,
        /// The hash in the manifest.
        stated: String,
        /// The hash of the content.
        found: String,
    },
    /// A text file could not be imported.
    #[error(transparent)]
    Import(#[from] crate::import::ImportError),
    /// Columns do not make a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// What is wrong with a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// There is no such column.
    #[error("there is no such column{hint}")]
    Unknown {
        /// The nearest known columns.
        hint: String,
    },
    /// The stored type is of no use here.
    #[error("it is stored as {found}; {wanted} is wanted here")]
    Type {
        /// The stored type.
        found: String,
        /// What would do.
        wanted: &'static str,
    },
    /// Nothing says in which unit the values are.
    #[error("its unit is not known; state `unit`, or write the field metadata `unit`")]
    NoUnit,
    /// The unit is not understood, or does not convert.
    #[error("failed to {0}")]
    Unit(#[from] UnitError),
    /// The unit is none of clock values.
    #[error(
        "it is in `{found}`; phase is in a unit of time such as `s` or of angle such as `rad`, frequency in `1` or `Hz`"
    )]
    WrongUnit {
        /// The unit of the column.
        found: String,
    },
    /// Two statements about the unit contradict.
    #[error("it is in `{found}` by its field metadata, but `unit = \"{stated}\"` was stated; drop one of the two")]
    UnitTwice {
        /// The unit in the options.
        stated: String,
        /// The unit in the field metadata.
        found: String,
    },
    /// Two statements about the sampling interval contradict.
    #[error("its field metadata `tau0_s` is {found}, but `tau0 = {stated}` was stated; drop one of the two")]
    IntervalTwice {
        /// The interval in the options, in seconds.
        stated: String,
        /// The interval in the field metadata, in seconds.
        found: String,
    },
    /// The kind that was stated does not go with the unit.
    #[error("it is in `{unit}`, which is no unit of {kind}; state the other `kind`, or mend the unit")]
    KindUnit {
        /// The kind that was stated or is the name of the column.
        kind: &'static str,
        /// The unit of the column.
        unit: String,
    },
    /// Angles or frequencies in hertz without the nominal frequency.
    #[error("it is in `{unit}`, and {formula} needs the nominal frequency; state `nominal`, a positive number of Hz")]
    NoNominal {
        /// The unit of the column.
        unit: String,
        /// What the nominal frequency is needed for.
        formula: &'static str,
    },
    /// What values in hertz are is stated, and there are none.
    #[error("it is in `{unit}`, but `hertz` speaks of values in Hz; drop `hertz`, or mend the unit")]
    NoHertz {
        /// The unit of the column.
        unit: String,
    },
    /// Neither epochs nor an interval.
    #[error(
        "there is neither a column `time` nor a sampling interval; state `tau0` in s, name the column of epochs with \
         `time`, or write the field metadata `tau0_s`"
    )]
    NoInterval,
    /// Neither instants nor a sampling rate.
    #[error(
        "there is neither a column `time` nor a sampling rate; state `rate` in Hz, name the column of instants with \
         `time`, or write the field metadata `rate_hz`"
    )]
    NoRate,
    /// Two statements about the sampling rate contradict.
    #[error("its sampling rate is {found} Hz by its field metadata, but {stated} Hz; drop one of the two")]
    RateTwice {
        /// The rate in the field metadata, in hertz.
        found: String,
        /// Where another rate is stated, and that rate in hertz.
        stated: String,
    },
    /// A number in the field metadata can't be read.
    #[error("its field metadata `{key}` is `{text}`, which is not a finite number")]
    Number {
        /// The metadata key.
        key: &'static str,
        /// The text found there.
        text: String,
    },
}

impl Trouble {
    /// The error about `column` of `file`.
    pub(crate) fn of(self, file: &str, column: &str) -> DataError {
        DataError::Column { file: file.to_owned(), column: column.to_owned(), trouble: self }
    }
}

impl DataError {
    /// Turns an answer of the operating system into an error about `path`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "check the path; directories are not created on the way",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "choose a place that you have access to",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space or choose another disk",
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => "name a file",
        _ => "check the path and the disk",
    }
}
