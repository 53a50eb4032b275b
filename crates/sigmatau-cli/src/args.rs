//! What can be typed.

mod analysis;

pub(crate) use analysis::AnalysisArguments;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Frequency stability of clocks over large Parquet datasets, with an interval on every point.
///
/// Exit codes: 0 done and conforming; 1 done, something did not conform; 2 the request or its input
/// is wrong; 3 interrupted or incomplete, --resume continues.
#[derive(Debug, Parser)]
#[command(name = "sigmatau", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// Number of threads; all cores if left out (the results do not depend on it)
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Run(RunArguments),
    Check(CheckArguments),
    Stability(Box<StabilityArguments>),
    #[command(flatten)]
    Analysis(AnalysisArguments),
    Import(ImportArguments),
    Generate(GenerateArguments),
    Inspect(InspectArguments),
    Publish(PublishArguments),
    List(ListArguments),
    Completions(CompletionsArguments),
}

/// Run a pipeline
///
/// Plans the whole pipeline first, then runs its steps and writes records and documents into a run
/// directory. Ctrl-C stops at the next unit of work; run again with --resume to go on.
///
/// Example: sigmatau run pipelines/quickstart.toml --set dataset.clocks.points=20000
#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    /// The pipeline
    #[arg(value_name = "PIPELINE.toml")]
    pub(crate) pipeline: PathBuf,
    /// Run directory [default: runs/NAME-OF-THE-PIPELINE]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Take over what an earlier run in this directory finished with the same inputs and parameters
    #[arg(long)]
    pub(crate) resume: bool,
    /// Replace a value of the pipeline, such as step.stability.tau=decade
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Say nothing but errors and the summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Plan a pipeline, run nothing, print the plan
#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// The pipeline
    #[arg(value_name = "PIPELINE.toml")]
    pub(crate) pipeline: PathBuf,
    /// Replace a value of the pipeline, such as step.stability.tau=decade
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

/// Frequency stability of clocks in files
///
/// Reads Parquet tables (long with a series column, or one series per column) and text files, and
/// prints deviations with noise type, degrees of freedom and confidence interval. Times and phases
/// are in seconds, deviations in 1 (tdev: s).
///
/// Example: sigmatau stability gps.txt.gz --kind phase --unit s --tau0 1 --estimator oadev,mdev
#[derive(Args, Debug)]
pub(crate) struct StabilityArguments {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    /// Statistics, see `sigmatau list estimators` [default: oadev,mdev,ohdev]
    #[arg(long, short, value_name = "NAME,…", value_delimiter = ',')]
    pub(crate) estimator: Vec<String>,
    /// Averaging times: octave, decade, all, log:N, or seconds such as 1,10,100 [default: octave]
    #[arg(long, value_name = "LIST")]
    pub(crate) tau: Option<String>,
    /// Level of the two-sided intervals [default: 0.95]
    #[arg(long, value_name = "P")]
    pub(crate) confidence: Option<String>,
    /// Which ends of the intervals are bounded: two-sided, upper or lower [default: two-sided]
    #[arg(long, value_name = "KIND")]
    pub(crate) interval: Option<String>,
    /// Degrees of freedom: greenhall-riley, exact-model or closed-form [default: greenhall-riley]
    #[arg(long, value_name = "METHOD")]
    pub(crate) edf: Option<String>,
    /// Whose choices to follow where programs differ: standard, exact or stable32 [default: standard]
    #[arg(long, value_name = "NAME")]
    pub(crate) convention: Option<String>,

