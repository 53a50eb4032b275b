//! The rules of one column between memory and disk: types, units, scaled whole numbers.
//!
//! | in memory | on disk | field metadata |
//! |---|---|---|
//! | `Float`, a missing one is `NaN` | `DOUBLE`, a missing one is null | `unit` |
//! | `Integer` | `INT64` | `unit` |
//! | `Scaled` | `INT64`, the steps | `unit`, `scale`, `offset` |
//! | `Text` | `UTF8`, dictionary-encoded | |
//!
//! Accepted on reading besides: `FLOAT`, narrower integers, timestamps (read as `Integer` in ns),
//! dates, every layout of strings, and truth values (read as the words `yes` and `no`). Whole numbers or steps of which some are missing are read as `Float`,
//! so that nothing is invented in their place.

use crate::error::Trouble;
use crate::table::{Column, Values, rebuild};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type,
};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, StringArray};
use arrow_schema::{DataType, Field, TimeUnit};
use sigmatau_core::Unit;
use std::collections::HashMap;
use std::sync::Arc;

/// What a column holds, whatever its exact stored type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Storage {
    Float,
    Integer,
    Scaled {
        scale: f64,
        offset: f64,
    },
    /// Instants, counted in ticks of so many nanoseconds.
    Instant {
        nanoseconds: i64,
    },
    Text,
    /// A stored type that is of no use here, by name.
    Other(String),
}

/// A column as its field describes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) storage: Storage,
    /// The unit as written; nothing where it is left out or empty.
    pub(crate) unit: Option<String>,
    /// The sampling interval that the field metadata `tau0_s` states.
    pub(crate) tau0: Option<f64>,
    /// The sampling rate in Hz that the field metadata `rate_hz` states.
    pub(crate) rate: Option<f64>,
}

impl Described {
    /// Reads the field of a file.
    pub(crate) fn from_field(field: &Field) -> Result<Self, Trouble> {
        let metadata = field.metadata();
        let storage = match (stored_type(field.data_type()), number(metadata, "scale")?) {
            (Storage::Integer, Some(scale)) => {
                Storage::Scaled { scale, offset: number(metadata, "offset")?.unwrap_or(0.0) }
            }
            (storage, _) => storage,
        };
        let unit = match &storage {
            Storage::Instant { .. } => Some("ns".to_owned()),
            _ => metadata.get("unit").filter(|unit| !unit.trim().is_empty()).cloned(),
        };
        let (tau0, rate) = (number(metadata, "tau0_s")?, number(metadata, "rate_hz")?);
        Ok(Self { name: field.name().clone(), storage, unit, tau0, rate })
    }

    /// Describes a column in memory.
    pub(crate) fn from_column(column: &Column) -> Self {
        let storage = match column.values {
            Values::Float(_) => Storage::Float,
            Values::Integer(_) => Storage::Integer,
            Values::Scaled { scale, offset, .. } => Storage::Scaled { scale, offset },
            Values::Text(_) => Storage::Text,
        };
        let unit = column.unit.as_ref().map(|unit| symbol(unit).to_owned());
        Self { name: column.name.clone(), storage, unit, tau0: None, rate: None }
    }

    /// The unit, parsed.
    pub(crate) fn parsed_unit(&self) -> Result<Option<Unit>, Trouble> {
        Ok(self.unit.as_deref().map(Unit::parse).transpose()?)
    }

    /// The word for the stored type in messages.
    pub(crate) fn type_name(&self) -> &str {
        match &self.storage {
            Storage::Float => "numbers",
            Storage::Integer => "whole numbers",
            Storage::Scaled { .. } => "scaled whole numbers",
            Storage::Instant { .. } => "instants",
            Storage::Text => "text",
            Storage::Other(name) => name,
        }
    }
}

/// The field that describes `column` on disk, with the further metadata that its writer gave.
pub(crate) fn field(column: &Column, more: impl IntoIterator<Item = (String, String)>) -> Field {
    let (kind, nullable) = match column.values {
        Values::Float(_) => (DataType::Float64, true),
        Values::Integer(_) | Values::Scaled { .. } => (DataType::Int64, false),
        Values::Text(_) => (DataType::Utf8, false),
    };
    let mut metadata: HashMap<String, String> = more.into_iter().collect();
    metadata.extend(column.unit.as_ref().map(|unit| ("unit".to_owned(), symbol(unit).to_owned())));
    if let Values::Scaled { scale, offset, .. } = column.values {
        metadata.extend([("scale".to_owned(), format!("{scale:e}")), ("offset".to_owned(), format!("{offset:e}"))]);
    }
    Field::new(&column.name, kind, nullable).with_metadata(metadata)
}

