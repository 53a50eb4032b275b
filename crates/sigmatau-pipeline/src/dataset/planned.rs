//! Where a step takes its data from: files, folders, manifests, recipes of demonstration data.

use super::files;
use super::source::{Meaning, Reads};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_data::generate::{Overrides, Recipe};
use sigmatau_data::{Content, DataError, Manifest, import};
use std::fmt;
use std::path::{Path, PathBuf};

/// The keys of `[dataset.NAME]`.
pub const PARAMETERS: &[Parameter] = &[
    Parameter::new("path", "one or more Parquet or text files, a folder of such or of a dataset.toml, or a manifest"),
    Parameter::new("recipe", "demonstration data instead of files: a built-in recipe or a recipe file"),
    Parameter::new("points", "recipe: points of each clock or sensor; days of areas; certificates of instruments"),
    Parameter::new("members", "recipe: number of clocks, sensors, areas or instruments"),
    Parameter::new("table", "recipe: which of its tables, such as readings, meters or truth"),
    Parameter::new("seed", "recipe: seed of the noise"),
    Parameter::new("import", "format of text files, see `list importers`; found by itself if left out"),
];

/// What a dataset section means.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The name in the pipeline.
    pub name: String,
    /// Where the data come from.
    pub origin: Origin,
    pub(super) meaning: Meaning,
    pub(super) importer: Option<String>,
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
                let (name, members, subject) = (recipe.name(), recipe.members(), recipe.subject());
                write!(f, "recipe {name}, {members} {subject} of {} points every {} s", recipe.points(), recipe.tau0())
            }
        }
    }
}

impl Planned {
    /// Understands a dataset section, which is opened as an op `reads` it; relative paths start from `base`.
    ///
    /// # Errors
    /// When a key, word or unit is not known, there is no such file, or it is not clear what to read.
    pub fn read(name: &str, section: Section<'_>, base: &Path, reads: Reads) -> Result<Self, DocumentError> {
        let section = section.checked(format!("dataset `{name}`"), &[PARAMETERS, reads.parameters()])?;
        let mut meaning = Meaning::read(reads, &section)?;
        let importer = section.text("import")?;
        if let Some(word) = &importer {
            import::importer(word).map_err(|error| section.refuse_key("import", &error.to_string()))?;
        }
        let origin = match (section.texts("path")?.as_slice(), section.text("recipe")?) {
            ([_, ..], None) => files(&section, base, &mut meaning)?,
            ([], Some(recipe)) => Origin::Recipe(Box::new(self::recipe(&section, &recipe, base)?)),
            _ => return Err(section.refuse_key("path", &format!("dataset `{name}` needs either `path` or `recipe`"))),
        };
        suitable(&section, &meaning, &origin)?;
        let unused = ["points", "members", "table", "seed"].into_iter().find(|key| section.has(key));
        match (unused, &origin) {
            (Some(key), Origin::Files(_)) => Err(section.refuse_key(key, &format!("`{key}` goes with `recipe` only"))),
            _ => Ok(Self { name: name.to_owned(), origin, meaning, importer }),
        }
    }

    /// Tells whether every table of a recipe is wanted, and not one of them alone.
    pub(crate) fn wants_all(&self) -> bool {
        matches!(self.meaning, Meaning::Calibrations)
    }

    /// Opens what a recipe would draw, without drawing it: one clock or sensor of one point.
    pub(crate) fn try_on(&self, recipe: &Recipe) -> Result<(), DataError> {
        if self.wants_all() {
            return Ok(());
        }
        let single = Overrides { points: Some(1), members: Some(1), seed: None };
        let sample = recipe.with(single).ok().and_then(|recipe| recipe.tables().next());
        let opened = sample.map(|table| self.meaning.take(&self.name, table, recipe.tau0()));
        opened.transpose().map(drop)
    }
}

/// Refuses calibrations where there are none.
fn suitable(section: &Section<'_>, meaning: &Meaning, origin: &Origin) -> Result<(), DocumentError> {
    let none = "there is no calibrations.parquet, and calibrations are read here";
    match (meaning, origin) {
        (Meaning::Calibrations, Origin::Files(files)) if files.is_empty() => Err(section.refuse_key("path", none)),
        (Meaning::Calibrations, Origin::Recipe(recipe)) if recipe.subject() != "instruments" => {
            let message =
                format!("the recipe `{}` draws {}, and calibrations are read here", recipe.name(), recipe.subject());
            Err(section.refuse_key("recipe", &message))
        }
        _ => Ok(()),
    }
}

