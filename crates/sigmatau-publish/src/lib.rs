//! Records to documents.
//!
//! What lives here: the table of formats, the neutral view of a record, plots, labels in English and
//! Chinese. What never does: a number that is not in a record. Formatting, counts of what is shown,
//! and the ticks of an axis are all that is added.
//!
//! The way through: [`Publication`] → [`Format`] → for pages, [`view`] → plot and sheet → template.
//!
//! ```
//! use sigmatau_core::Unit;
//! use sigmatau_data::{Column, Header, Record, Table};
//! use sigmatau_publish::{Language, format, publish_record};
//!
//! let table = Table::new(vec![
//!     Column::text("series", vec!["maser-1".into()]),
//!     Column::float("deviation", Unit::ONE, vec![1.25e-15]),
//! ])?;
//! let header = Header {
//!     schema: "demo/1".into(), step: "demo".into(), analysis: "demo".into(), revision: 1,
//!     parameters: String::new(), inputs: Vec::new(), tool: "0.1.0".into(),
//! };
//! let mut out = Vec::new();
//! publish_record(format::named("csv")?, &Record { header, table }, Language::English, &mut out)?;
//! assert_eq!(String::from_utf8(out)?, "series,deviation\r\nmaser-1,1.25e-15\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
pub mod certificate;
pub mod error;
pub mod format;
pub mod label;
mod number;
mod plot;
pub mod publication;
mod sheet;
pub mod view;

pub use certificate::Profile;
pub use error::PublishError;
pub use format::{FORMATS, Format};
pub use label::Language;
pub use publication::{Publication, Remark};

use sigmatau_data::Record;
use std::io::Write;

/// Writes `publication` to `out` as a document of this format.
///
/// Equal publications give equal bytes.
///
/// # Errors
/// When the format holds one record and the publication has another number of them, or when `out`
/// refuses the bytes.
pub fn publish(format: &Format, publication: &Publication<'_>, out: &mut dyn Write) -> Result<(), PublishError> {
    let found = publication.records.len();
    if format.holds == format::Holds::OneRecord && found != 1 {
        return Err(PublishError::RecordCount { format: format.name, found });
    }
    (format.write)(publication, out)
}

/// Writes one record to `out`, as the analysis verbs do on the terminal.
///
/// # Errors
/// When `out` refuses the bytes.
pub fn publish_record(
    format: &Format,
    record: &Record,
    language: Language,
    out: &mut dyn Write,
) -> Result<(), PublishError> {
    let records = std::slice::from_ref(record);
    publish(format, &Publication { language, ..Publication::new(&record.header.step, records) }, out)
}
