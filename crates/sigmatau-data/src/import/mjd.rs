//! Differences of time scales as lines of a modified Julian date and a value, such as UTC - UTC(k) copied from
//! the Circular T, or the clock files of pulsar timing.
//!
//! A line that is empty or begins with `#` is a comment, and so is what follows a `#`. Every other line is
//! a modified Julian date with any number of decimals and a time difference, in s where no unit is
//! stated. The days need be neither even nor close: records of decades with steps of 1, 5 and 10 days
//! are usual. Lines are read as in the `stable32` importer, findings included.

use super::measurand::Measurand;
use super::{Form, ImportError, ImportOptions, Imported, Importer, Tags, stable32};
use crate::ClockKind;

pub(super) static IMPORTER: Importer = Importer {
    name: "mjd",
    title: "modified Julian date and time difference, as UTC - UTC(k)",
    extensions: &["clk", "mjd"],
    reference: "BIPM Circular T, section 1, as a series of one laboratory",
    form: Form::Text { sniff, parse },
};

/// Tells whether of the lines that are no comments at least half are a day between 1968 and 2078 and a number.
fn sniff(head: &str) -> bool {
    let content = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    let lines: Vec<String> = head.lines().map(content).filter(|line| !line.is_empty()).collect();
    let dated = lines.iter().filter(|line| is_dated(line)).count();
    dated > 0 && 2 * dated >= lines.len()
}

fn is_dated(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let tag = words.next().filter(|tag| Tags::guess(tag) == Some(Tags::Mjd));
    tag.is_some() && words.next().and_then(super::number).is_some() && words.next().is_none()
}

fn parse(text: &str, file: &str, options: &ImportOptions) -> Result<Imported, ImportError> {
    let (kind, unit) = (options.kind.unwrap_or(ClockKind::Phase), options.unit.clone());
    let measurand = Measurand::new(file, kind, unit.unwrap_or(kind.unit()), options)?;
    let options = ImportOptions { tags: Some(Tags::Mjd), ..options.clone() };
    stable32::read(text, file, &options, &measurand)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::import;
    use sigmatau_core::Unit;

    fn read(text: &str, options: &ImportOptions) -> Imported {
        import(text.as_bytes(), "utc.clk", None, options).unwrap()
    }

    #[test]
    fn days_and_seconds_are_read_without_being_told() {
        let text = "# UTC UTC(X)\n40587.00000 0.000000056\n40588.5 -1e-9 # late\n40598 0.000000070\n";
        let imported = read(text, &ImportOptions::default());
        let half_day = 43_200_000_000_000;
        assert_eq!(imported.table.integers("time").unwrap(), [0, 3 * half_day, 22 * half_day]);
        assert_eq!(imported.table.floats("phase").unwrap(), [56e-9, -1e-9, 70e-9]);
        assert_eq!(imported.findings, []);
    }

    #[test]
    fn stated_unit_stays_with_the_numbers() {
        let unit = Unit::parse("ns").ok();
        let options = ImportOptions { unit: unit.clone(), ..Default::default() };
        let imported = read("60000 1.5\n60005 2.5\n60010 3.5\n", &options);
        assert_eq!(imported.table.column("phase").unwrap().unit, unit);
    }

    #[test]
    fn broken_lines_are_findings_with_their_numbers() {
        let imported = read("60000 1\nday 2\n60010 3\n60015 x\n60020 4\n", &ImportOptions::default());
        let seen: Vec<(&str, &str)> =
            imported.findings.iter().map(|finding| (&*finding.code, finding.subject.as_str())).collect();
        assert_eq!(seen, [("bad-tag", "utc.clk, line 2"), ("bad-line", "utc.clk, line 4")]);
        assert_eq!(imported.table.rows(), 4);
    }

    #[test]
    fn unit_of_another_quantity_is_refused() {
        let options = ImportOptions { unit: Some(Unit::HERTZ), ..Default::default() };
        let message = import(b"60000 1\n60001 2\n", "utc.clk", None, &options).unwrap_err().to_string();
        assert_eq!(
            message,
            "import `utc.clk`: phase can't be in `Hz`; give a unit of time, such as `ns`, or of angle, such as `rad`"
        );
    }
}
