//! The `sigmatau` command: verbs, messages, exit codes.
//!
//! The way through: [`args`] (what was typed) → one file of `verb/` per verb → exit code. Data go to
//! standard output, everything else to standard error.

mod args;
mod exit;
mod output;
mod progress;
mod verb;

use args::{Arguments, Verb};
use clap::Parser;
use exit::Exit;
use std::process::ExitCode;

/// Backs long records by huge pages (see `.cargo/config.toml`): a third of the time of a decode is faults of small ones.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    sigmatau_data::panic::hush_decoder();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return exit::of_parser(&answer),
    };
    match dispatch(arguments) {
        Ok(exit) => exit.into(),
        Err(error) => exit::of_error(&error),
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Exit> {
    if let Some(threads) = arguments.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global()?;
    }
    match arguments.verb {
        Verb::Run(asked) => verb::run::run(asked),
        Verb::Check(asked) => verb::check::check(asked),
        Verb::Stability(asked) => verb::stability::stability(&asked),
        Verb::Analysis(asked) => verb::analysis::analysis(&asked),
        Verb::Import(asked) => verb::import::import(asked),
        Verb::Generate(asked) => verb::generate::generate(asked),
        Verb::Inspect(asked) => verb::inspect::inspect(asked),
        Verb::Publish(asked) => verb::publish::publish(asked),
        Verb::List(asked) => verb::list::list(asked),
        Verb::Completions(asked) => verb::completions::completions(asked),
    }
}
