//! What a Parquet file holds, from its footer: for people who want to look before they compute.

use crate::column::{Described, Storage};
use crate::parquet_file::ParquetFile;
use crate::record::{self, Header};
use crate::table::rebuild;
use crate::{DataError, clock};
use parquet::basic::Encoding;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;
use sigmatau_core::{Finding, Severity};
use std::path::Path;

/// Fewer rows than this in the mean row group, and reading is spent on footers and page headers.
const SMALL_GROUP: usize = 1 << 14;

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// The number of rows.
    pub rows: u64,
    /// The rows of each row group.
    pub row_groups: Vec<u64>,
    /// The program that wrote the file, if it says so.
    pub created_by: Option<String>,
    /// The key–value metadata of the file, without the encoded Arrow schema and the header of a record.
    pub metadata: Vec<(String, String)>,
    /// The header, if the file is a record.
    pub header: Option<Header>,
    /// The columns in order.
    pub columns: Vec<ColumnInfo>,
    /// What was remarked.
    pub findings: Vec<Finding>,
}

/// What a column holds, as far as the footer tells.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnInfo {
    /// The name.
    pub name: String,
    /// What it holds: numbers, whole numbers, scaled whole numbers, instants, text, or the stored type.
    pub holds: String,
    /// The unit as written.
    pub unit: Option<String>,
    /// The encodings, as `PLAIN, RLE_DICTIONARY`.
    pub encodings: String,
    /// The compression, as `ZSTD`.
    pub compression: String,
    /// The bytes it takes in the file.
    pub bytes: u64,
    /// The least value, where every row group states it.
    pub minimum: Option<String>,
    /// The greatest value, where every row group states it.
    pub maximum: Option<String>,
    /// The number of missing values, where every row group states it.
    pub nulls: Option<u64>,
}

/// Looks into a file. Only the footer is read, and the column `series` where there is one, to see
/// whether the rows are sorted by it.
///
/// Findings: `unit-missing` (warning), `type-unused`, `dictionary`, `small-row-groups`, `interleaved` (notes).
///
/// # Errors
/// When the file is missing, no Parquet, truncated or damaged.
pub fn inspect(path: &Path) -> Result<Inspection, DataError> {
    let file = ParquetFile::open(path)?;
    let header = record::header(&file)?;
    let described = file.described()?;
    let columns: Vec<ColumnInfo> =
        described.iter().enumerate().map(|(index, column)| column_info(&file, index, column)).collect();
    let row_groups: Vec<u64> = file.group_rows().into_iter().map(|rows| rows as u64).collect();
    let mut findings: Vec<Finding> = described
        .iter()
        .zip(&columns)
        .flat_map(|(column, info)| remarks(column, info, header.is_some()))
        .chain(small_groups(&row_groups))
        .collect();
    let created_by = file.footer().file_metadata().created_by().map(str::to_owned);
    let (rows, metadata) = (row_groups.iter().sum(), metadata(&file));
    findings.extend(clock::order(file)?);
    Ok(Inspection { rows, row_groups, created_by, metadata, header, columns, findings })
}

fn metadata(file: &ParquetFile) -> Vec<(String, String)> {
    let entries = file.footer().file_metadata().key_value_metadata().into_iter().flatten();
    let own = entries.filter(|entry| entry.key != "ARROW:schema" && entry.key != record::KEY);
    own.map(|entry| (entry.key.clone(), entry.value.clone().unwrap_or_default())).collect()
}

fn column_info(file: &ParquetFile, index: usize, column: &Described) -> ColumnInfo {
    let chunks: Vec<&ColumnChunkMetaData> = file.chunks(index).collect();
    let bounds: Option<Vec<(Bound, Bound)>> = chunks.iter().map(|chunk| bounds(chunk.statistics()?)).collect();
    let nulls = chunks.iter().map(|chunk| chunk.statistics()?.null_count_opt()).sum();
    let (minima, maxima): (Vec<Bound>, Vec<Bound>) = bounds.unwrap_or_default().into_iter().unzip();
    let least = minima.into_iter().reduce(|a, b| if b < a { b } else { a });
    let greatest = maxima.into_iter().reduce(|a, b| if b > a { b } else { a });
    ColumnInfo {
        name: column.name.clone(),
        holds: column.type_name().to_owned(),
        unit: column.unit.clone(),
        encodings: distinct(chunks.iter().flat_map(|chunk| chunk.encodings()).map(|encoding| encoding.to_string())),
        compression: distinct(chunks.iter().map(|chunk| format!("{:?}", chunk.compression_codec()))),
        bytes: chunks.iter().map(|chunk| u64::try_from(chunk.compressed_size()).unwrap_or(0)).sum(),
        minimum: least.map(|bound| bound.print(&column.storage)),
        maximum: greatest.map(|bound| bound.print(&column.storage)),
        nulls,
    }
}

fn distinct(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.dedup();
    words.join(", ")
}

/// An end of the range of a column; those of one column are of one kind.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Bound {
    Number(f64),
    Whole(i64),
    Word(String),
}

impl Bound {
    fn print(&self, storage: &Storage) -> String {
        match (self, storage) {
            (Self::Whole(step), Storage::Scaled { scale, offset }) => format!("{:?}", rebuild(*step, *scale, *offset)),
            (Self::Whole(ticks), Storage::Instant { nanoseconds }) => {
                (i128::from(*ticks) * i128::from(*nanoseconds)).to_string()
            }
            (Self::Number(number), _) => format!("{number:?}"),
            (Self::Whole(number), _) => number.to_string(),
            (Self::Word(word), _) => word.clone(),
        }
    }
}

