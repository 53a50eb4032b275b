//! Importers: files as laboratories have them, read into tables of the clock schema or of waveforms; certificates into
//! tables of their own.
//!
//! This is the table; each entry stands in the folder `import/` and begins with the grammar of its
//! format in prose. Most importers are given text; gzip is undone before, whatever the format. Trouble
//! in the data is a [`Finding`] with its line; only what leaves nothing to read is an error.
//!
//! HDF5 is not among them. What laboratories write there is mostly chunked and compressed, and the readers in plain
//! Rust are young and each read a part of the format; the one that reads all of it is a C library, which the program
//! would have to bring along on every platform. Two lines of Python make such a file a table, and the error that
//! meets one says so.
//!
//! A file is held in memory as a whole, with about 40 bytes a point beside it.

mod cggtts;
pub(crate) mod csv;
mod dcc;
pub(crate) mod epoch;
mod keysight;
mod measurand;
mod microchip;
mod mjd;
mod oscilloscope;
mod points;
mod remarks;
mod rinex_clk;
mod sigmf;
mod stable32;
mod tags;
mod ticc;
mod timelab;
mod twstft;
mod wav;
mod waveform;

use crate::error::Trouble;
use crate::{Channel, ClockKind, Hertz, Metadata, Table};
pub use epoch::day_of;
use flate2::read::MultiGzDecoder;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity, Unit};
use std::borrow::Cow;
use std::io::Read;
use std::path::Path;
pub use tags::Tags;

/// One format.
#[derive(Debug)]
pub struct Importer {
    /// The name that users type.
    pub name: &'static str,
    /// What it reads, in a few words.
    pub title: &'static str,
    /// The usual file name extensions, in lower case and without the dot.
    pub extensions: &'static [&'static str],
    /// Where the format is defined.
    pub reference: &'static str,
    /// How it is recognised and read.
    pub form: Form,
}

/// How a format is recognised and read. The second argument of `parse` is the file name.
#[derive(Debug)]
pub enum Form {
    /// Text.
    Text {
        /// Tells whether a text that begins like this can be of this format.
        sniff: fn(&str) -> bool,
        /// Reads a text.
        parse: fn(&str, &str, &ImportOptions) -> Result<Imported, ImportError>,
    },
    /// Bytes.
    Binary {
        /// Tells whether a file that begins like this can be of this format.
        sniff: fn(&[u8]) -> bool,
        /// Reads the whole file.
        parse: fn(&[u8], &str, &ImportOptions) -> Result<Imported, ImportError>,
    },
    /// A text that describes the samples in a file of bytes beside it.
    Described {
        /// Tells whether a text that begins like this can be of this format.
        sniff: fn(&str) -> bool,
        /// The name of the file of samples, from that of the text.
        beside: fn(&str) -> String,
        /// Reads the text and the samples.
        parse: fn(&str, &[u8], &str, &ImportOptions) -> Result<Imported, ImportError>,
    },
}

impl Form {
    /// Tells whether a text that begins like this can be of this format.
    fn fits(&self, head: &str) -> bool {
        match self {
            Self::Text { sniff, .. } | Self::Described { sniff, .. } => sniff(head),
            Self::Binary { .. } => false,
        }
    }
}

/// Every format; where two recognise a text, the earlier one reads it.
pub static IMPORTERS: &[&Importer] = &[
    &dcc::IMPORTER,
    &rinex_clk::IMPORTER,
    &cggtts::IMPORTER,
    &twstft::IMPORTER,
    &timelab::IMPORTER,
    &ticc::IMPORTER,
    &microchip::IMPORTER,
    &wav::IMPORTER,
    &sigmf::IMPORTER,
    &oscilloscope::IMPORTER,
    &csv::IMPORTER,
    &keysight::IMPORTER,
    &mjd::IMPORTER,
    &stable32::IMPORTER,
];

/// What a file does not say itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportOptions {
    /// Whether the numbers are phase or frequency.
    pub kind: Option<ClockKind>,
    /// The unit of the numbers.
    pub unit: Option<Unit>,
    /// The nominal frequency in Hz, which turns frequency in Hz into fractional frequency, and angles into time.
    pub nominal: Option<f64>,
    /// What numbers in Hz are; absolute where it is left out.
    pub hertz: Option<Hertz>,
    /// The sampling interval in seconds, where there are no time tags.
    pub tau0: Option<f64>,
    /// What the time tags count.
    pub tags: Option<Tags>,
    /// The time scale of the time tags.
    pub time_scale: Option<String>,
    /// The column with the names of the clocks, in formats that name their columns.
    pub series: Option<String>,
    /// The column with the time tags.
    pub time: Option<String>,
    /// The column with the numbers.
    pub value: Option<String>,
    /// Which records of a RINEX clock file to read.
    pub records: Records,
    /// The columns with the samples of waveforms, in formats that name their columns.
    pub channels: Vec<Channel>,
    /// The column with the names of the sensors.
    pub sensor: Option<String>,
    /// The sampling rate of waveforms in Hz.
    pub rate: Option<f64>,
}

