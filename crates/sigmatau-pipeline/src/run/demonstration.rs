//! Demonstration data: drawn by their recipe, one clock at a time.

use super::{Options, RunError};
use crate::dataset::{Dataset, Planned};
use crate::event::{Event, Listener};
use sigmatau_data::generate::Recipe;
use sigmatau_data::{DataError, Metadata, TableWriter};
use std::path::{Path, PathBuf};

/// Draws the recipe into the run directory, unless an earlier run did, and opens it. Without a run
/// directory the data go to a temporary folder, which lives as long as they are read.
pub(super) fn dataset(
    planned: &Planned,
    recipe: &Recipe,
    options: &Options,
    listener: &dyn Listener,
) -> Result<Dataset, RunError> {
    let key = blake3::hash(format!("{recipe:?}").as_bytes()).to_hex()[..8].to_owned();
    match &options.store {
        Some(store) => {
            let path = store.dataset(&planned.name, &key);
            if !path.exists() {
                write(recipe, &path, &mut |done| listener.hear(&progress(planned, recipe, done)))?;
            }
            Ok(planned.open(&[(path, LICENCE.to_owned())])?)
        }
        None => {
            let folder = temporary_folder()?;
            let path: PathBuf = folder.path().join(format!("{}-{key}.parquet", planned.name));
            write(recipe, &path, &mut |done| listener.hear(&progress(planned, recipe, done)))?;
            Ok(planned.open(&[(path, LICENCE.to_owned())])?.keeping(folder))
        }
    }
}

fn temporary_folder() -> Result<tempfile::TempDir, DataError> {
    let refused = |source| DataError::Io { action: "create a folder in", path: std::env::temp_dir(), source };
    tempfile::tempdir().map_err(refused)
}

/// Demonstration data are made by this program and free of rights.
pub const LICENCE: &str = "CC0-1.0";

fn progress<'a>(planned: &'a Planned, recipe: &Recipe, done: usize) -> Event<'a> {
    Event::Generating { dataset: &planned.name, done, of: recipe.clocks() }
}

/// Writes the clocks of a recipe to a Parquet file; `each` is told how many are done.
///
/// # Errors
/// When the file can't be written.
pub fn write(recipe: &Recipe, path: &Path, each: &mut dyn FnMut(usize)) -> Result<(), DataError> {
    let mut writer =
        TableWriter::create(path, Metadata::default().with_field("time", "time_scale", recipe.time_scale()))?;
    for (done, clock) in recipe.tables().enumerate() {
        writer.write(&clock)?;
        each(done + 1);
    }
    writer.finish()
}