fn bounds(statistics: &Statistics) -> Option<(Bound, Bound)> {
    let word = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok().map(Bound::Word);
    match statistics {
        Statistics::Double(range) => Some((Bound::Number(*range.min_opt()?), Bound::Number(*range.max_opt()?))),
        Statistics::Float(range) => {
            Some((Bound::Number(f64::from(*range.min_opt()?)), Bound::Number(f64::from(*range.max_opt()?))))
        }
        Statistics::Int64(range) => Some((Bound::Whole(*range.min_opt()?), Bound::Whole(*range.max_opt()?))),
        Statistics::Int32(range) => {
            Some((Bound::Whole(i64::from(*range.min_opt()?)), Bound::Whole(i64::from(*range.max_opt()?))))
        }
        Statistics::ByteArray(range) => Some((word(range.min_opt()?.data())?, word(range.max_opt()?.data())?)),
        _ => None,
    }
}

fn remarks(column: &Described, info: &ColumnInfo, record: bool) -> Vec<Finding> {
    let number = matches!(column.storage, Storage::Float | Storage::Scaled { .. });
    let measured = number || matches!(column.storage, Storage::Integer | Storage::Instant { .. });
    let dictionaries = [Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY].map(|encoding| encoding.to_string());
    let dictionary = info.encodings.split(", ").any(|encoding| dictionaries.iter().any(|known| known == encoding));
    let found = [
        (number && column.unit.is_none() && !record).then(unit_missing),
        matches!(column.storage, Storage::Other(_)).then(|| type_unused(&info.holds)),
        (measured && dictionary).then(dictionary_found),
    ];
    found.into_iter().flatten().map(|finding| finding.about(&column.name)).collect()
}

fn unit_missing() -> Finding {
    Finding::new(
        Severity::Warning,
        "unit-missing",
        "the field metadata has no `unit`",
        "the column can be used only where its unit is stated by hand",
        "write the field metadata unit, or state unit in the manifest",
    )
}

fn type_unused(found: &str) -> Finding {
    Finding::new(
        Severity::Note,
        "type-unused",
        format!("it is stored as {found}"),
        "the column can't be read as numbers, instants or text",
        "write it as float64, int64, a timestamp or a string",
    )
}

fn dictionary_found() -> Finding {
    Finding::new(
        Severity::Note,
        "dictionary",
        "measured values are stored with a dictionary",
        "that is among the slowest forms to read, and seldom the smallest",
        "write the column without a dictionary: byte-stream-split for floats, packed differences for integers",
    )
}

fn small_groups(row_groups: &[u64]) -> Option<Finding> {
    let (groups, rows) = (row_groups.len() as u64, row_groups.iter().sum::<u64>());
    let finding = Finding::new(
        Severity::Note,
        "small-row-groups",
        format!("{rows} rows stand in {groups} row groups"),
        "the file is larger and slower to read than it need be",
        "write it again in row groups of about a million rows",
    );
    (groups > 1 && rows / groups < SMALL_GROUP as u64).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Metadata, Table, TableWriter, Values, write_table};
    use sigmatau_core::Unit;

    fn inspected(columns: Vec<Column>, metadata: Metadata) -> Inspection {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.parquet");
        write_table(&path, &Table::new(columns).unwrap(), metadata).unwrap();
        inspect(&path).unwrap()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn ranges_units_and_encodings_are_told() {
        let steps = Values::Scaled { steps: vec![-2, 5], scale: 1e-12, offset: 0.0 };
        let inspection = inspected(
            vec![
                Column::text("series", words(&["b", "b"])),
                Column::float("phase", Unit::SECOND, vec![f64::NAN, 1e-9]),
                Column { name: "step".into(), unit: Some(Unit::SECOND), values: steps },
            ],
            Metadata::default().with("note", "cold"),
        );
        assert_eq!((inspection.rows, inspection.row_groups), (2, vec![2]));
        assert_eq!(inspection.metadata, [("note".to_owned(), "cold".to_owned())]);
        let [series, phase, step] = inspection.columns.try_into().unwrap();
        assert_eq!((series.minimum.as_deref(), series.holds.as_str()), (Some("b"), "text"));
        assert_eq!((phase.minimum.as_deref(), phase.nulls, phase.unit.as_deref()), (Some("1e-9"), Some(1), Some("s")));
        assert!(phase.encodings.contains("BYTE_STREAM_SPLIT"), "{}", phase.encodings);
        assert_eq!((step.minimum.as_deref(), step.maximum.as_deref()), (Some("-2e-12"), Some("5e-12")));
        assert_eq!(inspection.findings, []);
    }

    #[test]
    fn a_column_of_floats_without_a_unit_is_remarked() {
        let column = Column { name: "x".into(), unit: None, values: Values::Float(vec![1.0]) };
        let findings = inspected(vec![column], Metadata::default()).findings;
        assert_eq!((&*findings[0].code, findings[0].subject.as_str()), ("unit-missing", "x"));
    }

    #[test]
    fn rows_that_are_not_sorted_by_series_are_remarked() {
        let series = Column::text("series", words(&["a", "b", "a"]));
        let findings = inspected(vec![series], Metadata::default()).findings;
        assert_eq!(&*findings[0].code, "interleaved");
    }

    #[test]
    fn an_unfinished_file_is_not_there_to_inspect() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.parquet");
        let _writer = TableWriter::create(&path, Metadata::default()).unwrap();
        assert!(matches!(inspect(&path), Err(DataError::Io { action: "open", .. })));
    }
}