/// The values as they are stored.
pub(crate) fn array(values: Values) -> ArrayRef {
    let present = |value: f64| (!value.is_nan()).then_some(value);
    match values {
        Values::Float(values) if values.iter().any(|value| value.is_nan()) => {
            Arc::new(values.into_iter().map(present).collect::<Float64Array>())
        }
        Values::Float(values) => Arc::new(Float64Array::from(values)),
        Values::Integer(values) | Values::Scaled { steps: values, .. } => Arc::new(Int64Array::from(values)),
        Values::Text(words) => Arc::new(StringArray::from(words)),
    }
}

/// The column that `chunks` make, behind one another.
pub(crate) fn column(described: &Described, chunks: &[ArrayRef]) -> Result<Column, Trouble> {
    let values = match described.storage {
        Storage::Float => Values::Float(chunks.iter().flat_map(floats).collect()),
        Storage::Text => Values::Text(chunks.iter().flat_map(words).collect()),
        Storage::Integer => integers(&whole(chunks, 1)),
        Storage::Instant { nanoseconds } => integers(&whole(chunks, nanoseconds)),
        Storage::Scaled { scale, offset } => scaled(&whole(chunks, 1), scale, offset),
        Storage::Other(ref found) => {
            return Err(Trouble::Type { found: found.clone(), wanted: "a column of numbers, instants or text" });
        }
    };
    Ok(Column { name: described.name.clone(), unit: described.parsed_unit()?, values })
}

fn symbol(unit: &Unit) -> &str {
    Some(unit.symbol()).filter(|symbol| !symbol.is_empty()).unwrap_or("1")
}

fn number(metadata: &HashMap<String, String>, key: &'static str) -> Result<Option<f64>, Trouble> {
    let Some(text) = metadata.get(key) else { return Ok(None) };
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(Trouble::Number { key, text: text.clone() }),
    }
}

fn stored_type(kind: &DataType) -> Storage {
    match kind {
        DataType::Float64 | DataType::Float32 => Storage::Float,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 | DataType::UInt8 | DataType::UInt16 => {
            Storage::Integer
        }
        DataType::Timestamp(unit, _) => Storage::Instant { nanoseconds: nanoseconds(*unit) },
        DataType::Date32 => Storage::Instant { nanoseconds: 86_400_000_000_000 },
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Boolean => Storage::Text,
        DataType::Dictionary(_, words) if stored_type(words) == Storage::Text => Storage::Text,
        other => Storage::Other(other.to_string()),
    }
}

fn nanoseconds(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

fn floats(array: &ArrayRef) -> Vec<f64> {
    let missing = |value: Option<f64>| value.unwrap_or(f64::NAN);
    match array.data_type() {
        DataType::Float32 => array.as_primitive::<Float32Type>().iter().map(|v| missing(v.map(f64::from))).collect(),
        _ => array.as_primitive::<Float64Type>().iter().map(missing).collect(),
    }
}

/// Whole numbers times `factor`; nothing where one is missing or the product does not fit.
pub(crate) fn whole(chunks: &[ArrayRef], factor: i64) -> Vec<Option<i64>> {
    let times = |value: Option<i64>| value.and_then(|value| value.checked_mul(factor));
    chunks.iter().flat_map(whole_numbers).map(times).collect()
}

fn whole_numbers(array: &ArrayRef) -> Vec<Option<i64>> {
    match array.data_type() {
        DataType::Int8 => widened::<Int8Type>(array),
        DataType::Int16 => widened::<Int16Type>(array),
        DataType::Int32 => widened::<Int32Type>(array),
        DataType::UInt8 => widened::<UInt8Type>(array),
        DataType::UInt16 => widened::<UInt16Type>(array),
        DataType::Timestamp(TimeUnit::Second, _) => widened::<TimestampSecondType>(array),
        DataType::Timestamp(TimeUnit::Millisecond, _) => widened::<TimestampMillisecondType>(array),
        DataType::Timestamp(TimeUnit::Microsecond, _) => widened::<TimestampMicrosecondType>(array),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => widened::<TimestampNanosecondType>(array),
        DataType::Date32 => widened::<Date32Type>(array),
        _ => widened::<Int64Type>(array),
    }
}

fn widened<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef) -> Vec<Option<i64>> {
    array.as_primitive::<T>().iter().map(|value| value.map(Into::into)).collect()
}

fn integers(whole: &[Option<i64>]) -> Values {
    match whole.iter().copied().collect() {
        Some(numbers) => Values::Integer(numbers),
        None => with_missing(whole, 1.0, 0.0),
    }
}

fn scaled(whole: &[Option<i64>], scale: f64, offset: f64) -> Values {
    match whole.iter().copied().collect() {
        Some(steps) => Values::Scaled { steps, scale, offset },
        None => with_missing(whole, scale, offset),
    }
}

