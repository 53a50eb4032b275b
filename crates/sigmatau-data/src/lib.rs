//! Datasets, records and importers: the only room with Arrow and Parquet.
//!
//! What lives here: table schemas with units, datasets and their manifests, records on disk,
//! importers, generators of demonstration data, hashes. What never does: statistics.
//!
//! The public types are plain ([`Table`], [`Record`], …); no Arrow type crosses the door.

mod atomic;
mod column;
mod parquet_file;
mod rows;
mod typed;

pub mod calibration;
pub mod clock;
pub mod document;
pub mod error;
pub mod generate;
pub mod grid;
pub mod hash;
pub mod import;
pub mod inspect;
pub mod manifest;
pub mod measurand;
pub mod meters;
pub mod panic;
pub mod pseudonym;
pub mod reader;
pub mod record;
pub mod row_source;
pub mod schema;
pub mod table;
pub mod text_table;
pub mod waveform;
pub mod writer;

pub use atomic::write_atomic;
pub use clock::{ClockKind, ClockOptions, ClockSeries, ClockSource, Hertz, SeriesInfo};
pub use document::{Document, DocumentError};
pub use error::{DataError, Trouble};
pub use inspect::{ColumnInfo, Inspection, inspect};
pub use manifest::{Content, DataFile, Manifest};
pub use measurand::Measurand;
pub use meters::{AreaReadings, MeterOptions, MeterReadings, MeterSource};
pub use pseudonym::{PseudonymKey, pseudonymise};
pub use reader::read_table;
pub use record::{Header, Input, Record, read_header};
pub use row_source::{NumberColumn, RowSource, WordColumn};
pub use schema::{Field, Kind, Schema};
pub use table::{Column, Table, TableError, Values};
pub use text_table::read_text_table;
pub use typed::read_typed;
pub use waveform::{Channel, ChannelInfo, SensorInfo, SteadyWaveform, Waveform, WaveformOptions, WaveformSource};
pub use writer::{Metadata, TableWriter, encode_table, write_table};
