//! The neutral view of records as calibration certificates: items, their calibrations, quantities with
//! uncertainties. One file per kind of record in the folder `certificate/`.
//!
//! A record is cut by item: a sensor, a clock. A record without a view of its own, such as a large covariance,
//! is attached to the certificate of its item as it is. What never lives here: markup.

pub mod profile;
mod response;
mod stability;

pub use profile::Profile;

use crate::view::distinct;
use crate::{Publication, PublishError};
use sigmatau_core::Unit;
use sigmatau_data::{Metadata, Record, Table, encode_table};

/// What makes calibrations of the rows of one item.
type View = fn(&Table) -> Option<Vec<Calibration>>;

/// The views by the schema of the record.
static VIEWS: &[(&str, View)] = &[("response/3", response::calibrations), ("stability/1", stability::calibrations)];

/// The columns that name the item of a row.
const ITEMS: [&str; 2] = ["sensor", "series"];

/// What is certified of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// The name of the item, by which it is identified.
    pub item: String,
    /// The calibrations in the order of the records.
    pub calibrations: Vec<Calibration>,
    /// Records that are attached as they are.
    pub attachments: Vec<Attachment>,
    /// The version of the software that made the first record.
    pub tool: String,
}

/// The result of one method: quantities of equal length, the first of which indexes the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The name of the method.
    pub method: String,
    /// The quantities.
    pub quantities: Vec<Quantity>,
}

/// One quantity at all points.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// What it is, by which its reference type is found.
    pub role: &'static str,
    /// The column that it comes from, by which it is named.
    pub column: &'static str,
    /// The unit; nothing where the record states none. Of no matter for words.
    pub unit: Option<Unit>,
    /// The values.
    pub values: Values,
}

/// The values of a quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Real values.
    Real(Vec<f64>, Uncertainty),
    /// Complex values with the covariance of their parts.
    Complex(Complex),
    /// Words, none of which has a space.
    Words(Vec<String>),
}

/// Complex values, point by point.
#[derive(Clone, Debug, PartialEq)]
pub struct Complex {
    /// The real parts.
    pub real: Vec<f64>,
    /// The imaginary parts.
    pub imag: Vec<f64>,
    /// The standard uncertainties of the real parts.
    pub u_real: Vec<f64>,
    /// The standard uncertainties of the imaginary parts.
    pub u_imag: Vec<f64>,
    /// The covariances of real and imaginary parts.
    pub covariance: Vec<f64>,
    /// The degrees of freedom of the covariance.
    pub dof: Vec<f64>,
}

/// What is known of the uncertainty of real values.
#[derive(Clone, Debug, PartialEq)]
pub enum Uncertainty {
    /// Nothing.
    None,
    /// Standard uncertainties and their degrees of freedom.
    Standard {
        /// The standard uncertainties.
        u: Vec<f64>,
        /// The degrees of freedom.
        dof: Vec<f64>,
    },
    /// Coverage intervals that need not lie evenly about the value.
    Interval {
        /// The lower ends.
        lower: Vec<f64>,
        /// The upper ends.
        upper: Vec<f64>,
        /// The coverage probabilities.
        probability: Vec<f64>,
    },
}

/// A record that is attached as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// The name of the file.
    pub file: String,
    /// The bytes, in Parquet.
    pub bytes: Vec<u8>,
}

/// The names of the items that are calibrated in the records of a publication, each once.
pub fn items(records: &[Record]) -> Vec<&str> {
    let calibrations = records.iter().filter(|record| VIEWS.iter().any(|(schema, _)| *schema == record.header.schema));
    distinct(calibrations.filter_map(|record| names(&record.table)).flatten().map(String::as_str))
}

/// The certificate of the item that the publication names, or of the only one.
///
/// # Errors
/// When no record speaks of the item, or of none but several, or a record can't be attached.
pub fn certificate(publication: &Publication<'_>) -> Result<Certificate, PublishError> {
    let known = items(publication.records);
    let item = match known.as_slice() {
        [only] if publication.item.is_empty() => *only,
        _ => publication.item,
    };
    if !known.contains(&item) {
        let items = known.into_iter().map(str::to_owned).collect();
        return Err(PublishError::Item { item: item.to_owned(), items });
    }
    let tool = publication.records[0].header.tool.clone();
    let mut certificate =
        Certificate { item: item.to_owned(), calibrations: Vec::new(), attachments: Vec::new(), tool };
    publication.records.iter().try_for_each(|record| certificate.add(record))?;
    if certificate.calibrations.is_empty() {
        return Err(PublishError::NoCalibration { item: item.to_owned() });
    }
    Ok(certificate)
}

impl Certificate {
    /// Adds what a record says of the item.
    fn add(&mut self, record: &Record) -> Result<(), PublishError> {
        let Some(names) = names(&record.table) else { return Ok(()) };
        let rows: Vec<usize> = (0..names.len()).filter(|row| names[*row] == self.item).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let table = record.table.in_order(&rows);
        let view = VIEWS.iter().find(|(schema, _)| *schema == record.header.schema);
        match view.and_then(|(_, calibrations)| calibrations(&table)) {
            Some(calibrations) => self.calibrations.extend(calibrations),
            None => self.attachments.push(Attachment {
                file: format!("{}.parquet", record.header.step),
                bytes: encode_table(&table, Metadata::record(&record.header))?,
            }),
        }
        Ok(())
    }
}

fn names(table: &Table) -> Option<&[String]> {
    ITEMS.iter().find_map(|column| table.texts(column))
}

/// The rows of each word of a column, in order of first appearance.
fn grouped<'t>(table: &'t Table, column: &str) -> Option<Vec<(&'t str, Table)>> {
    let words = table.texts(column)?;
    let rows = |word: &str| (0..words.len()).filter(|row| words[*row] == word).collect::<Vec<_>>();
    let groups = distinct(words.iter().map(String::as_str)).into_iter();
    Some(groups.map(|word| (word, table.in_order(&rows(word)))).collect())
}
