//! Aligned text for terminals: numbers at the right, five significant digits, rows grouped by series
//! and estimator.
//!
//! A group shows its series and estimator once and is set off by an empty line. Numbers are rounded:
//! what another program reads is `csv` or `json`.

use super::{Format, Holds};
use crate::sheet::{Heading, Sheet};
use crate::{Publication, PublishError};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// The columns that group rows, where a table begins with them.
const GROUPING: [&str; 2] = ["series", "estimator"];

/// The entry of the table.
pub static FORMAT: Format = Format {
    name: "table",
    title: "aligned text for terminals",
    extension: "txt",
    holds: Holds::OneRecord,
    provenance: false,
    write,
};

fn write(publication: &Publication<'_>, out: &mut dyn Write) -> Result<(), PublishError> {
    publication.records.iter().try_for_each(|record| Ok(write_sheet(Sheet::first(&record.table, usize::MAX), out)?))
}

fn write_sheet(mut sheet: Sheet, out: &mut dyn Write) -> io::Result<()> {
    sheet.rows.iter_mut().flatten().for_each(|cell| *cell = printable(cell));
    let titles: Vec<String> = sheet.headings.iter().map(title).collect();
    let width = |place: usize| {
        let cells = sheet.rows.iter().map(|row| &row[place]).chain([&titles[place]]);
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let layout: Vec<(usize, bool)> =
        sheet.headings.iter().enumerate().map(|(place, heading)| (width(place), heading.is_number)).collect();
    writeln!(out, "{}", line(&titles, &layout))?;
    let keys = sheet.headings.iter().zip(GROUPING).take_while(|(heading, name)| heading.name == *name).count();
    write_rows(&mut sheet.rows, keys, &layout, out)
}

/// Writes the rows; the first `keys` cells name the group and are shown where it begins.
fn write_rows(rows: &mut [Vec<String>], keys: usize, layout: &[(usize, bool)], out: &mut dyn Write) -> io::Result<()> {
    for group in rows.chunk_by_mut(|a, b| keys == 0 || a[..keys] == b[..keys]) {
        writeln!(out)?;
        for (place, row) in group.iter_mut().enumerate() {
            row[..if place > 0 { keys } else { 0 }].iter_mut().for_each(String::clear);
            writeln!(out, "{}", line(row, layout))?;
        }
    }
    Ok(())
}

/// The name of the column, with its unit where the name does not end in it already.
fn title(Heading { name, unit, .. }: &Heading) -> String {
    let said = name.to_lowercase().ends_with(&format!("_{}", unit.to_lowercase()));
    if unit.is_empty() || said { name.clone() } else { format!("{name}/{unit}") }
}

/// One line: each cell filled to its width, text at the left and numbers at the right.
fn line(cells: &[String], layout: &[(usize, bool)]) -> String {
    let filled = |(cell, (width, is_number)): (&String, &(usize, bool))| {
        let blank = " ".repeat(width - cell.width());
        if *is_number { blank + cell } else { format!("{cell}{blank}") }
    };
    let cells: Vec<String> = cells.iter().zip(layout).map(filled).collect();
    cells.join("  ").trim_end().to_owned()
}

/// The text without control characters, which would move the cursor or colour the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(headings: &[(&str, &str, bool)], rows: &[&[&str]]) -> String {
        let heading = |(name, unit, is_number): &(&str, &str, bool)| Heading {
            name: (*name).to_owned(),
            unit: (*unit).to_owned(),
            is_number: *is_number,
        };
        let sheet = Sheet {
            headings: headings.iter().map(heading).collect(),
            rows: rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect(),
        };
        let mut out = Vec::new();
        write_sheet(sheet, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn groups_are_named_once_and_numbers_stand_at_the_right() {
        let headings = [("series", "", false), ("estimator", "", false), ("tau_s", "s", true), ("x", "ns", true)];
        let rows: [&[&str]; 3] =
            [&["maser-1", "oadev", "1", "12.5"], &["maser-1", "oadev", "16", "–"], &["氢钟", "mdev", "1", "3.0"]];
        let wanted = "series   estimator  tau_s  x/ns\n\n\
                      maser-1  oadev          1  12.5\n\
                      \u{20}                      16     –\n\n\
                      氢钟     mdev           1   3.0\n";
        assert_eq!(printed(&headings, &rows), wanted);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printed(&[("series", "", false)], &[&["a\u{1b}[31m\n"]]), "series\n\na\u{fffd}[31m\u{fffd}\n");
    }
}
