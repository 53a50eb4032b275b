//! The verbs that are made from the table of ops: one subcommand for each op, one flag for each of its keys.

use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches, Subcommand, value_parser};
use sigmatau_pipeline::document::Parameter;
use sigmatau_pipeline::{OPS, Op, Subject};
use std::path::PathBuf;

/// What was typed behind a verb such as `dynamic`.
#[derive(Debug)]
pub(crate) struct AnalysisArguments {
    /// The op.
    pub(crate) op: &'static Op,
    /// Its files.
    pub(crate) files: Vec<String>,
    /// Its keys and those of its dataset, as far as they were typed.
    pub(crate) keys: Vec<(&'static Parameter, String)>,
    /// The files of the records that it wants besides, under their keys.
    pub(crate) beside: Vec<(&'static str, String)>,
    /// The format of the result.
    pub(crate) format: String,
    /// The file of the result.
    pub(crate) output: Option<PathBuf>,
    /// Whether remarks are left out.
    pub(crate) quiet: bool,
}

/// The id of the files, which is no key of an op.
const FILES: &str = "FILE";

impl Subcommand for AnalysisArguments {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(Subject::ALL.map(of_subject))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        Subject::ALL.iter().any(|subject| subject.word() == name)
    }
}

impl FromArgMatches for AnalysisArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let (_, of_subject) = matches.subcommand().expect("clap asks for a verb");
        let (name, typed) = of_subject.subcommand().expect("clap asks for an analysis");
        let op = OPS.iter().copied().find(|op| op.name == name).expect("the verbs are made from the ops");
        let text = |key: &str| typed.get_one::<String>(key).cloned();
        let files = |key: &str| typed.get_many::<String>(key).into_iter().flatten().cloned();
        Ok(Self {
            op,
            files: [Some(FILES), op.reads.flag()].into_iter().flatten().flat_map(files).collect(),
            keys: keys(op).into_iter().filter_map(|key| Some((key, text(key.name)?))).collect(),
            beside: op.beside.iter().filter_map(|other| Some((other.key.name, text(other.key.name)?))).collect(),
            format: text("format").expect("it has a default"),
            output: typed.get_one::<PathBuf>("output").cloned(),
            quiet: typed.get_flag("quiet"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn of_subject(subject: Subject) -> Command {
    let ops = OPS.iter().filter(|op| op.subject == subject);
    Command::new(subject.word())
        .about(subject.title())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(ops.map(|op| of_op(op)))
}

fn of_op(op: &'static Op) -> Command {
    let file = Arg::new(FILES).value_name("FILE").required(true).num_args(1..).help(format!("The files: {}", op.reads));
    let file = op.reads.flag().map_or(file.clone(), |flag| file.required(false).required_unless_present(flag));
    let flagged =
        op.reads.flag().map(|flag| Arg::new(flag).long(flag).value_name("FILE").num_args(1).action(ArgAction::Append));
    let beside = op.beside.iter().map(|other| flag(&other.key).value_name("FILE"));
    let format = Arg::new("format").long("format").value_name("FORMAT").default_value("table");
    let output = Arg::new("output").long("output").short('o').value_name("FILE").value_parser(value_parser!(PathBuf));
    let quiet = Arg::new("quiet").long("quiet").short('q').action(ArgAction::SetTrue);
    Command::new(op.name)
        .about(op.title)
        .arg(file)
        .args(flagged.map(|flagged| flagged.help("The files too")))
        .args(beside)
        .args(keys(op).into_iter().map(flag))
        .arg(format.help("Format of the result, see `sigmatau list formats`"))
        .arg(output.help("Write to a file instead of standard output"))
        .arg(quiet.help("Say nothing but warnings and errors"))
}

/// The keys of an op and of its dataset, each once.
fn keys(op: &'static Op) -> Vec<&'static Parameter> {
    let mut keys: Vec<&Parameter> = op.parameters.iter().copied().flatten().collect();
    let of_dataset = op.reads.parameters().iter().filter(|key| keys.iter().all(|known| known.name != key.name));
    let of_dataset: Vec<&Parameter> = of_dataset.collect();
    keys.extend(of_dataset);
    keys
}

/// `--dead-time` for the key `dead_time`.
fn flag(key: &'static Parameter) -> Arg {
    let default = match key.default.trim_matches(['[', ']', '"']) {
        "" => String::new(),
        default => format!(" [default: {}]", default.replace("\", \"", ",")),
    };
    let value = if key.default.starts_with('[') { "VALUE,…" } else { "VALUE" };
    let flag = Arg::new(key.name).long(key.name.replace('_', "-")).value_name(value).allow_negative_numbers(true);
    flag.help(format!("{}{default}", key.doc))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The flags of every verb and of the verbs of ops, which a key of an op would hide.
    const OWN: [&str; 8] = [FILES, "format", "output", "quiet", "threads", "help", "version", "set"];

    #[test]
    fn no_key_of_an_op_has_the_name_of_a_flag_or_of_another_key() {
        for op in OPS {
            let beside = op.beside.iter().map(|other| other.key.name);
            let mut names: Vec<&str> = keys(op).into_iter().map(|key| key.name).chain(beside).collect();
            for name in &names {
                let taken = OWN.iter().any(|own| own.replace('-', "_").eq_ignore_ascii_case(name));
                assert!(!taken, "the key `{name}` of `{}` is a flag of the verb", op.name);
            }
            names.sort_unstable();
            let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
            assert_eq!(twice, None, "{}", op.name);
        }
    }

    #[test]
    fn verbs_made_of_ops_are_sound_commands() {
        AnalysisArguments::augment_subcommands(Command::new("sigmatau")).debug_assert();
    }
}
