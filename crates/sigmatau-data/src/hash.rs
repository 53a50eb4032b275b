//! Content hashes, by which inputs are known in records and manifests.

use crate::DataError;
use std::fs::File;
use std::path::Path;

/// Returns the BLAKE3 hash of a file's content in hexadecimal, reading it in pieces of 64 KiB.
///
/// # Errors
/// When the file can't be opened or read.
///
/// ```
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("empty");
/// std::fs::write(&path, "")?;
/// assert_eq!(
///     sigmatau_data::hash::blake3(&path)?,
///     "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn blake3(path: &Path) -> Result<String, DataError> {
    let file = File::open(path).map_err(DataError::io("open", path))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(DataError::io("read", path))?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streamed_hash_is_the_hash_of_the_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        let content: Vec<u8> = (0..300_000_u32).map(|k| (k % 251) as u8).collect();
        std::fs::write(&path, &content).unwrap();
        assert_eq!(blake3(&path).unwrap(), ::blake3::hash(&content).to_hex().to_string());
    }

    #[test]
    fn a_missing_file_is_named() {
        assert!(blake3(Path::new("/nowhere/x")).unwrap_err().to_string().starts_with("open `/nowhere/x`: "));
    }
}
