//! Finding the columns of a table by their names.

use crate::DataError;
use crate::column::{Described, Storage};
use crate::error::Trouble;
use sigmatau_core::nearest::did_you_mean;

/// The columns of one file.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) file: &'a str,
    pub(crate) all: &'a [Described],
}

impl Columns<'_> {
    /// The column that the option names, else the one of the usual name, if there is one.
    pub(crate) fn role(&self, option: Option<&str>, usual: &str) -> Result<Option<usize>, DataError> {
        match option {
            Some(name) => self.find(name).map(Some),
            None => Ok(self.all.iter().position(|column| column.name == usual)),
        }
    }

    /// The column of names, in a long table; `whose` says it of one that holds something else.
    pub(crate) fn key(
        &self,
        option: Option<&str>,
        usual: &str,
        whose: &'static str,
    ) -> Result<Option<usize>, DataError> {
        let key = self.role(option, usual)?;
        match key.filter(|&key| self.all[key].storage != Storage::Text) {
            Some(key) => {
                let found = self.all[key].type_name().to_owned();
                Err(self.about(key, Trouble::Type { found, wanted: whose }))
            }
            None => Ok(key),
        }
    }

    pub(crate) fn find(&self, name: &str) -> Result<usize, DataError> {
        let known: Vec<&str> = self.all.iter().map(|column| column.name.as_str()).collect();
        let unknown = || Trouble::Unknown { hint: did_you_mean(name, &known) }.of(self.file, name);
        known.iter().position(|column| *column == name).ok_or_else(unknown)
    }

    pub(crate) fn about(&self, column: usize, trouble: Trouble) -> DataError {
        trouble.of(self.file, &self.all[column].name)
    }
}
