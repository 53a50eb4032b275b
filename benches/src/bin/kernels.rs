//! Runs kernels by name, one after the other, on one thread: `kernels NAME...`, or `kernels --list`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the face of a tool")]

use sigmatau_benches::kernel::{Kernel, kernels};
use std::process::ExitCode;

fn main() -> ExitCode {
    let (kernels, names): (_, Vec<String>) = (kernels(), std::env::args().skip(1).collect());
    if names == ["--list"] {
        kernels.iter().for_each(|kernel| println!("{}", kernel.name));
        return ExitCode::SUCCESS;
    }
    let named = |name: &String| kernels.iter().find(|kernel| kernel.name == *name).ok_or_else(|| name.clone());
    match names.iter().map(named).collect::<Result<Vec<&Kernel>, _>>() {
        Ok(chosen) if !chosen.is_empty() => chosen.iter().for_each(|kernel| (kernel.run)()),
        Ok(_) => return refuse("name at least one kernel"),
        Err(name) => return refuse(&format!("there is no kernel `{name}`")),
    }
    ExitCode::SUCCESS
}

fn refuse(reason: &str) -> ExitCode {
    eprintln!("kernels: {reason}; `kernels --list` lists them");
    ExitCode::from(2)
}
