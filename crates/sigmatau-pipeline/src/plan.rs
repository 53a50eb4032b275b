//! A pipeline as meant: every word understood, every file opened. Nothing has run yet.

use crate::dataset::{Dataset, Origin, Planned, Reads};
use crate::document::{Document, DocumentError, Parameter, Section};
use crate::expect::Expectation;
use crate::op::{Analysis, OPS, Op};
use crate::run::store;
use crate::spec::Spec;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_data::{DataError, Schema};
use std::fmt;
use std::path::{Path, PathBuf};

const STEP: &[Parameter] = &[
    Parameter::new("name", "name of the step and of its record"),
    Parameter::new("op", "what to do, see `list ops`"),
    Parameter::new("dataset", "the dataset to do it with, or an earlier step whose record it is"),
];

const PUBLISH: &[Parameter] = &[
    Parameter::new("format", "the format, see `list formats`"),
    Parameter::new("file", "file name in the run directory; report.html, or STEP.csv and the like, if left out"),
    Parameter::new("steps", "the steps whose records are published; all if left out"),
    Parameter::new("language", "language of headings: en or zh").or("\"en\""),
    Parameter::new("profile", "file with what the laboratory says in certificates"),
];

/// A pipeline that can run.
pub struct Plan {
    /// The title.
    pub title: String,
    /// The datasets.
    pub datasets: Vec<Planned>,
    /// The datasets whose files are open; those that have to be drawn first are none yet.
    pub(crate) opened: Vec<Option<Dataset>>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The publications.
    pub publications: Vec<Publication>,
    /// Values that the records must show.
    pub expectations: Vec<Expectation>,
    /// The pipeline as typed.
    pub text: String,
}

/// A step that can run.
pub struct Step {
    /// The name.
    pub name: String,
    /// What it is done with.
    pub dataset: Feed,
    /// The records besides, in the order of [`Op::beside`].
    pub beside: Vec<Option<Feed>>,
    /// The op.
    pub op: &'static Op,
    /// The analysis with its parameters.
    pub analysis: Box<dyn Analysis>,
}

/// Where a step takes its rows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The dataset at this place.
    Dataset(usize),
    /// The record of the step at this place, which stands before it.
    Step(usize),
}

/// A document to be made from the records; formats are understood by whoever publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The name of the format.
    pub format: String,
    /// The file name in the run directory, where one was typed.
    pub file: Option<String>,
    /// The places of the steps.
    pub steps: Vec<usize>,
    /// The tag of the language.
    pub language: String,
    /// The file with what the laboratory says in certificates.
    pub profile: Option<PathBuf>,
    origin: String,
    /// The line of each key, or else of the publication.
    lines: Vec<(&'static str, Option<usize>)>,
}

impl Publication {
    /// An error at the line of a key, for whoever publishes.
    pub fn refuse(&self, key: &str, message: &str) -> DocumentError {
        let line = self.lines.iter().find(|(name, _)| *name == key).and_then(|(_, line)| *line);
        DocumentError { origin: self.origin.clone(), line, message: message.to_owned() }
    }
}

/// Why a pipeline can't run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The request can't be meant.
    #[error(transparent)]
    Spec(#[from] DocumentError),
    /// The data of a dataset can't be read.
    #[error("open dataset `{dataset}`: {source}")]
    Data {
        /// The dataset.
        dataset: String,
        /// What was met.
        #[source]
        source: Box<DataError>,
    },
}

impl Plan {
    /// Understands a document; relative paths in it start from `base`. Files are opened and their
    /// columns checked, nothing is computed.
    ///
    /// # Errors
    /// When something is not known or can't be read, with line, word and the nearest known ones.
    pub fn read(document: &Document, base: &Path) -> Result<Self, PlanError> {
        let spec = Spec::read(document)?;
        let mut reads = vec![None; spec.datasets.len()];
        let mut steps = Vec::new();
        for (name, section) in spec.steps {
            steps.push(step(name, section, &spec.datasets, &mut reads, &steps)?);
        }
        let reads = reads.into_iter().map(|reads| reads.unwrap_or(Reads::Clocks));
        let datasets = spec.datasets.into_iter().zip(reads);
        let datasets = all(datasets.collect(), |((name, section), reads)| Planned::read(&name, section, base, reads))?;
        let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
        let tables: Vec<(&str, &Schema)> = steps.iter().map(|step| (step.name.as_str(), step.op.schema)).collect();
        let publications = all(spec.publications, |section| publication(section, &names, base))?;
        let expectations = all(spec.expectations, |section| Expectation::read(section, &tables))?;
        let opened: Vec<Option<Dataset>> = datasets.iter().map(opened).collect::<Result<_, _>>()?;
        steps.iter().try_for_each(|step| suits(step, &opened))?;
        let text = document.text.clone();
        Ok(Self { title: spec.title, datasets, opened, steps, publications, expectations, text })
    }
}

