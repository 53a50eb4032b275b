//! Data that a step works on: files that are open, their series divided into units of work.

mod files;
mod planned;
mod source;

pub use planned::{Origin, PARAMETERS, Planned};
pub use source::Reads;

use crate::measurand::Measurement;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::calibration::Calibrations;
use sigmatau_data::clock::{ClockSeries, ClockSource, SteadyClock};
use sigmatau_data::waveform::{ChannelInfo, SteadyWaveform, Waveform};
use sigmatau_data::{AreaReadings, DataError, Input, Record, RowSource, Table, hash};
use source::Source;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

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
    source: Source,
    /// The hash, where it is known without reading the file.
    hash: Option<String>,
}

impl File {
    /// The files that are read where this one is opened.
    fn paths(&self) -> Vec<PathBuf> {
        self.source.files(&self.path)
    }
}

/// A unit of work: series that are read and assessed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// What it is about, for people.
    pub label: String,
    /// Where the series stand.
    pub spans: Vec<Span>,
}

impl Unit {
    /// Whether it holds the first series of the dataset, so that what is said once of the whole can stand with it.
    pub fn is_first(&self) -> bool {
        self.spans.first().is_some_and(|span| span.file == 0 && span.series.start == 0)
    }
}

/// Consecutive series of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file within the dataset.
    pub file: usize,
    /// The series within the file.
    pub series: Range<usize>,
}

/// Which series an analysis has to see together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each series stands for itself; a few of them make a unit.
    Series,
    /// The whole dataset is one unit, as an ensemble of clocks needs it.
    Dataset,
}

/// Points of a unit of work: enough that starting it costs nothing, few enough that a unit per
/// thread fits into memory (16 bytes a point while it is read).
const UNIT_POINTS: u64 = 4_000_000;
/// Series of a unit of work, so that an interrupted run loses little.
const UNIT_SERIES: usize = 16;

impl Dataset {
    /// The record of an earlier step, which stands at `path`; one that is not written is known by its header,
    /// which determines it.
    pub(crate) fn of_record(path: Option<PathBuf>, record: &Record) -> Self {
        let name = record.header.step.clone();
        let source = Source::record(name.clone(), record.table.clone());
        let hash = path.is_none().then(|| blake3::hash(format!("{:?}", record.header).as_bytes()).to_string());
        let path = path.unwrap_or_else(|| format!("{name}.parquet").into());
        let file = File { path, licence: String::new(), source, hash };
        Self { name, files: vec![file], findings: Vec::new(), _folder: None }
    }

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