fn recipe(section: &Section<'_>, word: &str, base: &Path) -> Result<Recipe, DocumentError> {
    let refused = |message: &dyn fmt::Display| section.refuse_key("recipe", &message.to_string());
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
        members: section.count("members")?,
        seed: section.count("seed")?.map(|seed| seed as u64),
    };
    let recipe = recipe.and_then(|recipe| recipe.with(overrides)).map_err(|error| refused(&error))?;
    let Some(table) = section.text("table")? else { return Ok(recipe) };
    let hint = did_you_mean(&table, &recipe.parts());
    let unknown = || section.refuse_key("table", &format!("the recipe draws no table `{table}`{hint}"));
    recipe.with_part(&table).ok_or_else(unknown)
}

/// The files that the paths stand for; a manifest states options that the section leaves out.
fn files(section: &Section<'_>, base: &Path, meaning: &mut Meaning) -> Result<Origin, DocumentError> {
    let paths = section.texts("path")?;
    if let [(_, path)] = paths.as_slice()
        && !matches!(meaning, Meaning::Measurands)
        && let Some(manifest) = files::manifest(&base.join(path))
    {
        return described(section, &manifest, meaning);
    }
    let mut files = Vec::new();
    for (line, path) in paths {
        let found = files::existing(&base.join(path)).map_err(|message| section.refuse(line, &message))?;
        files.extend(found.into_iter().filter(|file| meaning.opens(file)).map(|file| (file, String::new())));
    }
    Ok(Origin::Files(files))
}

/// What a manifest describes, its files verified.
fn described(section: &Section<'_>, path: &Path, meaning: &mut Meaning) -> Result<Origin, DocumentError> {
    let refused = |error: DataError| section.refuse_key("path", &error.to_string());
    let manifest = Manifest::read(path).map_err(refused)?;
    manifest.inputs().map_err(refused)?;
    *meaning = meaning.clone().or(&manifest);
    match manifest.content {
        Content::Files(files) => {
            let opened = files.into_iter().filter(|file| meaning.opens(&file.path));
            let licensed = opened.map(|file| (file.path, manifest.licence.clone()));
            Ok(Origin::Files(licensed.collect()))
        }
        Content::Recipe(word) => {
            let base = path.parent().unwrap_or(Path::new(""));
            Ok(Origin::Recipe(Box::new(recipe(section, &word, base)?)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn read(text: &str, base: &Path) -> Result<Planned, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        Planned::read("d", document.section(), base, Reads::Clocks).map_err(|error| error.to_string())
    }

    #[test]
    fn what_was_typed_goes_before_the_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = "name = \"d\"\ntitle = \"t\"\norigin = \"o\"\nlicence = \"CC0-1.0\"\nrecipe = \"clocks\"\n\
                        [clock]\nunit = \"ns\"\ntau0 = 2\n";
        std::fs::write(folder.path().join("dataset.toml"), manifest).unwrap();
        let planned = read("path = \"dataset.toml\"\ntau0 = 5\npoints = 7\n", folder.path()).unwrap();
        let Meaning::Clocks(options) = &planned.meaning else { panic!("no clocks") };
        assert_eq!((options.tau0, &options.unit), (Some(5.0), &sigmatau_core::Unit::parse("ns").ok()));
        assert_eq!(planned.origin.to_string(), "recipe clocks, 12 clocks of 7 points every 1 s");
    }

    #[test]
    fn a_recipe_file_stands_beside_the_pipeline() {
        let folder = tempfile::tempdir().unwrap();
        let message = read("recipe = \"mine.toml\"", folder.path()).unwrap_err();
        assert!(message.contains("line 1: read the recipe `") && message.contains("mine.toml"), "{message}");
    }

    #[test]
    fn it_must_be_clear_what_to_read() {
        let base = Path::new("/nowhere");
        for (text, reason) in [
            ("tau0 = 1", "dataset `d` needs either `path` or `recipe`"),
            ("recipe = \"clocks\"\npath = \"a\"", "line 2: dataset `d` needs either"),
            ("path = \"a.phd\"", "line 1: open `/nowhere/a.phd`: there is no such file"),
            (
                "recipe = \"clocks\"\nseed = 1e300",
                "line 2: `seed` of dataset `d` must be a whole number from 0 to 2^53",
            ),
            ("recipe = \"clocks\"\npoints = 0", "line 1: draw 12 clocks of 0 points"),
        ] {
            let message = read(text, base).unwrap_err();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