impl Plan {
    /// Tells whether a step reads the record of the step at this place.
    pub(crate) fn feeds_on(&self, place: usize) -> bool {
        let feeds =
            |step: &Step| [Some(step.dataset)].iter().chain(&step.beside).any(|feed| *feed == Some(Feed::Step(place)));
        self.steps.iter().any(feeds)
    }

    fn named(&self, feed: Feed) -> String {
        match feed {
            Feed::Dataset(place) => format!("dataset {}", self.datasets[place].name),
            Feed::Step(place) => format!("step {}", self.steps[place].name),
        }
    }
}

fn all<T, U>(typed: Vec<T>, meant: impl Fn(T) -> Result<U, DocumentError>) -> Result<Vec<U>, DocumentError> {
    typed.into_iter().map(meant).collect()
}

/// Opens the files of a dataset, or tries on what its recipe would draw, so that what is wrong with
/// it is said before anything runs.
fn opened(planned: &Planned) -> Result<Option<Dataset>, PlanError> {
    let opened = match &planned.origin {
        Origin::Files(files) => planned.open(files).map(Some),
        Origin::Recipe(recipe) => planned.try_on(recipe).map(|()| None),
    };
    opened.map_err(|source| PlanError::Data { dataset: planned.name.clone(), source: source.into() })
}

/// Whether a step can be done with its dataset, where that is open.
fn suits(step: &Step, opened: &[Option<Dataset>]) -> Result<(), PlanError> {
    let Feed::Dataset(place) = step.dataset else { return Ok(()) };
    let Some(dataset) = &opened[place] else { return Ok(()) };
    let refused = |source: DataError| PlanError::Data { dataset: dataset.name.clone(), source: source.into() };
    step.analysis.suits(dataset).map_err(refused)
}