    /// The names of all series.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().flat_map(|file| file.source.series()).map(|series| series.name.as_str())
    }

    /// Divides the dataset into units of work, the same whatever the number of threads.
    pub fn units(&self, scope: Scope) -> Vec<Unit> {
        let files = self.files.iter().enumerate();
        match scope {
            Scope::Series => files.flat_map(|(index, file)| units_of(index, file)).collect(),
            Scope::Dataset => {
                let whole = |(file, opened): (usize, &File)| Span { file, series: 0..opened.source.series().len() };
                vec![Unit { label: self.name.clone(), spans: files.map(whole).collect() }]
            }
        }
    }

    /// Reads the series of a unit.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn read(&self, unit: &Unit) -> Result<Vec<ClockSeries>, DataError> {
        let read = |span: &Span| self.files[span.file].source.clocks().read(span.series.clone());
        Ok(unit.spans.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Reads the records of the sensors of a unit.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn waveforms(&self, unit: &Unit) -> Result<Vec<Waveform>, DataError> {
        let read = |span: &Span| self.files[span.file].source.sensors().read(span.series.clone());
        Ok(unit.spans.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// The record of the one sensor of a unit, if it has more than `points` points and can be read piece by piece.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn steady_waveform(&self, unit: &Unit, points: u64) -> Result<Option<SteadyWaveform<'_>>, DataError> {
        match unit.spans.as_slice() {
            [Span { file, series }] if series.len() == 1 => {
                let (source, sensor) = (self.files[*file].source.sensors(), series.start);
                if source.sensors()[sensor].points > points { source.steady(sensor) } else { Ok(None) }
            }
            _ => Ok(None),
        }
    }

    /// The channels of the waveforms of a unit, as they are read.
    ///
    /// # Panics
    /// When the unit has no sensor.
    pub fn channels(&self, unit: &Unit) -> &[ChannelInfo] {
        self.files[unit.spans[0].file].source.sensors().channels()
    }

    /// The one clock of a unit, if it has more than `points` points and can be read piece by piece.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn steady(&self, unit: &Unit, points: u64) -> Result<Option<SteadyClock>, DataError> {
        match self.only(unit) {
            Some((source, series)) if source.series()[series].points > points => source.steady(series),
            _ => Ok(None),
        }
    }

    /// Feeds the values of the one clock of a unit to `sink`, see [`ClockSource::stream`].
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    ///
    /// # Panics
    /// When the unit has several clocks.
    pub fn stream(&self, unit: &Unit, sink: impl FnMut(&[f64]) + Send) -> Result<Vec<Finding>, DataError> {
        let (source, series) = self.only(unit).expect("the unit has one clock");
        source.stream(series, sink)
    }

    /// The one clock of a unit.
    fn only(&self, unit: &Unit) -> Option<(&ClockSource, usize)> {
        match unit.spans.as_slice() {
            [span] if span.series.len() == 1 => Some((self.files[span.file].source.clocks(), span.series.start)),
            _ => None,
        }
    }

    /// The groups of rows of a unit: the table, and the place of the group in it.
    pub fn groups<'a>(&'a self, unit: &'a Unit) -> impl Iterator<Item = (&'a RowSource, usize)> {
        let of_span = |span: &'a Span| span.series.clone().map(|group| (self.files[span.file].source.rows(), group));
        unit.spans.iter().flat_map(of_span)
    }

    /// The measurands of a unit.
    pub fn measurands<'a>(&'a self, unit: &'a Unit) -> impl Iterator<Item = &'a Measurement> {
        unit.spans.iter().map(|span| self.files[span.file].source.measurement())
    }

    /// The calibrations of a unit, from their beginning.
    ///
    /// # Errors
    /// When a file can't be read or is damaged.
    pub fn calibrations(&self, unit: &Unit) -> Result<Calibrations, DataError> {
        Calibrations::open(self.files[unit.spans[0].file].source.folder())
    }

    /// Reads what the meters of the areas of a unit sent.
    ///
    /// # Errors
    /// When the file can't be read or decoded.
    pub fn areas(&self, unit: &Unit) -> Result<Vec<AreaReadings>, DataError> {
        let read = |span: &Span| self.files[span.file].source.meters().read(span.series.clone());
        Ok(unit.spans.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// The tables of the files as they are stored, for analyses of more than clock values.
    ///
    /// # Errors
    /// When a file can't be read or decoded.
    pub fn tables(&self) -> Result<Vec<Table>, DataError> {
        self.files.iter().map(|file| file.source.table()).collect()
    }

    /// The rows of all files, for records.
    ///
    /// # Errors
    /// When a file can't be read or decoded, or the columns of two files differ.
    pub fn table(&self) -> Result<Table, DataError> {
        let mut whole = Table::default();
        self.tables()?.into_iter().try_for_each(|table| whole.append(table))?;
        Ok(whole)
    }

    /// What identifies the files: names, BLAKE3 hashes, licences. Reads every file once.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn inputs(&self) -> Result<Vec<Input>, DataError> {
        let input = |file: &File, path: PathBuf| {
            let blake3 = file.hash.clone().map_or_else(|| hash::blake3(&path), Ok)?;
            Ok(Input { name: file_name(&path), blake3, licence: file.licence.clone() })
        };
        let inputs = |file| File::paths(file).into_iter().map(move |path| input(file, path));
        self.files.iter().flat_map(inputs).collect()
    }
}

impl Planned {
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
        if dataset.files.is_empty()
            && let Some(error) = first_error
        {
            return Err(error);
        }
        dataset.findings.extend(dataset.files.iter().filter_map(without_rows));
        dataset.findings.extend(shared_names(&dataset.files));
        Ok(dataset)
    }

    fn open_file(&self, path: &Path, licence: &str) -> Result<(File, Vec<Finding>), DataError> {
        let (source, findings) = self.meaning.open(path, self.importer.as_deref())?;
        let about = |finding: &Finding| finding.clone().about(within(path, &finding.subject));
        let findings = findings.iter().chain(source.findings()).map(about).collect();
        Ok((File { path: path.to_owned(), licence: licence.to_owned(), source, hash: None }, findings))
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
        let label = label(&series[start].name, &series[end - 1].name);
        units.push(Unit { label, spans: vec![Span { file: index, series: start..end }] });
        start = end;
    }
    units
}

fn label(first: &str, last: &str) -> String {
    if first == last { first.to_owned() } else { format!("{first} … {last}") }
}

/// The name without its folders.
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

