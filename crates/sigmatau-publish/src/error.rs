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
