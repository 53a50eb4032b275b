//! A record as it stands in the run directory: Parquet with units in the field metadata and the
//! header in the metadata of the file.

use super::{Format, Holds};
use crate::{Publication, PublishError};
use sigmatau_data::{Metadata, encode_table};
use std::io::Write;

/// The entry of the table.
pub static FORMAT: Format = Format {
    name: "parquet",
    title: "Apache Parquet with units and the header of the record",
    extension: "parquet",
    holds: Holds::OneRecord,
    provenance: true,
    write,
};

fn write(publication: &Publication<'_>, out: &mut dyn Write) -> Result<(), PublishError> {
    for record in publication.records {
        out.write_all(&encode_table(&record.table, Metadata::record(&record.header))?)?;
    }
    Ok(())
}
