//! Datasets, records and importers: the only room with Arrow and Parquet.
//!
//! What lives here: table schemas with units, datasets and their manifests, records on disk,
//! importers, generators of demonstration data, hashes. What never does: statistics.
//!
//! The public types are plain ([`Table`], [`Record`], …); no Arrow type crosses the door.

pub mod generate;
pub mod import;
pub mod record;
pub mod schema;
pub mod table;

pub use record::{Header, Input, Record};
pub use schema::{Field, Kind, Schema};
pub use table::{Column, Table, TableError, Values};
