//! Waveforms of oscilloscopes as comma-separated text, as Tektronix, Keysight and instruments like theirs write it.
//!
//! Before the first row of numbers stand lines of any number: of the settings `Sample Interval` in s, `Horizontal Units`
//! and `Vertical Units` are read, and all others passed over. The last lines before the numbers name the columns and
//! may state their units below, such as `second,Volt,Volt`, or behind the names in brackets. The first column is the time,
//! the others are the channels; a name that is a number, as `1`, is that of a channel: `channel_1`.
//!
//! An older form has the settings in the first three columns of the first rows and one channel in the fourth and the
//! fifth; it is named `channel`.
//!
//! An empty cell is a missing sample. One that can't be read is a finding and a missing sample.

use super::remarks::{Remarks, Trouble, excerpt};
use super::waveform::{labelled, malformed, rate, record, stated, unit};
use super::{Form, ImportError, ImportOptions, Imported, Importer, number};
use crate::Column;
use sigmatau_core::Unit;

pub(super) static IMPORTER: Importer = Importer {
    name: "oscilloscope",
    title: "waveforms of Tektronix and Keysight oscilloscopes as text",
    extensions: &["csv"],
    reference: "waveform files as comma-separated values in the user manuals of Tektronix MSO/DPO and TDS and Keysight InfiniiVision",
    form: Form::Text { sniff, parse },
};

static BAD_CELL: Trouble = Trouble {
    code: "bad-cell",
    matters: "its sample is missing, and every segment that touches it is left out",
    advice: "save the waveform again",
};

/// What the first cell of a line is in these files and in no other.
const MARKS: [&str; 3] = ["x-axis", "Record Length", "Sample Interval"];

fn sniff(head: &str) -> bool {
    head.lines().take(40).any(|line| MARKS.contains(&cells(line)[0]))
}

fn cells(line: &str) -> Vec<&str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"').trim()).collect()
}

/// The lines of a file: settings and headings, then rows of numbers.
struct Layout<'a> {
    /// The cells of the lines before the numbers that are not empty.
    head: Vec<Vec<&'a str>>,
    /// The number of the first line of numbers, from 0.
    first: usize,
    /// The column of the time.
    time: usize,
    /// The number of columns from the time on.
    columns: usize,
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let layout =
        layout(text).ok_or_else(|| malformed(file, text.lines().count().max(1), "it ends without a row of numbers"))?;
    let mut remarks = Remarks::new(file);
    let mut values = vec![Vec::new(); layout.columns];
    for (index, line) in text.lines().enumerate().skip(layout.first).filter(|(_, line)| !line.trim().is_empty()) {
        let cells = cells(line);
        for (column, values) in values.iter_mut().enumerate() {
            let cell = cells.get(layout.time + column).copied().unwrap_or_default();
            let value = if cell.is_empty() { Some(f64::NAN) } else { number(cell) };
            if value.is_none() {
                remarks.line(&BAD_CELL, index + 1, || format!("`{}` can't be read", excerpt(cell)));
            }
            values.push(value.unwrap_or(f64::NAN));
        }
    }
    let named = layout.named(options).into_iter().zip(values);
    let columns = named.map(|((name, unit), values)| Column::float(name, unit, values)).collect();
    record(columns, file, rate(file, layout.rate(), options)?, remarks.finish())
}

fn layout(text: &str) -> Option<Layout<'_>> {
    let rows = || text.lines().map(cells).enumerate();
    let plain = |(_, cells): &(usize, Vec<&str>)| cells.len() > 1 && cells[..2].iter().all(is_number);
    let older = |(_, cells): &(usize, Vec<&str>)| cells.len() > 4 && cells[3..5].iter().all(is_number);
    let (time, (first, cells)) = match rows().next().filter(older) {
        Some(row) => (3, row),
        None => (0, rows().find(plain)?),
    };
    let settings = if time == 3 { text.lines().count() } else { first };
    let head = text.lines().take(settings).map(self::cells).filter(|cells| cells.iter().any(|cell| !cell.is_empty()));
    let columns = if time == 3 { 2 } else { cells.len() - usize::from(cells.last() == Some(&"")) };
    Some(Layout { head: head.collect(), first, time, columns })
}

fn is_number(cell: &&str) -> bool {
    number(cell).is_some_and(f64::is_finite)
}

