//! Where a step takes its data from: files, folders, manifests, recipes of demonstration data.

use crate::document::{Parameter, Section, SpecError};
use crate::op::Unit;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::clock::{ClockKind, ClockOptions, ClockSeries, ClockSource};
use sigmatau_data::generate::{Overrides, Recipe};
use sigmatau_data::import::{self, ImportOptions};
use sigmatau_data::{Content, DataError, Input, Manifest, hash};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// The keys of `[dataset.NAME]`.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "path",
        default: "",
        doc: "one or more Parquet or text files, a folder of such or of a dataset.toml, or a manifest",
    },
    Parameter {
        name: "recipe",
        default: "",
        doc: "demonstration data instead of files: a built-in recipe or a recipe file",
    },
    Parameter { name: "points", default: "", doc: "recipe: points of each clock" },
    Parameter { name: "clocks", default: "", doc: "recipe: number of clocks" },
    Parameter { name: "seed", default: "", doc: "recipe: seed of the noise" },
    Parameter {
        name: "import",
        default: "",
        doc: "format of text files, see `list importers`; found by itself if left out",
    },
    Parameter { name: "kind", default: "", doc: "phase or frequency" },
    Parameter { name: "unit", default: "", doc: "unit of the values, such as s, ns, 1, Hz" },
    Parameter { name: "tau0", default: "", doc: "sampling interval in s, where there are no epochs" },
    Parameter { name: "nominal", default: "", doc: "nominal frequency in Hz, for values in Hz" },
    Parameter { name: "series", default: "", doc: "column with the names of the clocks" },
    Parameter { name: "time", default: "", doc: "column with the epochs" },
    Parameter { name: "value", default: "", doc: "column or columns with the values" },
];

/// What a dataset section means.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The name in the pipeline.
    pub name: String,
    /// Where the data come from.
    pub origin: Origin,
    options: ClockOptions,
    importer: Option<String>,
}

/// Where the data of a dataset come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Files, each with the licence that its manifest states.
    Files(Vec<(PathBuf, String)>),
    /// Demonstration data to be written first.
    Recipe(Box<Recipe>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(files) if files.len() == 1 => write!(f, "{}", files[0].0.display()),
            Self::Files(files) => write!(f, "{} files", files.len()),
            Self::Recipe(recipe) => {
                let (clocks, points, tau0) = (recipe.clocks(), recipe.points(), recipe.tau0());
                write!(f, "recipe {}, {clocks} clocks of {points} points every {tau0} s", recipe.name())
            }
        }
    }
}

impl Planned {
    /// Understands a dataset section; relative paths start from `base`.
    ///
    /// # Errors
    /// When a key, word or unit is not known, there is no such file, or it is not clear what to read.
    pub fn read(name: &str, section: Section<'_>, base: &Path) -> Result<Self, SpecError> {
        let section = section.checked(format!("dataset `{name}`"), PARAMETERS)?;
        let mut options = clock_options(&section)?;
        let importer = section.text("import")?;
        if let Some(word) = &importer {
            import::importer(word).map_err(|error| section.refuse_key("import", &error.to_string()))?;
        }
        let origin = match (section.texts("path")?.as_slice(), section.text("recipe")?) {
            ([_, ..], None) => files(&section, base, &mut options)?,
            ([], Some(recipe)) => Origin::Recipe(Box::new(self::recipe(&section, &recipe, base)?)),
            _ => {
                let message = format!("dataset `{name}` needs either `path` or `recipe`");
                return Err(section.refuse(section.line(""), &message));
            }
        };
        let unused = ["points", "clocks", "seed"].into_iter().find(|key| section.has(key));
        match (unused, &origin) {
            (Some(key), Origin::Files(_)) => Err(section.refuse_key(key, &format!("`{key}` goes with `recipe` only"))),
            _ => Ok(Self { name: name.to_owned(), origin, options, importer }),
        }
    }

    /// Opens the files and indexes their series. A file that can't be opened becomes a finding, so
    /// that the rest of the batch goes on.
    ///
    /// # Errors
    /// When no file can be opened.
    pub fn open(&self, files: &[(PathBuf, String)]) -> Result<Dataset, DataError> {
        let mut dataset = Dataset { name: self.name.clone(), files: Vec::new(), findings: Vec::new(), _folder: None };
        let mut first_error = None;
        for (path, licence) in files {
            match self.open_file(path, licence) {
                Ok((file, findings)) => {
                    dataset.files.push(file);
                    dataset.findings.extend(findings);
                }
                Err(error) => {
                    dataset.findings.push(unreadable(path, &error));
                    first_error.get_or_insert(error);
                }
            }
        }
        match first_error {
            Some(error) if dataset.files.is_empty() => Err(error),
            _ => {
                dataset.findings.extend(shared_names(&dataset.files));
                Ok(dataset)
            }
        }
    }

    /// Opens what a recipe would draw, without drawing it: one clock of one point.
    pub(crate) fn try_on(&self, recipe: &Recipe) -> Result<(), DataError> {
        let single = Overrides { points: Some(1), clocks: Some(1), seed: None };
        let sample = recipe.with(single).ok().and_then(|recipe| recipe.tables().next());
        let opened = sample.map(|table| ClockSource::from_table(&self.name, table, &self.options));
        opened.transpose().map(drop)
    }

