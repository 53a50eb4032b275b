//! Manifests of datasets: what a dataset is, where it comes from, and how its columns are meant.
//!
//! ```toml
//! name = "masers"
//! title = "Two hydrogen masers against UTC(k)"
//! description = "One year of phase comparisons."     # may be left out
//! origin = "time laboratory, counter 3"
//! licence = "CC-BY-4.0"
//!
//! [[files]]                                           # or: recipe = "…"
//! path = "masers.parquet"                             # beside the manifest
//! blake3 = "af1349b9…"                                # may be left out; checked where it stands
//!
//! [clock]                                             # each key may be left out
//! kind = "phase"                                      # or "frequency"
//! unit = "ns"
//! tau0 = 1.0                                          # s
//! nominal = 10e6                                      # Hz
//! series = "clock"
//! time = "epoch"
//! value = ["phase"]                                   # or one word
//!
//! [waveform]                                          # each key may be left out
//! excitation = "laser"
//! response = "sensor_out"                             # or, for both: channels = ["laser", "sensor_out"]
//! sensor = "specimen"
//! time = "t"
//! rate = 51_200.0                                     # Hz
//! ```
//!
//! Parsing is strict: an unknown key, a key of another type or a missing one is told with its line.

use crate::document::{Document, DocumentError, Parameter, Section};
use crate::{ClockOptions, DataError, Input, WaveformOptions, hash};
use std::path::{Path, PathBuf};

const MANIFEST: &[Parameter] = &[
    Parameter::new("name", "the word by which the dataset is named"),
    Parameter::new("title", "one line for people"),
    Parameter::new("description", "more for people"),
    Parameter::new("origin", "where the data come from"),
    Parameter::new("licence", "the licence, best as an SPDX expression"),
    Parameter::new("files", "[[files]]: the data"),
    Parameter::new("recipe", "what draws the data, in place of files"),
    Parameter::new("clock", "[clock]: how the columns of clocks are meant"),
    Parameter::new("waveform", "[waveform]: how the columns of waveforms are meant"),
];

const FILE: &[Parameter] = &[
    Parameter::new("path", "the file, from the directory of the manifest"),
    Parameter::new("blake3", "the hash of its content, checked where it stands"),
];

/// A dataset as its manifest describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The word by which pipelines name the dataset.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// More for people; empty where nothing is said.
    pub description: String,
    /// Where the data come from.
    pub origin: String,
    /// The licence, best as an SPDX expression.
    pub licence: String,
    /// The data.
    pub content: Content,
    /// How the columns of a clock table are meant.
    pub clock: ClockOptions,
    /// How the columns of a table of waveforms are meant.
    pub waveform: WaveformOptions,
}

/// Where the rows of a dataset come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Files that hold them.
    Files(Vec<DataFile>),
    /// A generator that makes them: the name of a built-in one, or a file that describes one.
    Recipe(String),
}

/// A file of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// The path, with the directory of the manifest before it.
    pub path: PathBuf,
    /// The BLAKE3 hash that the manifest states, in lower-case hexadecimal.
    pub blake3: Option<String>,
}

impl Manifest {
    /// Reads the manifest at `path`. The files it names are not opened.
    ///
    /// # Errors
    /// When the file can't be read, is no TOML, or has a key that is unknown, missing, or of another
    /// type; with line, column and the nearest known key.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        let text = std::fs::read_to_string(path).map_err(DataError::io("read", path))?;
        Self::parse(&text, path)
    }

    /// Parses the text of a manifest that stands at `path`.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, DataError> {
        let document = Document::parse(text, &path.display().to_string())?;
        let top = document.section().checked("the manifest", &[MANIFEST])?;
        let clock = top.subsection("clock").map(|clock| clock.checked("[clock]", &[ClockOptions::PARAMETERS]));
        let waveform =
            top.subsection("waveform").map(|section| section.checked("[waveform]", &[WaveformOptions::PARAMETERS]));
        Ok(Self {
            name: top.required("name")?,
            title: top.required("title")?,
            description: top.text("description")?.unwrap_or_default(),
            origin: top.required("origin")?,
            licence: top.required("licence")?,
            content: content(&top, path.parent().unwrap_or(Path::new("")))?,
            clock: clock.transpose()?.as_ref().map(ClockOptions::read).transpose()?.unwrap_or_default(),
            waveform: waveform.transpose()?.as_ref().map(WaveformOptions::read).transpose()?.unwrap_or_default(),
        })
    }

    /// Hashes the files and returns them as the inputs of a record. A recipe has none.
    ///
    /// # Errors
    /// When a file can't be read, or is not the one whose hash the manifest states.
    pub fn inputs(&self) -> Result<Vec<Input>, DataError> {
        match &self.content {
            Content::Files(files) => files.iter().map(|file| self.input(file)).collect(),
            Content::Recipe(_) => Ok(Vec::new()),
        }
    }

    fn input(&self, file: &DataFile) -> Result<Input, DataError> {
        let found = hash::blake3(&file.path)?;
        if let Some(stated) = file.blake3.as_ref().filter(|stated| **stated != found) {
            return Err(DataError::Hash { path: file.path.clone(), stated: stated.clone(), found });
        }
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Input { name, blake3: found, licence: self.licence.clone() })
    }
}

