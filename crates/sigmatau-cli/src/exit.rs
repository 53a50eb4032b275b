//! The exit codes, which scripts rely on.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done and conforming |
//! | 1 | done, but something did not conform or could not be assessed (findings of weight `failure`, expectations) |
//! | 2 | the request or its input is wrong; nothing was done |
//! | 3 | interrupted or incomplete; `--resume` goes on |

use sigmatau_pipeline::RunError;
use std::io;
use std::process::ExitCode;

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done and conforming.
    Done,
    /// Done, but something did not conform.
    NotConforming,
    /// The request or its input is wrong.
    Refused,
    /// Interrupted or incomplete.
    Incomplete,
}

impl Exit {
    /// Done, conforming or not.
    pub(crate) fn done(conforms: bool) -> Self {
        if conforms { Self::Done } else { Self::NotConforming }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Says what failed, and how that counts.
pub(crate) fn of_error(error: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(error) {
        return Exit::Done.into();
    }
    crate::output::complain(&format!("error: failed to {}", told(error)));
    if error.is::<Unfinished>() {
        crate::output::complain("run again with --resume to go on");
    }
    let interrupted = matches!(error.downcast_ref(), Some(RunError::Interrupted { .. }));
    if interrupted || error.is::<Unfinished>() { Exit::Incomplete.into() } else { Exit::Refused.into() }
}

/// The error and its causes, those left out that a message before them repeats.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let join = |told: String, cause: String| match told.contains(&cause) {
        true => told,
        false => format!("{told}: {cause}"),
    };
    error.chain().map(ToString::to_string).reduce(join).unwrap_or_default()
}

/// The context of an error after which `--resume` goes on.
#[derive(Debug)]
pub(crate) struct Unfinished;

impl std::fmt::Display for Unfinished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("finish the run")
    }
}

/// Whether the reader of standard output went away, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(broken)
}

/// Help and version are answers, everything else is a refusal.
pub(crate) fn of_parser(answer: &clap::Error) -> ExitCode {
    let _ = answer.print();
    if answer.use_stderr() { Exit::Refused.into() } else { Exit::Done.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn a_cause_is_told_once() {
        let refused = sigmatau_data::inspect("nowhere.parquet".as_ref()).map(drop).context("look at the table");
        let told = told(&refused.unwrap_err());
        assert!(told.starts_with("look at the table: open `nowhere.parquet`: "), "{told}");
        assert_eq!(told.matches("No such file").count(), 1, "{told}");
    }
}