    fn open_file(&self, path: &Path, licence: &str) -> Result<(File, Vec<Finding>), DataError> {
        let (source, findings) = match is_parquet(path) {
            true => (ClockSource::open(path, &self.options)?, Vec::new()),
            false => self.import(path)?,
        };
        let about = |finding: &Finding| finding.clone().about(within(path, &finding.subject));
        let findings = findings.iter().chain(source.findings()).map(about).collect();
        Ok((File { path: path.to_owned(), licence: licence.to_owned(), source }, findings))
    }

    fn import(&self, path: &Path) -> Result<(ClockSource, Vec<Finding>), DataError> {
        let ClockOptions { kind, unit, tau0, nominal, series, time, value } = self.options.clone();
        let options = ImportOptions {
            kind,
            unit,
            tau0,
            nominal,
            series,
            time,
            value: value.into_iter().next(),
            ..Default::default()
        };
        let imported = import::import_file(path, self.importer.as_deref(), &options)?;
        let tau0 = imported.tau0.or(self.options.tau0);
        let source =
            ClockSource::from_table(file_name(path), imported.table, &ClockOptions { tau0, ..Default::default() })?;
        Ok((source, imported.findings))
    }
}

fn clock_options(section: &Section<'_>) -> Result<ClockOptions, SpecError> {
    let kind = section.text("kind")?.map(|word| {
        let hint = || did_you_mean(&word, &["phase", "frequency"]);
        ClockKind::from_word(&word)
            .ok_or_else(|| section.refuse_key("kind", &format!("there is no kind `{word}`{}", hint())))
    });
    let unit = section
        .text("unit")?
        .map(|word| Measure::parse(&word).map_err(|error| section.refuse_key("unit", &error.to_string())));
    Ok(ClockOptions {
        kind: kind.transpose()?,
        unit: unit.transpose()?,
        tau0: section.number("tau0")?,
        nominal: section.number("nominal")?,
        series: section.text("series")?,
        time: section.text("time")?,
        value: section.texts("value")?.into_iter().map(|(_, name)| name).collect(),
    })
}

fn recipe(section: &Section<'_>, word: &str, base: &Path) -> Result<Recipe, SpecError> {
    let refused = |message: &dyn std::fmt::Display| section.refuse_key("recipe", &message.to_string());
    let recipe = match word.ends_with(".toml") {
        true => {
            let path = base.join(word);
            let text = std::fs::read_to_string(&path)
                .map_err(|error| refused(&format!("read the recipe `{}`: {error}", path.display())))?;
            Recipe::from_toml(&text, &path.display().to_string())
        }
        false => Recipe::builtin(word),
    };
    let overrides = Overrides {
        points: section.count("points")?,
        clocks: section.count("clocks")?,
        seed: section.count("seed")?.map(|seed| seed as u64),
    };
    recipe.and_then(|recipe| recipe.with(overrides)).map_err(|error| refused(&error))
}

/// The files that the paths stand for; a manifest states options that the section leaves out.
fn files(section: &Section<'_>, base: &Path, options: &mut ClockOptions) -> Result<Origin, SpecError> {
    let paths = section.texts("path")?;
    if let [(_, path)] = paths.as_slice()
        && let Some(manifest) = manifest(&base.join(path))
    {
        return described(section, &manifest, options);
    }
    let mut files = Vec::new();
    for (line, path) in paths {
        let found = existing(&base.join(path)).map_err(|message| section.refuse(line, &message))?;
        files.extend(found.into_iter().map(|file| (file, String::new())));
    }
    Ok(Origin::Files(files))
}

/// The manifest that a path names, or that stands in the folder it names.
fn manifest(path: &Path) -> Option<PathBuf> {
    let inside = path.join("dataset.toml");
    match path.extension().is_some_and(|extension| extension == "toml") {
        true => Some(path.to_owned()),
        false => inside.is_file().then_some(inside),
    }
}

/// A file, or the files of a folder.
fn existing(path: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = match path.is_dir() {
        true => listed(path).map_err(|error| format!("list the folder `{}`: {error}", path.display()))?,
        false => vec![path.to_owned()],
    };
    match listed.iter().find(|file| !file.exists()) {
        Some(missing) => Err(format!("open `{}`: there is no such file", missing.display())),
        None if listed.is_empty() => Err(format!("the folder `{}` holds no files", path.display())),
        None => Ok(listed),
    }
}

/// What a manifest describes, its files verified.
fn described(section: &Section<'_>, path: &Path, options: &mut ClockOptions) -> Result<Origin, SpecError> {
    let refused = |error: DataError| section.refuse_key("path", &error.to_string());
    let manifest = Manifest::read(path).map_err(refused)?;
    manifest.inputs().map_err(refused)?;
    *options = stated(options, &manifest.clock);
    match manifest.content {
        Content::Files(files) => {
            let licensed = files.into_iter().map(|file| (file.path, manifest.licence.clone()));
            Ok(Origin::Files(licensed.collect()))
        }
        Content::Recipe(word) => {
            let base = path.parent().unwrap_or(Path::new(""));
            Ok(Origin::Recipe(Box::new(recipe(section, &word, base)?)))
        }
    }
}

