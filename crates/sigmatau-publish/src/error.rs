//! Why a document could not be written.

use std::io;

/// Why a document could not be written. Messages are fragments that read after "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// No format has this name.
    #[error("publish as `{name}`: there is no such format{hint}")]
    UnknownFormat {
        /// The name that was asked for.
        name: String,
        /// The nearest known names.
        hint: String,
    },
    /// No labels are written in this language.
    #[error("publish in `{tag}`: there are no labels in this language{hint}")]
    UnknownLanguage {
        /// The language tag that was asked for.
        tag: String,
        /// The nearest known tags.
        hint: String,
    },
    /// A format that holds one record was given none or several.
    #[error(
        "publish as `{format}`: a file of this format holds one record, not {found}; publish the records one by one"
    )]
    RecordCount {
        /// The name of the format.
        format: &'static str,
        /// How many records the publication has.
        found: usize,
    },
    /// No profile of the laboratory was given.
    #[error("issue a certificate: it needs the data of the laboratory; name a file with `profile`")]
    NoProfile,
    /// A certificate needs more than the profile and the records say.
    #[error("issue a certificate: missing are {}; add them to the profile `{origin}`", quoted(missing))]
    Incomplete {
        /// The profile.
        origin: String,
        /// All that is missing.
        missing: Vec<String>,
    },
    /// The item is none of those in the records.
    #[error("issue a certificate for `{item}`: it is no item of the records; known are {}", quoted(items))]
    Item {
        /// The item that was asked for; empty where none was named.
        item: String,
        /// The items of the records.
        items: Vec<String>,
    },
    /// No record of the item is a calibration.
    #[error(
        "issue a certificate for `{item}`: none of its records is a calibration; publish a response or a stability"
    )]
    NoCalibration {
        /// The item.
        item: String,
    },
    /// A unit can't be written in a certificate.
    #[error("issue a certificate: failed to {0}")]
    Unit(#[from] sigmatau_core::UnitError),
    /// The destination refused the bytes.
    #[error("write the document: {0}")]
    Write(#[from] io::Error),
    /// The table could not be encoded as Parquet.
    #[error("write the document: {0}")]
    Parquet(#[from] sigmatau_data::DataError),
    /// The table could not be written as CSV.
    #[error("write the csv rows: {0}")]
    Csv(#[from] csv::Error),
    /// The table could not be written as JSON.
    #[error("write the json rows: {0}")]
    Json(#[from] serde_json::Error),
    /// The page could not be filled in.
    #[error("fill in the page: {0}")]
    Page(#[from] minijinja::Error),
    /// A plot could not be drawn.
    #[error("draw the plot of `{subject}`: {reason}")]
    Plot {
        /// What the plot shows.
        subject: String,
        /// What the plotting library says.
        reason: String,
    },
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
