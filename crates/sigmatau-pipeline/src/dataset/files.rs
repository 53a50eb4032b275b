//! From a path to the files that it stands for.

use super::file_name;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The manifest that a path names, or that stands in the folder it names.
pub(super) fn manifest(path: &Path) -> Option<PathBuf> {
    let inside = path.join("dataset.toml");
    match path.extension().is_some_and(|extension| extension == "toml") {
        true => Some(path.to_owned()),
        false => inside.is_file().then_some(inside),
    }
}

/// A file, or the files of a folder.
pub(super) fn existing(path: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = match path.is_dir() {
        true => listed(path).map_err(|error| format!("list the folder `{}`: {error}", path.display()))?,
        false => vec![path.to_owned()],
    };
    match listed.iter().find(|file| !file.exists()) {
        Some(missing) => Err(format!("open `{}`: there is no such file", missing.display())),
        None if listed.is_empty() => Err(format!("the folder `{}` holds no files", path.display())),
        None => Ok(listed),
    }
}

/// The files of a folder by name, hidden ones left out.
fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|path| path.is_file() && !file_name(path).starts_with('.'));
    files.sort();
    Ok(files)
}

/// Tells whether a file is Parquet, by its name or its first bytes.
pub(super) fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    let named = path.extension().is_some_and(|extension| extension == "parquet");
    named || (read.is_ok() && magic == *b"PAR1")
}
