//! Strict reading of TOML tables, with the place of every complaint.

use crate::DataError;
use sigmatau_core::nearest::did_you_mean;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML document that knows where it stands.
pub(super) struct Document<'a> {
    text: &'a str,
    path: &'a Path,
    table: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str, path: &'a Path) -> Result<Self, DataError> {
        let refused =
            |error: toml::de::Error| complain(text, path, error.span().unwrap_or(0..0).start, error.message());
        Ok(Self { text, path, table: DeTable::parse(text).map_err(refused)? })
    }

    pub(super) fn top(&self) -> Block<'_> {
        Block { text: self.text, path: self.path, table: self.table.get_ref(), start: 0 }
    }
}

fn complain(text: &str, path: &Path, at: usize, reason: impl Into<String>) -> DataError {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    DataError::Manifest { path: path.to_owned(), line, column, reason: reason.into() }
}

/// A table of a document.
pub(super) struct Block<'a> {
    text: &'a str,
    path: &'a Path,
    table: &'a DeTable<'a>,
    start: usize,
}

impl<'a> Block<'a> {
    /// Refuses keys that are not `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), DataError> {
        match self.table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            Some(key) => {
                let reason = format!("unknown key `{}`{}", key.get_ref(), did_you_mean(key.get_ref(), known));
                Err(complain(self.text, self.path, key.span().start, reason))
            }
            None => Ok(()),
        }
    }

    /// The text of a key that must be there.
    pub(super) fn required(&self, key: &str) -> Result<String, DataError> {
        self.text(key)?.ok_or_else(|| self.missing(format!("the key `{key}` is missing")))
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, DataError> {
        self.get(key).map(|value| self.word(key, value)).transpose()
    }

    /// The texts of a key, which has one or a list.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, DataError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        match value.get_ref().as_array() {
            Some(list) => list.iter().map(|value| self.word(key, value)).collect(),
            None => Ok(vec![self.word(key, value)?]),
        }
    }

    /// The number of a key, greater than zero.
    pub(super) fn positive(&self, key: &str) -> Result<Option<f64>, DataError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(|k| k as f64),
            DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
            _ => return Err(self.wrong(key, value, "a number")),
        };
        match number.filter(|number| *number > 0.0 && number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => {
                let written = &self.text[value.span()];
                Err(self.at(key, format!("`{key}` is {written}, a positive number is wanted")))
            }
        }
    }

    /// The table of a key.
    pub(super) fn block(&self, key: &str) -> Result<Option<Self>, DataError> {
        self.get(key).map(|value| self.inner(key, value)).transpose()
    }

    /// The tables of a key that has a list of them.
    pub(super) fn blocks(&self, key: &str) -> Result<Vec<Self>, DataError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let list = value.get_ref().as_array().ok_or_else(|| self.wrong(key, value, "a list of tables"))?;
        list.iter().map(|value| self.inner(key, value)).collect()
    }

    /// A complaint about the value of `key`.
    pub(super) fn at(&self, key: &str, reason: impl Into<String>) -> DataError {
        let place = self.get(key).map_or(self.start, |value| value.span().start);
        complain(self.text, self.path, place, reason)
    }

    /// A complaint about something that the block does not have.
    pub(super) fn missing(&self, reason: impl Into<String>) -> DataError {
        complain(self.text, self.path, self.start, reason)
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn inner(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Result<Self, DataError> {
        let table = value.get_ref().as_table().ok_or_else(|| self.wrong(key, value, "a table"))?;
        Ok(Self { table, start: value.span().start, ..*self })
    }

    fn word(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, DataError> {
        value.get_ref().as_str().map(str::to_owned).ok_or_else(|| self.wrong(key, value, "text"))
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> DataError {
        let found = value.get_ref().type_str();
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let Range { start, .. } = value.span();
        complain(self.text, self.path, start, format!("`{key}` is {article} {found}, {wanted} is wanted"))
    }
}
