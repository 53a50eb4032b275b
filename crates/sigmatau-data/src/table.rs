//! A table in memory: named columns of equal length, each with its unit.

use sigmatau_core::Unit;
use std::borrow::Cow;
use std::ops::Range;

/// The value of a scaled whole number: step · `scale` + `offset`.
///
/// The step is converted to the nearest `f64`, the product is rounded, then the sum is rounded: three
/// IEEE 754 operations and never a fused one, so that `steps * scale + offset` in NumPy gives the same bits.
///
/// ```
/// use sigmatau_data::table::rebuild;
/// assert_eq!(rebuild(123_457, 1e-12, 0.0), 123_457.0 * 1e-12);
/// assert_eq!(rebuild(3, 0.1, 1.0), 1.3);
/// ```
pub fn rebuild(step: i64, scale: f64, offset: f64) -> f64 {
    step as f64 * scale + offset
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers; a missing one is `NaN` here and null on disk.
    Float(Vec<f64>),
    /// Whole numbers, none missing.
    Integer(Vec<i64>),
    /// Words; a missing one is empty.
    Text(Vec<String>),
    /// Numbers stored as whole multiples: value = `steps` · `scale` + `offset`, as [`rebuild`] does it.
    Scaled {
        /// The stored whole numbers.
        steps: Vec<i64>,
        /// The value of one step.
        scale: f64,
        /// The value of step 0.
        offset: f64,
    },
}

impl Values {
    /// The number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Integer(values) | Self::Scaled { steps: values, .. } => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Tells whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values as numbers, scaled ones rebuilt by [`rebuild`]; nothing for text.
    pub fn to_floats(&self) -> Option<Cow<'_, [f64]>> {
        match self {
            Self::Float(values) => Some(Cow::Borrowed(values)),
            Self::Integer(values) => Some(values.iter().map(|&value| value as f64).collect()),
            Self::Scaled { steps, scale, offset } => {
                Some(steps.iter().map(|&step| rebuild(step, *scale, *offset)).collect())
            }
            Self::Text(_) => None,
        }
    }

    /// No values of the same kind and scale.
    pub(crate) fn emptied(&self) -> Self {
        match self {
            Self::Float(_) => Self::Float(Vec::new()),
            Self::Integer(_) => Self::Integer(Vec::new()),
            Self::Text(_) => Self::Text(Vec::new()),
            Self::Scaled { scale, offset, .. } => Self::Scaled { steps: Vec::new(), scale: *scale, offset: *offset },
        }
    }

    /// The given rows in this order.
    fn in_order(&self, rows: &[usize]) -> Self {
        fn picked<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|&row| values[row].clone()).collect()
        }
        match self {
            Self::Float(values) => Self::Float(picked(values, rows)),
            Self::Integer(values) => Self::Integer(picked(values, rows)),
            Self::Text(values) => Self::Text(picked(values, rows)),
            Self::Scaled { steps, scale, offset } => {
                Self::Scaled { steps: picked(steps, rows), scale: *scale, offset: *offset }
            }
        }
    }

    /// Puts `its`, values of the same kind, behind these.
    fn append(&mut self, its: Self) {
        match (self, its) {
            (mine, its) if mine.is_empty() => *mine = its,
            (Self::Float(mine), Self::Float(mut its)) => mine.append(&mut its),
            (Self::Text(mine), Self::Text(mut its)) => mine.append(&mut its),
            (Self::Integer(mine), Self::Integer(mut its))
            | (Self::Scaled { steps: mine, .. }, Self::Scaled { steps: mut its, .. }) => mine.append(&mut its),
            _ => unreachable!("the kinds are compared before"),
        }
    }

    /// Makes room for as many rows more.
    pub(crate) fn reserve(&mut self, rows: usize) {
        match self {
            Self::Float(values) => values.reserve_exact(rows),
            Self::Integer(values) | Self::Scaled { steps: values, .. } => values.reserve_exact(rows),
            Self::Text(values) => values.reserve_exact(rows),
        }
    }

    /// Puts the given rows of `its`, values of the same kind, behind these.
    pub(crate) fn extend(&mut self, its: &Self, rows: Range<usize>) {
        match (self, its) {
            (Self::Float(mine), Self::Float(its)) => mine.extend_from_slice(&its[rows]),
            (Self::Text(mine), Self::Text(its)) => mine.extend_from_slice(&its[rows]),
            (Self::Integer(mine), Self::Integer(its))
            | (Self::Scaled { steps: mine, .. }, Self::Scaled { steps: its, .. }) => mine.extend_from_slice(&its[rows]),
            _ => unreachable!("the kinds are compared before"),
        }
    }
}