/// A step; what it reads of a dataset is noted at the place of that dataset.
fn step(
    name: String,
    section: Section<'_>,
    datasets: &[(String, Section<'_>)],
    reads: &mut [Option<Reads>],
    earlier: &[Step],
) -> Result<Step, DocumentError> {
    let op = OPS[section.one_of("op", "op", OPS.iter().map(|op| op.name))?];
    let keys: Vec<Parameter> = op.beside.iter().map(|beside| beside.key).collect();
    let section = section.checked(format!("step `{name}`"), &[&[STEP, &keys], op.parameters].concat())?;
    let known: Vec<&str> =
        datasets.iter().map(|(name, _)| name.as_str()).chain(earlier.iter().map(|step| step.name.as_str())).collect();
    let mut feed = |key: &'static str, wanted: Reads| {
        let place = section.one_of(key, "dataset or earlier step", known.iter().copied())?;
        let there = match place.checked_sub(datasets.len()) {
            None => *reads[place].insert(reads[place].map_or(wanted, |read| read.widened(wanted))),
            Some(step) => Reads::Record(earlier[step].op.schema),
        };
        let message = || format!("`{}` holds {there}, and {wanted} is read here", known[place]);
        let feed = place.checked_sub(datasets.len()).map_or(Feed::Dataset(place), Feed::Step);
        if there.suits(wanted) { Ok(feed) } else { Err(section.refuse_key(key, &message())) }
    };
    let dataset = feed("dataset", op.reads)?;
    let beside = op.beside.iter().map(|beside| {
        let named = section.has(beside.key.name);
        named.then(|| feed(beside.key.name, Reads::Record(beside.schema))).transpose()
    });
    let beside = beside.collect::<Result<_, _>>()?;
    Ok(Step { dataset, beside, op, analysis: (op.plan)(&section)?, name })
}

fn publication(section: Section<'_>, steps: &[&str], base: &Path) -> Result<Publication, DocumentError> {
    let section = section.checked("the publication", &[PUBLISH])?;
    let place = |(line, name): (Option<usize>, String)| {
        let unknown = || section.refuse(line, &format!("there is no step `{name}`{}", did_you_mean(&name, steps)));
        steps.iter().position(|step| *step == name).ok_or_else(unknown)
    };
    let named = all(section.texts("steps")?, place)?;
    Ok(Publication {
        format: section.required("format")?,
        file: section.text("file")?.map(|name| plain(&section, name)).transpose()?,
        steps: if named.is_empty() { (0..steps.len()).collect() } else { named },
        language: section.required("language")?,
        profile: section.text("profile")?.map(|file| base.join(file)),
        origin: section.origin().to_owned(),
        lines: PUBLISH.iter().map(|key| (key.name, section.line(key.name))).collect(),
    })
}

/// The name of a document, which stands in the run directory beside what the run itself keeps there.
fn plain(section: &Section<'_>, name: String) -> Result<String, DocumentError> {
    let kept = store::is_own(&name) || name.contains(['/', '\\']) || name.is_empty() || name.starts_with('.');
    let refused =
        || section.refuse_key("file", &format!("`{name}` is no name for a document; write one such as report.html"));
    if kept { Err(refused()) } else { Ok(name) }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        self.datasets.iter().try_for_each(|dataset| writeln!(f, "dataset {}: {}", dataset.name, dataset.origin))?;
        for step in &self.steps {
            writeln!(f, "step {}: {} of {}", step.name, step.op.name, self.named(step.dataset))?;
            for (beside, feed) in step.op.beside.iter().zip(&step.beside) {
                feed.iter().try_for_each(|feed| writeln!(f, "  {} = {}", beside.key.name, self.named(*feed)))?;
            }
            step.analysis.parameters().lines().try_for_each(|line| writeln!(f, "  {line}"))?;
        }
        self.publications.iter().try_for_each(|publication| writeln!(f, "publish {}", publication.format))?;
        self.expectations.iter().try_for_each(|expectation| writeln!(f, "expect {expectation}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATASET: &str = "[dataset.clocks]\nrecipe = \"clocks\"\npoints = 100\n";
    const STEP: &str = "[[step]]\nname = \"s\"\nop = \"stability\"\ndataset = \"clocks\"\n";

    fn plan(text: &str) -> Result<Plan, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        Plan::read(&document, Path::new("")).map_err(|error| error.to_string())
    }

    fn refused(tail: &str) -> String {
        plan(&format!("{DATASET}{STEP}{tail}")).err().expect("a refusal")
    }

    #[test]
    fn a_plan_says_what_it_means_with_every_default() {
        let plan = plan(&format!("{DATASET}{STEP}[[publish]]\nformat = \"html\"\n")).unwrap();
        let text = plan.to_string();
        assert!(text.contains("dataset clocks: recipe clocks, 12 clocks of 100 points every 1 s\n"), "{text}");
        assert!(
            text.contains("step s: stability of dataset clocks\n  estimators = [\"oadev\", \"mdev\", \"ohdev\"]\n")
        );
        assert!(text.ends_with("publish html\n"), "{text}");
    }

    #[test]
    fn a_publication_without_steps_publishes_all() {
        let second = STEP.replace("\"s\"", "\"t\"");
        let plan = plan(&format!(
            "{DATASET}{STEP}{second}[[publish]]\nformat = \"html\"\n[[publish]]\nformat = \"csv\"\nsteps = \"t\"\n"
        ));
        let places: Vec<_> = plan.unwrap().publications.into_iter().map(|publication| publication.steps).collect();
        assert_eq!(places, [vec![0, 1], vec![1]]);
    }

    #[test]
    fn words_that_are_not_known_are_refused_with_their_line() {
        for (tail, reason) in [
            (
                "estimators = [\n\"oadv\"]\n",
                "line 9: find the estimator `oadv`: there is none of this name; did you mean `oadev`",
            ),
            ("taus = \"all\"\n", "line 8: step `s` has no key `taus`; did you mean `tau`"),
            ("[[publish]]\nformat = \"html\"\nsteps = [\"r\"]\n", "line 10: there is no step `r`"),
            ("[[expect]]\nstep = \"r\"\n", "line 9: there is no step `r`; known are `s`"),
        ] {
            let message = refused(tail);
            assert!(message.contains(reason), "{tail}: {message}");
        }
        let message = plan(&STEP.replace("stability", "stabilty")).err().unwrap();
        assert!(message.contains("line 3: there is no op `stabilty`; did you mean `stability`?"), "{message}");
        let message = plan(&format!("{DATASET}{}", STEP.replace("\"clocks\"", "\"clock\""))).err().unwrap();
        assert!(
            message.contains("line 7: there is no dataset or earlier step `clock`; did you mean `clocks`?"),
            "{message}"
        );
    }

    #[test]
    fn a_document_stays_in_the_run_directory_and_replaces_nothing_there() {
        for name in ["../report.html", "/tmp/x.html", "run.json", "records", ".hidden", ""] {
            let message = refused(&format!("[[publish]]\nformat = \"html\"\nfile = \"{name}\"\n"));
            assert!(message.contains("line 10") && message.contains("no name for a document"), "{name}: {message}");
        }
    }

    #[test]
    fn the_columns_of_a_recipe_are_checked_before_it_is_drawn() {
        let message = plan(&format!("{DATASET}value = \"fase\"\n{STEP}")).err().unwrap();
        assert!(message.starts_with("open dataset `clocks`: read column `fase`"), "{message}");
        assert!(message.contains("did you mean `phase`"), "{message}");
    }
}