    /// Power-law noise: auto, or a name such as "white FM" [default: auto]
    #[arg(long, value_name = "NAME")]
    pub(crate) noise: Option<String>,
    /// Steps before the analysis, in their order, see `sigmatau list steps`
    #[arg(long, value_name = "STEP,…", value_delimiter = ',')]
    pub(crate) condition: Vec<String>,
    /// T/τ of frequencies that were not measured back to back [default: 1]
    #[arg(long, value_name = "RATIO")]
    pub(crate) dead_time: Option<f64>,
    #[command(flatten)]
    pub(crate) clock: ClockArguments,
    /// Column or columns with the values
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub(crate) value: Vec<String>,
    /// Format of text files, see `sigmatau list importers` [default: found by itself]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) import: Option<String>,
    /// Format of the result, see `sigmatau list formats`
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Say nothing but warnings and errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// What files do not say themselves.
#[derive(Args, Debug)]
pub(crate) struct ClockArguments {
    /// phase (time error) or frequency
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// Unit of the values, such as s, ns, rad, 1, Hz
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
    /// Sampling interval in seconds, where there are no epochs
    #[arg(long, value_name = "S")]
    pub(crate) tau0: Option<f64>,
    /// Nominal frequency in Hz, for values in Hz, rad, deg or cycle
    #[arg(long, value_name = "HZ")]
    pub(crate) nominal: Option<f64>,
    /// What values in Hz are: absolute, or offset from nominal
    #[arg(long, value_name = "WORD")]
    pub(crate) hertz: Option<String>,
    /// Column with the names of the clocks
    #[arg(long, value_name = "COLUMN")]
    pub(crate) series: Option<String>,
    /// Column with the epochs
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,
}

/// Read laboratory files into a Parquet table
///
/// Example: sigmatau import rinex-clk GRG0MGXFIN.CLK.gz -o clocks.parquet
#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    /// The format, see `sigmatau list importers`, or auto
    #[arg(value_name = "FORMAT")]
    pub(crate) format: String,
    /// The files; a series that goes on in the next file is joined
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The table to write
    #[arg(long, short, value_name = "TABLE.parquet")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) clock: ClockArguments,
    /// Column with the values
    #[arg(long, value_name = "COLUMN")]
    pub(crate) value: Option<String>,
    /// Which clocks of a RINEX file to read
    #[arg(long, value_enum, default_value_t = Records::Satellites)]
    pub(crate) records: Records,
}

/// Which clocks of a RINEX file to read.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Records {
    /// Satellites (AS)
    Satellites,
    /// Receivers (AR)
    Receivers,
    /// Both
    Both,
}

/// Write deterministic demonstration data of any size
///
/// Example: sigmatau generate clocks -o demo --points 1000000
#[derive(Args, Debug)]
pub(crate) struct GenerateArguments {
    /// A built-in recipe, see `sigmatau list recipes`, or a recipe file
    #[arg(value_name = "RECIPE")]
    pub(crate) recipe: String,
    /// The folder to write to, made if need be
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Points of each clock or sensor, days of areas, certificates of instruments
    #[arg(long, value_name = "N")]
    pub(crate) points: Option<usize>,
    /// Number of clocks, sensors, areas or instruments
    #[arg(long, value_name = "N")]
    pub(crate) members: Option<usize>,
    /// Seed of the noise
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// Show schema, units, row groups, ranges and findings of a table
#[derive(Args, Debug)]
pub(crate) struct InspectArguments {
    /// The table; with --rules the folder of the tables
    #[arg(value_name = "TABLE.parquet")]
    pub(crate) table: PathBuf,
    /// Print the plain rules of the tables of calibrations (missing, range, unique, reference) as SQL for DuckDB
    #[arg(long)]
    pub(crate) rules: bool,
}

/// Make documents from the records of a run; nothing is computed
#[derive(Args, Debug)]
pub(crate) struct PublishArguments {
    /// The run directory
    #[arg(value_name = "RUN_DIR")]
    pub(crate) run: PathBuf,
    /// The formats, see `sigmatau list formats`
    #[arg(long, value_name = "FORMAT,…", value_delimiter = ',', default_value = "html")]
    pub(crate) format: Vec<String>,
    /// Language of headings: en or zh
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) language: String,
    /// What the laboratory says in certificates, a TOML file; needed by the format dcc
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Folder for the documents [default: the run directory]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

/// List what can be named
#[derive(Args, Debug)]
pub(crate) struct ListArguments {
    /// Which table
    #[arg(value_enum)]
    pub(crate) table: Listed,
}

/// A table of names.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Listed {
    /// Checks of datasets of calibrations
    Checks,
    /// Consensus values and robust means of comparisons
    Consensus,
    /// Steps from readings of meters as they arrived to an area on an even grid, in their order
    Cleaning,
    /// Statistics of the Allan family
    Estimators,
    /// Document formats
    Formats,
    /// Formats of laboratory files
    Importers,
    /// Limits such as those of ITU-T
    Masks,
    /// Ways to a frequency response
    Methods,
    /// Models of sensors
    Models,
    /// Analyses that a pipeline step can name, with their keys
    Ops,
    /// Demonstration data
    Recipes,
    /// Ways to keep noise down where a sensor answers little
    Regularisations,
    /// Rules that decide on conformity
    /// Decision rules
    Rules,
    /// Tables with their columns and units
    Schemas,
    /// Ways from the balance of an area to the errors of its meters
    Solvers,
    /// Steps that condition clock data before an analysis, and models of drift
    Steps,
    /// Weights of the segments of a spectrum
    Windows,
}

/// Write completions for a shell to standard output
#[derive(Args, Debug)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