/// The files of a folder by name, hidden ones left out.
fn listed(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|path| path.is_file() && !file_name(path).starts_with('.'));
    files.sort();
    Ok(files)
}

/// What was typed in the pipeline, and else what the manifest states.
fn stated(typed: &ClockOptions, manifest: &ClockOptions) -> ClockOptions {
    let (typed, manifest) = (typed.clone(), manifest.clone());
    ClockOptions {
        kind: typed.kind.or(manifest.kind),
        unit: typed.unit.or(manifest.unit),
        tau0: typed.tau0.or(manifest.tau0),
        nominal: typed.nominal.or(manifest.nominal),
        series: typed.series.or(manifest.series),
        time: typed.time.or(manifest.time),
        value: if typed.value.is_empty() { manifest.value } else { typed.value },
    }
}

/// A dataset whose files are open.
pub struct Dataset {
    /// The name in the pipeline.
    pub name: String,
    files: Vec<File>,
    findings: Vec<Finding>,
    /// Where temporary files stand, as long as they are read.
    _folder: Option<tempfile::TempDir>,
}

struct File {
    path: PathBuf,
    licence: String,
    source: ClockSource,
}

/// Points of a unit of work: enough that starting it costs nothing, few enough that a unit per
/// thread fits into memory (16 bytes a point while it is read).
const UNIT_POINTS: u64 = 4_000_000;
/// Series of a unit of work, so that an interrupted run loses little.
const UNIT_SERIES: usize = 16;

impl Dataset {
    /// What was remarked while opening the files.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The same dataset, which keeps the temporary folder of its files.
    #[must_use]
    pub(crate) fn keeping(self, folder: tempfile::TempDir) -> Self {
        Self { _folder: Some(folder), ..self }
    }

    /// The number of series.
    pub fn series(&self) -> usize {
        self.files.iter().map(|file| file.source.series().len()).sum()
    }

    /// The number of rows.
    pub fn points(&self) -> u64 {
        self.files.iter().flat_map(|file| file.source.series()).map(|series| series.points).sum()
    }

    /// Divides the dataset into units of work, the same whatever the number of threads.
    pub fn units(&self) -> Vec<Unit> {
        self.files.iter().enumerate().flat_map(|(index, file)| units_of(index, file)).collect()
    }

    /// Reads the series of a unit.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn read(&self, unit: &Unit) -> Result<Vec<ClockSeries>, DataError> {
        self.files[unit.file].source.read(unit.series.clone())
    }

    /// What identifies the files: names, BLAKE3 hashes, licences. Reads every file once.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn inputs(&self) -> Result<Vec<Input>, DataError> {
        let input = |file: &File| {
            let (name, licence) = (file_name(&file.path), file.licence.clone());
            Ok(Input { name, blake3: hash::blake3(&file.path)?, licence })
        };
        self.files.iter().map(input).collect()
    }
}

fn units_of(index: usize, file: &File) -> Vec<Unit> {
    let series = file.source.series();
    let mut units = Vec::new();
    let mut start = 0;
    while start < series.len() {
        let mut points = series[start].points;
        let mut end = start + 1;
        while end < series.len() && end - start < UNIT_SERIES && points + series[end].points <= UNIT_POINTS {
            points += series[end].points;
            end += 1;
        }
        units.push(Unit { label: label(&series[start].name, &series[end - 1].name), file: index, series: start..end });
        start = end;
    }
    units
}

fn label(first: &str, last: &str) -> String {
    if first == last { first.to_owned() } else { format!("{first} … {last}") }
}

fn is_parquet(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut magic));
    let named = path.extension().is_some_and(|extension| extension == "parquet");
    named || (read.is_ok() && magic == *b"PAR1")
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The subject of a finding with its file, unless it names the file itself.
fn within(path: &Path, subject: &str) -> String {
    let file = file_name(path);
    match subject {
        "" => file,
        _ if subject.starts_with(&file) => subject.to_owned(),
        _ => format!("{file}: {subject}"),
    }
}

fn unreadable(path: &Path, error: &DataError) -> Finding {
    Finding::new(
        Severity::Failure,
        "unreadable",
        format!("failed to {error}"),
        "its series are not in the result",
        "mend the file and run again",
    )
    .about(file_name(path))
}

/// The remark that files have series of one name, whose rows in a record nobody can tell apart.
fn shared_names(files: &[File]) -> Option<Finding> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let names = files.iter().flat_map(|file| file.source.series()).map(|series| series.name.as_str());
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    let shared: Vec<&str> = counts.iter().filter(|(_, count)| **count > 1).map(|(name, _)| *name).collect();
    let first = shared.first()?;
    Some(Finding::new(
        Severity::Warning,
        "same-name",
        format!("{} names, such as `{first}`, are those of series in several files", shared.len()),
        "each is assessed by itself, and the rows of the result can't be told apart",
        "join the files with `sigmatau import`, or give the series names of their own",
    ))
}
