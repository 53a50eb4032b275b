//! TimeLab `.tim` files with their phase record in text.
//!
//! A file begins with lines of what was measured, a name in double quotes and its value. The phase record
//! follows a line
//!
//! ```text
//! TIC rows columns
//! ```
//!
//! as `rows` lines of `columns` numbers each, time differences in s; further sections behind it are
//! passed over. Each column is a series: the file name, with the number of the column where there are
//! several.
//!
//! This much is confirmed by a reader of such files; TimeLab's own description of the format
//! is not public. The name of the sampling interval among the first lines is not confirmed, so the
//! interval must be stated. Plain text exported from TimeLab, one number a line, is read by
//! `stable32`.

use super::measurand::Measurand;
use super::points::{Point, Points};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, number, stem};
use sigmatau_core::{Finding, Severity};

pub(super) static IMPORTER: Importer = Importer {
    name: "timelab",
    title: "TimeLab .tim: phase record in text",
    extensions: &["tim"],
    reference: "J. Miles, TimeLab, .tim files as found in practice",
    form: Form::Text { sniff, parse },
};

static BAD_ROW: Trouble = Trouble {
    code: "bad-row",
    matters: "its points are missing, and every term that touches them is dropped",
    advice: "save the record again",
};

/// The most columns that are believed: more are a damaged number.
const MOST_COLUMNS: usize = 16;

fn sniff(head: &str) -> bool {
    head.lines().any(|line| record(line).is_some())
}

/// Rows and columns, where the line begins a phase record.
fn record(line: &str) -> Option<(usize, usize)> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let [keyword, rows, columns] = words.as_slice() else { return None };
    let (rows, columns) = (rows.parse().ok()?, columns.parse().ok()?);
    (*keyword == "TIC" && (1..=MOST_COLUMNS).contains(&columns)).then_some((rows, columns))
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let format_error = |line: usize, problem: &str| ImportError::Format {
        file: file.to_owned(),
        line: line.max(1),
        problem: problem.to_owned(),
    };
    let mut lines = text.lines().enumerate();
    let Some((rows, columns)) = lines.find_map(|(_, line)| record(line)) else {
        return Err(format_error(1, "there is no line `TIC rows columns`; save the record from TimeLab as `.tim`"));
    };
    let mut remarks = Remarks::new(file);
    let mut points = Points::default();
    let mut found = 0;
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()).take(rows) {
        let values = row(line, columns);
        if values.is_none() {
            remarks.line(&BAD_ROW, index + 1, || format!("`{}` is not {columns} numbers", excerpt(line)));
        }
        push(&mut points, file, &values.unwrap_or_else(|| vec![f64::NAN; columns]));
        found += 1;
    }
    if points.is_empty() {
        return Err(format_error(text.lines().count(), "the file ends within the phase record"));
    }
    cut(found, rows).into_iter().for_each(|finding| remarks.push(finding.about(file)));
    let table = points.table(&Measurand::PHASE, false);
    Ok(Imported { table, time_scale: None, tau0: options.tau0, rate: None, findings: remarks.finish() })
}

/// The numbers of a row; nothing where there are more or fewer than its columns.
fn row(line: &str, columns: usize) -> Option<Vec<f64>> {
    let numbers: Option<Vec<f64>> = line.split_ascii_whitespace().map(number).collect();
    numbers.filter(|numbers| numbers.len() == columns)
}

fn push(points: &mut Points, file: &str, values: &[f64]) {
    for (column, &value) in values.iter().enumerate() {
        let point = Point { time: 0, value, uncertainty: f64::NAN };
        match values {
            [_] => points.push(stem(file), point),
            _ => points.push(&format!("{} {}", stem(file), column + 1), point),
        }
    }
}

fn cut(found: usize, rows: usize) -> Option<Finding> {
    let seen = format!("the record has {found} rows, {rows} were announced");
    let (matters, advice) = ("the end of the record is missing", "copy the file again");
    (found < rows).then(|| Finding::new(Severity::Warning, "cut", seen, matters, advice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::import;

    fn read(text: &str) -> Imported {
        let options = ImportOptions { tau0: Some(0.1), ..Default::default() };
        import(text.as_bytes(), "maser.tim", None, &options).unwrap()
    }

    #[test]
    fn the_record_is_read_up_to_its_rows() {
        let imported = read("\"Input Freq\" 10000000\n\nTIC 3 1\n1e-9\n-2E-9\n0.5e-9\nEND\n7\n");
        assert_eq!(imported.table.floats("phase").unwrap(), [1e-9, -2e-9, 0.5e-9]);
        assert_eq!(imported.table.texts("series").unwrap(), ["maser"; 3]);
        assert_eq!((imported.tau0, imported.findings.len()), (Some(0.1), 0));
    }

    #[test]
    fn columns_are_series() {
        let imported = read("TIC 3 2\n1 4\n2 5\n3 6\n");
        assert_eq!(imported.table.floats("phase").unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(imported.table.texts("series").unwrap()[2..4], ["maser 1", "maser 2"]);
    }

    #[test]
    fn broken_row_is_a_finding_and_its_points_are_missing() {
        let imported = read("TIC 5 1\n1\nx\n3 4\n5\n");
        let phase = imported.table.floats("phase").unwrap();
        assert_eq!((phase.len(), phase[1].is_nan(), phase[2].is_nan(), phase[3]), (4, true, true, 5.0));
        let subjects: Vec<&str> = imported.findings.iter().map(|finding| finding.subject.as_str()).collect();
        assert_eq!(subjects, ["maser.tim, line 3", "maser.tim, line 4", "maser.tim"]);
    }

    #[test]
    fn file_without_a_record_is_refused() {
        let refused =
            |text: &[u8]| import(text, "a.tim", Some("timelab"), &ImportOptions::default()).unwrap_err().to_string();
        assert!(refused(b"\"Input Freq\" 1\n").contains("line 1: there is no line `TIC rows columns`"));
        assert!(refused(b"TIC 5 1\n").ends_with("line 1: the file ends within the phase record"));
    }
}
