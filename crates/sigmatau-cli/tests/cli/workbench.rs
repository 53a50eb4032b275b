//! A folder to run the command in, with words for what it should say.

use sigmatau_data::{Metadata, Table, write_table};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Workbench(TempDir);

impl Workbench {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, its folders included.
    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn put_table(&self, name: &str, table: &Table) -> &Self {
        write_table(&self.path(name), table, Metadata::default()).unwrap();
        self
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Every file below the folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect(self.0.path(), self.0.path(), &mut files);
        files.sort();
        files
    }

    /// The command in this folder; `words` are separated by spaces.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sigmatau"));
        command.args(words.split_whitespace()).current_dir(self.0.path());
        command
    }

    /// Runs the command.
    pub(crate) fn run(&self, words: &str) -> Said {
        Said::of(words, self.command(words).output().unwrap())
    }

    /// Runs a line of the shell in which `$SIGMATAU` is the command.
    #[cfg(unix)]
    pub(crate) fn shell(&self, line: &str) -> Said {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(self.0.path()).env("SIGMATAU", env!("CARGO_BIN_EXE_sigmatau"));
        Said::of(line, shell.output().unwrap())
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(root, &path, files),
            false => files.push(path.strip_prefix(root).unwrap().display().to_string()),
        }
    }
}

/// What the command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) words: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(words: &str, output: Output) -> Self {
        let err = String::from_utf8(output.stderr).unwrap();
        Self { words: words.to_owned(), code: output.status.code(), out: output.stdout, err }
    }

    /// Standard output as text.
    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "`{}` said: {}{}", self.words, self.err, self.out());
        self
    }

    /// Standard error holds all of these.
    #[track_caller]
    pub(crate) fn says(self, expected: &[&str]) -> Self {
        for words in expected {
            assert!(self.err.contains(words), "`{}` should say `{words}`, but said: {}", self.words, self.err);
        }
        self
    }

    /// Standard output holds all of these.
    #[track_caller]
    pub(crate) fn prints(self, expected: &[&str]) -> Self {
        for words in expected {
            assert!(self.out().contains(words), "`{}` should print `{words}`, but printed: {}", self.words, self.out());
        }
        self
    }

    /// Standard output is empty: a refusal is no data.
    #[track_caller]
    pub(crate) fn prints_nothing(self) -> Self {
        assert_eq!(self.out(), "", "`{}`", self.words);
        self
    }
}

/// Numbers between −0.5 and 0.5 from the generator of NIST SP 1065, another stretch for each seed.
pub(crate) fn noise(seed: u64, points: usize) -> Vec<f64> {
    let mut n = 1_234_567_890 + seed;
    let mut next = || {
        n = 16_807 * n % 2_147_483_647;
        n as f64 / 2_147_483_647.0 - 0.5
    };
    (0..points).map(|_| next()).collect()
}

/// Phase in s of a clock with white noise of some nanoseconds.
pub(crate) fn phase(seed: u64, points: usize) -> Vec<f64> {
    noise(seed, points).into_iter().map(|x| 1e-9 * x).collect()
}

/// One number a line.
pub(crate) fn lines(values: &[f64]) -> String {
    values.iter().fold(String::new(), |mut text, value| {
        let _ = writeln!(text, "{value:e}");
        text
    })
}
