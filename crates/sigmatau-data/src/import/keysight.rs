//! Readings of Keysight (Agilent) 53220A and 53230A counters: the `.csv` files of their memory, or the answers to
//! `READ?`, `FETCh?` and `R?` as text.
//!
//! A `.csv` file has one reading a line; an answer has its readings in one line, separated by commas. A reading
//! is a number with sign, decimal point and exponent, such as `+9.99999998765432E+006`. The value
//! 9.91E+37 stands for what could not be measured and is a missing point; so is ±9.9E+37, an overflow.
//! Binary `.dat` files are not read.
//!
//! A file says neither what was measured nor how often: kind, unit and sampling interval must be stated, and
//! the nominal frequency with readings in Hz.

use super::measurand::Measurand;
use super::points::{Point, Points};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, number, stem};
use sigmatau_core::{Finding, Severity};

pub(super) static IMPORTER: Importer = Importer {
    name: "keysight",
    title: "readings of 53220A and 53230A counters",
    extensions: &["csv"],
    reference: "Keysight 53220A/53230A User's Guide, formats and data flow; IEEE 488.2, NR3",
    form: Form::Text { sniff, parse },
};

static BAD_READING: Trouble = Trouble {
    code: "bad-reading",
    matters: "its point is missing, and every term that touches it is dropped",
    advice: "fetch the readings again",
};

/// From this on a number is a mark of the instrument.
const MARK: f64 = 9e37;

/// Tells whether at least half of the readings, and the first, are written with sign, point and exponent.
fn sniff(head: &str) -> bool {
    let written: Vec<bool> = readings(head).map(|(_, reading)| is_scientific(reading)).collect();
    written.first() == Some(&true) && 2 * written.iter().filter(|written| **written).count() >= written.len()
}

/// A number as instruments write it: `+1.5E-009`, the exponent of two or three digits.
fn is_scientific(reading: &str) -> bool {
    let Some((mantissa, exponent)) = reading.split_once('E') else { return false };
    let signed = |text: &str| text.starts_with(['+', '-']);
    let digits = exponent.len() >= 3 && exponent.bytes().skip(1).all(|byte| byte.is_ascii_digit());
    signed(mantissa) && mantissa.contains('.') && signed(exponent) && digits && number(reading).is_some()
}

/// Every reading with the number of its line.
fn readings(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let line = line.trim().trim_end_matches(',');
        line.split(',').map(str::trim).filter(move |_| !line.is_empty()).map(move |reading| (index + 1, reading))
    })
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let measurand = Measurand::stated(file, options)?;
    let mut remarks = Remarks::new(file);
    let mut points = Points::default();
    let mut marked = 0;
    for (line, reading) in readings(text) {
        let value = number(reading);
        match value {
            None => remarks.line(&BAD_READING, line, || format!("`{}` can't be read", excerpt(reading))),
            Some(value) => marked += usize::from(value.abs() >= MARK),
        }
        let value = value.filter(|value| value.abs() < MARK).unwrap_or(f64::NAN);
        points.push(stem(file), Point { time: 0, value, uncertainty: f64::NAN });
    }
    if points.iter().all(|point| point.value.is_nan()) {
        let problem = "the file ends without a reading".to_owned();
        return Err(ImportError::Format { file: file.to_owned(), line: text.lines().count().max(1), problem });
    }
    unmeasured(marked).into_iter().for_each(|finding| remarks.push(finding.about(file)));
    let table = points.table(&measurand, false);
    Ok(Imported {
        table,
        time_scale: options.time_scale.clone(),
        tau0: options.tau0,
        rate: None,
        findings: remarks.finish(),
    })
}

fn unmeasured(readings: usize) -> Option<Finding> {
    let seen = format!("{readings} readings are 9.9E+37 or 9.91E+37, which stand for no measurement");
    let (matters, advice) = ("their points are missing", "check trigger levels and cables of the counter");
    (readings > 0).then(|| Finding::new(Severity::Warning, "no-reading", seen, matters, advice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClockKind;
    use crate::import::import;
    use sigmatau_core::Unit;

    fn stated(kind: ClockKind, unit: &str) -> ImportOptions {
        let (kind, unit) = (Some(kind), Unit::parse(unit).ok());
        ImportOptions { kind, unit, nominal: Some(10e6), tau0: Some(1.0), ..Default::default() }
    }

    fn read(text: &str) -> Imported {
        import(text.as_bytes(), "a.csv", None, &stated(ClockKind::Phase, "s")).unwrap()
    }

    #[test]
    fn lines_and_lists_of_readings_give_the_same() {
        let lines = read("+1.50000000000000E-009\n-2.50000000000000E-009\r\n+0.00000000000000E+000\n");
        let list = read("+1.50000000000000E-009,-2.50000000000000E-009,+0.00000000000000E+000\n");
        assert_eq!(lines, list);
        assert_eq!(lines.table.floats("phase").unwrap(), [1.5e-9, -2.5e-9, 0.0]);
        assert_eq!((lines.tau0, lines.findings.len()), (Some(1.0), 0));
    }

    #[test]
    fn frequency_in_hertz_becomes_fractional() {
        let text = b"+1.00000010000000E+007\n+9.99999900000000E+006\n+1.00000000000000E+007\n";
        let imported = import(text, "a.csv", None, &stated(ClockKind::Frequency, "Hz")).unwrap();
        let y = imported.table.floats("frequency").unwrap();
        assert!((y[0] - 1e-7).abs() < 1e-16 && (y[1] + 1e-7).abs() < 1e-16 && y[2] == 0.0, "{y:?}");
    }

    #[test]
    fn marks_of_the_instrument_are_missing_points() {
        let imported = read("+1.0E-009\n+9.91E+037\n-9.90E+037\n+2.0E-009\n");
        let missing: Vec<bool> = imported.table.floats("phase").unwrap().iter().map(|x| x.is_nan()).collect();
        assert_eq!(missing, [false, true, true, false]);
        assert_eq!((imported.findings.len(), &*imported.findings[0].code), (1, "no-reading"));
    }

    #[test]
    fn bad_reading_is_a_finding_with_its_line() {
        let imported = read("+1.0E-009\n+2.0E-\n+3.0E-009\n");
        assert_eq!((imported.table.rows(), imported.findings[0].subject.as_str()), (3, "a.csv, line 2"));
    }

    #[test]
    fn kind_and_unit_have_to_be_stated() {
        let message = import(b"+1.0E-009\n", "a.csv", None, &ImportOptions::default()).unwrap_err().to_string();
        assert!(message.contains("whether its numbers are phase or frequency"), "{message}");
    }
}