/// Which clocks of a RINEX clock file to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Records {
    /// Satellites, `AS`.
    #[default]
    Satellites,
    /// Receivers at stations, `AR`.
    Receivers,
    /// Both.
    Both,
}

/// What was read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The columns `series`, `time` (in ns, unless the file has no time tags), `phase` or
    /// `frequency`, and `phase_u` where the file states standard uncertainties; sorted by series
    /// and time. A missing point is `NaN`. Tracks have further columns: see
    /// [`schema::tracks`](crate::schema::tracks). Waveforms have the columns `sensor`, mostly the file name, `time` in
    /// s where the file has sampling instants, and one column for each channel, in the order of the file: see
    /// [`schema::waveform`](crate::schema::waveform).
    pub table: Table,
    /// The time scale of `time`, where the file or the options name it.
    pub time_scale: Option<String>,
    /// The sampling interval in seconds of a table without `time`, where the options state it.
    pub tau0: Option<f64>,
    /// The sampling rate of waveforms in Hz, where the file or the options state it.
    pub rate: Option<f64>,
    /// What was seen.
    pub findings: Vec<Finding>,
}

impl Imported {
    /// What the fields of the table state beside their units: time scale, sampling interval, sampling rate.
    pub fn metadata(&self) -> Metadata {
        let channels = || self.table.columns().iter().filter(|column| column.unit.is_some() && column.name != "time");
        let scale = self.time_scale.iter().map(|scale| ("time", "time_scale", scale.clone()));
        let tau0 = self.tau0.iter().flat_map(|tau0| channels().map(|c| (c.name.as_str(), "tau0_s", tau0.to_string())));
        let rate = self.rate.iter().flat_map(|rate| channels().map(|c| (c.name.as_str(), "rate_hz", rate.to_string())));
        scale
            .chain(tau0)
            .chain(rate)
            .fold(Metadata::default(), |all, (name, key, text)| all.with_field(name, key, text))
    }

    /// The same rows sorted by series and, where there are epochs, by time; rows that are equal in both
    /// keep their order.
    #[must_use]
    pub fn sorted(self) -> Self {
        let series = self.table.texts("series").unwrap_or_default();
        let times = self.table.integers("time").unwrap_or_default();
        let key = |row: &usize| (series.get(*row), times.get(*row));
        let mut order: Vec<usize> = (0..self.table.rows()).collect();
        if order.is_sorted_by_key(key) {
            return self;
        }
        order.sort_by_key(key);
        Self { table: self.table.in_order(&order), ..self }
    }
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is no importer of this name.
    #[error("find the importer `{name}`{hint}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The nearest known names.
        hint: String,
    },
    /// No importer recognises the text.
    #[error("import `{file}`: it looks like none of the known formats; name the importer{hint}")]
    Unrecognised {
        /// The file.
        file: String,
        /// The known names.
        hint: String,
    },
    /// The file can't be read or unpacked.
    #[error("import `{file}`: {reason}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// There is nothing in the file.
    #[error("import `{file}`: it is empty; write it again")]
    Empty {
        /// The file.
        file: String,
    },
    /// The file is HDF5.
    #[error(
        "import `{file}`: it is an HDF5 file, which is not read; convert it by Python: `import h5py, pandas`, then \
         `pandas.DataFrame({{name: h5py.File(\"{file}\")[name][()] for name in (\"excitation\", \"response\")}})\
         .to_parquet(\"{file}.parquet\")`"
    )]
    Hdf5 {
        /// The file.
        file: String,
    },
    /// A file that belongs to the imported one can't be read.
    #[error(
        "import `{file}`: its samples are in `{beside}`, which can't be read ({reason}); put it into the same folder"
    )]
    Beside {
        /// The file.
        file: String,
        /// The file that was looked for beside it.
        beside: String,
        /// What the system said.
        reason: String,
    },
    /// The file is not text.
    #[error("import `{file}`: byte {offset} is 0, so this is no text; export the data as text first")]
    Binary {
        /// The file.
        file: String,
        /// The place of the first byte 0.
        offset: usize,
    },
    /// The file does not say something that has to be known.
    #[error("import `{file}`: {unstated}; state {remedy}")]
    Unstated {
        /// The file.
        file: String,
        /// What is not said.
        unstated: &'static str,
        /// The option that says it.
        remedy: &'static str,
    },
    /// The unit does not fit the kind of numbers.
    #[error("import `{file}`: {} can't be in `{unit}`; give a unit of {wanted}", .kind.word())]
    Unit {
        /// The file.
        file: String,
        /// The kind of numbers.
        kind: ClockKind,
        /// The unit that was stated.
        unit: String,
        /// What would fit.
        wanted: &'static str,
    },
    /// The numbers do not say what a clock does.
    #[error("import `{file}`: {trouble}")]
    Measure {
        /// The file.
        file: String,
        /// What is wrong with them.
        trouble: Trouble,
    },
    /// A column that was named is not there.
    #[error("import `{file}`: there is no column `{column}`{hint}")]
    Column {
        /// The file.
        file: String,
        /// The column that was asked for.
        column: String,
        /// The nearest columns of the file.
        hint: String,
    },
    /// The text is not of this format.
    #[error("import `{file}`, line {line}: {problem}")]
    Format {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong, and what to do.
        problem: String,
    },
}

