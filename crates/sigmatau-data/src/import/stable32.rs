//! Plain text with one number a line, or a time tag and a number, as Stable32 reads and writes it.
//!
//! A file is a sequence of lines. A line that is empty or begins with `#`, `%` or `!` is a comment,
//! and so is what follows a `#` on any line. Lines before the first number that are no numbers are
//! a heading and are passed over. Every other line has one column, the value, or two, a time tag
//! and the value; the first such line decides. Columns are separated by spaces, tabs, commas or
//! semicolons. Numbers have a decimal point and may have an exponent after `e`, `E` or `D`; `nan`
//! is a missing point.
//!
//! A file says neither whether its values are phase or frequency nor their unit. Only the
//! extensions `.phd` (phase in s) and `.frd` (fractional frequency) do; all else must be stated.
//!
//! A line that can't be read is a finding. Its point is missing, so that the grid holds; only
//! where the time tag itself is unreadable is the line left out.

use super::measurand::Measurand;
use super::points::{Point, Points};
use super::remarks::{Remarks, Trouble, excerpt};
use super::{Form, ImportError, ImportOptions, Imported, Importer, Tags, number, stem};
use sigmatau_core::{Finding, Severity};

pub(super) static IMPORTER: Importer = Importer {
    name: "stable32",
    title: "plain text, one value a line or a time tag and a value",
    extensions: &["phd", "frd", "dat", "txt", "clk"],
    reference: "W. J. Riley, Stable32 User Manual, data files",
    form: Form::Text { sniff, parse },
};

static BAD_LINE: Trouble = Trouble {
    code: "bad-line",
    matters: "its point is missing, and every term that touches it is dropped",
    advice: "correct the line, or write `nan` for a point that is missing",
};

static BAD_TAG: Trouble = Trouble {
    code: "bad-tag",
    matters: "the line was left out, because nothing says when it was",
    advice: "correct the time tag",
};

/// The columns of one line, at most three of them.
struct Line<'a> {
    number: usize,
    text: &'a str,
    columns: [&'a str; 3],
}

/// Every line that is not a comment.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let content = line.split('#').next().unwrap_or_default().trim();
        let comment = content.is_empty() || content.starts_with(['%', '!']);
        let mut columns = content.split([',', ';', '\t', ' ']).filter(|column| !column.is_empty());
        let mut next = || columns.next().unwrap_or_default();
        (!comment).then(|| Line { number: index + 1, text: content, columns: [next(), next(), next()] })
    })
}

/// How the lines of a file are made up.
#[derive(Clone, Copy)]
enum Layout {
    Value,
    Tagged(Tags),
}

impl Layout {
    /// The layout that a line shows; nothing where it belongs to the heading.
    fn of(line: &Line<'_>, tags: Option<Tags>) -> Option<Self> {
        match line.columns {
            [value, "", ""] => number(value).map(|_| Self::Value),
            [tag, value, ""] => {
                let tags = tags.or_else(|| Tags::guess(tag))?;
                tags.parse(tag).and(number(value)).map(|_| Self::Tagged(tags))
            }
            _ => None,
        }
    }

    fn is_tagged(self) -> bool {
        matches!(self, Self::Tagged(_))
    }
}

/// Tells whether of the lines from the first number on at least half have one or two numbers.
fn sniff(head: &str) -> bool {
    let readable = |line: &Line<'_>| Layout::of(line, None).is_some();
    let body: Vec<bool> = lines(head).map(|line| readable(&line)).skip_while(|readable| !readable).collect();
    !body.is_empty() && 2 * body.iter().filter(|readable| **readable).count() >= body.len()
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    read(text, file, options, &Measurand::stated(file, options)?)
}

/// Reads numbers that are known to be a `measurand`.
pub(super) fn read(
    text: &str,
    file: &str,
    options: &ImportOptions,
    measurand: &Measurand,
) -> Result<Imported, ImportError> {
    let layout = layout(text, file, options.tags)?;
    let mut remarks = Remarks::new(file);
    let mut points = Points::default();
    for line in lines(text).skip_while(|line| Layout::of(line, options.tags).is_none()) {
        if let Some(point) = point(&line, layout, &mut remarks) {
            points.push(stem(file), point);
        }
    }
    check_tags(&points, layout, file)?;
    if let Layout::Tagged(tags) = layout {
        points.sort(&mut remarks);
        options.tags.is_none().then(|| remarks.push(tags.guessed(file)));
    }
    zeros(&points).into_iter().for_each(|finding| remarks.push(finding.about(file)));
    let (time_scale, tau0) = (options.time_scale.clone(), options.tau0.filter(|_| !layout.is_tagged()));
    Ok(Imported {
        table: points.table(measurand, layout.is_tagged()),
        time_scale,
        tau0,
        rate: None,
        findings: remarks.finish(),
    })
}

/// The layout that the first line after the heading shows.
fn layout(text: &str, file: &str, tags: Option<Tags>) -> Result<Layout, ImportError> {
    if let Some(layout) = lines(text).find_map(|line| Layout::of(&line, tags)) {
        return Ok(layout);
    }
    let format = |line, problem: &str| ImportError::Format { file: file.to_owned(), line, problem: problem.to_owned() };
    let wide = lines(text).find(|line| line.columns.iter().all(|column| number(column).is_some()));
    Err(match wide {
        Some(line) => {
            format(line.number, "there are more than two columns; name them in a heading and import as `csv`")
        }
        None => format(text.lines().count().max(1), "the file ends without a line of one or two numbers"),
    })
}

/// The point of a line; nothing where it has no time.
fn point(line: &Line<'_>, layout: Layout, remarks: &mut Remarks<'_>) -> Option<Point> {
    let (time, value) = match (layout, line.columns) {
        (Layout::Value, [value, "", ""]) => (Some(0), number(value)),
        (Layout::Value, _) => (Some(0), None),
        (Layout::Tagged(tags), [tag, value, rest]) => (tags.parse(tag), number(value).filter(|_| rest.is_empty())),
    };
    let seen = || format!("`{}` can't be read", excerpt(line.text));
    match (time, value) {
        (None, _) => remarks.line(&BAD_TAG, line.number, seen),
        (_, None) => remarks.line(&BAD_LINE, line.number, seen),
        _ => (),
    }
    time.map(|time| Point { time, value: value.unwrap_or(f64::NAN), uncertainty: f64::NAN })
}

/// Refuses two columns of which the first is no time, such as a number with a decimal comma.
fn check_tags(points: &Points, layout: Layout, file: &str) -> Result<(), ImportError> {
    let times: Vec<i64> = points.iter().map(|point| point.time).collect();
    let standing = times.windows(2).filter(|pair| pair[1] <= pair[0]).count();
    if layout.is_tagged() && 2 * standing > times.len() {
        let problem = "the first of the two columns does not increase, so it is no time; if the comma is a decimal \
                       mark, write a point instead";
        return Err(ImportError::Format { file: file.to_owned(), line: 1, problem: problem.to_owned() });
    }
    Ok(())
}

/// The note about values of exactly 0, which Stable32 takes as missing.
fn zeros(points: &Points) -> Option<Finding> {
    let zeros = points.iter().skip(1).take(points.len().saturating_sub(2)).filter(|point| point.value == 0.0).count();
    let seen = format!("{zeros} values between the first and the last are exactly 0");
    let (matters, advice) =
        ("some programs write a missing point as 0; here it is a value", "write `nan` where a point is missing");
    (zeros > 0).then(|| Finding::new(Severity::Note, "zeros", seen, matters, advice))
}

#[cfg(test)]
mod tests;
