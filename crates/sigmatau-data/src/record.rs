//! Results: a typed table with a header that says what it is, from which inputs and by which revision.

use crate::parquet_file::ParquetFile;
use crate::writer::{Metadata, write_table};
use crate::{DataError, Table, read_table};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The key of the file metadata under which the header stands, as JSON.
pub(crate) const KEY: &str = "sigmatau";

/// An input of a record, known by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The file name, without its directory, so that a record does not depend on where it was made.
    pub name: String,
    /// The BLAKE3 hash of the content, in hexadecimal.
    pub blake3: String,
    /// The licence of the data, as stated in its manifest; empty where none is stated.
    pub licence: String,
}

/// The header of a record. It holds no clock time and no path, so that equal work gives equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The schema and its version, such as `stability/1`.
    pub schema: String,
    /// The name of the step in the pipeline.
    pub step: String,
    /// The analysis, such as `stability`.
    pub analysis: String,
    /// The revision of the analysis; a change that moves a digit raises it.
    pub revision: u32,
    /// The parameters as they were meant: every default written out, as TOML in a fixed order.
    pub parameters: String,
    /// The inputs.
    pub inputs: Vec<Input>,
    /// The version of sigmatau.
    pub tool: String,
}

/// A result.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What it is.
    pub header: Header,
    /// The rows.
    pub table: Table,
}

impl Record {
    /// Writes the record to `path`, whole or not at all. Equal records give equal bytes.
    ///
    /// # Errors
    /// When the directory does not exist or can't be written, or the disk is full.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        write_table(path, &self.table, Metadata::record(&self.header))
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When the file can't be read, is damaged, or is no record.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        Ok(Self { header: read_header(path)?, table: read_table(path)? })
    }
}

impl Metadata {
    /// The metadata of a record: its header under the key `sigmatau`.
    pub fn record(header: &Header) -> Self {
        let header = serde_json::to_string(header).expect("a header holds words and numbers only");
        Self::default().with(KEY, header)
    }
}

/// Reads the header of a record and none of its rows: only the footer of the file.
///
/// # Errors
/// When the file can't be read, is damaged, or is no record.
pub fn read_header(path: &Path) -> Result<Header, DataError> {
    let file = ParquetFile::open(path)?;
    let missing = || DataError::Record { path: path.to_owned(), reason: format!("there is no header `{KEY}`") };
    header(&file)?.ok_or_else(missing)
}

/// The header of an open file, if it is a record.
pub(crate) fn header(file: &ParquetFile) -> Result<Option<Header>, DataError> {
    let refused = |error: serde_json::Error| DataError::Record {
        path: file.path().to_owned(),
        reason: format!("its header `{KEY}` can't be read ({error})"),
    };
    file.metadata(KEY).map(|text| serde_json::from_str(text).map_err(refused)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;
    use sigmatau_core::Unit;

    fn record() -> Record {
        let header = Header {
            schema: "stability/1".into(),
            step: "drift".into(),
            analysis: "stability".into(),
            revision: 1,
            parameters: "estimators = [\"oadev\"]\n".into(),
            inputs: vec![Input { name: "a.parquet".into(), blake3: "00".into(), licence: "CC0-1.0".into() }],
            tool: "0.1.0".into(),
        };
        let table = Table::new(vec![Column::float("tau_s", Unit::SECOND, vec![1.0, 2.0])]).unwrap();
        Record { header, table }
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("record.parquet");
        record().write(&path).unwrap();
        assert_eq!(Record::read(&path).unwrap(), record());
        assert_eq!(read_header(&path).unwrap(), record().header);
    }

    #[test]
    fn a_plain_table_is_no_record() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("table.parquet");
        write_table(&path, &record().table, Metadata::default()).unwrap();
        let message = read_header(&path).unwrap_err().to_string();
        assert!(message.contains("there is no header `sigmatau`"), "{message}");
    }

    #[test]
    fn a_header_that_is_no_json_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("table.parquet");
        write_table(&path, &record().table, Metadata::default().with(KEY, "{")).unwrap();
        let message = read_header(&path).unwrap_err().to_string();
        assert!(message.contains("its header `sigmatau` can't be read"), "{message}");
    }
}