/// A named column with the unit of its values; text and codes have none.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name, unique in its table.
    pub name: String,
    /// The unit of the values.
    pub unit: Option<Unit>,
    /// The values.
    pub values: Values,
}

impl Column {
    /// A column of numbers.
    pub fn float(name: impl Into<String>, unit: Unit, values: Vec<f64>) -> Self {
        Self { name: name.into(), unit: Some(unit), values: Values::Float(values) }
    }

    /// A column of whole numbers.
    pub fn integer(name: impl Into<String>, unit: Unit, values: Vec<i64>) -> Self {
        Self { name: name.into(), unit: Some(unit), values: Values::Integer(values) }
    }

    /// A column of words.
    pub fn text(name: impl Into<String>, values: Vec<String>) -> Self {
        Self { name: name.into(), unit: None, values: Values::Text(values) }
    }
}

/// Columns of equal length with distinct names.
///
/// ```
/// use sigmatau_core::Unit;
/// use sigmatau_data::{Column, Table};
/// let table = Table::new(vec![
///     Column::text("series", vec!["maser-1".into(), "maser-1".into()]),
///     Column::float("phase", Unit::SECOND, vec![0.0, 1e-9]),
/// ])?;
/// assert_eq!((table.rows(), table.columns().len()), (2, 2));
/// # Ok::<(), sigmatau_data::TableError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
}

/// Why columns do not make a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A column is longer or shorter than the first.
    #[error("make a table: column `{name}` has {found} rows, the first column has {expected}")]
    Length {
        /// The name of the odd column.
        name: String,
        /// Its rows.
        found: usize,
        /// The rows of the first column.
        expected: usize,
    },
    /// Two columns have one name.
    #[error("make a table: column `{0}` appears twice")]
    Twice(String),
    /// The tables to join differ in names or kinds.
    #[error("append rows: the tables differ at column `{0}`")]
    Differ(String),
}

