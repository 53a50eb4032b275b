//! The table of formats. One file per entry in the folder `format/`.

pub mod csv;
pub mod dcc;
pub mod html;
pub mod json;
pub mod parquet;
pub mod table;

use crate::{Publication, PublishError};
use sigmatau_core::nearest::did_you_mean;
use std::io::Write;

/// A kind of document.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name that users type.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// The extension of its files, without the dot.
    pub extension: &'static str,
    /// How much one file holds.
    pub holds: Holds,
    /// Whether its documents carry the header of the record, with the hashes of the inputs.
    pub provenance: bool,
    /// Writes the document; called through [`crate::publish`], which checks the number of records.
    pub write: fn(&Publication<'_>, &mut dyn Write) -> Result<(), PublishError>,
}

/// How much one file of a format holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// One record: a publication of several needs as many files.
    OneRecord,
    /// A whole publication.
    Publication,
    /// One item of a publication, such as a sensor: as many files as there are
    /// [`items`](crate::certificate::items).
    Item,
}

/// Every format.
pub static FORMATS: &[&Format] =
    &[&table::FORMAT, &csv::FORMAT, &json::FORMAT, &parquet::FORMAT, &html::FORMAT, &dcc::FORMAT];

/// The format of this name.
///
/// ```
/// use sigmatau_publish::format;
/// assert_eq!(format::named("json")?.extension, "json");
/// let message = format::named("cvs").unwrap_err().to_string();
/// assert_eq!(message, "publish as `cvs`: there is no such format; did you mean `csv`?");
/// # Ok::<(), sigmatau_publish::PublishError>(())
/// ```
///
/// # Errors
/// When there is no such format; the nearest names are given.
pub fn named(name: &str) -> Result<&'static Format, PublishError> {
    let known: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let found = FORMATS.iter().copied().find(|format| format.name == name);
    found.ok_or_else(|| PublishError::UnknownFormat { name: name.to_owned(), hint: did_you_mean(name, &known) })
}