impl Layout<'_> {
    /// The cells behind a setting of this name.
    fn setting(&self, name: &str) -> Option<&[&str]> {
        self.head.iter().find(|cells| cells[0] == name).map(|cells| &cells[1..])
    }

    /// The sampling rate in Hz that the settings state.
    fn rate(&self) -> Option<f64> {
        let interval = number(self.setting("Sample Interval")?.first()?)?;
        Some(1.0 / interval).filter(|rate| *rate > 0.0 && rate.is_finite())
    }

    /// The name and the unit of each column, the time first.
    fn named(&self, options: &ImportOptions) -> Vec<(String, Unit)> {
        let below = self.head.last().filter(|cells| self.time == 0 && cells.iter().all(|cell| unit(cell).is_some()));
        let headings = self.head.iter().rev().nth(usize::from(below.is_some())).filter(|_| self.time == 0);
        let heading = |column: usize| headings.and_then(|cells| cells.get(column)).map_or("channel", |cell| cell);
        let named = |column: usize| {
            let (name, behind) = labelled(heading(column));
            let below = below.and_then(|cells| unit(cells.get(column)?));
            let unit = below.or(behind).or_else(|| self.unit(column));
            match column {
                0 => ("time".to_owned(), unit.unwrap_or(Unit::SECOND)),
                _ => (channel(name), unit.or_else(|| stated(&channel(name), options)).unwrap_or(Unit::ONE)),
            }
        };
        (0..self.columns).map(named).collect()
    }

    /// The unit that the settings state for a column.
    fn unit(&self, column: usize) -> Option<Unit> {
        match column {
            0 => unit(self.setting("Horizontal Units")?.first()?),
            _ => {
                let units = self.setting("Vertical Units")?;
                unit(units.get(column - 1).filter(|unit| !unit.is_empty()).or(units.first())?)
            }
        }
    }
}

/// The name of a channel.
fn channel(name: &str) -> String {
    if name.is_empty() || number(name).is_some() { format!("channel_{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::import;
    use crate::{WaveformOptions, WaveformSource};

    fn read(text: &str) -> Imported {
        import(text.as_bytes(), "scope.csv", None, &ImportOptions::default()).unwrap()
    }

    fn shape(imported: &Imported) -> Vec<(String, String)> {
        let columns = imported.table.columns().iter().skip(1);
        columns.map(|column| (column.name.clone(), column.unit.as_ref().unwrap().to_string())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, unit)| ((*name).to_owned(), (*unit).to_owned())).collect()
    }

    const TEKTRONIX: &str = "Model,MDO3024\nFirmware Version,1.26\n\nSample Interval,4e-07\nRecord Length,3\n\
        Vertical Units,V,A\nHorizontal Units,s\n\nTIME,CH1,CH2\n-4e-07,0.5,1\n0,0.25,2\n4e-07,bad,3\n";

    #[test]
    fn settings_give_rate_and_units() {
        let imported = read(TEKTRONIX);
        assert_eq!(shape(&imported), pairs(&[("time", "s"), ("CH1", "V"), ("CH2", "A")]));
        assert_eq!((imported.rate, imported.findings[0].subject.as_str()), (Some(2.5e6), "scope.csv, line 12"));
        assert_eq!(imported.table.floats("CH2").unwrap(), [1.0, 2.0, 3.0]);
        let options =
            WaveformOptions { channels: vec!["CH1".into(), "CH2".into()], rate: imported.rate, ..Default::default() };
        let source = WaveformSource::from_table("scope", imported.table, &options).unwrap();
        assert!(source.read(0..1).unwrap()[0].findings.iter().all(|finding| finding.code != "rate-mismatch"));
    }

    #[test]
    fn units_below_and_behind_the_names_are_read() {
        let imported = read("x-axis,1,2\nsecond,Volt,Ampere\n-1.0E-03,+1.5E+00,2\n0,1,2\n1e-3,,4\n");
        assert_eq!(shape(&imported), pairs(&[("time", "s"), ("channel_1", "V"), ("channel_2", "A")]));
        assert!(imported.table.floats("channel_1").unwrap()[2].is_nan() && imported.rate.is_none());
        let imported = read("Record Length,3\nTime (ms),force [N],Ch B (mV)\n0,1,2\n1,3,4\n2,5,6\n");
        assert_eq!(shape(&imported), pairs(&[("time", "ms"), ("force", "N"), ("Ch B", "mV")]));
    }

    #[test]
    fn settings_beside_the_numbers_are_read() {
        let text = "Record Length,3,,-0.0005,0.04,\nSample Interval,5e-4,,0.0,0.06,\nVertical Units,V,,0.0005,0.08,\n";
        let imported = read(text);
        assert_eq!((shape(&imported), imported.rate), (pairs(&[("time", "s"), ("channel", "V")]), Some(2000.0)));
        assert_eq!(imported.table.floats("channel").unwrap(), [0.04, 0.06, 0.08]);
    }

    #[test]
    fn a_file_without_numbers_is_refused() {
        let message = import(b"x-axis,1\nsecond,Volt\n", "a.csv", None, &ImportOptions::default()).unwrap_err();
        assert_eq!(message.to_string(), "import `a.csv`, line 2: it ends without a row of numbers");
    }
}
