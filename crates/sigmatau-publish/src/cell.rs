//! One value of a column, and its exact text.

use serde::{Serialize, Serializer};
use sigmatau_data::Values;
use std::borrow::Cow;

/// One value of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Number(f64),
    Whole(i64),
    Word(&'a str),
}

impl<'a> Cell<'a> {
    /// The value in this row.
    pub(crate) fn at(values: &'a Values, row: usize) -> Self {
        match values {
            Values::Float(values) => Self::Number(values[row]),
            Values::Integer(values) => Self::Whole(values[row]),
            Values::Text(values) => Self::Word(&values[row]),
            Values::Scaled { steps, scale, offset } => Self::Number(steps[row] as f64 * scale + offset),
        }
    }

    /// The shortest text that reads back as the same value; empty for a missing number.
    pub(crate) fn exact(self) -> Cow<'a, str> {
        match self {
            Self::Number(number) if number.is_nan() => Cow::Borrowed(""),
            Self::Number(number) => Cow::Owned(format!("{number:?}")),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Word(word) => Cow::Borrowed(word),
        }
    }

    /// The number, if it is one; a missing number is `NaN`.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Whole(number) => Some(number as f64),
            Self::Word(_) => None,
        }
    }
}

impl Serialize for Cell<'_> {
    /// Numbers as numbers, a missing one as null. JSON has no infinity: it becomes the word `inf` or `-inf`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) if number.is_infinite() => serializer.serialize_str(&self.exact()),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Word(word) => serializer.serialize_str(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_text_reads_back_as_the_same_bits() {
        for number in [0.1 + 0.2, 1e-15, 5e-324, f64::MAX, -0.0, 299_792_458.0, f64::INFINITY] {
            let text = Cell::Number(number).exact();
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits(), "{text}");
        }
    }

    #[test]
    fn scaled_values_are_steps_times_scale_plus_offset() {
        let values = Values::Scaled { steps: vec![3], scale: 0.5, offset: 10.0 };
        assert_eq!(Cell::at(&values, 0), Cell::Number(11.5));
    }
}
