//! Demonstration data: drawn by their recipe, one clock or sensor at a time.

use super::{Options, RunError};
use crate::dataset::{Dataset, Planned};
use crate::event::{Event, Listener};
use sigmatau_core::Cancel;
use sigmatau_data::generate::Recipe;
use sigmatau_data::{DataError, TableWriter};
use std::path::Path;

/// Draws the recipe into the run directory, unless an earlier run did, and opens it. Without a run
/// directory the data go to a temporary folder, which lives as long as they are read.
pub(super) fn dataset(
    planned: &Planned,
    recipe: &Recipe,
    options: &Options,
    listener: &dyn Listener,
) -> Result<Dataset, RunError> {
    let key = blake3::hash(format!("{recipe:?}").as_bytes()).to_hex()[..8].to_owned();
    let each = &mut |done| listener.hear(&Event::Generating { dataset: &planned.name, done, of: recipe.members() });
    match &options.store {
        Some(store) => {
            let path = store.dataset(&planned.name, &key);
            if !path.exists() {
                write(recipe, &path, &options.cancel, each)?;
            }
            Ok(planned.open(&[(path, LICENCE.to_owned())])?)
        }
        None => {
            let folder = temporary_folder()?;
            let path = folder.path().join(format!("{}-{key}.parquet", planned.name));
            write(recipe, &path, &options.cancel, each)?;
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

/// Writes the clocks or sensors of a recipe to a Parquet file; `each` is told how many are done.
///
/// # Errors
/// When the file can't be written, or somebody asked to stop; nothing is left of it then.
pub fn write(recipe: &Recipe, path: &Path, cancel: &Cancel, each: &mut dyn FnMut(usize)) -> Result<(), RunError> {
    let mut writer = TableWriter::create(path, recipe.metadata())?;
    for (done, table) in recipe.tables().enumerate() {
        if cancel.requested() {
            let work = format!("the demonstration data `{}`", recipe.name());
            return Err(RunError::Interrupted { work, done, of: recipe.members() });
        }
        writer.write(&table)?;
        each(done + 1);
    }
    Ok(writer.finish()?)
}