fn content(top: &Section<'_>, directory: &Path) -> Result<Content, DocumentError> {
    match (top.subsections("files")?, top.text("recipe")?) {
        (files, None) if !files.is_empty() => {
            Ok(Content::Files(files.into_iter().map(|section| file(section, directory)).collect::<Result<_, _>>()?))
        }
        (files, Some(recipe)) if files.is_empty() => Ok(Content::Recipe(recipe)),
        (_, Some(_)) => {
            Err(top.refuse_key("recipe", "a dataset has either `files` or a `recipe`; drop one of the two"))
        }
        (_, None) => Err(top.refuse(None, "there is neither `[[files]]` nor `recipe`; a dataset needs one of the two")),
    }
}

fn file(section: Section<'_>, directory: &Path) -> Result<DataFile, DocumentError> {
    let section = section.checked("[[files]]", &[FILE])?;
    let path = PathBuf::from(section.required("path")?);
    if path.is_absolute() {
        return Err(section.refuse_key("path", "the path is absolute; state it from the directory of the manifest"));
    }
    let blake3 = section.text("blake3")?.map(|hash| hash.to_ascii_lowercase());
    match blake3.as_ref().is_some_and(|hash| hash.len() != 64 || !hash.chars().all(|c| c.is_ascii_hexdigit())) {
        true => Err(section.refuse_key("blake3", "a BLAKE3 hash has 64 hexadecimal digits")),
        false => Ok(DataFile { path: directory.join(path), blake3 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClockKind;
    use sigmatau_core::Unit;

    const HEAD: &str = "name = \"m\"\ntitle = \"t\"\norigin = \"o\"\nlicence = \"CC0-1.0\"\n";

    fn parse(tail: &str) -> Result<Manifest, String> {
        Manifest::parse(&format!("{HEAD}{tail}"), Path::new("sets/dataset.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn every_key_arrives() {
        let manifest = parse(
            "description = \"d\"\n[[files]]\npath = \"a.parquet\"\n[clock]\nkind = \"frequency\"\nunit = \"Hz\"\n\
             tau0 = 1\nnominal = 10e6\nhertz = \"offset\"\nseries = \"s\"\ntime = \"t\"\nvalue = \"y\"\n",
        )
        .unwrap();
        assert_eq!(
            manifest.content,
            Content::Files(vec![DataFile { path: PathBuf::from("sets/a.parquet"), blake3: None }])
        );
        let expected = ClockOptions {
            kind: Some(ClockKind::Frequency),
            unit: Some(Unit::HERTZ),
            tau0: Some(1.0),
            nominal: Some(1e7),
            hertz: Some(crate::Hertz::Offset),
            series: Some("s".into()),
            time: Some("t".into()),
            value: vec!["y".into()],
        };
        assert_eq!((manifest.clock, manifest.description.as_str()), (expected, "d"));
    }

    #[test]
    fn waveforms_have_a_section_of_their_own() {
        let manifest = parse(
            "recipe = \"x\"\n[waveform]\nexcitation = \"laser\"\nresponse = \"out\"\nsensor = \"s\"\ntime = \"t\"\n\
             rate = 51_200\n",
        )
        .unwrap();
        let expected = WaveformOptions {
            channels: Vec::new(),
            excitation: Some("laser".into()),
            response: Some("out".into()),
            sensor: Some("s".into()),
            time: Some("t".into()),
            rate: Some(51_200.0),
        };
        assert_eq!((manifest.waveform, manifest.clock), (expected, ClockOptions::default()));
    }

    #[test]
    fn a_recipe_is_kept_as_it_stands() {
        assert_eq!(parse("recipe = \"fleet\"\n").unwrap().content, Content::Recipe("fleet".into()));
    }

    #[test]
    fn an_unknown_key_is_told_with_its_line_and_the_nearest() {
        assert_eq!(
            parse("recipe = \"x\"\n[clock]\n  tau = 1.0\n").unwrap_err(),
            "read the manifest sets/dataset.toml, line 7: [clock] has no key `tau`; did you mean `tau0`?"
        );
        assert!(parse("license = \"x\"\n").unwrap_err().contains("line 5: the manifest has no key `license`; did you"));
    }

    #[test]
    fn a_missing_key_is_told() {
        let message = Manifest::parse("name = \"m\"\n", Path::new("dataset.toml")).unwrap_err().to_string();
        assert_eq!(message, "read the manifest dataset.toml, line 1: the manifest needs the key `title`");
        let message = parse("[[files]]\nblake3 = \"x\"\n").unwrap_err();
        assert!(message.ends_with("line 5: [[files]] needs the key `path`"), "{message}");
        assert!(parse("").unwrap_err().contains("there is neither `[[files]]` nor `recipe`"));
    }

    #[test]
    fn values_of_another_type_or_range_are_told() {
        for (tail, reason) in [
            ("recipe = 1", "line 5: `recipe` of the manifest must be a word in quotes"),
            ("recipe = \"x\"\n[clock]\ntau0 = \"1\"", "line 7: `tau0` of [clock] must be a number"),
            ("recipe = \"x\"\n[clock]\ntau0 = -1", "`tau0` of [clock] must be a positive number"),
            ("recipe = \"x\"\n[clock]\nvalue = [1]", "`value` lists words in quotes"),
            ("recipe = \"x\"\n[clock]\nkind = \"time\"", "there is no kind `time`; known are `phase`, `frequency`"),
            ("recipe = \"x\"\n[clock]\nunit = \"nsec\"", "`nsec` is not a unit"),
            ("recipe = \"x\"\n[waveform]\nrate = 0", "line 7: `rate` of [waveform] must be a positive number"),
            ("recipe = \"x\"\n[waveform]\nchannels = [\"a\"]\nresponse = \"b\"", "line 7: state either `channels` or"),
            ("recipe = \"x\"\nclock = 3", "line 6: a table is expected here"),
            ("files = [\"a\"]", "line 5: a table is expected here"),
            ("[[files]]\npath = \"/a\"", "the path is absolute"),
            ("[[files]]\npath = \"a\"\nblake3 = \"12\"", "64 hexadecimal digits"),
            ("recipe = \"x\"\n[[files]]\npath = \"a\"", "either `files` or a `recipe`"),
            ("recipe = \n", "line 5: "),
        ] {
            let message = parse(tail).unwrap_err();
            assert!(message.contains(reason), "{tail}: {message}");
        }
    }

    #[test]
    fn a_file_that_changed_is_told_with_both_hashes() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("a"), "new").unwrap();
        let (old, new) = (blake3::hash(b"old").to_string(), blake3::hash(b"new").to_string());
        let read = |hash: &str| {
            let text = format!("{HEAD}[[files]]\npath = \"a\"\nblake3 = \"{hash}\"\n");
            Manifest::parse(&text, &directory.path().join("dataset.toml")).unwrap().inputs()
        };
        let message = read(&old).unwrap_err().to_string();
        assert!(message.contains(&format!("its BLAKE3 hash is {new}, the manifest states {old}")), "{message}");
        let input = Input { name: "a".into(), blake3: new.clone(), licence: "CC0-1.0".into() };
        assert_eq!(read(&new.to_uppercase()).unwrap(), [input]);
    }
}