impl Table {
    /// Checks the columns and makes a table of them.
    ///
    /// # Errors
    /// When the columns differ in length or two have the same name.
    pub fn new(columns: Vec<Column>) -> Result<Self, TableError> {
        let expected = columns.first().map_or(0, |column| column.values.len());
        for (index, column) in columns.iter().enumerate() {
            if column.values.len() != expected {
                let (name, found) = (column.name.clone(), column.values.len());
                return Err(TableError::Length { name, found, expected });
            }
            if columns[..index].iter().any(|earlier| earlier.name == column.name) {
                return Err(TableError::Twice(column.name.clone()));
            }
        }
        Ok(Self { columns })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The numbers of the column of this name, if it has numbers.
    pub fn floats(&self, name: &str) -> Option<&[f64]> {
        match &self.column(name)?.values {
            Values::Float(values) => Some(values),
            _ => None,
        }
    }

    /// The whole numbers of the column of this name, if it has whole numbers.
    pub fn integers(&self, name: &str) -> Option<&[i64]> {
        match &self.column(name)?.values {
            Values::Integer(values) => Some(values),
            _ => None,
        }
    }

    /// The words of the column of this name, if it has words.
    pub fn texts(&self, name: &str) -> Option<&[String]> {
        match &self.column(name)?.values {
            Values::Text(values) => Some(values),
            _ => None,
        }
    }

    /// The rows with these numbers, in this order.
    ///
    /// # Panics
    /// When there is no row of a number.
    #[must_use]
    pub fn in_order(&self, rows: &[usize]) -> Self {
        let column = |column: &Column| {
            let (name, unit) = (column.name.clone(), column.unit.clone());
            Column { name, unit, values: column.values.in_order(rows) }
        };
        Self { columns: self.columns.iter().map(column).collect() }
    }

    /// Puts the rows of `other` behind the rows of this table; an empty table takes all columns over.
    ///
    /// # Errors
    /// When the tables differ in names, order or kinds of columns.
    pub fn append(&mut self, other: Self) -> Result<(), TableError> {
        if self.columns.is_empty() {
            *self = other;
            return Ok(());
        }
        if let Some(odd) = first_difference(&self.columns, &other.columns) {
            return Err(TableError::Differ(odd));
        }
        for (mine, its) in self.columns.iter_mut().zip(other.columns) {
            mine.values.append(its.values);
        }
        Ok(())
    }

    /// Makes room for as many rows more, so that what is appended finds its place.
    pub fn reserve(&mut self, rows: usize) {
        self.columns.iter_mut().for_each(|column| column.values.reserve(rows));
    }
}

/// The name of the first column that differs in name, unit, kind or scale.
fn first_difference(mine: &[Column], its: &[Column]) -> Option<String> {
    let same_kind = |a: &Values, b: &Values| match (a, b) {
        (Values::Scaled { scale, offset, .. }, Values::Scaled { scale: its_scale, offset: its_offset, .. }) => {
            (scale, offset) == (its_scale, its_offset)
        }
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    };
    let same = |a: &Column, b: &Column| a.name == b.name && a.unit == b.unit && same_kind(&a.values, &b.values);
    if let Some((odd, _)) = mine.iter().zip(its).find(|(a, b)| !same(a, b)) {
        return Some(odd.name.clone());
    }
    let longer = if mine.len() > its.len() { mine } else { its };
    longer.get(mine.len().min(its.len())).map(|column| column.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(values: Vec<f64>) -> Table {
        Table::new(vec![Column::float("phase", Unit::SECOND, values)]).unwrap()
    }

    #[test]
    fn rows_can_be_put_in_another_order() {
        assert_eq!(table(vec![1.0, 2.0, 3.0]).in_order(&[2, 0]), table(vec![3.0, 1.0]));
    }

    #[test]
    fn uneven_columns_are_refused_by_name() {
        let columns = vec![Column::integer("m", Unit::ONE, vec![1, 2]), Column::text("noise", vec!["white FM".into()])];
        assert_eq!(
            Table::new(columns).unwrap_err().to_string(),
            "make a table: column `noise` has 1 rows, the first column has 2"
        );
    }

    #[test]
    fn appended_rows_stand_behind() {
        let mut whole = Table::default();
        whole.append(table(vec![1.0])).unwrap();
        whole.append(table(vec![2.0])).unwrap();
        assert_eq!(whole, table(vec![1.0, 2.0]));
    }

    #[test]
    fn picoseconds_rebuild_to_the_bits_of_the_product() {
        for step in (-2_000_000_i64..2_000_000).chain([i64::MIN, -1 << 53, 1 << 53, i64::MAX]) {
            let product = step as f64 * 1e-12;
            assert_eq!(rebuild(step, 1e-12, 0.0).to_bits(), product.to_bits());
        }
    }

    #[test]
    fn rebuilding_rounds_the_product_before_the_sum() {
        let (step, scale) = ((1_i64 << 27) + 1, ((1_i64 << 27) + 1) as f64);
        let exact = (1_i128 << 54) + (1_i128 << 28) + 1;
        let offset = -((exact - 1) as f64);
        assert_eq!(rebuild(step, scale, offset), 0.0, "a fused operation would keep the last 1");
    }

    #[test]
    fn tables_of_other_shape_are_not_appended() {
        let other = Table::new(vec![Column::integer("phase", Unit::SECOND, vec![1])]).unwrap();
        assert!(table(vec![1.0]).append(other).is_err());
    }
}
