//! RINEX clock files, versions 2.00 to 3.04: clocks of satellites and receivers against a reference.
//!
//! A header of lines with a label from column 61 (66 since 3.04) ends with `END OF HEADER`. Its
//! first line has the label `RINEX VERSION / TYPE` and the type `C`; the line labelled
//! `TIME SYSTEM ID` names the time scale, which is that of GPS where it is missing.
//!
//! Each record begins with two letters: `AS` satellite, `AR` receiver, `CR` calibration, `DR`
//! discontinuity, `MS` monitor. There follow the name of the clock, year, month, day, hour, minute,
//! second, the number of values, the bias in s, and, where there are at least two values, its
//! standard uncertainty in s. Up to four more values (rate, acceleration, their uncertainties)
//! stand on a second line that begins with a space; they are passed over, as are `CR`, `DR` and `MS`.
//! Fields never touch each other, so lines are split at spaces, whatever the column of the version.
//!
//! The parser is our own: it is short, and the `rinex` crate reads every type of RINEX file, brings
//! many packages along and keeps epochs as a tree of maps, where two columns are wanted.

use super::epoch;
use super::measurand::Measurand;
use super::points::{Point, Points};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, Records, number};
use std::str::SplitAsciiWhitespace;

pub(super) static IMPORTER: Importer = Importer {
    name: "rinex-clk",
    title: "RINEX clock files: satellite and receiver clocks",
    extensions: &["clk", "clk_30s"],
    reference: "J. Ray, W. Gurtner, RINEX extensions to handle clock information, versions 2.00 to 3.04",
    form: Form::Text { sniff, parse },
};

static BAD_RECORD: Trouble = Trouble {
    code: "bad-record",
    matters: "the record was left out, so its clock has a gap there",
    advice: "compare the line with the format; was the file cut or edited?",
};

/// The kinds of records.
const KINDS: [&str; 5] = ["AS", "AR", "CR", "DR", "MS"];

/// The time scales by the word of the header.
const TIME_SCALES: [(&str, &str); 7] =
    [("GPS", "GPST"), ("GAL", "GST"), ("GLO", "UTC"), ("UTC", "UTC"), ("TAI", "TAI"), ("BDT", "BDT"), ("QZS", "QZSST")];

fn sniff(head: &str) -> bool {
    head.lines().next().is_some_and(|first| first.contains("RINEX VERSION / TYPE") && file_type(first) == 'C')
}

/// The letter behind the version number in the first line.
fn file_type(first: &str) -> char {
    first.split_ascii_whitespace().nth(1).and_then(|word| word.chars().next()).unwrap_or(' ')
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let (time_scale, heading) = header(text, file)?;
    let mut remarks = Remarks::new(file);
    let mut points = Points::default();
    for (index, line) in text.lines().enumerate().skip(heading).filter(|(_, line)| !line.starts_with(' ')) {
        match record(line) {
            Some((kind, name, point)) if chosen(kind, options.records) => points.push(name, point),
            None if !line.trim().is_empty() => {
                remarks.line(&BAD_RECORD, index + 1, || format!("`{}` can't be read", excerpt(line)));
            }
            _ => (),
        }
    }
    if points.is_empty() {
        let problem = "the file ends without a record of the clocks that were chosen; choose `AS`, `AR` or both";
        return Err(format_error(file, text.lines().count(), problem));
    }
    points.sort(&mut remarks);
    let table = points.table(&Measurand::PHASE, true);
    Ok(Imported { table, time_scale: Some(time_scale), tau0: None, rate: None, findings: remarks.finish() })
}

/// The time scale and the number of lines of the header.
fn header(text: &str, file: &str) -> Result<(String, usize), ImportError> {
    if !sniff(text) {
        let problem = "this is not the first line of a RINEX clock file, which has `RINEX VERSION / TYPE` and type `C`";
        return Err(format_error(file, 1, problem));
    }
    let mut time_scale = "GPST".to_owned();
    for (index, line) in text.lines().enumerate() {
        if line.contains("END OF HEADER") {
            return Ok((time_scale, index + 1));
        }
        if let Some((system, _)) = line.split_once("TIME SYSTEM ID") {
            time_scale = self::time_scale(system.trim());
        }
    }
    Err(format_error(file, text.lines().count(), "the file ends within the header"))
}

/// The usual name of a time scale; an unknown word is kept as it is.
fn time_scale(system: &str) -> String {
    TIME_SCALES.iter().find(|(word, _)| *word == system).map_or(system, |(_, scale)| scale).to_owned()
}

fn format_error(file: &str, line: usize, problem: &str) -> ImportError {
    ImportError::Format { file: file.to_owned(), line: line.max(1), problem: problem.to_owned() }
}

fn chosen(kind: &str, records: Records) -> bool {
    match kind {
        "AS" => records != Records::Receivers,
        "AR" => records != Records::Satellites,
        _ => false,
    }
}

/// Kind, name of the clock and point of a record; nothing where the line is no record.
fn record(line: &str) -> Option<(&str, &str, Point)> {
    let mut words = line.split_ascii_whitespace();
    let kind = words.next().filter(|kind| KINDS.contains(kind))?;
    let name = words.next()?;
    let time = instant(&mut words)?;
    let values: usize = words.next()?.parse().ok()?;
    let value = number(words.next()?)?;
    let uncertainty = if values >= 2 { number(words.next()?)? } else { f64::NAN };
    Some((kind, name, Point { time, value, uncertainty }))
}

fn instant(words: &mut SplitAsciiWhitespace<'_>) -> Option<i64> {
    let mut whole = || words.next()?.parse::<i64>().ok();
    let (year, month, day, hour, minute) = (whole()?, whole()?, whole()?, whole()?, whole()?);
    epoch::civil(year, month, day, epoch::time_of_day(hour, minute, words.next()?)?)
}

#[cfg(test)]
mod tests;