/// The remark that a file has no series at all.
fn without_rows(file: &File) -> Option<Finding> {
    let finding = Finding::new(
        Severity::Failure,
        "no-data",
        "the table has no rows",
        "nothing in it can be assessed",
        "check how the table was made",
    );
    file.source.series().is_empty().then(|| finding.about(file_name(&file.path)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_core::Unit as Measure;
    use sigmatau_data::{Column, Metadata, write_table};

    /// A table with clocks of these numbers of points.
    fn table(points: &[usize]) -> Table {
        let names = points.iter().enumerate().flat_map(|(clock, n)| std::iter::repeat_n(format!("c{clock:02}"), *n));
        let phase = vec![0.0; points.iter().sum()];
        Table::new(vec![Column::text("series", names.collect()), Column::float("phase", Measure::SECOND, phase)])
            .unwrap()
    }

    fn opened(folder: &Path, keys: &str) -> Result<Dataset, String> {
        let document = Document::parse(&format!("tau0 = 1\n{keys}"), "a.toml").unwrap();
        let planned =
            Planned::read("d", document.section(), folder, Reads::Clocks).map_err(|error| error.to_string())?;
        let Origin::Files(files) = &planned.origin else { return Err("no files".into()) };
        planned.open(files).map_err(|error| error.to_string())
    }

    fn dataset(points: &[usize]) -> Dataset {
        let folder = tempfile::tempdir().unwrap();
        write_table(&folder.path().join("a.parquet"), &table(points), Metadata::default()).unwrap();
        opened(folder.path(), "path = \"a.parquet\"").unwrap()
    }

    fn ranges(units: &[Unit]) -> Vec<Range<usize>> {
        units.iter().flat_map(|unit| &unit.spans).map(|span| span.series.clone()).collect()
    }

    fn codes(dataset: &Dataset) -> Vec<(&str, &str)> {
        dataset.findings().iter().map(|finding| (&*finding.code, finding.subject.as_str())).collect()
    }

    #[test]
    fn units_hold_few_series_and_together_all_of_them() {
        let units = dataset(&[3; 40]).units(Scope::Series);
        assert_eq!(ranges(&units), [0..16, 16..32, 32..40]);
        assert_eq!(units[2].label, "c32 … c39");
    }

    #[test]
    fn a_long_series_is_a_unit_of_its_own() {
        let long = UNIT_POINTS as usize - 1;
        assert_eq!(ranges(&dataset(&[1, long, 2, 2]).units(Scope::Series)), [0..2, 2..4]);
    }

    #[test]
    fn a_whole_dataset_is_one_unit() {
        let dataset = dataset(&[3; 40]);
        let units = dataset.units(Scope::Dataset);
        assert_eq!((units.len(), dataset.read(&units[0]).unwrap().len()), (1, 40));
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_a_finding_unless_it_is_the_only_one() {
        let folder = tempfile::tempdir().unwrap();
        write_table(&folder.path().join("a.parquet"), &table(&[3]), Metadata::default()).unwrap();
        std::fs::write(folder.path().join("b.parquet"), "PAR1").unwrap();
        let dataset = opened(folder.path(), "path = [\"b.parquet\", \"a.parquet\"]").unwrap();
        assert_eq!((dataset.series(), codes(&dataset)), (1, vec![("unreadable", "b.parquet")]));
        let message = opened(folder.path(), "path = \"b.parquet\"").err().unwrap();
        assert!(message.contains("b.parquet"), "{message}");
    }

    #[test]
    fn files_without_rows_and_names_that_are_shared_are_remarked() {
        let folder = tempfile::tempdir().unwrap();
        for (name, points) in [("a", &[3, 3][..]), ("b", &[4]), ("none", &[])] {
            write_table(&folder.path().join(format!("{name}.parquet")), &table(points), Metadata::default()).unwrap();
        }
        let dataset = opened(folder.path(), "path = \".\"").unwrap();
        assert_eq!(codes(&dataset), [("no-data", "none.parquet"), ("same-name", "")]);
        assert_eq!((dataset.series(), dataset.points()), (3, 10));
    }

    #[test]
    fn a_text_file_has_one_column_of_values() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.phd"), "1e-9\n2e-9\n4e-9\n").unwrap();
        assert_eq!(opened(folder.path(), "path = \"a.phd\"").unwrap().points(), 3);
        let message = opened(folder.path(), "path = \"a.phd\"\nvalue = [\"x\", \"y\"]").err().unwrap();
        assert!(message.contains("2 columns are named; name one"), "{message}");
    }

    #[test]
    fn inputs_are_known_by_name_hash_and_licence() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.phd"), "1e-9\n2e-9\n4e-9\n").unwrap();
        let manifest =
            "name = \"d\"\ntitle = \"t\"\norigin = \"o\"\nlicence = \"CC0-1.0\"\n[[files]]\npath = \"a.phd\"\n";
        std::fs::write(folder.path().join("dataset.toml"), manifest).unwrap();
        let inputs = opened(folder.path(), "path = \".\"").unwrap().inputs().unwrap();
        let blake3 = blake3::hash(b"1e-9\n2e-9\n4e-9\n").to_string();
        assert_eq!(inputs, [Input { name: "a.phd".into(), blake3, licence: "CC0-1.0".into() }]);
    }
}
