//! A listener that appends events to `events.jsonl`, one JSON object a line.

use crate::event::{Event, Listener};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

/// Appends events to a file. A failure to record never fails the run.
#[derive(Debug)]
pub struct Recorder(Mutex<File>);

impl Recorder {
    /// Opens the file, which is made if need be.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn append_to(path: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).append(true).open(path).map(|file| Self(Mutex::new(file)))
    }
}

impl Listener for Recorder {
    fn hear(&self, event: &Event<'_>) {
        let Ok(mut line) = serde_json::to_vec(event) else { return };
        line.push(b'\n');
        if let Ok(mut file) = self.0.lock() {
            let _ = file.write_all(&line);
        }
    }
}
