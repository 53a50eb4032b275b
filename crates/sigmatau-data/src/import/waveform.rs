//! Channels of waveforms, as importers collect them and as a table wants them.

use super::{ImportError, ImportOptions, Imported, stem};
use crate::{Column, Table};
use sigmatau_core::{Finding, Unit};

/// The table of one record: the name of the sensor is that of the file.
///
/// # Errors
/// When two channels have one name.
pub(super) fn record(
    channels: Vec<Column>,
    file: &str,
    rate: Option<f64>,
    findings: Vec<Finding>,
) -> Result<Imported, ImportError> {
    let rows = channels.first().map_or(0, |channel| channel.values.len());
    let name = Column::text("sensor", vec![stem(file).to_owned(); rows]);
    let columns = std::iter::once(name).chain(channels).collect();
    table(columns, file, rate, findings)
}

/// The table of columns that name their sensors themselves.
///
/// # Errors
/// When two columns have one name.
pub(super) fn table(
    columns: Vec<Column>,
    file: &str,
    rate: Option<f64>,
    findings: Vec<Finding>,
) -> Result<Imported, ImportError> {
    let refused = |error: crate::TableError| malformed(file, 1, error.to_string());
    let table = Table::new(columns).map_err(refused)?;
    Ok(Imported { table, time_scale: None, tau0: None, rate, findings })
}

/// The error that a file is not of its format.
pub(super) fn malformed(file: &str, line: usize, problem: impl Into<String>) -> ImportError {
    ImportError::Format { file: file.to_owned(), line, problem: problem.into() }
}

/// The stated rate, which must be the one of the file where that says it, too.
///
/// # Errors
/// When the two differ.
pub(super) fn rate(file: &str, found: Option<f64>, options: &ImportOptions) -> Result<Option<f64>, ImportError> {
    match (found, options.rate) {
        (Some(found), Some(stated)) if found != stated => {
            let problem = format!("its sampling rate is {found} Hz, but {stated} Hz is stated; drop one of the two");
            Err(malformed(file, 1, problem))
        }
        (found, stated) => Ok(found.or(stated)),
    }
}

/// The unit that is stated for a channel, or for all, else none.
pub(super) fn stated(name: &str, options: &ImportOptions) -> Option<Unit> {
    let channel = options.channels.iter().find(|channel| channel.column == name);
    channel.and_then(|channel| channel.unit.clone()).or_else(|| options.unit.clone())
}

/// A heading such as `force (N)` or `force [N]`: the name and the unit, if it is one.
pub(super) fn labelled(heading: &str) -> (&str, Option<Unit>) {
    let heading = heading.trim();
    let split = heading.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '[']));
    let labelled = split.and_then(|(name, symbol)| Some((name.trim(), unit(symbol)?)));
    labelled.map_or((heading, None), |(name, unit)| (name, Some(unit)))
}

/// A unit by its symbol or by the word that instruments write.
pub(super) fn unit(word: &str) -> Option<Unit> {
    let word = word.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
    let symbol = match word.to_lowercase().trim_end_matches('s') {
        "second" | "sec" => "s",
        "volt" => "V",
        "amp" | "ampere" => "A",
        "watt" => "W",
        "" => return None,
        _ => word,
    };
    Unit::parse(symbol).ok()
}