fn with_missing(whole: &[Option<i64>], scale: f64, offset: f64) -> Values {
    let value = |step: &Option<i64>| step.map_or(f64::NAN, |step| rebuild(step, scale, offset));
    Values::Float(whole.iter().map(value).collect())
}

fn words(array: &ArrayRef) -> Vec<String> {
    let owned = |word: Option<&str>| word.unwrap_or_default().to_owned();
    match array.data_type() {
        DataType::LargeUtf8 => array.as_string::<i64>().iter().map(owned).collect(),
        DataType::Utf8View => array.as_string_view().iter().map(owned).collect(),
        DataType::Dictionary(..) => looked_up(array),
        DataType::Boolean => array.as_boolean().iter().map(|answer| owned(answer.map(yes_or_no))).collect(),
        _ => array.as_string::<i32>().iter().map(owned).collect(),
    }
}

fn yes_or_no(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

fn looked_up(array: &ArrayRef) -> Vec<String> {
    let dictionary = array.as_any_dictionary();
    let known = words(dictionary.values());
    if known.is_empty() {
        return vec![String::new(); array.len()];
    }
    let keys = dictionary.normalized_keys();
    let word = |(row, key): (usize, usize)| if array.is_null(row) { String::new() } else { known[key].clone() };
    keys.into_iter().enumerate().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::types::UInt8Type;
    use arrow_array::{DictionaryArray, Int32Array, LargeStringArray, StringViewArray, TimestampMillisecondArray};

    fn read(array: ArrayRef, metadata: &[(&str, &str)]) -> Result<Column, Trouble> {
        let metadata = metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let field = Field::new("x", array.data_type().clone(), true).with_metadata(metadata);
        column(&Described::from_field(&field)?, &[array])
    }

    #[test]
    fn every_layout_of_strings_reads_as_words() {
        let words = ["a", "b", "a"];
        let expected = Values::Text(words.map(str::to_owned).to_vec());
        let arrays: [ArrayRef; 4] = [
            Arc::new(StringArray::from_iter_values(words)),
            Arc::new(LargeStringArray::from_iter_values(words)),
            Arc::new(StringViewArray::from_iter_values(words)),
            Arc::new(words.into_iter().collect::<DictionaryArray<UInt8Type>>()),
        ];
        for array in arrays {
            assert_eq!(read(array, &[]).unwrap().values, expected);
        }
    }

    #[test]
    fn a_missing_word_is_empty() {
        let words = [Some("a"), None];
        let expected = Values::Text(vec!["a".into(), String::new()]);
        assert_eq!(read(Arc::new(StringArray::from_iter(words)), &[]).unwrap().values, expected);
        let dictionary: DictionaryArray<UInt8Type> = words.into_iter().collect();
        assert_eq!(read(Arc::new(dictionary), &[]).unwrap().values, expected);
        let nothing: DictionaryArray<UInt8Type> = [None::<&str>].into_iter().collect();
        assert_eq!(read(Arc::new(nothing), &[]).unwrap().values, Values::Text(vec![String::new()]));
    }

    #[test]
    fn timestamps_read_as_nanoseconds() {
        let read = read(Arc::new(TimestampMillisecondArray::from(vec![0, 1_500])), &[]).unwrap();
        assert_eq!((read.unit.unwrap().symbol(), read.values), ("ns", Values::Integer(vec![0, 1_500_000_000])));
    }

    #[test]
    fn narrow_integers_with_a_scale_are_scaled() {
        let read = read(Arc::new(Int32Array::from(vec![7])), &[("scale", "1e-3"), ("unit", "kWh")]).unwrap();
        assert_eq!(read.values, Values::Scaled { steps: vec![7], scale: 1e-3, offset: 0.0 });
    }

    #[test]
    fn whole_numbers_with_a_missing_one_are_floats() {
        let array = Arc::new(Int64Array::from(vec![Some(7), None]));
        let Values::Float(values) = read(array, &[("scale", "2"), ("offset", "1")]).unwrap().values else {
            panic!("a missing step can't be scaled")
        };
        assert_eq!(values[0], 15.0);
        assert!(values[1].is_nan());
    }

    #[test]
    fn a_scale_that_is_no_number_is_refused() {
        let message = read(Arc::new(Int64Array::from(vec![1])), &[("scale", "ps")]).unwrap_err().to_string();
        assert_eq!(message, "its field metadata `scale` is `ps`, which is not a finite number");
    }

    #[test]
    fn a_stored_type_of_no_use_is_named() {
        let message = read(Arc::new(arrow_array::BinaryArray::from_vec(vec![b"x"])), &[]).unwrap_err().to_string();
        assert_eq!(message, "it is stored as Binary; a column of numbers, instants or text is wanted here");
    }
}