/// Returns the importer of this name.
///
/// # Errors
/// When there is none; the nearest known names are given.
///
/// ```
/// use sigmatau_data::import::importer;
/// assert_eq!(importer("rinex-clk")?.extensions, ["clk", "clk_30s"]);
/// assert_eq!(importer("rinex").unwrap_err().to_string(), "find the importer `rinex`; did you mean `rinex-clk`?");
/// # Ok::<(), sigmatau_data::import::ImportError>(())
/// ```
pub fn importer(name: &str) -> Result<&'static Importer, ImportError> {
    let found = IMPORTERS.iter().find(|importer| importer.name == name).copied();
    found.ok_or_else(|| ImportError::Unknown { name: name.to_owned(), hint: did_you_mean(name, &names()) })
}

/// Returns the importer for a text: of those that recognise its beginning the one that knows the
/// extension of the file name, or else the first.
///
/// ```
/// use sigmatau_data::import::detect;
/// assert_eq!(detect("maser.phd", "# s\n1.0e-9\n2.0e-9\n").map(|importer| importer.name), Some("stable32"));
/// assert_eq!(detect("maser.csv", "time,phase\n0,1e-9\n").map(|importer| importer.name), Some("csv"));
/// assert!(detect("letter.txt", "Dear colleague,\n").is_none());
/// ```
pub fn detect(name: &str, text: &str) -> Option<&'static Importer> {
    let head = head(text);
    let extension = extension(name);
    let fitting = || IMPORTERS.iter().filter(|importer| importer.form.fits(head)).copied();
    fitting().find(|importer| importer.extensions.contains(&extension.as_str())).or_else(|| fitting().next())
}

/// Reads a file, and the one beside it where the format has two; without the name of an importer, the one that
/// recognises it.
///
/// # Errors
/// When the file can't be read, is of no known format, or leaves nothing to import.
pub fn import_file(path: &Path, importer: Option<&str>, options: &ImportOptions) -> Result<Imported, ImportError> {
    let path = &sigmf::described(path);
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let unreadable = |error: std::io::Error| ImportError::Read { file: file.to_string(), reason: error.to_string() };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    import_with(&bytes, &file, importer, options, |beside| std::fs::read(path.with_file_name(beside)))
}

/// Reads the bytes of a file, gzip or not; `file` is its name. Formats of two files are read by [`import_file`] only.
///
/// # Errors
/// As [`import_file`].
///
/// ```
/// use sigmatau_data::import::{ImportOptions, import};
/// let read = import(b"1e-9\nbroken\n3e-9\n", "maser.phd", None, &ImportOptions::default())?;
/// assert_eq!((read.table.rows(), read.findings.len()), (3, 1));
/// # Ok::<(), sigmatau_data::import::ImportError>(())
/// ```
pub fn import(
    bytes: &[u8],
    file: &str,
    importer: Option<&str>,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let nothing_beside = |_: &str| Err(std::io::Error::other("only the bytes of one file were given"));
    import_with(bytes, file, importer, options, nothing_beside)
}

