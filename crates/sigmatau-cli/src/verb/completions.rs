//! `sigmatau completions`: what a shell needs to complete verbs and flags.

use crate::args::{Arguments, CompletionsArguments};
use crate::exit::Exit;
use crate::output::deliver;
use clap::CommandFactory;

pub(crate) fn completions(asked: CompletionsArguments) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut Arguments::command(), "sigmatau", &mut script);
    deliver(&script, None)?;
    Ok(Exit::Done)
}
