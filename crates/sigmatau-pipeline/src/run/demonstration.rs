//! Demonstration data: drawn by their recipe, one clock or sensor at a time.

use super::{Options, RunError};
use crate::dataset::{Dataset, Planned};
use crate::event::{Event, Listener};
use sigmatau_core::Cancel;
use sigmatau_data::generate::Recipe;
use sigmatau_data::{DataError, Table, TableWriter};
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
    let of = recipe.pieces();
    let each = &mut |done| listener.hear(&Event::Generating { dataset: &planned.name, done, of });
    let mut write = |path: PathBuf| {
        let paths = paths(planned, recipe, path)?;
        if !paths.iter().all(|path| path.exists()) {
            match planned.wants_all() {
                true => write_parts(recipe, &paths, &options.cancel, each)?,
                false => write(recipe, &paths[0], &options.cancel, each)?,
            }
        }
        Ok::<Dataset, RunError>(planned.open(&[(paths[0].clone(), LICENCE.to_owned())])?)
    };
    match &options.store {
        Some(store) => write(store.dataset(&planned.name, &key)),
        None => {
            let folder = temporary_folder()?;
            let dataset = write(folder.path().join(format!("{}-{key}.parquet", planned.name)))?;
            Ok(dataset.keeping(folder))
        }
    }
}

/// The file of the table that is wanted; where all are, one for each in a folder of the same name.
fn paths(planned: &Planned, recipe: &Recipe, path: PathBuf) -> Result<Vec<PathBuf>, DataError> {
    if !planned.wants_all() {
        return Ok(vec![path]);
    }
    let folder = path.with_extension("");
    std::fs::create_dir_all(&folder).map_err(DataError::io("make the folder", &folder))?;
    Ok(recipe.parts().iter().map(|part| folder.join(format!("{part}.parquet"))).collect())
}

fn temporary_folder() -> Result<tempfile::TempDir, DataError> {
    let refused = |source| DataError::Io { action: "create a folder in", path: std::env::temp_dir(), source };
    tempfile::tempdir().map_err(refused)
}

/// Demonstration data are made by this program and free of rights.
pub const LICENCE: &str = "CC0-1.0";

/// Writes the members of a recipe to a Parquet file; `each` is told how many are done.
///
/// # Errors
/// When the file can't be written, or somebody asked to stop; nothing is left of it then.
pub fn write(recipe: &Recipe, path: &Path, cancel: &Cancel, each: &mut dyn FnMut(usize)) -> Result<(), RunError> {
    pour(recipe, recipe.tables().map(|table| vec![table]), &[path.to_owned()], cancel, each)
}

/// Writes every part of a recipe to a file of its own, see [`Recipe::parts`]; else as [`write()`].
///
/// # Errors
/// As [`write()`].
pub fn write_parts(
    recipe: &Recipe,
    paths: &[PathBuf],
    cancel: &Cancel,
    each: &mut dyn FnMut(usize),
) -> Result<(), RunError> {
    pour(recipe, recipe.drawn(), paths, cancel, each)
}

fn pour(
    recipe: &Recipe,
    drawn: impl Iterator<Item = Vec<Table>>,
    paths: &[PathBuf],
    cancel: &Cancel,
    each: &mut dyn FnMut(usize),
) -> Result<(), RunError> {
    let create = |path: &PathBuf| TableWriter::create(path, recipe.metadata());
    let mut writers: Vec<TableWriter> = paths.iter().map(create).collect::<Result<_, _>>()?;
    for (done, tables) in drawn.enumerate() {
        if cancel.requested() {
            let work = format!("the demonstration data `{}`", recipe.name());
            return Err(RunError::Interrupted { work, done, of: recipe.pieces() });
        }
        writers.iter_mut().zip(&tables).try_for_each(|(writer, table)| writer.write(table))?;
        each(done + 1);
    }
    Ok(writers.into_iter().try_for_each(TableWriter::finish)?)
}
