//! Files that are there whole or not at all: temporary name, sync, rename, sync of the directory.
//!
//! A link is followed, and its goal replaced. What is no file, such as `/dev/stdout` or a pipe, can't
//! be replaced and is written straight.

use crate::DataError;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes `bytes` to `path`, replacing what is there, so that no reader ever sees a part of them.
///
/// # Errors
/// When the directory does not exist, can't be written, or the disk is full; an earlier file of the
/// same name is then untouched.
///
/// ```
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("report.json");
/// sigmatau_data::write_atomic(&path, b"{}")?;
/// assert_eq!(std::fs::read(&path)?, b"{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let file = AtomicFile::create(path)?;
    file.handle()?.write_all(bytes).map_err(DataError::io("write", path))?;
    file.commit()
}

/// A file under a temporary name in the directory of its goal; dropped before the commit, it is removed.
pub(crate) struct AtomicFile {
    content: Content,
    goal: PathBuf,
}

enum Content {
    Temporary(NamedTempFile),
    Straight(File),
}

impl AtomicFile {
    pub(crate) fn create(goal: &Path) -> Result<Self, DataError> {
        let content = match is_replaceable(goal) {
            true => temporary(&followed(goal)).map(Content::Temporary),
            false => File::options().write(true).open(goal).map(Content::Straight),
        };
        Ok(Self { content: content.map_err(DataError::io("create", goal))?, goal: goal.to_owned() })
    }

    /// A handle to write the content with.
    pub(crate) fn handle(&self) -> Result<File, DataError> {
        let file = match &self.content {
            Content::Temporary(temporary) => temporary.as_file(),
            Content::Straight(file) => file,
        };
        file.try_clone().map_err(DataError::io("write", &self.goal))
    }

    /// Makes the content durable and gives it its name.
    pub(crate) fn commit(self) -> Result<(), DataError> {
        let Self { content: Content::Temporary(temporary), goal } = self else { return Ok(()) };
        let replaced = followed(&goal);
        temporary.as_file().sync_all().map_err(DataError::io("write", &goal))?;
        temporary.persist(&replaced).map_err(|refused| DataError::io("name", &goal)(refused.error))?;
        sync_directory(directory(&replaced)).map_err(DataError::io("sync the directory of", &goal))
    }
}

/// Tells whether there is a file of this name, or nothing yet; a folder is told apart at the commit.
fn is_replaceable(goal: &Path) -> bool {
    goal.metadata().map_or(true, |found| found.is_file() || found.is_dir())
}

/// The file that a link leads to, or else the path itself.
fn followed(goal: &Path) -> PathBuf {
    match goal.is_symlink() {
        true => goal.canonicalize().unwrap_or_else(|_| goal.to_owned()),
        false => goal.to_owned(),
    }
}

fn temporary(goal: &Path) -> io::Result<NamedTempFile> {
    let name = goal.file_name().unwrap_or_default().to_string_lossy();
    let mut builder = tempfile::Builder::new();
    let prefix = format!(".{name}.");
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory(goal))
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Other systems offer no handle to a directory; their rename is as durable as they make it.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_that_is_not_committed_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let goal = directory.path().join("x.parquet");
        std::fs::write(&goal, "old").unwrap();
        let file = AtomicFile::create(&goal).unwrap();
        file.handle().unwrap().write_all(b"new").unwrap();
        assert_eq!(names(directory.path()).len(), 2);
        drop(file);
        assert_eq!(names(directory.path()), ["x.parquet"]);
        assert_eq!(std::fs::read(&goal).unwrap(), b"old");
    }

    #[test]
    fn a_commit_replaces_the_old_file_and_leaves_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let goal = directory.path().join("x.json");
        write_atomic(&goal, b"old").unwrap();
        write_atomic(&goal, b"new").unwrap();
        assert_eq!((names(directory.path()), std::fs::read(&goal).unwrap()), (vec!["x.json".into()], b"new".to_vec()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_goal_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (goal, link) = (directory.path().join("goal"), directory.path().join("link"));
        std::fs::write(&goal, "old").unwrap();
        std::os::unix::fs::symlink(&goal, &link).unwrap();
        write_atomic(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&goal).unwrap(), b"new");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let full = Path::new("/dev/full");
        let message = write_atomic(full, b"x").unwrap_err().to_string();
        assert!(message.ends_with("free some space or choose another disk"), "{message}");
        assert!(full.metadata().unwrap().file_type().is_char_device());
        write_atomic(Path::new("/dev/null"), b"x").unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_was_written_as_far_as_the_umask_lets_them() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let (plain, atomic) = (directory.path().join("plain"), directory.path().join("atomic"));
        std::fs::write(&plain, "").unwrap();
        write_atomic(&atomic, b"").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&plain), mode(&atomic));
    }

    #[test]
    fn a_directory_that_is_missing_is_told_with_the_goal() {
        let message = write_atomic(Path::new("/nowhere/x.json"), b"").unwrap_err().to_string();
        assert!(message.starts_with("create `/nowhere/x.json`: "), "{message}");
        assert!(message.ends_with("check the path; directories are not created on the way"), "{message}");
    }
}