/// Reads the bytes of a file; `beside` reads the file of a name beside it.
fn import_with(
    bytes: &[u8],
    file: &str,
    importer: Option<&str>,
    options: &ImportOptions,
    beside: impl Fn(&str) -> std::io::Result<Vec<u8>>,
) -> Result<Imported, ImportError> {
    let chosen = importer.map(self::importer).transpose()?;
    let (bytes, file) = unpacked(bytes, file)?;
    let mut imported = match chosen.or_else(|| detect_binary(&bytes)).map(|importer| &importer.form) {
        Some(Form::Binary { parse, .. }) => parse(&bytes, file, options)?,
        _ => import_text(&text(&bytes, file)?, file, chosen, options, beside)?,
    };
    imported.findings.extend(too_short(&imported.table, file));
    Ok(imported)
}

fn import_text(
    text: &str,
    file: &str,
    chosen: Option<&'static Importer>,
    options: &ImportOptions,
    beside: impl Fn(&str) -> std::io::Result<Vec<u8>>,
) -> Result<Imported, ImportError> {
    let unrecognised = || match text.trim() {
        "" => ImportError::Empty { file: file.to_owned() },
        _ => ImportError::Unrecognised { file: file.to_owned(), hint: did_you_mean("", &names()) },
    };
    match chosen.or_else(|| detect(file, text)).ok_or_else(unrecognised)?.form {
        Form::Text { parse, .. } => parse(text, file, options),
        Form::Binary { parse, .. } => parse(text.as_bytes(), file, options),
        Form::Described { beside: name, parse, .. } => {
            let name = name(file);
            let samples = beside(&name).map_err(|error| {
                let (file, reason) = (file.to_owned(), error.to_string());
                ImportError::Beside { file, beside: name, reason }
            })?;
            parse(text, &samples, file, options)
        }
    }
}

/// The importer of bytes that recognises the beginning of a file.
fn detect_binary(bytes: &[u8]) -> Option<&'static Importer> {
    let fits = |importer: &&&Importer| matches!(importer.form, Form::Binary { sniff, .. } if sniff(bytes));
    IMPORTERS.iter().find(fits).copied()
}

/// The bytes as text.
fn text<'a>(bytes: &'a [u8], file: &str) -> Result<Cow<'a, str>, ImportError> {
    if bytes.starts_with(b"\x89HDF\r\n\x1a\n") {
        return Err(ImportError::Hdf5 { file: file.to_owned() });
    }
    match bytes.iter().position(|byte| *byte == 0) {
        Some(offset) => Err(ImportError::Binary { file: file.to_owned(), offset }),
        None => Ok(String::from_utf8_lossy(bytes)),
    }
}

/// The names of all importers.
fn names() -> Vec<&'static str> {
    IMPORTERS.iter().map(|importer| importer.name).collect()
}

/// The content of a gzip file under its name without `.gz`, or the bytes as they are.
fn unpacked<'a>(bytes: &'a [u8], file: &'a str) -> Result<(Cow<'a, [u8]>, &'a str), ImportError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok((Cow::Borrowed(bytes), file));
    }
    let mut content = Vec::new();
    let damaged = |error: std::io::Error| ImportError::Read { file: file.to_owned(), reason: format!("gzip: {error}") };
    MultiGzDecoder::new(bytes).read_to_end(&mut content).map_err(damaged)?;
    Ok((Cow::Owned(content), file.strip_suffix(".gz").unwrap_or(file)))
}

/// The first lines of a text, at most 64 KiB: some files begin with pages of comments.
fn head(text: &str) -> &str {
    let end = (0..=text.len().min(1 << 16)).rev().find(|end| text.is_char_boundary(*end));
    let head = &text[..end.unwrap_or(0)];
    if head.len() == text.len() { head } else { head.rsplit_once('\n').map_or(head, |(lines, _)| lines) }
}

/// The extension of a file name in lower case.
fn extension(file: &str) -> String {
    Path::new(file).extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// The file name without its extension, which names the clock where the file does not.
fn stem(file: &str) -> &str {
    Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or(file)
}

/// A finite number or `NaN`, with `e`, `E` or Fortran's `D` before the exponent.
pub(crate) fn number(text: &str) -> Option<f64> {
    let parsed = text.parse().or_else(|_| text.replace(['D', 'd'], "e").parse());
    parsed.ok().filter(|number: &f64| !number.is_infinite())
}

fn too_short(table: &Table, file: &str) -> Option<Finding> {
    let seen = || format!("{} points in the whole file", table.rows());
    let (matters, advice) = ("no second difference can be formed", "check that the file is complete");
    let is_short = table.column("series").is_some() && table.rows() < 3;
    is_short.then(|| Finding::new(Severity::Warning, "short", seen(), matters, advice).about(file))
}

#[cfg(test)]
mod tests;
