//! Results: a typed table with a header that says what it is, from which inputs and by which revision.

use crate::Table;
use serde::{Deserialize, Serialize};

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
